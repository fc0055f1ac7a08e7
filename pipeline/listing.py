"""Claims as rows, found by what a user asked for."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legation.db.words import MODALITIES, REVIEWS, STATUSES
from legation.db.write import raw
from legation.pipeline.errors import UsageProblem
from legation.pipeline.places import country, day, place, state_label

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
CLAIM_COLUMNS = (
    "id", "sender", "receiver", "city", "mission", "status", "modality", "date", "review", "confidence", "quote",
)  # fmt: skip
_WORDS = {"status": STATUSES, "modality": MODALITIES, "review": REVIEWS}
_BOUNDS = {"since": "coalesce(published, recorded_at) >= :since", "min_confidence": "confidence >= :min_confidence"}


def list_claims(db: "Database", sender: str | None, host: str | None, filters: Mapping[str, Any]) -> list[Row]:
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
    return claim_rows(raw(db), given, limit)


@dataclass(frozen=True, slots=True)
class Only:
    """Which rows of an export or a feed are wanted. None: any; `claims` are ids of claims."""

    sending_state: str | None = None
    receiving_state: str | None = None
    city: str | None = None
    claims: frozenset[int] | None = None

    def mission(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is about a mission that is wanted."""
        names = ("sending_state", "receiving_state", "city")
        return all(getattr(self, name) in (None, row[name]) for name in names)

    def rests(self, claims: Iterable[int]) -> bool:
        """Whether one of the claims that something rests on is wanted."""
        return self.claims is None or not self.claims.isdisjoint(claims)


def only(db: "Database", sender: str | None, host: str | None, filters: Mapping[str, Any]) -> Only:
    """What the options of a command choose, as `list_claims` takes them; UsageProblem as there."""
    narrow = {name: value for name, value in filters.items() if value is not None}
    claims = frozenset(row["id"] for row in list_claims(db, sender, host, narrow)) if narrow else None
    where = place(host) if host else None
    return Only(
        country(sender) if sender else None, where.country if where else None, where.city if where else None, claims
    )  # fmt: skip


def claim_rows(connection: sqlite3.Connection, given: Mapping[str, Any], limit: int = -1) -> list[Row]:
    """Rows of the view claims_reviewed with the given values, with the names of the States; `limit` -1: all."""
    where = " AND ".join(_BOUNDS.get(name, f"{name} = :{name}") for name in given) or "1"
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
