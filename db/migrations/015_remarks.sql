-- What reviewers say to each other about a claim: a second opinion, that they are unsure, whom they ask. It decides nothing.

CREATE TABLE remarks (
    id       INTEGER PRIMARY KEY,
    thread   INTEGER NOT NULL REFERENCES claims (id), -- what it is about: a claim through all its readings
    claim    INTEGER NOT NULL REFERENCES claims (id), -- the reading that the reviewer saw
    revision INTEGER NOT NULL,                        -- how many decisions the thread had by then
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    at       TEXT NOT NULL,                           -- UTC
    kind     TEXT NOT NULL CHECK (kind IN ('opinion', 'unsure', 'ask')), -- opinion: a verdict given without seeing the first one
    verdict  TEXT CHECK (verdict IN ('approve', 'reject', 'correct')), -- of an opinion; else NULL
    reason   TEXT,                                    -- of an opinion that rejects
    fields   TEXT CHECK (fields IS NULL OR json_valid(fields)), -- of an opinion that corrects: the corrected fields only
    note     TEXT,                                    -- free words
    asked    TEXT,                                    -- the reviewer who is to look at it; NULL: nobody in particular
    CHECK ((kind = 'opinion') = (verdict IS NOT NULL)),
    CHECK (kind <> 'ask' OR asked IS NOT NULL)
) STRICT;
CREATE INDEX remarks_by_thread ON remarks (thread);
CREATE INDEX remarks_by_kind ON remarks (kind, reviewer);
CREATE INDEX remarks_by_asked ON remarks (asked) WHERE asked IS NOT NULL;

CREATE TRIGGER remarks_stand_update BEFORE UPDATE ON remarks BEGIN
    SELECT raise(ABORT, 'remarks are append-only');
END;
CREATE TRIGGER remarks_stand_delete BEFORE DELETE ON remarks BEGIN
    SELECT raise(ABORT, 'remarks are append-only');
END;

CREATE INDEX decisions_by_reviewer ON decisions (reviewer, at);

-- A claim that a reviewer added (reader: reviewer) is none on which two readers differ.
DROP VIEW readers_differ;
CREATE VIEW readers_differ AS
SELECT
    c.id AS claim,                                           -- stands, found by one of two readers
    c.article,                                               -- that both read
    c.reader,                                                -- who found it
    iif(c.reader = 'small', s.reader, 'small') AS other,     -- who did not
    c.confidence                                             -- of the claim
FROM second_readings AS s
JOIN claims AS c ON c.article = s.article
WHERE s.beside = 1 AND c.retired IS NULL AND instr(c.reader, '+') = 0 AND c.reader <> 'reviewer';
