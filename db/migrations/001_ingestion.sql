-- What is asked and what came back. Times are UTC, ISO 8601 with Z. NULL means: not known or not yet.

CREATE TABLE runs (
    id        INTEGER PRIMARY KEY,
    started   TEXT NOT NULL,
    ended     TEXT,                      -- NULL: still running, or killed
    outcome   TEXT CHECK (outcome IN ('done', 'failures', 'interrupted', 'killed')),
    counters  TEXT NOT NULL DEFAULT '{}' -- JSON: counts and seconds by stage
) STRICT;

CREATE TABLE sources (
    name         TEXT PRIMARY KEY,       -- as in config.toml
    kind         TEXT NOT NULL,
    address      TEXT NOT NULL,          -- URL, path or glob
    failures     INTEGER NOT NULL DEFAULT 0,  -- in a row
    retry_at     TEXT,                   -- not asked before this time
    parked       INTEGER NOT NULL DEFAULT 0 CHECK (parked IN (0, 1)),
    last_success TEXT,
    last_error   TEXT,
    last_error_at TEXT
) STRICT;

CREATE TABLE bodies (
    sha256 TEXT PRIMARY KEY,             -- of the decoded bytes
    body   BLOB,                         -- zlib; NULL after retention dropped it
    bytes  INTEGER NOT NULL              -- length before compression
) STRICT;

CREATE TABLE pages (
    id           INTEGER PRIMARY KEY,
    url          TEXT NOT NULL UNIQUE,   -- canonical form of what the source named
    final_url    TEXT,                   -- after redirects
    source       TEXT NOT NULL REFERENCES sources (name),
    state        TEXT NOT NULL CHECK (state IN ('wanted', 'fetched', 'unchanged', 'failed', 'robots-blocked', 'refused')),
    reason       TEXT,                   -- why failed, blocked or refused
    title        TEXT,                   -- as the source announced it
    published    TEXT,                   -- as the source announced it
    status       INTEGER,                -- HTTP status of the last answer
    content_type TEXT,
    etag         TEXT,
    last_modified TEXT,
    body         TEXT REFERENCES bodies (sha256),
    wanted_at    TEXT NOT NULL,
    fetched_at   TEXT,
    retry_at     TEXT,
    failures     INTEGER NOT NULL DEFAULT 0,
    run          INTEGER REFERENCES runs (id)
) STRICT;
CREATE INDEX pages_by_state ON pages (state, retry_at);
CREATE INDEX pages_by_body ON pages (body);
