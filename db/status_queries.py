"""Answers to analysts: which missions work, on which day, as known when, by which claims."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legation.db.age import decayed
from legation.db.claims_as_of import statements_about
from legation.db.mission_matching import Mission
from legation.db.plans import Plan
from legation.db.public import period_ids
from legation.db.refresh import capitals, missions, setting
from legation.db.status import Period

COLUMNS = """
    id, sending_state, receiving_state, kind, city, since, until, precision, state, works_from, confidence, publishers,
    basis, last_confirmed, mission_id, period_id, change_id
"""

# A capital has dozens of missions among the thousands of its State and of all States whose missions moved there.
THERE = """
    mission_id IN (
        SELECT mission_id FROM periods WHERE city = :city AND receiving_state = :receiving
        UNION SELECT mission_id FROM periods WHERE works_from = :city
    )
"""

_THAT_DAY = "coalesce(since, '') <= :day AND (until IS NULL OR until > :day)"

# Claims that it rests on, that speak against it, that announce; the dated plans among these.
Roles = tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[Plan]]
_NOTHING: Roles = ((), (), (), ())


@dataclass(frozen=True, slots=True)
class Status:
    """How a mission stands in one period; claims by id. `since` None: from the beginning; `until` None: goes on.

    `basis` tells what reviewers have seen of the claims it rests on: reviewed, mixed, unreviewed; none: no claims.
    `confidence` is that of the day `last_confirmed` (None: nothing is known); `plans` are the plans with a date among
    those that it announces. The ids are public (db/public.py); `change_id` None: it is the first period.
    """

    sending_state: str
    receiving_state: str
    kind: str
    city: str | None
    since: str | None
    until: str | None
    precision: str | None
    state: str
    works_from: str | None
    confidence: float
    publishers: int
    basis: str
    rests: tuple[int, ...]
    dissents: tuple[int, ...]
    announces: tuple[int, ...]
    plans: tuple[Plan, ...] = ()
    last_confirmed: str | None = None
    mission_id: str = ""
    period_id: str = ""
    change_id: str | None = None

    def confidence_on(self, day: str) -> float:
        """The confidence on a day, less by the age of the evidence."""
        return decayed(self.confidence, self.state, self.since, self.last_confirmed, day)

    def overdue_on(self, day: str) -> tuple[int, ...]:
        """The claims of plans whose day has passed by then without a word of what became of them."""
        return tuple(plan.claim for plan in self.plans if plan.overdue(day))


@dataclass(frozen=True, slots=True)
class Question:
    """Which missions, and by what knowledge.

    `receiving`, `sending` None: any. `city` is a city of `receiving`: the seat, or where missions to other States work
    from; None: any. `known` is a UTC time, None: what is known now. `unreviewed`: from which confidence unreviewed
    claims count; None: never; "setting": as was configured then.
    """

    receiving: str | None = None
    sending: str | None = None
    city: str | None = None
    known: str | None = None
    unreviewed: float | str | None = "setting"
    hosts: frozenset[str] | None = None


def history(connection: sqlite3.Connection, question: Question) -> list[Status]:
    """Every period of the missions asked for, by sender, host, kind and city, oldest first."""
    found = sorted(_found(connection, question, None), key=_order)
    if question.city is None:
        return found
    wanted = {_order(s)[:4] for s in found if _about(s, question)}
    return [s for s in found if _order(s)[:4] in wanted]


def status_on(connection: sqlite3.Connection, question: Question, day: str) -> list[Status]:
    """How the missions asked for stand on `day` (YYYY-MM-DD), one each.

    With a city: the missions seated there, and those that work from there on that day.
    """
    return sorted((s for s in _found(connection, question, day) if _about(s, question)), key=_order)


def statuses_of(connection: sqlite3.Connection, missions: Iterable[str], day: str) -> dict[str, Status]:
    """How missions stand on `day`, by their ids; those of which nothing is known then are left out."""
    values = {"missions": json.dumps(list(missions)), "day": day}
    where = f"mission_id IN (SELECT value FROM json_each(:missions)) AND {_THAT_DAY}"  # noqa: S608
    rows = connection.execute(f"SELECT {COLUMNS} FROM periods WHERE {where}", values).fetchall()  # noqa: S608
    roles = _roles(connection, where, values)
    found = [of_row(row, roles.get(row[0], _NOTHING)) for row in rows]
    return {status.mission_id: status for status in found}


def _found(connection: sqlite3.Connection, question: Question, day: str | None) -> list[Status]:
    """The periods of the hosts to look at, on `day` or (None) all: stored ones if they answer, else computed."""
    usual = setting(connection, question.known)
    unreviewed = usual if isinstance(question.unreviewed, str) else question.unreviewed
    if question.known is None and unreviewed == usual:
        hosts = _within([None if question.city else question.receiving], question.hosts)
        return [status for host in hosts for status in _stored(connection, host, question, day)]
    hosts = _hosts(connection, question)
    found = (status for host in hosts for status in _computed(connection, host, question, unreviewed))
    return [s for s in found if day is None or ((s.since or "") <= day and (s.until is None or day < s.until))]


def _about(status: Status, question: Question) -> bool:
    if question.city is None:
        return True
    seat = (status.receiving_state, status.city) == (question.receiving, question.city)
    return seat or status.works_from == question.city


def _hosts(connection: sqlite3.Connection, question: Question) -> list[str | None]:
    """The hosts to look at, [None] for all; with a city also those whose missions moved there, as read or corrected."""
    if question.city is None:
        return _within([question.receiving], question.hosts)
    rows = connection.execute(
        "SELECT receiving_state FROM claims WHERE relocated_to = :city AND receiving_state IS NOT NULL "
        "UNION SELECT p.receiving_state FROM decisions AS d JOIN pairs AS p ON p.thread = d.thread "
        "WHERE d.verdict = 'correct' AND d.fields ->> '$.relocated_to' = :city",
        {"city": question.city},
    )
    return _within(sorted({question.receiving, *(row[0] for row in rows)} - {None}, key=str), question.hosts)


def _within(hosts: list[str | None], region: frozenset[str] | None) -> list[str | None]:
    """Those of `hosts` that are in the region (None: the world); [None] stands for all States."""
    if region is None:
        return hosts
    return [*sorted(region)] if hosts == [None] else [host for host in hosts if host in region]


def claims_of(connection: sqlite3.Connection, claims: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """Rows of the view claims_reviewed by id; one retired by now comes as it was read, review `retired`."""
    wanted = sorted(set(claims))
    rows: dict[int, Mapping[str, Any]] = {}
    for i in range(0, len(wanted), 500):
        part = wanted[i : i + 500]
        marks = ", ".join("?" * len(part))
        cursor = connection.execute(f"SELECT * FROM claims_reviewed WHERE id IN ({marks})", part)  # noqa: S608
        names = [column[0] for column in cursor.description]
        rows |= {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    return rows | {claim: _retired(connection, claim) for claim in wanted if claim not in rows}


def _retired(connection: sqlite3.Connection, claim: int) -> Mapping[str, Any]:
    cursor = connection.execute(
        "SELECT c.*, a.url, 'retired' AS review, 'clm-' || c.key AS claim_id "
        "FROM claims AS c JOIN articles AS a ON a.id = c.article WHERE c.id = ?",
        (claim,),
    )
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _stored(connection: sqlite3.Connection, host: str | None, question: Question, day: str | None) -> list[Status]:
    """The stored periods of a host (None: of all); with a city only those of missions that were ever in it."""
    values = {
        "receiving_state": host, "sending_state": question.sending, "day": day,
        "city": question.city, "receiving": question.receiving,
    }  # fmt: skip
    terms = [f"{name} = :{name}" for name in ("receiving_state", "sending_state") if values[name]]
    if question.city:
        terms.append(THERE)
    if day is not None:
        terms.append(_THAT_DAY)
    where = " AND ".join(terms) or "1"
    rows = connection.execute(f"SELECT {COLUMNS} FROM periods WHERE {where}", values).fetchall()  # noqa: S608
    roles = _roles(connection, where, values)
    return [of_row(row, roles.get(row[0], _NOTHING)) for row in rows]


def of_row(row: Sequence[Any], roles: Roles = _NOTHING) -> Status:
    """A row of COLUMNS as a status, with the claims given."""
    rests, dissents, announces, plans = roles
    return Status(*(*row[1:13], tuple(rests), tuple(dissents), tuple(announces), tuple(plans), *row[13:]))


def _roles(connection: sqlite3.Connection, where: str, values: Mapping[str, Any]) -> Mapping[int, Roles]:
    roles: dict[int, tuple[list[int], list[int], list[int], list[Plan]]] = {}
    place = {"rests": 0, "dissents": 1, "announces": 2}
    table = "periods CROSS JOIN period_claims ON period = id"
    sql = f"SELECT period, role, claim, due, settled FROM {table} WHERE {where} ORDER BY claim"  # noqa: S608
    for period, role, claim, due, settled in connection.execute(sql, values):
        there = roles.get(period)
        if there is None:
            there = roles[period] = ([], [], [], [])
        there[:3][place[role]].append(claim)
        if due:
            there[3].append(Plan(claim, due, settled))
    return roles


def _computed(
    connection: sqlite3.Connection, host: str | None, question: Question, unreviewed: float | None
) -> list[Status]:
    claims = statements_about(connection, receiving=host, sending=question.sending, known=question.known)
    found = missions(claims, unreviewed, capitals(connection))
    return [
        _status(mission, period, ids)
        for mission, periods in found.items()
        for period, ids in zip(periods, period_ids(mission, periods), strict=True)
    ]


def _status(mission: Mission, p: Period, ids: tuple[str, str, str | None]) -> Status:
    rests, dissents, announces = (
        tuple(sorted(said.claim for said in part)) for part in (p.rests, p.dissents, p.announces)
    )
    return Status(
        mission.sending_state, mission.receiving_state, mission.kind, mission.city, p.since, p.until, p.precision,
        p.state, p.works_from, p.confidence, p.publishers, p.basis, rests, dissents, announces,
        tuple(sorted(p.plans, key=lambda plan: plan.claim)), p.last_confirmed, *ids,
    )  # fmt: skip


def _order(status: Status) -> tuple[str, ...]:
    return (status.sending_state, status.receiving_state, status.kind, status.city or "", status.since or "")
