-- What an extractor read in an article. A row is never overwritten; a later extraction that no longer finds it sets `retired`.

CREATE TABLE extractions (
    article    INTEGER NOT NULL REFERENCES articles (id),
    version    TEXT NOT NULL,            -- of rules and language model
    at         TEXT NOT NULL,
    claims     INTEGER NOT NULL,         -- how many it found
    PRIMARY KEY (article, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    id             INTEGER PRIMARY KEY,
    key            TEXT NOT NULL UNIQUE, -- first 16 hex digits of sha256 over article key, fields and quote offsets
    article        INTEGER NOT NULL REFERENCES articles (id),
    sending_state  TEXT,                 -- ISO 3166-1 alpha-2, EU, UN, XK, VA; NULL: unnamed group
    receiving_state TEXT,                -- NULL: the text does not tell
    city           TEXT,
    mission        TEXT NOT NULL CHECK (mission IN ('embassy', 'consulate', 'delegation', 'office', 'mission')),
    status         TEXT NOT NULL CHECK (status IN ('reopened', 'opened', 'remained_open', 'reduced', 'relocated',
                                                   'evacuated', 'suspended', 'closed')),
    modality       TEXT NOT NULL CHECK (modality IN ('fact', 'planned', 'possible', 'denied')),
    date           TEXT,                 -- YYYY, YYYY-MM or YYYY-MM-DD
    relocated_to   TEXT,
    attribution    TEXT,                 -- NULL: the reporter's own voice
    quote          TEXT NOT NULL,
    start          INTEGER NOT NULL CHECK (start >= 0),
    "end"          INTEGER NOT NULL CHECK ("end" > start),
    sender_text    TEXT,
    confidence     REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    rule           TEXT NOT NULL,
    version        TEXT NOT NULL,        -- of the extractor that first read it
    recorded_at    TEXT NOT NULL,        -- when we first knew it
    retired        TEXT                  -- when a newer extraction no longer found it
) STRICT;
CREATE INDEX claims_by_article ON claims (article);
CREATE INDEX claims_by_mission ON claims (receiving_state, sending_state, mission, city);
CREATE INDEX claims_by_sender ON claims (sending_state, receiving_state);

CREATE TABLE evidence (
    claim INTEGER NOT NULL REFERENCES claims (id),
    label TEXT NOT NULL CHECK (label IN ('quote', 'sender', 'host', 'mission', 'event', 'cue', 'speaker', 'date')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL CHECK ("end" > start),
    PRIMARY KEY (claim, label, start, "end")
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE claims_fts USING fts5 (quote, content = 'claims', content_rowid = 'id');
CREATE TRIGGER claims_fts_insert AFTER INSERT ON claims BEGIN
    INSERT INTO claims_fts (rowid, quote) VALUES (new.id, new.quote);
END;
CREATE TRIGGER claims_stand BEFORE DELETE ON claims BEGIN
    SELECT raise(ABORT, 'a claim is never deleted: set retired');
END;
