-- What share of the missions to each State does not work on a day? (:day)
SELECT receiving_name, count(*) AS missions,
       round(avg(state IN ('closed', 'suspended', 'evacuated')), 2) AS shut
FROM status_periods
WHERE state <> 'unknown' AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day)
GROUP BY receiving_state
ORDER BY shut DESC, receiving_name;
