-- What analysts and reviewers ask for. Each view reads tables only; the words after each column say what it holds.

CREATE VIEW claims_reviewed AS
SELECT
    c.id,                                                    -- claim as last read by an extractor
    c.thread,                                                -- joins all readings of it
    coalesce(r.state, 'unreviewed') AS review,               -- unreviewed, approved, rejected or corrected
    coalesce(r.revision, 0) AS revision,                     -- number of decisions made on it
    iif(json_type(r.fields, '$.sending_state') IS NULL, d.sending_state, r.fields ->> '$.sending_state')
        AS sending_state,                                    -- as corrected, else as read; NULL: unnamed group
    iif(json_type(r.fields, '$.receiving_state') IS NULL, d.receiving_state, r.fields ->> '$.receiving_state')
        AS receiving_state,                                  -- as corrected, else as read; NULL: not told
    iif(json_type(r.fields, '$.city') IS NULL, d.city, r.fields ->> '$.city')
        AS city,                                             -- as corrected, else as read; NULL: not told
    iif(json_type(r.fields, '$.mission') IS NULL, d.mission, r.fields ->> '$.mission')
        AS mission,                                          -- embassy, consulate, delegation, office, mission
    iif(json_type(r.fields, '$.status') IS NULL, d.status, r.fields ->> '$.status')
        AS status,                                           -- reopened, opened, remained_open, reduced ...
    iif(json_type(r.fields, '$.modality') IS NULL, d.modality, r.fields ->> '$.modality')
        AS modality,                                         -- fact, planned, possible, denied
    iif(json_type(r.fields, '$.date') IS NULL, d.date, r.fields ->> '$.date')
        AS date,                                             -- YYYY, YYYY-MM or YYYY-MM-DD; NULL: not told
    iif(json_type(r.fields, '$.relocated_to') IS NULL, d.relocated_to, r.fields ->> '$.relocated_to')
        AS relocated_to,                                     -- place it works from, if relocated
    c.attribution,                                           -- who says so; NULL: the reporter
    c.quote,                                                 -- the words of the article
    c.confidence,                                            -- of the extractor, 0 to 1
    c.publisher,                                             -- who first published the article
    c.published,                                             -- date of the article
    a.url,                                                   -- of the article
    c.article,                                               -- where the quote points into
    c.start,                                                 -- first character of the quote
    c."end",                                                 -- character after the quote
    c.rule,                                                  -- what fired
    c.version,                                               -- extractor that first read it
    c.recorded_at                                            -- when it was first known here, UTC
FROM claims AS c
JOIN articles AS a ON a.id = c.article
LEFT JOIN reviews AS r ON r.thread = c.thread
JOIN claims AS d ON d.id = CASE WHEN r.state <> 'unreviewed' THEN r.claim ELSE c.id END
WHERE c.retired IS NULL;

CREATE VIEW status_periods AS
SELECT
    p.id,                                                    -- of the period; changes when the period does
    p.receiving_state,                                       -- code of the host
    coalesce(h.name, p.receiving_state) AS receiving_name,   -- its name
    p.sending_state,                                         -- code of the sender
    coalesce(s.name, p.sending_state) AS sending_name,       -- its name
    p.kind,                                                  -- embassy, consulate, delegation, office, mission
    p.city,                                                  -- seat of the mission; NULL: not known
    p.since,                                                 -- first day; NULL: from the beginning
    p.until,                                                 -- first day of the next period; NULL: goes on
    p.precision,                                             -- of since: day, month, year, reported
    p.state,                                                 -- open, limited, relocated, closed, suspended ...
    p.works_from,                                            -- place, if relocated
    p.confidence,                                            -- 0 to 1
    p.publishers,                                            -- independent ones that it rests on
    p.basis                                                  -- none, reviewed, mixed, unreviewed
FROM periods AS p
LEFT JOIN states AS h ON h.code = p.receiving_state
LEFT JOIN states AS s ON s.code = p.sending_state;

CREATE VIEW current_status AS
SELECT
    receiving_state,                                         -- code of the host
    receiving_name,                                          -- its name
    sending_state,                                           -- code of the sender
    sending_name,                                            -- its name
    kind,                                                    -- embassy, consulate, delegation, office, mission
    city,                                                    -- seat of the mission; NULL: not known
    state,                                                   -- how it stands today (UTC)
    works_from,                                              -- place, if relocated
    since,                                                   -- first day of this state; NULL: not known
    precision,                                               -- of since: day, month, year, reported
    confidence,                                              -- 0 to 1
    publishers,                                              -- independent ones that it rests on
    basis,                                                   -- none, reviewed, mixed, unreviewed
    id AS period                                             -- in status_periods and period_claims
FROM status_periods
WHERE coalesce(since, '') <= date('now') AND (until IS NULL OR until > date('now'));

CREATE VIEW review_queue AS
SELECT
    q.rank,                                                  -- 1 would change a status, 2 contradicts, 3 low confidence, 4 the rest
    q.claim,                                                 -- waiting for a decision
    c.sending_state,                                         -- as read
    c.receiving_state,                                       -- as read
    c.city,                                                  -- as read
    c.mission,                                               -- as read
    c.status,                                                -- as read
    c.modality,                                              -- as read
    c.date,                                                  -- as read
    c.confidence,                                            -- of the extractor, 0 to 1
    c.publisher,                                             -- who first published the article
    c.published,                                             -- date of the article
    c.quote,                                                 -- the words of the article
    q.since                                                  -- waiting since, UTC
FROM queue AS q
JOIN claims AS c ON c.id = q.claim
ORDER BY q.rank, q.since, q.claim;

CREATE VIEW conflicts AS
SELECT
    p.receiving_state,                                       -- code of the host
    p.sending_state,                                         -- code of the sender
    p.kind,                                                  -- embassy, consulate, delegation, office, mission
    p.city,                                                  -- seat of the mission
    p.state,                                                 -- what holds in this period
    p.since,                                                 -- first day of the period
    p.until,                                                 -- first day after it; NULL: goes on
    p.confidence,                                            -- in what holds, less for each dissent
    p.publishers,                                            -- independent ones for what holds
    c.id AS claim,                                           -- that speaks against it
    c.status,                                                -- what that claim says
    c.modality,                                              -- fact, or denied
    c.publisher,                                             -- who first published it
    c.published,                                             -- when
    c.quote,                                                 -- its words
    p.id AS period                                           -- in status_periods and period_claims
FROM period_claims AS d
JOIN periods AS p ON p.id = d.period
JOIN claims_reviewed AS c ON c.id = d.claim
WHERE d.role = 'dissents';
