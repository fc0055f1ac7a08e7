-- How often was each publisher read, upheld and turned down?
SELECT publisher, count(*) AS claims, sum(review IN ('approved', 'corrected')) AS upheld, sum(review = 'rejected') AS rejected
FROM claims_reviewed
GROUP BY publisher
ORDER BY claims DESC, publisher;
