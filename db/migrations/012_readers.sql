-- A second reader: which articles name a mission, what a model was asked, what it answered, what of that stood up.

-- Articles whose text names a mission, so that a reader can find claims in them. Noted when an article is read.
CREATE TABLE mentions (
    article  INTEGER PRIMARY KEY REFERENCES articles (id),
    language TEXT NOT NULL               -- of the text, ISO 639-1; the small reader reads en
) STRICT;
CREATE INDEX mentions_by_language ON mentions (language);

-- One question to one model. Its key follows from model, prompt, title, date and text, so nothing is asked twice.
CREATE TABLE second_requests (
    key          TEXT PRIMARY KEY,       -- first 32 hex digits of sha256 over model, prompt, title, date and text
    model        TEXT NOT NULL,          -- as the library llm knows it
    prompt       TEXT NOT NULL,          -- version of the prompt
    article      INTEGER NOT NULL REFERENCES articles (id), -- for which it was first asked
    state        TEXT NOT NULL CHECK (state IN ('sent', 'answered', 'failed')), -- sent: written into a batch file
    answer       TEXT,                   -- as it came; NULL: none yet, or too long to be kept
    reason       TEXT,                   -- why the last try failed
    input_tokens  INTEGER NOT NULL DEFAULT 0, -- of all tries; estimated from the length where the model does not tell
    output_tokens INTEGER NOT NULL DEFAULT 0,
    failures     INTEGER NOT NULL DEFAULT 0,  -- in a row
    at           TEXT NOT NULL,          -- of the last change of state
    batch        INTEGER NOT NULL DEFAULT 0 CHECK (batch IN (0, 1)), -- 1: asked by a file, outside the day's budget
    retry_at     TEXT                    -- of a failed one: asked again from then on; NULL: not by itself
) STRICT;
CREATE INDEX second_requests_by_time ON second_requests (at);

-- What an article has of the last answer on it, after the checks. Articles with the same text share a request.
CREATE TABLE second_readings (
    article  INTEGER PRIMARY KEY REFERENCES articles (id),
    request  TEXT NOT NULL REFERENCES second_requests (key),
    reader   TEXT NOT NULL,              -- llm:<model>
    version  TEXT NOT NULL,              -- reader and version of the prompt
    at       TEXT NOT NULL,
    beside   INTEGER NOT NULL CHECK (beside IN (0, 1)), -- 1: the small reader reads this language too
    claims   TEXT NOT NULL CHECK (json_valid(claims)),  -- list of the claims that stood up, with their offsets
    drops    TEXT NOT NULL CHECK (json_valid(drops)),   -- reason -> how many claims of the answer were dropped
    alone    REAL NOT NULL,              -- confidence of a claim that only the second reader found
    agreed   REAL NOT NULL               -- confidence at least, of a claim that both found
) STRICT;
CREATE INDEX second_readings_by_time ON second_readings (at);

ALTER TABLE claims ADD COLUMN reader TEXT NOT NULL DEFAULT 'small'; -- small, llm:<model>, or small+llm:<model>: two readers
ALTER TABLE claims ADD COLUMN small_confidence REAL; -- where two readers agree: what the small one gave; else NULL
ALTER TABLE claims ADD COLUMN gloss TEXT; -- the quote in English, by the second reader; NULL: the quote is English
CREATE TRIGGER claims_keep_reader BEFORE UPDATE ON claims
WHEN old.reader <> new.reader OR old.small_confidence IS NOT new.small_confidence OR old.gloss IS NOT new.gloss
BEGIN
    SELECT raise(ABORT, 'a claim never changes: a correction stands beside it');
END;

-- Claims on which two readers of one article differ: one found it, the other read the article and did not.
CREATE VIEW readers_differ AS
SELECT
    c.id AS claim,                                           -- stands, found by one of two readers
    c.article,                                               -- that both read
    c.reader,                                                -- who found it
    iif(c.reader = 'small', s.reader, 'small') AS other,     -- who did not
    c.confidence                                             -- of the claim
FROM second_readings AS s
JOIN claims AS c ON c.article = s.article
WHERE s.beside = 1 AND c.retired IS NULL AND instr(c.reader, '+') = 0;
