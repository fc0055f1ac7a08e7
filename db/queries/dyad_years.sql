-- In which years did a mission of each State work in a State on 1 July (1 yes, 0 no, empty not known)? (:host, :first, :last)
WITH RECURSIVE years AS (
    SELECT CAST(:first AS INTEGER) AS year
    UNION ALL
    SELECT year + 1 FROM years WHERE year < CAST(:last AS INTEGER)
)
SELECT y.year, p.sending_name, p.receiving_name,
       max(CASE WHEN p.state IN ('open', 'limited') THEN 1 WHEN p.state <> 'unknown' THEN 0 END) AS works,
       max(p.last_confirmed) AS last_confirmed
FROM years AS y
JOIN status_periods AS p ON coalesce(p.since, '') <= y.year || '-07-01'
    AND (p.until IS NULL OR p.until > y.year || '-07-01')
WHERE p.receiving_state = :host
GROUP BY y.year, p.sending_state, p.receiving_state
ORDER BY p.sending_name, y.year;
