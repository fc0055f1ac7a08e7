-- Which changes of status were there in a region between two days, newest first? (:region, :first, :last)
SELECT date, sending_name, receiving_name, mission, before, after, basis, change_id LIKE 'chg-%' AS has_id
FROM changes
WHERE :region IN (region, subregion, intermediate) AND date >= :first AND date < :last
ORDER BY date DESC, sending_name;
