"""Which changes an alert is about, and what its message says."""

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from legation.db.status_queries import Question, Status, claims_of, history
from legation.pipeline.alerts.settings import AlertConfig
from legation.pipeline.changes import known_day
from legation.pipeline.errors import UsageProblem
from legation.pipeline.regions import states_in
from legation.pipeline.render import printable
from legation.pipeline.user_input import Place, parse_country, parse_place, state_label

Content = dict[str, Any]
_REVIEWED = """
    SELECT DISTINCT p.receiving_state, p.sending_state FROM reviews AS r JOIN pairs AS p ON p.thread = r.thread
    WHERE r.state IN ('approved', 'corrected') ORDER BY 1, 2
"""


def setting_problems(alert: AlertConfig) -> list[str]:
    """What in the alert cannot be meant, in lines."""
    problems: list[str] = []
    for name, text, meaning in (
        ("place", alert.place, parse_place), ("of", alert.of, parse_country), ("region", alert.region, states_in),
    ):  # fmt: skip
        try:
            if text:
                meaning(text)
        except UsageProblem as error:
            problems += [f"alerts: {alert.name}: {name}: {problem}" for problem in error.problems]
    return problems


def matching_changes(connection: sqlite3.Connection, alert: AlertConfig) -> dict[str, Content]:
    """The contents of messages on the changes that the alert is about, by public id of the change.

    With `reviewed` the changes are those that follow from reviewed claims alone.
    """
    where = parse_place(alert.place) if alert.place else None
    hosts = states_in(alert.region) if alert.region else None
    sender = parse_country(alert.of) if alert.of else None
    contents: dict[str, Content] = {}
    for before, status in _changes(connection, alert.reviewed):
        if not _wanted(status, alert, where, hosts, sender) or status.change_id is None:
            continue
        contents[status.change_id] = _content(connection, before, status)
    return contents


def _changes(connection: sqlite3.Connection, reviewed: bool) -> Iterator[tuple[Status, Status]]:
    """(period before, period that a change began)."""
    if not reviewed:
        yield from _pairs(history(connection, Question()))
        return
    for host, sender in connection.execute(_REVIEWED).fetchall():
        yield from _pairs(history(connection, Question(receiving=host, sending=sender, unreviewed=None)))


def _pairs(periods: list[Status]) -> Iterator[tuple[Status, Status]]:
    for before, after in pairwise(periods):
        if before.mission_id == after.mission_id:
            yield before, after


def _wanted(
    status: Status, alert: AlertConfig, where: Place | None, hosts: frozenset[str] | None, sender: str | None
) -> bool:
    if where and not (
        (status.receiving_state == where.country and where.city in (None, status.city))
        or (where.city and status.works_from == where.city)
    ):
        return False
    return (
        (hosts is None or status.receiving_state in hosts)
        and sender in (None, status.sending_state)
        and (not alert.kinds or status.kind in alert.kinds)
        and (not alert.states or status.state in alert.states)
        and (not alert.since or (status.since or "") >= alert.since)
    )


def _content(connection: sqlite3.Connection, before: Status, status: Status) -> Content:
    claims = claims_of(connection, status.rests).values()
    content = {
        "change_id": status.change_id, "mission_id": status.mission_id, "date": status.since,
        "precision": status.precision, "sending_state": status.sending_state,
        "sender": state_label(status.sending_state), "receiving_state": status.receiving_state,
        "receiver": state_label(status.receiving_state), "kind": status.kind, "city": status.city,
        "before": before.state, "after": status.state, "works_from": status.works_from,
        "confidence": status.confidence, "publishers": status.publishers, "basis": status.basis,
        "claims": [
            {name: claim[name] for name in ("claim_id", "quote", "publisher", "published", "url")} for claim in claims
        ],
    }  # fmt: skip
    return content | {"title": title(content)}


def title(content: Mapping[str, Any]) -> str:
    """The change in a line."""
    seat = f" in {content['city']}" if content["city"] else ""
    place_now = f" (works from {content['works_from']})" if content["works_from"] else ""
    day = known_day(str(content["date"]), content["precision"])
    name = f"{content['sender']}, {content['kind']} to {content['receiver']}{seat}"
    return printable(f"{name}: {content['before']} to {content['after']}{place_now}, {day}")


def text(content: Mapping[str, Any]) -> str:
    """The message for people: the change, and who says so."""
    lines = [str(content["title"]), ""]
    for claim in content["claims"]:
        said = f"“{claim['quote']}” ({claim['publisher'] or 'unknown publisher'}, {claim['published'] or 'undated'})"
        lines += [printable(said), printable(claim["url"])]
    return "\n".join([*lines, "", f"To cite: {content['change_id']}"])
