"""The rows of `legation claims`, and which of them the options of a command choose."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legation.db.transactions import raw
from legation.db.vocabulary import MODALITIES, REVIEWS, STATUSES
from legation.pipeline.errors import UsageProblem
from legation.pipeline.regions import region as region_name
from legation.pipeline.regions import states_in
from legation.pipeline.user_input import parse_country, parse_day, parse_place, state_label

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
CLAIM_COLUMNS = (
    "id", "sender", "receiver", "city", "mission", "status", "modality", "date", "review", "reader", "confidence",
    "quote",
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
        given["since"] = parse_day(given["since"])
    if sender:
        given["sending_state"] = parse_country(sender)
    if host:
        where = parse_place(host)
        given |= {"receiving_state": where.country} | ({"city": where.city} if where.city else {})
    hosts = states_in(region) if region else None
    return claim_rows(raw(db), given, limit, hosts)


def teaching_first(db: "Database", rows: Iterable[Row], limit: int | None = None) -> list[Row]:
    """Those of the rows that wait for a reviewer, in the order "teaching" of db.desk.queue; at most `limit`."""
    from legation.db.review_queue import queue

    known = {row["id"]: row for row in rows}
    return [known[claim] for claim in queue(raw(db), limit=-1, order="teaching") if claim in known][:limit]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of an export or a feed are wanted. None: any; `hosts` are receiving States, `claims` ids of claims.

    `words` tell a reader what was chosen; "": everything. A city holds the missions that have their seat there or
    work from there.
    """

    sending_state: str | None = None
    receiving_state: str | None = None
    city: str | None = None
    hosts: frozenset[str] | None = None
    claims: frozenset[int] | None = None
    words: str = ""

    def mission(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is about a mission that is wanted."""
        if self.sending_state not in (None, row["sending_state"]):
            return False
        if self.hosts is not None and row["receiving_state"] not in self.hosts:
            return False
        seat = self.receiving_state in (None, row["receiving_state"]) and self.city in (None, row["city"])
        return seat or (self.city is not None and row.get("works_from") == self.city)

    def rests(self, claims: Iterable[int]) -> bool:
        """Whether one of the claims that something rests on is wanted."""
        return self.claims is None or not self.claims.isdisjoint(claims)


def select(
    db: "Database", sender: str | None, host: str | None, filters: Mapping[str, Any], region: str | None = None
) -> Selection:
    """What the options of a command choose, as `list_claims` takes them; UsageProblem as there."""
    narrow = {name: value for name, value in filters.items() if value is not None}
    claims = frozenset(row["id"] for row in list_claims(db, None, None, narrow)) if narrow else None
    sending, where = parse_country(sender) if sender else None, parse_place(host) if host else None
    words = (
        state_label(sending) if sending else None,
        (where.city or state_label(where.country)) if where else None,
        region_name(region) if region else None,
        *(f"{name.replace('_', ' ')} {value}" for name, value in narrow.items()),
    )
    return Selection(
        sending,
        where.country if where else None,
        where.city if where else None,
        states_in(region) if region else None,
        claims,
        ", ".join(filter(None, words)),
    )


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
    return [with_state_names(dict(zip(names, row, strict=True))) for row in cursor]


def with_state_names(row: Row) -> Row:
    """The row with the names of its States as `sender` and `receiver`."""
    host = row["receiving_state"]
    return row | {
        "sender": state_label(row["sending_state"]),
        "receiver": state_label(host) if host else "(not stated)",
    }


def _problem(name: str, value: str) -> str:
    return f"--{name} {value}: no such word; it is one of {', '.join(_WORDS[name])}"
