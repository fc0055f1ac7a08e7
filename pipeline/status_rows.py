"""The rows of `legation status` and `legation history`; the commands only print them."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from legation.db.age import age_class, age_days
from legation.db.refresh import confirmed_days
from legation.db.status_queries import Question, Status, claims_of, history, status_on
from legation.db.transactions import raw
from legation.db.wikidata_items import Item, items_of_missions, known_missions, silent
from legation.pipeline.errors import UsageProblem
from legation.pipeline.regions import states_in
from legation.pipeline.render import printable
from legation.pipeline.user_input import parse_country, parse_day, parse_moment, state_label
from legation.pipeline.user_input import parse_place as find_place

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
STATUS_COLUMNS = (
    "sender", "receiver", "mission", "city", "standing", "since", "works_from", "announced", "confidence", "sources",
    "review",
)  # fmt: skip
PERIOD_COLUMNS = (
    "sender", "receiver", "mission", "city", "since", "until", "state", "last_confirmed", "works_from", "confidence",
    "sources", "review",
)  # fmt: skip
REVIEWED = {"none": "", "reviewed": "reviewed", "mixed": "partly", "unreviewed": "unreviewed"}


def status_rows(
    db: "Database",
    place: str | None,
    of: str | None,
    on: str | None,
    known: str | None,
    unreviewed: float | None,
    reviewed_only: bool,
    region: str | None = None,
    overdue: bool = False,
) -> list[Row]:
    """The answer of `legation status`: one row for each mission, with its claims.

    `since` is YYYY-MM-DD, and `precision` says how much of it is known; `for_people` puts both into words.

    `on` None: today (UTC), or the day of `known`. `announced` is what had been said by then. `overdue`: only missions
    with an announcement whose day has passed. UsageProblem for a place, region or day that cannot be meant.
    """
    if not place and not of and not region and not overdue:
        raise UsageProblem(
            "status: name a place, a sending State with --of, or a region with --region; "
            "for example: legation status Kyiv"
        )
    known = parse_moment(known) if known else None
    today = known[:10] if known else datetime.now(UTC).date().isoformat()
    on = parse_day(on) if on else today
    threshold = None if reviewed_only else "setting" if unreviewed is None else unreviewed
    rows = statuses(raw(db), _question(place, of, known, threshold, region), on)
    return [row for row in rows if row["overdue"]] if overdue else rows


def history_rows(db: "Database", sender: str, host: str, known: str | None) -> list[Row]:
    """The answer of `legation history`: one row for each period of the sender's missions, oldest first."""
    return periods(raw(db), _question(host, sender, parse_moment(known) if known else None, "setting"))


def _question(
    place: str | None, of: str | None, known: str | None, unreviewed: float | str | None, region: str | None = None
) -> Question:
    where = find_place(place) if place else None
    host, city = (where.country, where.city) if where else (None, None)
    hosts = states_in(region) if region else None
    return Question(host, parse_country(of) if of else None, city, known, unreviewed, hosts)


def statuses(connection: sqlite3.Connection, asked: Question, on: str) -> list[Row]:
    """One row for each mission on the day `on`, by sender; `announced` is what had been said by then."""
    found = status_on(connection, asked, on)
    listed = items_of_missions(connection, asked) if asked.known is None else {}
    found += silent(listed, known_missions(connection), asked) if listed else []
    claims = claims_of(connection, (c for s in found for c in (*s.rests, *s.dissents, *s.announces)))
    limit = confirmed_days(connection)
    rows = [
        _status_row(status, claims, on) | _aged(status, on, limit) | _listed(status, listed.get(status.mission_id))
        for status in found
    ]
    return sorted(rows, key=lambda row: (row["sender"], row["receiver"], row["mission"], row["city"] or ""))


def periods(connection: sqlite3.Connection, asked: Question) -> list[Row]:
    """One row for each period of each mission, oldest first, with its claims."""
    found = history(connection, asked)
    claims = claims_of(connection, (c for s in found for c in (*s.rests, *s.dissents, *s.announces)))
    return [_status_row(status, claims, "9999-12-31") for status in found]


