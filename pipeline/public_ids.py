"""What a public id names, and which id replaces it if claims or decisions have changed since."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Any

from legation.db.public import PREFIXES
from legation.pipeline.errors import UsageProblem
from legation.pipeline.user_input import state_label

Row = dict[str, Any]
_PLACES = {
    "mission": "SELECT DISTINCT mission_id AS id, sending_state, receiving_state, kind, city FROM periods "
    "WHERE mission_id = ?",
    "period": "SELECT * FROM status_periods WHERE period_id = ?",
    "change": "SELECT * FROM changes WHERE change_id = ?",
}
_CLAIM = """
    SELECT c.id, c.thread, c.article, c.sending_state, c.receiving_state, c.city, c.mission AS kind, c.status,
           c.modality, c.date, c.quote, c.publisher, c.published, c.recorded_at, c.retired, a.url,
           (SELECT 'clm-' || n.key FROM claims AS n WHERE n.thread = c.thread AND n.retired IS NULL) AS newest
    FROM claims AS c JOIN articles AS a ON a.id = c.article WHERE c.key = ?
"""

# A claim is in the table of claims, everything else in that of ids; each id counts as often as it is given.
_TODAY = """
    WITH found AS (
        SELECT j.value AS id, c.id IS NOT NULL AS there, c.retired AS gone,
               (SELECT 1 FROM claims AS n WHERE n.thread = c.thread AND n.retired IS NULL) AS newer
        FROM json_each(?1) AS j LEFT JOIN claims AS c ON c.key = substr(j.value, 5) WHERE j.value LIKE 'clm-%'
        UNION ALL
        SELECT j.value, p.id IS NOT NULL, p.gone, p.superseded_by
        FROM json_each(?1) AS j LEFT JOIN public_ids AS p ON p.id = j.value WHERE j.value NOT LIKE 'clm-%'
    )
    SELECT CASE WHEN NOT there THEN 'unknown here' WHEN gone IS NULL THEN 'stand'
                WHEN newer IS NOT NULL THEN 'superseded' ELSE 'withdrawn' END AS what, count(*)
    FROM found GROUP BY what
"""


def look_up_id(connection: sqlite3.Connection, public: str) -> Row:
    """id, what, stands (whether it does today), since, gone, superseded_by, content, and `now`, its row today or None.

    `content` is what the id was made of. UsageProblem for an id that this database never gave.
    """
    what = PREFIXES.get(public[:3])
    if what == "claim":
        return _claim(connection, public)
    found = connection.execute(
        "SELECT what, content, known_since, gone, superseded_by FROM public_ids WHERE id = ?", (public,)
    ).fetchone()
    if what is None or found is None:
        raise UsageProblem(f"{public}: no such id in this database; ids begin with {', '.join(PREFIXES)}")
    now = _row(connection, _PLACES[found[0]], public)
    return {
        "id": public, "what": found[0], "stands": found[3] is None, "known_since": found[2], "gone": found[3],
        "superseded_by": found[4], "content": json.loads(found[1]), "now": now,
    }  # fmt: skip


def _claim(connection: sqlite3.Connection, public: str) -> Row:
    row = _row(connection, _CLAIM, public[4:])
    if row is None:
        raise UsageProblem(f"{public}: no such claim in this database")
    newest, retired = row.pop("newest"), row["retired"]
    now = _row(connection, "SELECT * FROM claims_reviewed WHERE id = ?", row["id"])
    return {
        "id": public, "what": "claim", "stands": retired is None, "known_since": row["recorded_at"], "gone": retired,
        "superseded_by": newest if retired else None, "content": row, "now": now,
    }  # fmt: skip


def today(connection: sqlite3.Connection, ids: Iterable[str]) -> Counter[str]:
    """How many of the ids stand, are superseded, are withdrawn, or are unknown here."""
    given = json.dumps(list(ids))
    return Counter(dict(connection.execute(_TODAY, (given,)).fetchall()))


def _row(connection: sqlite3.Connection, sql: str, value: str | int) -> Row | None:
    cursor = connection.execute(sql, (value,))
    row = cursor.fetchone()
    return None if row is None else dict(zip((column[0] for column in cursor.description), row, strict=True))


def title(found: Row) -> str:
    """What it is, in a line: "France, embassy to Ukraine in Kyiv: closed from 2022-02-24"."""
    content = found["content"]
    host = state_label(content["receiving_state"]) if content["receiving_state"] else "(not stated)"
    seat = f" in {content['city']}" if content["city"] else ""
    name = f"{state_label(content['sending_state'])}, {content['kind']} to {host}{seat}"
    if found["what"] == "mission":
        return name
    if found["what"] == "claim":
        status, date = content["status"].replace("_", " "), content["date"] or "no date stated"
        return f"{name}: {status}, {content['modality']}, {date}"
    before = f"{content['before']} to " if found["what"] == "change" else ""
    place = f" (works from {content['works_from']})" if content["works_from"] else ""
    since = f"from {content['since']}" if content["since"] else "from the beginning"
    return f"{name}: {before}{content['state']}{place} {since}"
