-- Which releases of the data were made, so that a version never stands for two contents.
CREATE TABLE releases (
    version TEXT PRIMARY KEY,            -- MAJOR.MINOR.PATCH
    day     TEXT NOT NULL,               -- of which it tells how things stood
    sums    TEXT NOT NULL,               -- sha256 of its file SHA256SUMS
    made_at TEXT NOT NULL                -- UTC
) STRICT, WITHOUT ROWID;
