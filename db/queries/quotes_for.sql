-- Which words, of whom, does the state of the missions to a State on a day rest on? (:host, :day)
SELECT p.sending_name, p.state, c.publisher_name, c.published, c.quote
FROM status_periods AS p
JOIN period_claims AS r ON r.period = p.id AND r.role = 'rests'
JOIN claims_reviewed AS c ON c.id = r.claim
WHERE p.receiving_state = :host AND coalesce(p.since, '') <= :day AND (p.until IS NULL OR p.until > :day)
ORDER BY p.sending_name, c.published, c.publisher, c.id;
