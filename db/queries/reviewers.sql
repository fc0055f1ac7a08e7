-- What has each reviewer done, by verdict?
SELECT reviewer, verdict, count(*) AS decisions
FROM decisions
GROUP BY reviewer, verdict
ORDER BY reviewer, verdict;
