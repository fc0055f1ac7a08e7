-- Which announcements were past their day on a day, and nobody had said what became of them? (:day)
SELECT p.sending_name, p.receiving_name, p.state, c.status AS announced, c.date, r.due
FROM period_claims AS r
JOIN status_periods AS p ON p.id = r.period
JOIN claims_reviewed AS c ON c.id = r.claim
WHERE r.due < :day AND (r.settled IS NULL OR r.settled > :day)
  AND coalesce(p.since, '') <= :day AND (p.until IS NULL OR p.until > :day)
ORDER BY r.due, p.sending_name;
