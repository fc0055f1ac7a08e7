"""The first page and the page of a mission: what is new, what conflicts, and one mission's whole history."""

import sqlite3
from typing import Any

from legation.db import desk
from legation.db.answers import Question, Status, claims_of, history
from legation.db.refresh import confirmed_days
from legation.db.words import KINDS
from legation.pipeline.places import state_label
from legation.pipeline.web.board import Asked, Board, Mission, claim_day, link
from legation.pipeline.web.thin import CLAIMS, chosen
from legation.pipeline.web.words import began, when

_CHANGES = """
    SELECT receiving_state, receiving_name, sending_state, sending_name, kind, city, since, precision, state,
           works_from, confidence, basis
    FROM status_periods WHERE since IS NOT NULL AND since <= ? ORDER BY since DESC, id DESC LIMIT 20
"""
_CONFLICTS = """
    SELECT receiving_state, sending_state, kind, city, state, since, confidence, claim, status, modality, publisher,
           published, quote
    FROM conflicts WHERE until IS NULL OR until > ? ORDER BY published DESC LIMIT 15
"""
_SOURCES = """
    SELECT name, kind, failures, zeros, parked, retry_at, last_success, last_error, last_error_at
    FROM sources ORDER BY parked DESC, failures DESC, zeros DESC, name
"""
ROLES = {"rests": "this rests on", "dissents": "speaks against it", "announces": "announced meanwhile"}


def overview(connection: sqlite3.Connection, today: str, whole: bool) -> dict[str, Any]:
    """What the first page shows; with `whole` also the queue and the health of sources."""
    changes = _rows(connection, _CHANGES, today)
    for row in changes:
        row["link"] = _link(row)
        row["began"] = began(row["since"], row["precision"])
    conflicts = _rows(connection, _CONFLICTS, today)
    for row in conflicts:
        row["link"] = _link(row)
        row["name"] = f"{state_label(row['sending_state'])}, {row['kind']} in {row['city'] or row['receiving_state']}"
    waiting = desk.progress(connection, today).waiting if whole else {}
    return {
        "changes": changes,
        "conflicts": conflicts,
        "waiting": sum(waiting.values()),
        "ranks": [(desk.WHY[rank], number) for rank, number in sorted(waiting.items())],
        "sources": _rows(connection, _SOURCES) if whole else [],
    }


def _link(row: dict[str, Any]) -> str:
    mission = (row["sending_state"], row["receiving_state"], row["kind"], row["city"])
    return link(Status(*mission, None, None, None, "", None, 0.0, 0, "", (), (), ()))


def _rows(connection: sqlite3.Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def mission(
    connection: sqlite3.Connection, sender: str, host: str, kind: str, city: str | None, today: str
) -> dict[str, Any]:  # fmt: skip
    """One mission with all its periods, every claim and every decision; LookupError if nothing is known of it."""
    found = history(connection, Question(receiving=host, sending=sender))
    periods = tuple(s for s in found if s.kind == kind and s.city == city)
    if kind not in KINDS or not periods:
        raise LookupError("nothing is known of such a mission")
    ids = {c for s in periods for c in (*s.rests, *s.dissents, *s.announces)}
    claims = claims_of(connection, ids)
    name = f"{state_label(sender)}: {kind} in {city or state_label(host)}"
    marks = [(claims[c], others) for c, others in chosen(connection, ids, CLAIMS).items()]
    days = [claim_day(claim) for claim in claims.values()] + [today]
    now = next((s for s in periods if (s.since or "") <= today and (s.until is None or today < s.until)), None)
    seen: set[int] = set()
    row = Mission(name, link(periods[0]), now, "", periods, tuple(marks), len(ids))
    limit = confirmed_days(connection)
    return {
        "name": name,
        "host": host,
        "mission_id": periods[0].mission_id,
        "periods": [_period(connection, period, claims, seen) for period in reversed(periods)],
        "board": Board(Asked(host, sender, today), name, (row,), (min(days), max(days)), limit),
    }


def _period(connection: sqlite3.Connection, period: Status, claims: Any, seen: set[int]) -> dict[str, Any]:
    """A period with the claims of each role and the decisions on them; `seen` are claims that stand on the page."""
    roles = []
    for role, words in ROLES.items():
        lines = []
        for claim in getattr(period, role):
            lines.append({"claim": claims[claim], "log": desk.log(connection, claim), "first": claim not in seen})
            seen.add(claim)
        roles += [(words, lines)] if lines else []
    return {
        "status": period,
        "began": began(period.since, period.precision),
        "ended": when(period.until),
        "roles": roles,
    }
