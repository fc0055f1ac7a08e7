-- Which states on a day were not confirmed for more than so many days? (:day, :days)
SELECT sending_name, receiving_name, state, last_confirmed,
       CAST(julianday(:day) - julianday(last_confirmed) AS INTEGER) AS days
FROM status_periods
WHERE julianday(:day) - julianday(last_confirmed) > :days
  AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day)
ORDER BY days DESC, sending_name;
