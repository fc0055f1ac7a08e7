-- What changed between two days, the first included? (:first, :last)
SELECT p.since, p.sending_name, p.receiving_name, p.mission, b.state AS before, p.state AS after
FROM status_periods AS p
JOIN periods AS b ON b.receiving_state = p.receiving_state AND b.sending_state = p.sending_state
    AND b.kind = p.mission AND b.city IS p.city AND b.until = p.since
WHERE p.since >= :first AND p.since < :last AND p.state <> 'unknown'
ORDER BY p.since, p.sending_name;
