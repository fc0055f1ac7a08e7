-- Which missions work again after they were shut, and how many days later?
SELECT a.sending_name, a.receiving_name, a.mission, min(b.since) AS shut, a.since AS back,
       CAST(julianday(a.since) - julianday(min(b.since)) AS INTEGER) AS days
FROM status_periods AS a
JOIN periods AS b ON b.receiving_state = a.receiving_state AND b.sending_state = a.sending_state
    AND b.kind = a.mission AND b.city IS a.city AND b.until = a.since
WHERE a.state IN ('open', 'limited') AND b.state IN ('closed', 'suspended', 'evacuated')
GROUP BY a.id
ORDER BY a.since, a.sending_name;
