-- Why were claims rejected or corrected, undone decisions left out?
SELECT coalesce(d.reason, 'none given') AS reason, count(*) AS decisions
FROM reviews AS r
JOIN decisions AS d ON d.id = r.decision
WHERE d.verdict IN ('reject', 'correct')
GROUP BY d.reason
ORDER BY decisions DESC, reason;
