-- Every view, in the order in which docs/schema.md shows them. This file is the only place of a view: db/views.py brings a
-- database up to it whenever it is opened, after the steps in migrations/. Views of released steps are replaced by these.
--
-- A column of a view that gets another name keeps the old one as well, at the end, for one version: docs/glossary.md.

CREATE VIEW claims_reviewed AS
SELECT
    c.id,                                                    -- claim as last read by an extractor
    c.thread,                                                -- joins all readings of it
    coalesce(r.state, 'unreviewed') AS review,               -- unreviewed, approved, rejected or corrected
    coalesce(r.revision, 0) AS revision,                     -- number of decisions made on it
    iif(json_type(r.fields, '$.sending_state') IS NULL, d.sending_state, r.fields ->> '$.sending_state')
        AS sending_state,                                    -- as corrected, else as read; NULL: unnamed group
    iif(json_type(r.fields, '$.receiving_state') IS NULL, d.receiving_state, r.fields ->> '$.receiving_state')
        AS receiving_state,                                  -- as corrected, else as read; NULL: not stated
    iif(json_type(r.fields, '$.city') IS NULL, d.city, r.fields ->> '$.city')
        AS city,                                             -- as corrected, else as read; NULL: not stated
    iif(json_type(r.fields, '$.mission') IS NULL, d.mission, r.fields ->> '$.mission')
        AS mission,                                          -- embassy, consulate, delegation, office, mission
    iif(json_type(r.fields, '$.status') IS NULL, d.status, r.fields ->> '$.status')
        AS status,                                           -- reopened, opened, remained_open, reduced ...
    iif(json_type(r.fields, '$.modality') IS NULL, d.modality, r.fields ->> '$.modality')
        AS modality,                                         -- fact, planned, possible, denied
    iif(json_type(r.fields, '$.date') IS NULL, d.date, r.fields ->> '$.date')
        AS date,                                             -- YYYY, YYYY-MM or YYYY-MM-DD; NULL: not stated
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
    c.recorded_at,                                           -- when it was first known here, UTC
    'clm-' || c.key AS claim_id,                             -- public id, never given to another claim
    coalesce(n.name, c.publisher) AS publisher_name,         -- as the publisher calls itself, else its domain
    c.reader,                                                -- who read it: small, llm:<model>, reviewer; two with a plus between
    c.gloss                                                  -- the quote in English, by the second reader; NULL: the quote is English
FROM claims AS c
JOIN articles AS a ON a.id = c.article
LEFT JOIN reviews AS r ON r.thread = c.thread
LEFT JOIN publishers AS n ON n.site = c.publisher
JOIN claims AS d ON d.id = CASE WHEN r.state <> 'unreviewed' THEN r.claim ELSE c.id END
WHERE c.retired IS NULL;

CREATE VIEW status_periods AS
SELECT
    p.id,                                                    -- of the period; changes when the period does
    p.receiving_state,                                       -- code of the receiving State
    coalesce(h.name, p.receiving_state) AS receiving_name,   -- its name
    p.sending_state,                                         -- code of the sending State
    coalesce(s.name, p.sending_state) AS sending_name,       -- its name
    p.kind AS mission,                                       -- embassy, consulate, delegation, office, mission
    p.city,                                                  -- seat of the mission; NULL: not known
    p.since,                                                 -- first day; NULL: from the beginning
    p.until,                                                 -- first day of the next period; NULL: goes on
    p.precision,                                             -- of since: day, month, year, reported
    p.state,                                                 -- open, limited, relocated, closed, suspended ...
    p.works_from,                                            -- place, if relocated
    p.confidence,                                            -- 0 to 1, when last confirmed
    p.publishers,                                            -- independent ones that it rests on
    p.basis,                                                 -- none, reviewed, mixed, unreviewed
    p.last_confirmed,                                        -- day of the newest claim that supports it; NULL: nothing is known
    h.region,                                                -- UN M49 region of the receiving State
    h.subregion,                                             -- UN M49 subregion of the receiving State
    h.intermediate,                                          -- UN M49 intermediate region of the receiving State; NULL: none
    p.mission_id,                                            -- public id of the mission
    p.period_id,                                             -- public id of the period
    p.kind                                                   -- old name of the column mission, until version 0.2
FROM periods AS p
LEFT JOIN states AS h ON h.code = p.receiving_state
LEFT JOIN states AS s ON s.code = p.sending_state;

