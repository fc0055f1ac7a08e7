-- Which statuses on a day has no reviewer seen? (:day)
SELECT sending_name, receiving_name, mission, state
FROM status_periods
WHERE basis = 'unreviewed' AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day)
ORDER BY sending_name, receiving_name;
