-- What reviewers said. Append-only: a row is never changed or deleted, and an undo is a row too.

CREATE TABLE decisions (
    id       INTEGER PRIMARY KEY,
    thread   INTEGER NOT NULL REFERENCES claims (id), -- what is decided on: a claim through all its readings
    claim    INTEGER NOT NULL REFERENCES claims (id), -- the reading that the reviewer saw
    revision INTEGER NOT NULL CHECK (revision > 0),   -- 1, 2, 3 ... in the thread; no two writers get the same
    batch    INTEGER NOT NULL REFERENCES decisions (id), -- first decision of those made together (wire copies)
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    at       TEXT NOT NULL,                           -- never before the row above
    verdict  TEXT NOT NULL CHECK (verdict IN ('approve', 'reject', 'correct', 'undo')),
    reason   TEXT CHECK (reason IN ('wrong sender', 'wrong host', 'wrong city', 'wrong direction', 'wrong mission',
                                    'wrong status', 'wrong modality', 'wrong date', 'old news', 'retracted', 'not a mission',
                                    'quote does not support it', 'duplicate', 'other')),
    note     TEXT,                                    -- free words; needed with the reason 'other'
    fields   TEXT CHECK (fields IS NULL OR json_valid(fields)), -- JSON object of the corrected fields only
    undoes   INTEGER REFERENCES decisions (id),       -- the decision that an undo takes back
    UNIQUE (thread, revision),
    CHECK ((verdict = 'correct') = (fields IS NOT NULL)),
    CHECK ((verdict = 'undo') = (undoes IS NOT NULL)),
    CHECK (reason IS NOT 'other' OR note IS NOT NULL)
) STRICT;
CREATE INDEX decisions_by_batch ON decisions (batch);
CREATE INDEX decisions_by_claim ON decisions (claim);
CREATE INDEX decisions_by_time ON decisions (at);
CREATE INDEX decisions_by_undone ON decisions (undoes);

CREATE TRIGGER decisions_stand_update BEFORE UPDATE ON decisions BEGIN
    SELECT raise(ABORT, 'decisions are append-only: undo is a decision too');
END;
CREATE TRIGGER decisions_stand_delete BEFORE DELETE ON decisions BEGIN
    SELECT raise(ABORT, 'decisions are append-only: undo is a decision too');
END;
CREATE TRIGGER decisions_in_order BEFORE INSERT ON decisions
WHEN new.revision <> (SELECT coalesce(max(revision), 0) + 1 FROM decisions WHERE thread = new.thread)
  OR new.at < (SELECT coalesce(max(at), '') FROM decisions)
BEGIN
    SELECT raise(ABORT, 'a decision follows the last one of its thread, by revision and by time');
END;

-- Where each thread stands after its last decision. Follows from `decisions`; written in the same transaction.
CREATE TABLE reviews (
    thread   INTEGER PRIMARY KEY REFERENCES claims (id),
    claim    INTEGER NOT NULL REFERENCES claims (id), -- the reading whose fields the verdict is about
    state    TEXT NOT NULL CHECK (state IN ('unreviewed', 'approved', 'rejected', 'corrected')),
    revision INTEGER NOT NULL,
    decision INTEGER REFERENCES decisions (id),       -- the one that holds; NULL: all were undone
    fields   TEXT                                     -- corrected fields, if state is corrected
) STRICT;

CREATE TRIGGER claims_reviewed_stay BEFORE UPDATE OF retired ON claims
WHEN EXISTS (SELECT 1 FROM reviews WHERE thread = old.thread AND state <> 'unreviewed')
 AND NOT EXISTS (SELECT 1 FROM claims AS later WHERE later.thread = old.thread AND later.id > old.id)
 AND NOT EXISTS (SELECT 1 FROM articles AS a JOIN articles AS b ON b.url = a.url AND b.id > a.id WHERE a.id = old.article)
BEGIN
    SELECT raise(ABORT, 'a reviewed claim stays until its article changes');
END;
