-- Which changes were announced and had not come about by a day? (:day)
SELECT p.sending_name, p.receiving_name, p.state, c.status AS announced, c.modality, c.date, c.publisher
FROM status_periods AS p
JOIN period_claims AS r ON r.period = p.id AND r.role = 'announces'
JOIN claims_reviewed AS c ON c.id = r.claim
WHERE coalesce(p.since, '') <= :day AND (p.until IS NULL OR p.until > :day) AND c.published <= :day
ORDER BY p.sending_name, c.date, c.id;
