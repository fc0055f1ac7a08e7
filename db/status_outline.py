"""What a picture of many missions shows, without reading all that is known of them.

A capital has some forty missions with thousands of periods, of which a board draws two hundred. Here SQL counts, and
finds the periods of chosen days and claims that are spread over time.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legation.db.mission_matching import Mission
from legation.db.status_queries import COLUMNS, THERE, Question, Status, of_row

_OUTLINES = """
    SELECT mission_id, sending_state, receiving_state, kind, city,
           count(*) FILTER (WHERE state <> 'unknown' AND since IS NOT NULL),
           min(since) FILTER (WHERE state <> 'unknown'), min(since), max(since)
    FROM periods WHERE {where} GROUP BY mission_id
    ORDER BY sending_state, receiving_state, kind, coalesce(city, '')
"""
_MONTHS = "SELECT substr(since, 1, 7), count(*) FROM periods WHERE {where} AND since IS NOT NULL GROUP BY 1"
# A dated plan stands in several periods (db/status.py); it counts in the first of them.
_ONCE = """
    (r.due IS NULL OR NOT EXISTS (
        SELECT 1 FROM period_claims AS o JOIN periods AS q ON q.id = o.period
        WHERE o.claim = r.claim AND coalesce(q.since, '') < coalesce(p.since, '')
    ))
"""
# The periods in which the claims of a mission, counted on from its first, pass a multiple of what one mark stands for.
_SPREAD = f"""
    WITH counted AS (
        SELECT p.id, p.mission_id, coalesce(p.since, '') AS since, count(*) AS number
        FROM periods AS p CROSS JOIN period_claims AS r ON r.period = p.id WHERE {{where}} AND {_ONCE} GROUP BY p.id
    ), summed AS (
        SELECT id, mission_id, number, sum(number) OVER (PARTITION BY mission_id ORDER BY since) AS upto,
               sum(number) OVER (PARTITION BY mission_id) AS total
        FROM counted
    ), sized AS (SELECT *, (total + :most - 1) / :most AS size FROM summed)
    SELECT id, mission_id, number, upto, total, size FROM sized
    WHERE upto / size > (upto - number) / size OR upto = total
"""  # noqa: S608 - no values in it
_CLAIMS = f"""
    SELECT r.period, r.claim FROM json_each(:periods) AS w CROSS JOIN periods AS p ON p.id = w.value
    CROSS JOIN period_claims AS r ON r.period = p.id CROSS JOIN claims AS c ON c.id = r.claim
    WHERE {_ONCE} ORDER BY coalesce(c.date, c.published, substr(c.recorded_at, 1, 10)), c.id
"""  # noqa: S608 - no values in it
_AT = f"""
    SELECT number, {COLUMNS} FROM (SELECT key AS number, value AS told FROM json_each(:wanted)) AS w
    CROSS JOIN periods ON id = (
        SELECT q.id FROM periods AS q
        WHERE q.receiving_state = told ->> 0 AND q.sending_state = told ->> 1 AND q.kind = told ->> 2
          AND q.city IS told ->> 3 AND q.since <= told ->> 4 AND q.state <> 'unknown'
        ORDER BY q.since DESC LIMIT 1
    )
"""  # noqa: S608 - no values in it
_KNOWN = f"""
    SELECT {COLUMNS} FROM periods WHERE mission_id IN (SELECT value FROM json_each(:missions))
    AND state <> 'unknown' AND since IS NOT NULL AND since <= :until ORDER BY mission_id, since
"""  # noqa: S608 - no values in it
ALWAYS = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Outline:
    """How much is known of a mission: `periods` in a known state that have a first day, the earliest of these days, and
    the first and the last day on which anything changed; None: no such day."""

    mission_id: str
    mission: Mission
    periods: int
    known_since: str | None
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Some claims of a mission, each with how many others of about that time it stands for; `total` is of all."""

    claims: Mapping[int, int]
    total: int


