-- For how many days were missions shut in each region before they worked again?
SELECT a.region, count(*) AS times, CAST(avg(julianday(a.since) - julianday(b.since)) AS INTEGER) AS mean_days,
       CAST(max(julianday(a.since) - julianday(b.since)) AS INTEGER) AS most_days
FROM status_periods AS a
JOIN status_periods AS b ON b.mission_id = a.mission_id AND b.until = a.since
WHERE a.state IN ('open', 'limited') AND b.state IN ('closed', 'suspended', 'evacuated')
GROUP BY a.region
ORDER BY times DESC, a.region;
