-- Which public ids are no longer valid, and which ids replace them?
SELECT what, content ->> '$.sending_state' AS sender, content ->> '$.receiving_state' AS host,
       content ->> '$.since' AS since, content ->> '$.state' AS state, superseded_by IS NOT NULL AS superseded
FROM public_ids
WHERE gone IS NOT NULL
ORDER BY what, sender, host, since, state;
