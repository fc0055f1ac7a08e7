-- How often do two reviewers who decided on the same claim give the same verdict, each reviewer's last one counted?
WITH own AS (
    SELECT thread, reviewer, verdict,
           row_number() OVER (PARTITION BY thread, reviewer ORDER BY revision DESC) AS place
    FROM decisions
    WHERE verdict <> 'undo'
)
SELECT a.reviewer AS one, b.reviewer AS other, count(*) AS claims, round(avg(a.verdict = b.verdict), 2) AS same
FROM own AS a
JOIN own AS b ON b.thread = a.thread AND b.reviewer > a.reviewer AND b.place = 1
WHERE a.place = 1
GROUP BY a.reviewer, b.reviewer
ORDER BY claims DESC, one, other;
