-- What follows from claims and decisions. Computed by db/status.py in the transaction that changed them; never typed in.

-- What the status depends on beside claims. A new value is a new row, so that earlier answers can be given again.
CREATE TABLE settings (
    name  TEXT NOT NULL CHECK (name IN ('unreviewed', 'states')),
    since TEXT NOT NULL,                 -- UTC; '' for the first value
    value TEXT NOT NULL,                 -- confidence from which unreviewed claims count, '' never; digest of the States
    PRIMARY KEY (name, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE states (
    code    TEXT PRIMARY KEY,            -- ISO 3166-1 alpha-2, EU, UN, XK, VA
    name    TEXT NOT NULL,
    capital TEXT                         -- where embassies are, if the text names no city
) STRICT, WITHOUT ROWID;

-- One row for each mission and stretch of time. The periods of a mission partition time: no gap, no overlap.
CREATE TABLE periods (
    id              INTEGER PRIMARY KEY,
    receiving_state TEXT NOT NULL,
    sending_state   TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('embassy', 'consulate', 'delegation', 'office', 'mission')),
    city            TEXT,                -- NULL: not known
    since           TEXT,                -- first day, YYYY-MM-DD; NULL: from the beginning
    until           TEXT,                -- first day of the next period; NULL: goes on
    precision       TEXT CHECK (precision IN ('day', 'month', 'year', 'reported')), -- of since; reported: on that day at the latest
    state           TEXT NOT NULL CHECK (state IN ('open', 'limited', 'relocated', 'closed', 'suspended', 'evacuated', 'unknown')),
    works_from      TEXT,                -- place, if relocated
    confidence      REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    publishers      INTEGER NOT NULL,    -- independent ones that it rests on
    basis           TEXT NOT NULL CHECK (basis IN ('none', 'reviewed', 'mixed', 'unreviewed'))
) STRICT;
CREATE INDEX periods_by_mission ON periods (receiving_state, sending_state, kind, city, since);
CREATE INDEX periods_by_city ON periods (city, since);
CREATE INDEX periods_by_place ON periods (works_from) WHERE works_from IS NOT NULL;
CREATE INDEX claims_by_place ON claims (relocated_to) WHERE relocated_to IS NOT NULL;
CREATE INDEX periods_by_sender ON periods (sending_state, since);

CREATE TABLE period_claims (
    period INTEGER NOT NULL REFERENCES periods (id) ON DELETE CASCADE,
    claim  INTEGER NOT NULL REFERENCES claims (id),
    role   TEXT NOT NULL CHECK (role IN ('rests', 'dissents', 'announces')),
    PRIMARY KEY (period, role, claim)
) STRICT, WITHOUT ROWID;
CREATE INDEX period_claims_by_claim ON period_claims (claim);

-- Claims that wait for a reviewer, most consequential first.
CREATE TABLE queue (
    claim  INTEGER PRIMARY KEY REFERENCES claims (id),
    rank   INTEGER NOT NULL CHECK (rank IN (1, 2, 3, 4)), -- 1 would change a status, 2 contradicts, 3 low confidence, 4 the rest
    since  TEXT NOT NULL,
    receiving_state TEXT,
    sending_state   TEXT
) STRICT;
CREATE INDEX queue_by_rank ON queue (rank, since, claim);
CREATE INDEX queue_by_pair ON queue (receiving_state, sending_state, rank, since);
