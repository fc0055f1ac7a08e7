"""The first page and the page of a mission: what is new, what conflicts, and one mission's whole history."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from legation.db import review_queue
from legation.db.mission_matching import Mission
from legation.db.refresh import confirmed_days
from legation.db.status_queries import Question, Status, claims_of, history
from legation.db.vocabulary import KINDS, TARGET
from legation.pipeline.sentences import named, sentence
from legation.pipeline.sentences import place as place_of
from legation.pipeline.user_input import state_label
from legation.pipeline.web import board as boards
from legation.pipeline.web.board import Asked, Board, Claim, claim_day, link
from legation.pipeline.web.chart import FEW, STATES
from legation.pipeline.web.downsample import CLAIMS, sample_claims
from legation.pipeline.web.labels import since_words, when

WEEK, CARDS, WORST = 7, 6, 8  # days; cards of changes; places in the list of the worst
_CHANGES = """
    SELECT change_id, date, precision, receiving_state, sending_state, kind, city, before, after, works_from,
           publishers, basis, period
    FROM changes WHERE date <= :today ORDER BY date DESC, change_id LIMIT :most
"""
_WEEK = "SELECT count(*) FROM changes WHERE date > :first AND date <= :today"
_EVIDENCE = """
    SELECT c.* FROM period_claims AS r JOIN claims_reviewed AS c ON c.id = r.claim
    WHERE r.period = :period AND r.role = 'rests'
    ORDER BY c.status IN (SELECT value FROM json_each(:says)) DESC, c.published DESC, c.id DESC LIMIT 1
"""
_STANDING = """
    SELECT state, basis, last_confirmed, receiving_state FROM periods
    WHERE state <> 'unknown' AND coalesce(since, '') <= :today AND (until IS NULL OR until > :today)
"""
_CONFLICTS = """
    SELECT receiving_state, sending_state, kind, city, state, since, confidence, claim, status, modality, published,
           quote, coalesce(name, publisher) AS publisher_name
    FROM conflicts LEFT JOIN publishers ON site = publisher
    WHERE until IS NULL OR until > ? ORDER BY published DESC LIMIT 15
"""
_SOURCES = """
    SELECT name, kind, failures, zeros, parked, retry_at, last_success, last_error, last_error_at
    FROM sources ORDER BY parked DESC, failures DESC, zeros DESC, name
