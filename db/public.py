"""Public ids: names of missions, periods, changes and claims that stay what they are, to cite and to link to.

An id is a prefix and the first 16 hex digits of sha256 over the content, its parts joined by NUL, "" for what is not
known:

    mis-  mission   "mission", sending State, receiving State, kind, city
    per-  period    "period", the four parts of its mission, first day, state, place it works from
    chg-  change    "change", the same as of the period that it began, state before, place it worked from before
    clm-  claim     the key of the claim: article, fields as read and place of the quote (db/claims.py)

So equal content has the same id in every database, and an id never means anything else. When claims or decisions change
what is known, the content has another id; the old one stays in the table public_ids with the time at which it went and
the id that stands in its place. What ends a period, how many sources it has and what reviewers have seen of it is not
content: the id stays.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from legation.db.mission_matching import Mission
from legation.db.status import Period
from legation.db.transactions import monotonic_now

PREFIXES = {"mis": "mission", "per": "period", "chg": "change", "clm": "claim"}
Row = dict[str, Any]


def public_id(what: str, *content: str | None) -> str:
    """The id of a mission, period or change with that content."""
    prefix = next(short for short, long in PREFIXES.items() if long == what)
    text = "\0".join((what, *(part or "" for part in content)))
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def mission_id(mission: Mission) -> str:
    """The public id of a mission."""
    return public_id("mission", *_parts(mission))


def period_ids(mission: Mission, periods: Sequence[Period]) -> list[tuple[str, str, str | None]]:
    """For each period of a mission, oldest first: ids of the mission, the period, the change.

    No change (None) began the first period, nor one of which nothing is known.
    """
    own = mission_id(mission)
    ids = [public_id("period", *_parts(mission), *_period(p)) for p in periods]
    changes = [None] + [
        None
        if after.state == "unknown"
        else public_id("change", *_parts(mission), *_period(after), before.state, before.works_from)
        for before, after in pairwise(periods)
    ]
    return [(own, period, change) for period, change in zip(ids, changes, strict=True)]


def _parts(mission: Mission) -> tuple[str | None, ...]:
    return mission.sending_state, mission.receiving_state, mission.kind, mission.city


def _period(period: Period) -> tuple[str | None, ...]:
    return period.since, period.state, period.works_from


def note_ids(connection: sqlite3.Connection, came: Iterable[Row], went: Iterable[Row], stand: Sequence[Row]) -> None:
    """Record ids that came, and those that went with what stands in their place. Within a transaction.

    Rows have the columns of a period and `before`, the state before it; `stand` are all of the pair of States that now
    stand.
    """
    now = monotonic_now(connection, "")
    there = {row[name] for row in stand for name in ("mission_id", "period_id", "change_id")}
    new = {
        number: (number, what, json.dumps(content, ensure_ascii=False), now)
        for row in came
        for number, what, content in _named(row)
    }
    connection.executemany(
        "INSERT INTO public_ids (id, what, content, known_since) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET gone = NULL, superseded_by = NULL WHERE gone IS NOT NULL",
        new.values(),
    )
    gone = [
        (now, successor(row, what, stand), number)
        for row in went
        for number, what, _ in _named(row)
        if number not in there
    ]
    connection.executemany("UPDATE public_ids SET gone = ?, superseded_by = ? WHERE id = ?", gone)


def _named(row: Row) -> list[tuple[str, str, Row]]:
    """(id, what, content) of the mission, the period and the change of a row."""
    mission = {name: row[name] for name in ("sending_state", "receiving_state", "kind", "city")}
    period = mission | {name: row[name] for name in ("since", "state", "works_from")}
    found = [(row["mission_id"], "mission", mission), (row["period_id"], "period", period)]
    if row["change_id"]:
        found.append((row["change_id"], "change", period | {"before": row["before"]}))
    return found


def successor(row: Row, what: str, stand: Iterable[Row]) -> str | None:
    """The id that stands in the place of that of `row`; None: nothing does.

    Of the same mission, else of the same kind, else of any of the pair of States: the period in the same state that
    begins nearest, else the last that had begun by then.
    """
    column = f"{what}_id"
    rows = [other for other in stand if other[column]]
    for same in (("kind", "city"), ("kind",), ()):
        near = [other for other in rows if all(other[name] == row[name] for name in same)]
        if near:
            return str(min(near, key=lambda other: _distance(row, other))[column])
    return None


def _distance(row: Row, other: Row) -> tuple[Any, ...]:
    same = (other["state"], other["works_from"]) == (row["state"], row["works_from"])
    if same:
        return 0, _apart(row["since"], other["since"]), other["period_id"]
    later = (other["since"] or "") > (row["since"] or "")
    return 1, later, _apart(row["since"], other["since"]), other["period_id"]


def _apart(one: str | None, other: str | None) -> int:
    """Days between two days; None counts as the first day of all."""
    from datetime import date

    return abs((date.fromisoformat(one or "0001-01-01") - date.fromisoformat(other or "0001-01-01")).days)
