"""Sources that editors added in the browser: the table added_sources.

What their settings may be is not known here; legation.pipeline.added checks them.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from legation.db.errors import Refused
from legation.db.transactions import immediate, raw

if TYPE_CHECKING:
    from sqlite_utils import Database


def added_sources(db: "Database | sqlite3.Connection") -> list[dict[str, Any]]:
    """The rows, by name: name, settings (a dict), added_by, added_at, paused_by, paused_at."""
    cursor = raw(db).execute("SELECT * FROM added_sources ORDER BY name")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [{**row, "settings": json.loads(row["settings"])} for row in rows]


def add_source(
    db: "Database | sqlite3.Connection", name: str, settings: Mapping[str, Any], *, editor: str, now: str, paused: bool
) -> None:  # fmt: skip
    """Add one; Refused if the name is taken."""
    values = (name, json.dumps(settings, ensure_ascii=False), editor, now, *((editor, now) if paused else (None, None)))
    with immediate(db) as connection:
        try:
            connection.execute("INSERT INTO added_sources VALUES (?, ?, ?, ?, ?, ?)", values)
        except sqlite3.IntegrityError as error:
            raise Refused(f"{name}: there is a source of this name; choose another name") from error


def pause_source(db: "Database | sqlite3.Connection", name: str, paused: bool, *, editor: str, now: str) -> None:
    """Leave one out of the next runs, or take it in again; Refused if it is not there."""
    values = (editor, now, name) if paused else (None, None, name)
    with immediate(db) as connection:
        sql = "UPDATE added_sources SET paused_by = ?, paused_at = ? WHERE name = ?"
        if not connection.execute(sql, values).rowcount:
            raise Refused(f"{name}: no source of this name was added in the browser")


def remove_source(db: "Database | sqlite3.Connection", name: str) -> None:
    """Ask one no more; its pages and claims stay. Refused if it is not there."""
    with immediate(db) as connection:
        if not connection.execute("DELETE FROM added_sources WHERE name = ?", (name,)).rowcount:
            raise Refused(f"{name}: no source of this name was added in the browser")
