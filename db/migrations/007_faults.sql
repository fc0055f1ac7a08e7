-- What the program could not do, and what it did not believe.

-- What the date in `published` of a page is, as its source calls it; NULL: there is none, or it is not known.
ALTER TABLE pages ADD COLUMN announces TEXT CHECK (announces IN ('publication', 'change'));

CREATE TABLE faults (                    -- an article that could not be cleaned, stored or read: its own fault, not the run's
    address    TEXT NOT NULL,            -- of the page or article
    step       TEXT NOT NULL CHECK (step IN ('clean', 'store', 'read')), -- what failed
    source     TEXT,                     -- that brought it; NULL: not known
    page       INTEGER REFERENCES pages (id),     -- NULL: text that was given
    article    INTEGER REFERENCES articles (id),  -- that could not be read; NULL: it was not stored
    body       TEXT,                     -- sha256 of the page's body; another body is tried at once
    version    TEXT NOT NULL,            -- of the program that failed; another one tries again
    reason     TEXT NOT NULL,            -- the error, in one line
    times      INTEGER NOT NULL,         -- failures of this version
    first_at   TEXT NOT NULL,            -- UTC
    last_at    TEXT NOT NULL,            -- UTC
    PRIMARY KEY (address, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX faults_by_page ON faults (page);
CREATE INDEX faults_by_article ON faults (article);
CREATE INDEX faults_by_source ON faults (source);

-- A page that came back as another text altogether: a consent page, "not found" with status 200, a paywall. The stored
-- version and its claims stand until a reviewer has looked.
CREATE TABLE replacements (
    article    INTEGER NOT NULL REFERENCES articles (id), -- the version that stands
    text_sha256 TEXT NOT NULL,           -- of the text that came in its place
    page       INTEGER REFERENCES pages (id),      -- NULL: text that was given
    body       TEXT REFERENCES bodies (sha256),
    title      TEXT,                     -- of what came
    text       TEXT NOT NULL,            -- what came, cleaned
    noted_at   TEXT NOT NULL,            -- UTC
    verdict    TEXT CHECK (verdict IN ('kept', 'taken')), -- kept: the old version stands; taken: the new one replaces it; NULL: nobody looked yet
    reviewer   TEXT,                     -- who decided; NULL: nobody yet, or the page came back by itself
    decided_at TEXT,                     -- UTC
    PRIMARY KEY (article, text_sha256),
    CHECK ((verdict IS NULL) = (decided_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX replacements_open ON replacements (article) WHERE verdict IS NULL;
CREATE INDEX replacements_by_page ON replacements (page);
