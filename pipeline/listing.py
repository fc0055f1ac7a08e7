"""Claims as rows, found by what a user asked for."""

import json
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from legation.db.words import MODALITIES, REVIEWS, STATUSES
from legation.db.write import raw
from legation.pipeline.errors import UsageProblem
from legation.pipeline.places import country, day, place, state_label
from legation.pipeline.regions import states_in

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
CLAIM_COLUMNS = (
    "id", "sender", "receiver", "city", "mission", "status", "modality", "date", "review", "confidence", "quote",
)  # fmt: skip
_WORDS = {"status": STATUSES, "modality": MODALITIES, "review": REVIEWS}
_BOUNDS = {"since": "coalesce(published, recorded_at) >= :since", "min_confidence": "confidence >= :min_confidence"}


def list_claims(
    db: "Database", sender: str | None, host: str | None, filters: Mapping[str, Any], region: str | None = None
) -> list[Row]:
    """The answer of `legation claims`, oldest first.

    `filters` may hold status, modality, review, since, min_confidence, limit; None filters nothing. UsageProblem for
    words that are none.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    limit = given.pop("limit", -1)
    problems = [_problem(name, given[name]) for name in _WORDS if given.get(name, _WORDS[name][0]) not in _WORDS[name]]
    if problems:
        raise UsageProblem(*problems)
    if "since" in given:
        given["since"] = day(given["since"])
    if sender:
        given["sending_state"] = country(sender)
    if host:
        where = place(host)
        given |= {"receiving_state": where.country} | ({"city": where.city} if where.city else {})
    hosts = states_in(region) if region else None
    return claim_rows(raw(db), given, limit, hosts)


def claim_rows(
    connection: sqlite3.Connection, given: Mapping[str, Any], limit: int = -1, hosts: frozenset[str] | None = None
) -> list[Row]:
    """Rows of the view claims_reviewed with the given values, with the names of the States.

    `limit` -1: all; `hosts` narrows the receiving States to these, None: all.
    """
    terms = [_BOUNDS.get(name, f"{name} = :{name}") for name in given]
    if hosts is not None:
        given = {**given, "hosts": json.dumps(sorted(hosts))}
        terms.append("receiving_state IN (SELECT value FROM json_each(:hosts))")
    where = " AND ".join(terms) or "1"
    cursor = connection.execute(
        f"SELECT * FROM claims_reviewed WHERE {where} ORDER BY id LIMIT :limit",  # noqa: S608 - names of our own
        {**given, "limit": limit},
    )
    names = [column[0] for column in cursor.description]
    return [named(dict(zip(names, row, strict=True))) for row in cursor]


def named(row: Row) -> Row:
    """The row with the names of its States as `sender` and `receiver`."""
    host = row["receiving_state"]
    return row | {"sender": state_label(row["sending_state"]), "receiver": state_label(host) if host else "(not told)"}


def _problem(name: str, value: str) -> str:
    return f"--{name} {value}: no such word; it is one of {', '.join(_WORDS[name])}"