"""
FIRST_WEEK = "0001-01-08"  # before it there is no day a week earlier
ROLES = {"rests": "this rests on", "dissents": "speaks against it", "announces": "announced meanwhile"}


def overview(connection: sqlite3.Connection, today: str, whole: bool) -> dict[str, Any]:
    """What the first page shows; with `whole` also the queue and the health of sources."""
    hosts = boards.hosts(connection, today)
    conflicts = _rows(connection, _CONFLICTS, today)
    for row in conflicts:
        row["link"] = _link(row)
        row["name"] = f"{state_label(row['sending_state'])}, {row['kind']} in {row['city'] or row['receiving_state']}"
    waiting = review_queue.progress(connection, today).waiting if whole else {}
    return {
        "today": today,
        **dict(zip(("first", "last"), boards.span(connection, today), strict=True)),
        "map": boards.hosts_map(hosts, today),
        "finding": boards.finding(hosts),
        "hosts": hosts,
        "worst": [host for host in hosts if host.missions >= FEW and host.away][:WORST],
        "standing": _standing(connection, today),
        **_changes(connection, today),
        "conflicts": conflicts,
        "waiting": sum(waiting.values()),
        "ranks": [(review_queue.WHY[rank], number) for rank, number in sorted(waiting.items())],
        "sources": _rows(connection, _SOURCES) if whole else [],
    }


def _standing(connection: sqlite3.Connection, today: str) -> dict[str, Any]:
    """Numbers of what is known today: missions, by state, in how many places, reviewed, and the usual last word."""
    rows = connection.execute(_STANDING, {"today": today}).fetchall()
    states = [row[0] for row in rows]
    words = sorted(row[2] for row in rows if row[2])
    return {
        "missions": len(rows),
        "states": [(state, states.count(state)) for state in STATES if state in states],
        "places": len({row[3] for row in rows}),
        "reviewed": sum(row[1] == "reviewed" for row in rows),
        "last": words[len(words) // 2] if words else None,
    }


def _changes(connection: sqlite3.Connection, today: str) -> dict[str, Any]:
    """The newest changes, each with a claim that it rests on, if possible one that says the new state; `week`: how many
    there were in the last seven days."""
    first = (date.fromisoformat(today) - timedelta(days=WEEK)).isoformat() if today > FIRST_WEEK else today
    week = int(connection.execute(_WEEK, {"first": first, "today": today}).fetchone()[0])
    rows = _rows(connection, _CHANGES, {"today": today, "most": CARDS})
    for row in rows:
        says = json.dumps([status for status, state in TARGET.items() if state == row["after"]])
        found = _rows(connection, _EVIDENCE, {"period": row["period"], "says": says})
        row["claim"] = found[0] if found else None
        row["link"] = _link(row)
        row["words"] = sentence(row["claim"]) if found else _mission_name(row)
    return {"changes": rows, "week": week}


def _mission_name(row: dict[str, Any]) -> str:
    return f"{state_label(row['sending_state'])}, {row['kind']} in {row['city'] or state_label(row['receiving_state'])}"


def _link(row: dict[str, Any]) -> str:
    return link(Mission(row["sending_state"], row["receiving_state"], row["kind"], row["city"]))


def _rows(connection: sqlite3.Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    """The rows as dicts; `values` in order, or one dict by name."""
    cursor = connection.execute(sql, values[0] if values and isinstance(values[0], dict) else values)
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
    where = place_of({"city": city, "receiving_state": host})
    name = f"{kind.capitalize()} of {named(sender)} {where}"
    days = {number: claim_day(claim) for number, claim in claims.items()}
    marks = [(claims[c], others) for c, others in sample_claims(days, CLAIMS).items()]
    now = next((s for s in periods if (s.since or "") <= today and (s.until is None or today < s.until)), None)
    ends = min([*days.values(), today]), max([*days.values(), today])
    seen: set[int] = set()
    limit = confirmed_days(connection)
    row = boards.mission_on(periods, marks, now, name, today, limit, claims)
    return {
        "name": name,
        "host": host,
        "city": city,
        "kind": kind,
        "sender": sender,
        "row": row,
        "today": today,
        "mission_id": periods[0].mission_id,
        "periods": [_period(connection, period, claims, seen) for period in reversed(periods)],
        "board": Board(Asked(host, sender, today), name, (row,), ends, limit),
        "waits": _waits(periods, claims),
    }


def _waits(periods: Iterable[Status], claims: Mapping[int, Claim]) -> list[Claim]:
    """The claims that no reviewer has decided on, newest first."""
    wanted = {c for s in periods for c in (*s.rests, *s.dissents, *s.announces)}
    found = [claims[c] for c in wanted if claims[c]["review"] == "unreviewed"]
    return sorted(found, key=lambda claim: (claim["published"] or "", claim["id"]), reverse=True)


def _period(connection: sqlite3.Connection, period: Status, claims: Any, seen: set[int]) -> dict[str, Any]:
    """A period with the claims of each role and the decisions on them; `seen` are claims that stand on the page."""
    roles = []
    for role, words in ROLES.items():
        lines = []
        for claim in getattr(period, role):
            lines.append(
                {"claim": claims[claim], "log": review_queue.log(connection, claim), "first": claim not in seen}
            )
            seen.add(claim)
        roles += [(words, lines)] if lines else []
    return {
        "status": period,
        "began": since_words(period.since, period.precision),
        "ended": when(period.until),
        "roles": roles,
    }
