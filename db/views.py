"""The views: made from db/views.sql, and made again in every database whose views are not the same."""

import re
import sqlite3
from functools import cache
from pathlib import Path

from legation.db.transactions import immediate

_VIEW = re.compile(r"^CREATE VIEW (\w+) AS\n.*?(?=;$)", re.MULTILINE | re.DOTALL)
_STORED = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"


@cache
def views() -> dict[str, str]:
    """Name -> CREATE statement of each view, as SQLite keeps it, in the order of the file."""
    text = Path(__file__).with_name("views.sql").read_text(encoding="utf-8")
    return {found[1]: found[0] for found in _VIEW.finditer(text)}


def make_views(connection: sqlite3.Connection) -> None:
    """Bring the views of a database up to db/views.sql, in one transaction. Views that somebody else made stay.

    Nothing is written where they are the same already, so that opening a database does not wait for a writer.
    """
    if _are_current(connection):
        return
    with immediate(connection):
        if not _are_current(connection):  # another program may have made them while this one waited
            for name in views():
                connection.execute(f'DROP VIEW IF EXISTS "{name}"')
            for sql in views().values():
                connection.execute(sql)


def _are_current(connection: sqlite3.Connection) -> bool:
    stored = dict(connection.execute(_STORED).fetchall())
    return all(stored.get(name) == sql for name, sql in views().items())