def _aged(status: Status, on: str, limit: int) -> Row:
    """What the age of the evidence makes of a status on a day."""
    return {
        "standing": standing(status.state, status.last_confirmed, on, limit),
        "age": age_class(status.last_confirmed, on, limit),
        "age_days": age_days(status.last_confirmed, on),
        "confidence": status.confidence_on(on),
        "confidence_when_confirmed": status.confidence,
    }


def _listed(status: Status, item: Item | None) -> Row:
    """The item of Wikidata of a mission; one of which nothing else is known says so."""
    silence = {"standing": "unknown, no news; listed by Wikidata"} if item and not status.period_id else {}
    return {"wikidata": item.item if item else None, **silence}


def standing(state: str, confirmed: str | None, on: str, limit: int) -> str:
    """The state in words: "open", or "open, not confirmed since 2022-04" where the evidence is older than `limit`."""
    if confirmed is None or age_class(confirmed, on, limit) != "old":
        return state
    return f"{state}, not confirmed since {confirmed[:7]}"


def _status_row(status: Status, claims: Mapping[int, Mapping[str, Any]], on: str) -> Row:
    announced = [claims[c] for c in status.announces if _said_on(claims[c]) <= on]
    overdue = status.overdue_on(on) if on != "9999-12-31" else ()
    told = dict.fromkeys(announcement(c) + (" (overdue)" if c["id"] in overdue else "") for c in announced)
    return {
        "sender": state_label(status.sending_state),
        "receiver": state_label(status.receiving_state),
        "sending_state": status.sending_state,
        "receiving_state": status.receiving_state,
        "mission": status.kind,
        "city": status.city,
        "state": status.state,
        "since": status.since,
        "until": status.until,
        "precision": status.precision,
        "works_from": status.works_from,
        "announced": "; ".join(told),
        "overdue": [c["claim_id"] for c in announced if c["id"] in overdue],
        "confidence": status.confidence,
        "sources": status.publishers,
        "review": REVIEWED[status.basis],
        "last_confirmed": status.last_confirmed,
        "mission_id": status.mission_id,
        "period_id": status.period_id,
        "rests": [source(claims[c]) for c in status.rests],
        "dissents": [source(claims[c]) for c in status.dissents],
        "announces": [source(claim) for claim in announced],
    }


def for_people(row: Row) -> Row:
    """The row with its first day as exactly as it is known."""
    return row | {"since": since(row["since"], row["precision"])}


def since(day: str | None, precision: str | None) -> str:
    """The beginning of a period as exactly as it is known: "2022-04-19", "2022-04", "2022", "by 2022-04-19", ""."""
    if day is None:
        return ""
    return {"month": day[:7], "year": day[:4], "reported": f"by {day}"}.get(precision or "", day)


def announcement(claim: Mapping[str, Any]) -> str:
    """A plan, wish or denial in three words: "reopened planned 2022-05"."""
    return " ".join(filter(None, (claim["status"].replace("_", " "), claim["modality"], claim["date"])))


def source(claim: Mapping[str, Any]) -> Row:
    """What a reader needs to check a claim."""
    names = (
        "id",
        "claim_id",
        "status",
        "modality",
        "date",
        "publisher",
        "published",
        "review",
        "confidence",
        "quote",
        "url",
    )
    return {name: claim[name] for name in names}


def _said_on(claim: Mapping[str, Any]) -> str:
    return str(claim["published"] or claim["recorded_at"][:10])


def quote_lines(rows: Sequence[Row]) -> Iterator[str]:
    """The claims beneath each status, for people."""
    for row in rows:
        seat = f" in {row['city']}" if row["city"] else ""
        yield ""
        yield f"{row['sender']}, {row['mission']} to {row['receiver']}{seat}: {row['state']}"
        for role, sign in (("rests", "+"), ("dissents", "-"), ("announces", ">")):
            yield from (_quote_line(sign, claim) for claim in row[role])


def _quote_line(sign: str, claim: Row) -> str:
    said = f"{announcement(claim)}, {claim['publisher'] or 'unknown publisher'}, {claim['published'] or 'undated'}"
    return printable(f"  {sign} [{claim['id']}] {said}, {claim['review']}: “{claim['quote']}”")
