"""Questions that the SQL pages offer ready-made, each with its description."""

OPEN_QUERIES = ("missions_in", "missions_of", "on_a_day")  # for strangers too
QUERIES = {
    "missions_in": {
        "title": "Missions in a State today",
        "description": "The state of each mission in a receiving State today; give its code, such as UA.",
        "sql": "SELECT sending_name, mission, city, state, works_from, since, precision, confidence, publishers,\n"
        "       basis FROM current_status WHERE receiving_state = :receiving_state ORDER BY sending_name, mission",
    },
    "missions_of": {
        "title": "Missions of a State today",
        "description": "The state of each mission of a sending State today; give its code, such as FR.",
        "sql": "SELECT receiving_name, mission, city, state, works_from, since, precision, confidence, publishers,\n"
        "       basis FROM current_status WHERE sending_state = :sending_state ORDER BY receiving_name, mission",
    },
    "on_a_day": {
        "title": "Missions in a State on a day",
        "description": "The state of each mission in a receiving State on a day, written 2022-04-20.",
        "sql": "SELECT sending_name, mission, city, state, works_from, since, until, confidence\n"
        "FROM status_periods WHERE receiving_state = :receiving_state\n"
        "AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day) ORDER BY sending_name, mission",
    },
    "by_publisher": {
        "title": "Publishers and how their claims fared",
        "description": "For each publisher the number of claims, and how many reviewers upheld, corrected, rejected.",
        "sql": "SELECT c.publisher, count(*) AS claims,\n"
        "  sum(r.state = 'approved') AS approved, sum(r.state = 'corrected') AS corrected,\n"
        "  sum(r.state = 'rejected') AS rejected\n"
        "FROM claims AS c LEFT JOIN reviews AS r ON r.thread = c.thread\n"
        "WHERE c.retired IS NULL GROUP BY c.publisher ORDER BY claims DESC",
    },
    "wrong_rules": {
        "title": "Rules and why reviewers rejected or corrected what they found",
        "description": "Where the extractor errs: each rule with the reasons that reviewers gave, most frequent first.",
        "sql": "SELECT substr(c.rule, 1, instr(c.rule || ':', ':') - 1) AS event, d.verdict, d.reason,\n"
        "  count(*) AS decisions\n"
        "FROM decisions AS d JOIN claims AS c ON c.id = d.claim\n"
        "WHERE d.verdict IN ('reject', 'correct') GROUP BY event, d.verdict, d.reason ORDER BY decisions DESC",
    },
}
