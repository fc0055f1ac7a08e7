-- Sources that editors added in the browser. Those of config.toml are not here: the file is their only place.

CREATE TABLE added_sources (
    name       TEXT PRIMARY KEY CHECK (name <> ''), -- as in the table sources; where config.toml has the name too, config.toml counts
    settings   TEXT NOT NULL CHECK (json_valid(settings)), -- the other keys of a [[sources]] section, as JSON
    added_by   TEXT NOT NULL CHECK (added_by <> ''),
    added_at   TEXT NOT NULL,                       -- UTC
    paused_by  TEXT,                                -- NULL: it is asked in each run
    paused_at  TEXT,                                -- UTC
    CHECK ((paused_by IS NULL) = (paused_at IS NULL))
) STRICT;
