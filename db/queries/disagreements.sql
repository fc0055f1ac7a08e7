-- Who speaks against what holds, now or in the past?
SELECT sending_state, receiving_state, since, state, status AS said, modality, publisher
FROM conflicts
ORDER BY since, publisher;
