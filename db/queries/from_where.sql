-- From which places do missions work that have left their seat on a day? (:day)
SELECT works_from, group_concat(sending_state, ' ') AS senders
FROM (SELECT * FROM status_periods ORDER BY sending_state)
WHERE state = 'relocated' AND since <= :day AND (until IS NULL OR until > :day)
GROUP BY works_from
ORDER BY works_from;
