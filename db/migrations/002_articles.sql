-- The cleaned text of a page. Offsets of quotes count characters of `text`, which therefore never changes:
-- another cleaning or another version of the page is another row.

CREATE TABLE articles (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,     -- first 16 hex digits of sha256(url, NUL, text); NUL, n follow if that text comes back
    url        TEXT NOT NULL,            -- canonical URL
    body       TEXT REFERENCES bodies (sha256),  -- NULL: text was given, not cleaned here
    outcome    TEXT NOT NULL CHECK (outcome IN ('cleaned', 'unparsed')),
    reason     TEXT,                     -- why unparsed
    title      TEXT,
    author     TEXT,
    site       TEXT,                     -- registered domain: the publisher
    language   TEXT,
    published  TEXT,                     -- YYYY-MM-DD
    text       TEXT NOT NULL,            -- '' when unparsed
    text_sha256 TEXT NOT NULL,
    fingerprint TEXT,                    -- near-duplicate key
    origin     INTEGER REFERENCES articles (id),  -- of a copy: the first publication; NULL: it is the first
    cleaner    TEXT NOT NULL,            -- program and version that made the text
    cleaned_at TEXT NOT NULL,
    replaced_by INTEGER REFERENCES articles (id)  -- a newer version of the same URL
) STRICT;
CREATE INDEX articles_by_url ON articles (url);
CREATE INDEX articles_by_text ON articles (text_sha256);
CREATE INDEX articles_by_origin ON articles (origin);
-- Texts are long: what each run looks for must be found without reading them.
CREATE INDEX articles_live ON articles (id) WHERE outcome = 'cleaned' AND replaced_by IS NULL;
CREATE INDEX articles_by_day ON articles (coalesce(published, substr(cleaned_at, 1, 10)))
    WHERE outcome = 'cleaned' AND replaced_by IS NULL;

CREATE VIRTUAL TABLE articles_fts USING fts5 (title, text, content = 'articles', content_rowid = 'id');
CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles BEGIN
    INSERT INTO articles_fts (rowid, title, text) VALUES (new.id, new.title, new.text);
END;
CREATE TRIGGER articles_fts_delete AFTER DELETE ON articles BEGIN
    INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;
CREATE TRIGGER articles_text_stands BEFORE UPDATE OF text ON articles BEGIN
    SELECT raise(ABORT, 'the text of an article never changes: quotes point into it');
END;
