-- Missions that Wikidata knows, as `legation import --wikidata` read them last.
CREATE TABLE items (
    item            TEXT PRIMARY KEY,    -- of Wikidata, such as Q1234
    label           TEXT,
    sending_state   TEXT NOT NULL,
    receiving_state TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('embassy', 'consulate', 'delegation', 'office', 'mission')),
    city            TEXT,                -- NULL: not told, or not known
    longitude       REAL,
    latitude        REAL,
    inception       TEXT,                -- YYYY, YYYY-MM or YYYY-MM-DD
    dissolved       TEXT,                -- the same; NULL: Wikidata knows of no end
    as_of           TEXT NOT NULL        -- day on which the list was right
) STRICT, WITHOUT ROWID;
CREATE INDEX items_by_mission ON items (receiving_state, sending_state, kind, city);
