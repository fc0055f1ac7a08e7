-- Which statuses on a day rest on a single publisher? (:day)
SELECT sending_name, receiving_name, mission, state, confidence
FROM status_periods
WHERE publishers = 1 AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day)
ORDER BY confidence, sending_name;