def outlines(connection: sqlite3.Connection, question: Question, until: str = ALWAYS) -> list[Outline]:
    """The missions asked for, by sender, host, kind and city, going by the periods that begin by the day `until`.

    Of a question what is known now, by the usual threshold, is asked.
    """
    where, values = _where(question, until)
    rows = connection.execute(_OUTLINES.format(where=where), values)
    return [Outline(row[0], Mission(*row[1:5]), *row[5:]) for row in rows]


def months(connection: sqlite3.Connection, question: Question, until: str = ALWAYS) -> dict[str, int]:
    """How many periods of the missions asked for began in each month, YYYY-MM."""
    where, values = _where(question, until)
    return dict(connection.execute(_MONTHS.format(where=where), values).fetchall())


def spread_claims(
    connection: sqlite3.Connection, question: Question, most: int, until: str = ALWAYS
) -> dict[str, Spread]:  # fmt: skip
    """At most `most` claims of each mission asked for, spread evenly over its claims in the order of time; by the id of
    the mission. Missions without a claim are left out."""
    where, values = _where(question, until)
    chosen = connection.execute(_SPREAD.format(where=where), {**values, "most": most}).fetchall()
    claims: dict[int, list[int]] = {}
    for period, claim in connection.execute(_CLAIMS, {"periods": json.dumps([row[0] for row in chosen])}):
        claims.setdefault(period, []).append(claim)
    found: dict[str, tuple[list[tuple[int, int]], int]] = {}
    for period, mission, number, upto, total, size in chosen:
        places = enumerate(claims[period], start=upto - number + 1)
        marks = [(place, claim) for place, claim in places if place % size == 0 or place == total]
        found.setdefault(mission, ([], total))[0].extend(marks)
    return {mission: Spread(_others(marks), total) for mission, (marks, total) in found.items()}


def _others(marks: Iterable[tuple[int, int]]) -> dict[int, int]:
    """(place in the order of time, claim) -> claim and how many stand between it and the one before."""
    ordered = sorted(marks)
    return {
        claim: place - before - 1
        for (place, claim), before in zip(ordered, [0, *(p for p, _ in ordered)], strict=False)
    }  # fmt: skip


def periods_at(
    connection: sqlite3.Connection, wanted: Sequence[tuple[Mission, str]]
) -> list[Status | None]:  # fmt: skip
    """The period in a known state that each mission was in, or had been in last, on a day; without its claims."""
    given = json.dumps([(m.receiving_state, m.sending_state, m.kind, m.city, day) for m, day in wanted])
    found = {row[0]: of_row(row[1:]) for row in connection.execute(_AT, {"wanted": given})}
    return [found.get(number) for number in range(len(wanted))]


def known_periods(
    connection: sqlite3.Connection, missions: Iterable[str], until: str = ALWAYS
) -> dict[str, list[Status]]:  # fmt: skip
    """All periods of missions in a known state that begin by the day `until`, oldest first, without their claims; by
    the id of the mission."""
    found: dict[str, list[Status]] = {}
    for row in connection.execute(_KNOWN, {"missions": json.dumps(list(missions)), "until": until}):
        status = of_row(row)
        found.setdefault(status.mission_id, []).append(status)
    return found


def _where(question: Question, until: str) -> tuple[str, dict[str, Any]]:
    """The condition on periods that a question makes, and its values."""
    terms, values = ["coalesce(since, '') <= :until"], {"until": until}
    if question.sending:
        terms.append("sending_state = :sending")
    if question.city:
        terms.append(THERE)
    elif question.receiving:
        terms.append("receiving_state = :receiving")
    if question.hosts is not None:
        terms.append("receiving_state IN (SELECT value FROM json_each(:hosts))")
    values |= {"sending": question.sending or "", "receiving": question.receiving or "", "city": question.city or ""}
    return " AND ".join(terms), values | {"hosts": json.dumps(sorted(question.hosts or ()))}
