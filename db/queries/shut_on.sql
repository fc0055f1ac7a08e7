-- Which missions to a State do not work on a day, and since when? (:host, :day)
SELECT sending_name, mission, city, state, since, precision
FROM status_periods
WHERE receiving_state = :host AND state IN ('closed', 'suspended', 'evacuated')
  AND since <= :day AND (until IS NULL OR until > :day)
ORDER BY since, sending_name;
