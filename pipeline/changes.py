"""Changes of status as a table of its own: the view `changes`, by place, sender, region and time, newest first."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legation.pipeline.errors import UsageProblem
from legation.pipeline.regions import states_in
from legation.pipeline.user_input import parse_country, parse_day, parse_place, state_label

Row = dict[str, Any]
CHANGE_COLUMNS = (
    "date", "sender", "receiver", "mission", "city", "before", "after", "works_from", "confidence", "sources", "review",
    "change_id",
)  # fmt: skip
REVIEWED = {"reviewed": "reviewed", "mixed": "partly", "unreviewed": "unreviewed", "none": ""}
BASES = ("reviewed", "mixed", "unreviewed")
_COLUMNS = (  # all of the view but claims and sources, which are found for all rows at once
    "change_id, date, precision, receiving_state, receiving_name, region, subregion, intermediate, sending_state, "
    "sending_name, kind, city, before, after, works_from, confidence, publishers, basis, mission_id, period_id, period"
)
_TERMS = {
    "sender": "sending_state = :sender",
    "host": "receiving_state = :host",
    "city": "(city = :city OR works_from = :city)",
    "since": "date >= :since",
    "until": "date < :until",
    "hosts": "receiving_state IN (SELECT value FROM json_each(:hosts))",
    "basis": "basis = :basis",
    "known_before": "before <> 'unknown'",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes, as typed; None: any.

    `place` is a city or a receiving State, `since` the first day, `until` the day after the last. `reviewed`: only
    those that rest on reviewed claims alone. `known_before`: without those before which nothing was known of the
    mission. `limit`: the newest so many.
    """

    place: str | None = None
    of: str | None = None
    region: str | None = None
    since: str | None = None
    until: str | None = None
    reviewed: bool = False
    known_before: bool = False
    limit: int | None = None


def changes(connection: sqlite3.Connection, wanted: Wanted) -> list[Row]:
    """Rows of the view `changes`, newest first, with the names of the States.

    `date` is YYYY-MM-DD, and `precision` says how much of it is known; `for_people` puts both into words.

    UsageProblem for a place, a region or a day that cannot be meant, with a line for each.
    """
    given = conditions(wanted)
    where = " AND ".join(_TERMS[name] for name in given) or "1"
    cursor = connection.execute(
        f"SELECT {_COLUMNS} FROM changes WHERE {where} ORDER BY date DESC, change_id LIMIT :limit",  # noqa: S608
        {**given, "limit": -1 if wanted.limit is None else wanted.limit},
    )
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, values, strict=True)) for values in cursor]
    claims, sites = _claims(connection, [row["period"] for row in rows])
    return [_row(row, claims[row["period"]], sites[row["period"]]) for row in rows]


def _claims(
    connection: sqlite3.Connection, periods: Sequence[int]
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Period -> public ids of the claims that it rests on, and their publishers; at once for all, which is faster."""
    claims: dict[int, list[str]] = defaultdict(list)
    sites: dict[int, set[str]] = defaultdict(set)
    found = connection.execute(
        "SELECT r.period, c.key, c.publisher FROM json_each(?) AS j "
        "CROSS JOIN period_claims AS r ON r.period = j.value AND r.role = 'rests' "
        "CROSS JOIN claims AS c ON c.id = r.claim",
        (json.dumps(list(periods)),),
    )
    for period, key, site in found:
        claims[period].append(f"clm-{key}")
        if site:
            sites[period].add(site)
    ordered = {period: sorted(there) for period, there in claims.items()}
    return defaultdict(list, ordered), defaultdict(list, {period: sorted(there) for period, there in sites.items()})


def conditions(wanted: Wanted) -> Row:
    """The values by which `_TERMS` narrow the view."""
    problems: list[str] = []
    given: Row = {}

    def read(name: str, text: str | None, meaning: Any) -> Any:
        if not text:
            return None
        try:
            found = meaning(text)
        except UsageProblem as error:
            problems.extend(error.problems)
            return None
        if name:
            given[name] = found
        return found

    where = read("", wanted.place, parse_place)
    if where:
        given |= {"host": where.country} | ({"city": where.city} if where.city else {})
    read("sender", wanted.of, parse_country)
    read("hosts", wanted.region, lambda name: json.dumps(sorted(states_in(name))))
    read("since", wanted.since, parse_day)
    read("until", wanted.until, parse_day)
    if given.get("since", "") >= given.get("until", "9999-99-99"):
        problems.append(f"{wanted.since} to {wanted.until}: ends before it begins; give an earlier first day")
    if problems:
        raise UsageProblem(*problems)
    given |= {"basis": "reviewed"} if wanted.reviewed else {}
    return given | ({"known_before": 1} if wanted.known_before else {})


def _row(row: Mapping[str, Any], claims: list[str], sites: list[str]) -> Row:
    """A row for programs: names of States, claims, sources, review in a word."""
    return {
        **row,
        "sender": state_label(row["sending_state"]),
        "receiver": state_label(row["receiving_state"]),
        "mission": row["kind"],
        "claims": claims,
        "sites": sites,
        "sources": row["publishers"],
        "review": REVIEWED[row["basis"]],
    }


def for_people(row: Row) -> Row:
    """The row with its date as exactly as it is known."""
    return row | {"date": known_day(row["date"], row["precision"])}


def known_day(date: str, precision: str | None) -> str:
    """The first day of a state as exactly as it is known: "2022-04-19", "2022-04", "2022", "by 2022-04-19"."""
    return {"month": date[:7], "year": date[:4], "reported": f"by {date}"}.get(precision or "", date)
