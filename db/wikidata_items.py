"""Items of Wikidata and the missions that they are about.

An item belongs to the mission of the same sender, host, kind and city; where it tells no city, to the only mission of
that kind of the pair. Where two items would belong to one mission, or one item to two, none is taken.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from legation.db.mission_matching import Mission
from legation.db.public import mission_id
from legation.db.status_queries import Question, Status
from legation.db.transactions import immediate


@dataclass(frozen=True, slots=True)
class Item:
    """A mission as Wikidata knows it; None: not stated."""

    item: str
    label: str | None
    sending_state: str
    receiving_state: str
    kind: str
    city: str | None
    longitude: float | None
    latitude: float | None
    inception: str | None
    dissolved: str | None
    as_of: str

    @property
    def mission(self) -> Mission:
        return Mission(self.sending_state, self.receiving_state, self.kind, self.city)


def save_items(connection: sqlite3.Connection, found: Iterable[Item]) -> None:
    """Put these items in the place of all that were there."""
    with immediate(connection):
        connection.execute("DELETE FROM items")
        connection.executemany(
            "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [astuple(item) for item in found]
        )


def items(connection: sqlite3.Connection, *, receiving: str | None = None, sending: str | None = None) -> list[Item]:
    """The items about missions of `sending` in `receiving`; None: any."""
    rows = connection.execute(
        "SELECT * FROM items WHERE (:host IS NULL OR receiving_state = :host) "
        "AND (:sender IS NULL OR sending_state = :sender) ORDER BY item",
        {"host": receiving, "sender": sending},
    )
    return [Item(*row) for row in rows]


def missions_of(connection: sqlite3.Connection) -> set[Mission]:
    """Every mission of which something is known."""
    return {
        Mission(*row)
        for row in connection.execute("SELECT DISTINCT sending_state, receiving_state, kind, city FROM periods")
    }


def known_missions(connection: sqlite3.Connection) -> set[str]:
    """The public ids of every mission of which something is known."""
    return {row[0] for row in connection.execute("SELECT DISTINCT mission_id FROM periods")}


def matched(found: Iterable[Item], known: Iterable[Mission]) -> tuple[dict[Mission, Item], dict[str, str]]:
    """(mission -> its item, item -> why it belongs to none); missions that nobody writes about are among the first."""
    by_pair: dict[tuple[str, str, str], list[Mission]] = defaultdict(list)
    for mission in known:
        by_pair[mission.sending_state, mission.receiving_state, mission.kind].append(mission)
    claimed: dict[Mission, list[Item]] = defaultdict(list)
    doubts: dict[str, str] = {}
    for item in found:
        there = by_pair[item.sending_state, item.receiving_state, item.kind]
        if item.city is not None or not there:
            claimed[item.mission].append(item)
        elif len(there) == 1:
            claimed[there[0]].append(item)
        else:
            cities = ", ".join(sorted(mission.city or "city not known" for mission in there))
            doubts[item.item] = f"it has no place, and there are {len(there)} missions that it may be: {cities}"
    taken: dict[Mission, Item] = {}
    for mission, those in claimed.items():
        if len(those) == 1:
            taken[mission] = those[0]
        for item in those if len(those) > 1 else ():
            others = ", ".join(other.item for other in those if other is not item)
            doubts[item.item] = f"the same mission as {others}"
    return taken, doubts


def items_of_missions(connection: sqlite3.Connection, question: Question) -> dict[str, Item]:
    """Public id of the mission -> its item, for the States that the question is about."""
    found = items(connection, receiving=question.receiving, sending=question.sending)
    taken, _ = matched(found, missions_of(connection)) if found else ({}, {})
    return {mission_id(mission): item for mission, item in taken.items()}


def silent(taken: Mapping[str, Item], known: Iterable[str], question: Question) -> list[Status]:
    """Missions that Wikidata lists and of which nothing else is known, as statuses in the state `unknown`.

    `taken` are items by mission, `known` the public ids of missions that are known otherwise. Those that Wikidata says
    have ended are left out.
    """
    there = set(known)
    return [
        Status(
            item.sending_state, item.receiving_state, item.kind, item.city, None, None, None, "unknown", None, 0.0, 0,
            "none", (), (), (), mission_id=number,
        )
        for number, item in sorted(taken.items())
        if number not in there and item.dissolved is None
        and (question.city is None or item.city == question.city)
        and (question.hosts is None or item.receiving_state in question.hosts)
    ]  # fmt: skip
