"""What is known, or was known at some time, of a pair of States: claims with the decisions made on them by then."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from legation.db.statements import Statement

# "Now" goes by the table `reviews`; earlier times replay the decisions. Both give the reading that a verdict is about.
_COLUMNS = """
    c.id, d.key, d.sending_state, d.receiving_state, d.city, d.mission, d.status, d.modality, d.date, d.relocated_to,
    d.published, c.recorded_at, d.origin, d.publisher, d.confidence
"""
_NOW = f"""
    SELECT {_COLUMNS}, coalesce(r.state, 'unreviewed'), r.fields
    FROM pairs AS p
    CROSS JOIN claims AS c ON c.thread = p.thread AND c.retired IS NULL
    LEFT JOIN reviews AS r ON r.thread = c.thread
    JOIN claims AS d ON d.id = CASE WHEN r.state <> 'unreviewed' THEN r.claim ELSE c.id END
    WHERE coalesce(r.state, '') <> 'rejected'
"""  # noqa: S608 - no values in it
_THEN = """
    SELECT c.thread, c.id, o.id, o.claim, o.verdict, o.fields, o.undoes
    FROM pairs AS p
    CROSS JOIN claims AS c ON c.thread = p.thread AND c.recorded_at <= :known
                           AND (c.retired IS NULL OR c.retired > :known)
    JOIN decisions AS o ON o.thread = c.thread AND o.at <= :known
"""
_ALL_THEN = f"""
    SELECT {_COLUMNS}, 'unreviewed', NULL, c.thread
    FROM pairs AS p
    CROSS JOIN claims AS c ON c.thread = p.thread AND c.recorded_at <= :known
                           AND (c.retired IS NULL OR c.retired > :known)
    JOIN claims AS d ON d.id = c.id
"""  # noqa: S608 - no values in it
_CLAIM = f"SELECT {_COLUMNS} FROM claims AS c JOIN claims AS d ON d.id = :reading WHERE c.id = :claim"  # noqa: S608
_NAMES = ("sending_state", "receiving_state", "city", "kind", "status", "modality", "date", "relocated_to")
STATE_OF = {"approve": "approved", "reject": "rejected", "correct": "corrected"}


@dataclass(frozen=True, slots=True)
class Decided:
    """One row of `decisions`, as far as it matters for where a thread stands."""

    id: int
    claim: int
    verdict: str
    fields: str | None
    undoes: int | None


def decision_that_holds(log: Iterable[Decided]) -> Decided | None:
    """The decision that holds after a thread's log (oldest first): the last that is not undone. None: unreviewed again.

    An undo that is itself undone counts for nothing.
    """
    undone: set[int] = set()
    for decided in reversed(list(log)):
        if decided.id in undone:
            continue
        if decided.undoes is None:
            return decided
        undone.add(decided.undoes)
    return None


def statements_about(
    connection: sqlite3.Connection,
    *,
    receiving: str | None = None,
    sending: str | None = None,
    known: str | None = None,
) -> list[Statement]:
    """Every claim, not rejected, about missions of `sending` in `receiving` (None: all), of any confidence.

    `known` is a UTC time: what was recorded and decided by then; None: what is known now.
    """
    where = _where(receiving, sending)
    values = {"receiving": receiving, "sending": sending, "known": known}
    if known is None:
        rows = connection.execute(f"{_NOW} {where[1]}", values)
        found = {row[0]: _said(row[:15], row[15], row[16]) for row in rows}
    else:
        found = _then(connection, where[0], values)
    return [
        said
        for said in found.values()  # a correction may have moved a claim to another pair
        if said.receiving_state and said.sending_state
        and receiving in (None, said.receiving_state) and sending in (None, said.sending_state)
    ]  # fmt: skip


def _where(receiving: str | None, sending: str | None) -> tuple[str, str]:
    """The condition as a WHERE and as a continuation of one."""
    terms = ["p.receiving_state = :receiving"] * bool(receiving) + ["p.sending_state = :sending"] * bool(sending)
    return (f"WHERE {' AND '.join(terms)}" if terms else ""), "".join(f" AND {term}" for term in terms)


def _then(connection: sqlite3.Connection, where: str, values: Mapping[str, Any]) -> dict[int, Statement]:
    logs: dict[int, list[Decided]] = {}
    for thread, _, *decided in connection.execute(f"{_THEN} {where} ORDER BY o.id", values):
        log = logs.setdefault(thread, [])
        if not log or log[-1].id != decided[0]:
            log.append(Decided(*decided))
    found = {}
    for row in connection.execute(f"{_ALL_THEN} {where}", values):
        decided = decision_that_holds(logs.get(row[17], ()))
        if decided is None:
            found[row[0]] = _said(row[:15], "unreviewed", None)
        elif decided.verdict != "reject":
            reading = connection.execute(_CLAIM, {"reading": decided.claim, "claim": row[0]}).fetchone()
            found[row[0]] = _said(reading, STATE_OF[decided.verdict], decided.fields)
    return found


def _said(row: tuple[Any, ...], review: str, fields: str | None) -> Statement:
    if fields is None:
        return Statement(*(*row, review))
    given = dict(zip(_NAMES, row[2:10], strict=True))
    for name, value in json.loads(fields).items():
        given["kind" if name == "mission" else name] = value
    return Statement(*(*row[:2], *given.values(), *row[10:], review))
