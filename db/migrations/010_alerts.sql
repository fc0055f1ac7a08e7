-- Messages about changes of status: each alert and change has one row, so that nothing is sent twice and nothing is lost.
CREATE TABLE alerts (
    alert     TEXT NOT NULL,             -- name in config.toml
    change_id TEXT NOT NULL,             -- public id of the change
    state     TEXT NOT NULL CHECK (state IN ('before', 'waiting', 'sending', 'sent')), -- before: known when the alert was new, not sent
    content   TEXT NOT NULL CHECK (json_valid(content)), -- of the message
    noted_at  TEXT NOT NULL,             -- UTC
    tries     INTEGER NOT NULL DEFAULT 0,
    retry_at  TEXT,                      -- UTC; not tried before
    problem   TEXT,                      -- why the last try failed
    sent_at   TEXT,                      -- UTC
    PRIMARY KEY (alert, change_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_by_state ON alerts (state, retry_at) WHERE state IN ('waiting', 'sending');
