-- Changes of a region in a year are found by their days: with this order of the tables, and the period before by its end.
DROP VIEW changes;
CREATE INDEX periods_by_end ON periods (mission_id, until);

CREATE VIEW changes AS
SELECT
    p.change_id,                                             -- public id of the change
    p.since AS date,                                         -- first day of the new state
    p.precision,                                             -- of date: day, month, year, reported (on that day at the latest)
    p.receiving_state,                                       -- code of the host
    coalesce(h.name, p.receiving_state) AS receiving_name,   -- its name
    h.region,                                                -- UN M49 region of the host
    h.subregion,                                             -- UN M49 subregion of the host
    h.intermediate,                                          -- UN M49 intermediate region of the host; NULL: none
    p.sending_state,                                         -- code of the sender
    coalesce(s.name, p.sending_state) AS sending_name,       -- its name
    p.kind,                                                  -- embassy, consulate, delegation, office, mission
    p.city,                                                  -- seat of the mission; NULL: not known
    b.state AS before,                                       -- state before; unknown: the first that is known
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
    p.id AS period                                           -- in status_periods and period_claims
FROM periods AS p
CROSS JOIN periods AS b ON b.mission_id = p.mission_id AND b.until = p.since
LEFT JOIN states AS h ON h.code = p.receiving_state
LEFT JOIN states AS s ON s.code = p.sending_state
WHERE p.change_id IS NOT NULL;