CREATE VIEW current_status AS
SELECT
    p.receiving_state,                                       -- code of the receiving State
    p.receiving_name,                                        -- its name
    p.sending_state,                                         -- code of the sending State
    p.sending_name,                                          -- its name
    p.mission,                                               -- embassy, consulate, delegation, office, mission
    p.city,                                                  -- seat of the mission; NULL: not known
    p.state,                                                 -- its state today (UTC), for all that is known
    p.works_from,                                            -- place, if relocated
    p.since,                                                 -- first day of this state; NULL: not known
    p.precision,                                             -- of since: day, month, year, reported
    round(p.confidence * (a.half_life_days + julianday(p.last_confirmed) - julianday(coalesce(p.since, p.last_confirmed)))
        / (a.half_life_days + max(julianday(date('now')), julianday(p.last_confirmed))
           - julianday(coalesce(p.since, p.last_confirmed))), 3)
        AS confidence,                                       -- 0 to 1, less by the age of the evidence; NULL: nothing is known
    p.publishers,                                            -- independent ones that it rests on
    p.basis,                                                 -- none, reviewed, mixed, unreviewed
    p.id AS period,                                          -- in status_periods and period_claims
    p.last_confirmed,                                        -- day of the newest claim that supports it
    CAST(max(0, julianday(date('now')) - julianday(p.last_confirmed)) AS INTEGER)
        AS age_days,                                         -- days since then; NULL: nothing is known
    CASE WHEN p.last_confirmed IS NULL THEN 'none'
         WHEN julianday(date('now')) - julianday(p.last_confirmed) > a.confirmed_days THEN 'old'
         WHEN julianday(date('now')) - julianday(p.last_confirmed) > a.confirmed_days / 4 THEN 'recent'
         ELSE 'fresh' END
        AS age,                                              -- fresh, recent, old (not confirmed for long), none
    p.region,                                                -- UN M49 region of the receiving State
    p.subregion,                                             -- UN M49 subregion of the receiving State
    p.intermediate,                                          -- UN M49 intermediate region of the receiving State; NULL: none
    p.mission_id,                                            -- public id of the mission
    p.period_id,                                             -- public id of the period
    p.mission AS kind                                        -- old name of the column mission, until version 0.2
FROM status_periods AS p
LEFT JOIN ageing AS a ON a.state = p.state
WHERE coalesce(p.since, '') <= date('now') AND (p.until IS NULL OR p.until > date('now'));

CREATE VIEW announcements AS
SELECT
    c.id AS claim,                                           -- the plan
    c.claim_id,                                              -- its public id
    p.receiving_state,                                       -- code of the receiving State
    p.receiving_name,                                        -- its name
    p.region,                                                -- UN M49 region of the receiving State
    p.sending_state,                                         -- code of the sending State
    p.sending_name,                                          -- its name
    p.mission,                                               -- embassy, consulate, delegation, office, mission
    p.city,                                                  -- seat of the mission; NULL: not known
    p.state,                                                 -- its state today
    c.status AS announced,                                   -- what was to happen
    c.date,                                                  -- when, as told
    r.due,                                                   -- last day on which it keeps that date; NULL: no date was told
    r.settled,                                               -- from which day it was known what became of it; NULL: not yet
    coalesce(r.due < date('now') AND (r.settled IS NULL OR r.settled > date('now')), 0)
        AS overdue,                                          -- 1: its day has passed, and nobody has said what became of it
    c.review,                                                -- unreviewed, approved, corrected
    c.publisher,                                             -- who first published it
    c.published,                                             -- when
    c.quote,                                                 -- its words
    p.mission_id,                                            -- public id of the mission
    p.id AS period,                                          -- in status_periods and period_claims
    p.mission AS kind                                        -- old name of the column mission, until version 0.2
FROM period_claims AS r
JOIN status_periods AS p ON p.id = r.period
JOIN claims_reviewed AS c ON c.id = r.claim
WHERE r.role = 'announces' AND c.modality = 'planned'
  AND coalesce(p.since, '') <= date('now') AND (p.until IS NULL OR p.until > date('now'));

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
    q.since,                                                 -- waiting since, UTC
    (SELECT min(r.due) FROM period_claims AS r WHERE r.claim = q.claim AND r.due < date('now')
        AND (r.settled IS NULL OR r.settled > date('now')))
        AS overdue                                           -- the day on which it was due, if nobody has said what became of it; these come first
FROM queue AS q
JOIN claims AS c ON c.id = q.claim
ORDER BY overdue IS NULL, q.rank, q.since, q.claim;

CREATE VIEW conflicts AS
SELECT
    p.receiving_state,                                       -- code of the receiving State
    p.sending_state,                                         -- code of the sending State
    p.kind AS mission,                                       -- embassy, consulate, delegation, office, mission
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
    p.id AS period,                                          -- in status_periods and period_claims
    p.kind                                                   -- old name of the column mission, until version 0.2
FROM period_claims AS d
JOIN periods AS p ON p.id = d.period
JOIN claims_reviewed AS c ON c.id = d.claim
WHERE d.role = 'dissents';

