-- What was the state of the missions of one State to another over time? (:sender, :host)
SELECT mission, city, coalesce(since, '') AS since, until, state, works_from, last_confirmed, basis
FROM status_periods
WHERE sending_state = :sender AND receiving_state = :host
ORDER BY mission, city, since;
