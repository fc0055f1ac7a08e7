"""The outbox of alerts: noted once, taken by one sender at a time, kept until they are sent."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legation.db.transactions import immediate

TAKEN_SECONDS = 600  # a sender that was killed holds a message for so long
_DUE = "alert = :alert AND state IN ('waiting', 'sending') AND coalesce(retry_at, '') <= :now"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send; `tries` counts the failed ones before."""

    alert: str
    change_id: str
    content: dict[str, Any]
    tries: int


def note(
    connection: sqlite3.Connection, alert: str, found: Mapping[str, Mapping[str, Any]], now: str, *, all_of_them: bool
) -> int:
    """Note the changes of an alert that are not noted yet, content by change id; return how many are to be sent.

    When the alert has no row yet, what is found is known from before and not sent, unless `all_of_them`.
    """
    with immediate(connection):
        known = {row[0] for row in connection.execute("SELECT change_id FROM alerts WHERE alert = ?", (alert,))}
        is_new = not connection.execute("SELECT 1 FROM alerts WHERE alert = ? LIMIT 1", (alert,)).fetchone()
        state = "before" if is_new and not all_of_them else "waiting"
        fresh = [(alert, change, state, json.dumps(found[change], ensure_ascii=False), now)
                 for change in found if change not in known]  # fmt: skip
        if is_new and not found:  # an alert is new once only, even if there was nothing to tell
            fresh = [(alert, "", "before", "{}", now)]
        connection.executemany(
            "INSERT INTO alerts (alert, change_id, state, content, noted_at) VALUES (?, ?, ?, ?, ?)", fresh
        )
    return len(fresh) if state == "waiting" else 0


def take(connection: sqlite3.Connection, alerts: Sequence[str], now: str, until: str) -> Message | None:
    """The oldest message of these alerts that is due, now held by the caller until the time `until`; None: none is."""
    with immediate(connection):
        row = connection.execute(
            "SELECT alert, change_id, content, tries FROM alerts WHERE state IN ('waiting', 'sending') "
            "AND alert IN (SELECT value FROM json_each(?)) AND coalesce(retry_at, '') <= ? "
            "ORDER BY noted_at, alert, change_id LIMIT 1",
            (json.dumps(list(alerts)), now),
        ).fetchone()
        if row is None:
            return None
        connection.execute(
            "UPDATE alerts SET state = 'sending', retry_at = ? WHERE alert = ? AND change_id = ?", (until, *row[:2])
        )
    return Message(row[0], row[1], json.loads(row[2]), row[3])


def take_all(connection: sqlite3.Connection, alert: str, now: str, until: str) -> list[Message]:
    """Every message of an alert that is due, oldest first, all held by the caller until the time `until`."""
    with immediate(connection):
        rows = connection.execute(
            f"SELECT change_id, content, tries FROM alerts WHERE {_DUE} ORDER BY noted_at, change_id",  # noqa: S608
            {"alert": alert, "now": now},
        ).fetchall()
        connection.execute(
            f"UPDATE alerts SET state = 'sending', retry_at = :until WHERE {_DUE}",  # noqa: S608
            {"alert": alert, "now": now, "until": until},
        )
    return [Message(alert, change, json.loads(content), tries) for change, content, tries in rows]


def due(connection: sqlite3.Connection, alert: str, now: str) -> int:
    """How many messages of an alert could be sent now."""
    found = connection.execute(f"SELECT count(*) FROM alerts WHERE {_DUE}", {"alert": alert, "now": now})  # noqa: S608
    return int(found.fetchone()[0])


def sent(connection: sqlite3.Connection, messages: Iterable[Message], now: str) -> None:
    """Mark messages as sent: they are never sent again."""
    with immediate(connection):
        connection.executemany(
            "UPDATE alerts SET state = 'sent', sent_at = ?, retry_at = NULL, problem = NULL "
            "WHERE alert = ? AND change_id = ?",
            [(now, message.alert, message.change_id) for message in messages],
        )


def failed(connection: sqlite3.Connection, message: Message, problem: str, retry_at: str) -> None:
    """Keep a message that could not be sent, to be tried again from `retry_at`."""
    with immediate(connection):
        connection.execute(
            "UPDATE alerts SET state = 'waiting', tries = tries + 1, retry_at = ?, problem = ? "
            "WHERE alert = ? AND change_id = ?",
            (retry_at, problem, message.alert, message.change_id),
        )


def sent_messages(connection: sqlite3.Connection, alert: str) -> list[dict[str, Any]]:
    """The contents of all messages of an alert that were sent, newest first, each with `sent_at`."""
    rows = connection.execute(
        "SELECT content, sent_at FROM alerts WHERE alert = ? AND state = 'sent' "
        "ORDER BY sent_at DESC, content ->> '$.date' DESC, change_id",
        (alert,),
    )
    return [json.loads(content) | {"sent_at": at} for content, at in rows]


def waiting(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Messages that are not sent yet: alert, change_id, tries, retry_at, problem."""
    cursor = connection.execute(
        "SELECT alert, change_id, noted_at, tries, retry_at, problem FROM alerts "
        "WHERE state IN ('waiting', 'sending') ORDER BY noted_at, alert, change_id"
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