CREATE VIEW coverage AS
SELECT
    stage,                                                   -- page, article or reading
    what,                                                    -- what became of them
    number                                                   -- how many
FROM (
    SELECT 1 AS place, 'page' AS stage, state AS what, count(*) AS number FROM pages GROUP BY state
    UNION ALL
    SELECT 2, 'article', CASE WHEN outcome <> 'cleaned' THEN 'unparsed' WHEN replaced_by IS NOT NULL THEN 'older version'
                              WHEN origin IS NOT NULL THEN 'copy' ELSE 'first publication' END, count(*)
    FROM articles GROUP BY 3
    UNION ALL
    SELECT 3, 'reading', CASE WHEN e.article IS NULL AND coalesce(a.language, 'en') <> 'en' THEN 'not read: language ' || a.language
                              WHEN e.article IS NULL THEN 'not read yet'
                              WHEN e.claims = 0 THEN 'read, without a claim' ELSE 'read, with claims' END, count(*)
    FROM articles AS a LEFT JOIN (SELECT article, max(claims) AS claims FROM extractions GROUP BY article) AS e ON e.article = a.id
    WHERE a.outcome = 'cleaned' AND a.replaced_by IS NULL GROUP BY 3
)
ORDER BY place, number DESC, what;

CREATE VIEW changes AS
SELECT
    p.change_id,                                             -- public id of the change
    p.since AS date,                                         -- first day of the new state
    p.precision,                                             -- of date: day, month, year, reported (on that day at the latest)
    p.receiving_state,                                       -- code of the receiving State
    coalesce(h.name, p.receiving_state) AS receiving_name,   -- its name
    h.region,                                                -- UN M49 region of the receiving State
    h.subregion,                                             -- UN M49 subregion of the receiving State
    h.intermediate,                                          -- UN M49 intermediate region of the receiving State; NULL: none
    p.sending_state,                                         -- code of the sending State
    coalesce(s.name, p.sending_state) AS sending_name,       -- its name
    p.kind AS mission,                                       -- embassy, consulate, delegation, office, mission
    p.city,                                                  -- seat of the mission; NULL: not known
    b.state AS before,                                       -- state before; unknown: nothing was known just before
    p.state AS after,                                        -- state from that date
    p.works_from,                                            -- place, if relocated
    p.confidence,                                            -- 0 to 1
    p.publishers,                                            -- independent ones that it rests on
    p.basis,                                                 -- reviewed, mixed, unreviewed
    (SELECT group_concat(claim_id, ' ') FROM (SELECT 'clm-' || c.key AS claim_id FROM period_claims AS r
        JOIN claims AS c ON c.id = r.claim WHERE r.period = p.id AND r.role = 'rests' ORDER BY c.key))
        AS claims,                                           -- public ids of the claims that it rests on, parted by a space
    (SELECT group_concat(site, ' ') FROM (SELECT DISTINCT c.publisher AS site FROM period_claims AS r
        JOIN claims AS c ON c.id = r.claim WHERE r.period = p.id AND r.role = 'rests' AND c.publisher IS NOT NULL ORDER BY 1))
        AS sources,                                          -- publishers of those claims, parted by a space
    p.mission_id,                                            -- public id of the mission
    p.period_id,                                             -- public id of the period that it began
    p.id AS period,                                          -- in status_periods and period_claims
    p.kind                                                   -- old name of the column mission, until version 0.2
FROM periods AS p
CROSS JOIN periods AS b ON b.mission_id = p.mission_id AND b.until = p.since
LEFT JOIN states AS h ON h.code = p.receiving_state
LEFT JOIN states AS s ON s.code = p.sending_state
WHERE p.change_id IS NOT NULL;

CREATE VIEW readers_differ AS
SELECT
    c.id AS claim,                                           -- that one of two readers found
    c.article,                                               -- that both read
    c.reader,                                                -- who found it
    iif(c.reader = 'small', s.reader, 'small') AS other,     -- who did not
    c.confidence                                             -- of the claim
FROM second_readings AS s
JOIN claims AS c ON c.article = s.article
WHERE s.beside = 1 AND c.retired IS NULL AND instr(c.reader, '+') = 0 AND c.reader <> 'reviewer';

CREATE VIEW countries AS
SELECT
    code,                                                    -- ISO 3166-1 alpha-2, EU, UN, XK, VA
    name,                                                    -- in English
    capital,                                                 -- where embassies are, if the text names no city; NULL: none
    region,                                                  -- UN M49 region, such as Africa; NULL: in none (EU, UN)
    subregion,                                               -- UN M49 subregion, such as Sub-Saharan Africa
    intermediate                                             -- UN M49 intermediate region, such as Western Africa; NULL: none
FROM states;
