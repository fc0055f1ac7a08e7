-- What is asked and what came back. Times are UTC, ISO 8601 with Z. NULL means: not known or not yet.

CREATE TABLE runs (
    id        INTEGER PRIMARY KEY,
    started   TEXT NOT NULL,
    ended     TEXT,                      -- NULL: still running, or killed
    outcome   TEXT CHECK (outcome IN ('done', 'failures', 'interrupted', 'killed')),
    counters  TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(counters))  -- counts and seconds by stage
) STRICT;

CREATE TABLE sources (
    name         TEXT PRIMARY KEY,       -- as in config.toml
    kind         TEXT NOT NULL,
    address      TEXT NOT NULL,          -- URL, path, glob or query
    failures     INTEGER NOT NULL DEFAULT 0,  -- in a row
    zeros        INTEGER NOT NULL DEFAULT 0,  -- answers in a row that listed nothing although earlier ones did
    retry_at     TEXT,                   -- not asked before this time
    parked       INTEGER NOT NULL DEFAULT 0 CHECK (parked IN (0, 1)),  -- 1: not asked until an operator says so
    last_success TEXT,
    last_error   TEXT,
    last_error_at TEXT
) STRICT;

CREATE TABLE source_runs (               -- what one run got from one source
    run       INTEGER NOT NULL REFERENCES runs (id),
    source    TEXT NOT NULL REFERENCES sources (name),
    outcome   TEXT NOT NULL CHECK (outcome IN ('listed', 'unchanged', 'failed', 'waiting', 'parked')),
    listed    INTEGER NOT NULL DEFAULT 0,  -- addresses that the source named
    new       INTEGER NOT NULL DEFAULT 0,  -- pages stored for the first time
    changed   INTEGER NOT NULL DEFAULT 0,  -- pages whose body differs from the stored one
    unchanged INTEGER NOT NULL DEFAULT 0,  -- pages asked again that are as stored
    failed    INTEGER NOT NULL DEFAULT 0,  -- pages failed, refused or blocked by robots.txt
    seconds   REAL NOT NULL DEFAULT 0,     -- spent on asking the source
    problem   TEXT,
    PRIMARY KEY (run, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE listings (                  -- a feed, sitemap, list page or file that names pages
    url           TEXT PRIMARY KEY,
    source        TEXT NOT NULL REFERENCES sources (name),
    etag          TEXT,                  -- of a file: size and time of change
    last_modified TEXT,
    checked_at    TEXT NOT NULL
) STRICT;

CREATE TABLE hosts (                     -- what a host asks of its visitors
    origin       TEXT PRIMARY KEY,       -- scheme://host[:port]
    robots       TEXT,                   -- robots.txt; '': none, all is allowed; NULL: it could not be read, nothing is
    robots_note  TEXT,                   -- why it could not be read
    robots_at    TEXT,                   -- when it was read
    retry_at     TEXT                    -- no request before this time (Retry-After)
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
    cleaned      TEXT,                   -- the body that was cleaned last; another one than `body`: to be cleaned
    article      INTEGER REFERENCES articles (id),  -- what it was cleaned to
    wanted_at    TEXT NOT NULL,
    fetched_at   TEXT,                   -- of the last answer that brought or confirmed the body
    retry_at     TEXT,                   -- of a failed page: asked again from then on; NULL: not by itself
    failures     INTEGER NOT NULL DEFAULT 0,
    run          INTEGER REFERENCES runs (id)
) STRICT;
CREATE INDEX pages_by_state ON pages (state, retry_at);
CREATE INDEX pages_by_body ON pages (body);
CREATE INDEX pages_by_source ON pages (source);
CREATE INDEX pages_by_article ON pages (article);
CREATE INDEX pages_to_clean ON pages (id) WHERE body IS NOT cleaned;
