-- The claims as they stand after review say which reader made them, and give a foreign quote in English.

DROP VIEW claims_reviewed;
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
