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
    thread         INTEGER NOT NULL REFERENCES claims (id), -- first claim of which this one is a new reading; own id if it is the first. Decisions hold for the thread
    article        INTEGER NOT NULL REFERENCES articles (id),
    origin         INTEGER NOT NULL REFERENCES articles (id), -- first publication of the article's text, when the claim was recorded
    publisher      TEXT,                 -- site of the origin: copies add reach, not corroboration
    published      TEXT,                 -- publication date of the article, YYYY-MM-DD
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
CREATE INDEX claims_by_thread ON claims (thread, retired);
CREATE INDEX claims_by_origin ON claims (origin);
CREATE INDEX claims_by_time ON claims (recorded_at);
CREATE INDEX claims_by_retired ON claims (retired) WHERE retired IS NOT NULL;

-- Every pair of States that a thread was ever about, by the extractor or by a correction.
CREATE TABLE pairs (
    receiving_state TEXT NOT NULL,
    sending_state   TEXT NOT NULL,
    thread          INTEGER NOT NULL REFERENCES claims (id),
    PRIMARY KEY (receiving_state, sending_state, thread)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairs_by_sender ON pairs (sending_state, receiving_state);
CREATE INDEX pairs_by_thread ON pairs (thread);

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
CREATE TRIGGER claims_only_retire BEFORE UPDATE ON claims
WHEN old.retired IS NOT NULL OR new.retired IS NULL
  OR old.id <> new.id OR old.key <> new.key OR old.thread <> new.thread OR old.article <> new.article
  OR old.origin <> new.origin OR old.publisher IS NOT new.publisher OR old.published IS NOT new.published
  OR old.sending_state IS NOT new.sending_state OR old.receiving_state IS NOT new.receiving_state
  OR old.city IS NOT new.city OR old.mission <> new.mission OR old.status <> new.status
  OR old.modality <> new.modality OR old.date IS NOT new.date OR old.relocated_to IS NOT new.relocated_to
  OR old.attribution IS NOT new.attribution OR old.quote <> new.quote OR old.start <> new.start
  OR old."end" <> new."end" OR old.sender_text IS NOT new.sender_text OR old.confidence <> new.confidence
  OR old.rule <> new.rule OR old.version <> new.version OR old.recorded_at <> new.recorded_at
BEGIN
    SELECT raise(ABORT, 'a claim never changes: a correction stands beside it');
END;
CREATE TRIGGER evidence_stands_update BEFORE UPDATE ON evidence BEGIN
    SELECT raise(ABORT, 'evidence never changes');
END;
CREATE TRIGGER evidence_stands_delete BEFORE DELETE ON evidence BEGIN
    SELECT raise(ABORT, 'evidence is never deleted');
END;
