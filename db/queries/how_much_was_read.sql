-- How many pages and articles were read, and how many were not?
SELECT stage, what, number
FROM coverage
ORDER BY stage, what;
