-- Which missions to a State work on a day, and from where? (:host, :day)
SELECT sending_name, mission, city, state, works_from
FROM status_periods
WHERE receiving_state = :host AND state IN ('open', 'limited', 'relocated')
  AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day)
ORDER BY sending_name, mission, city;
