"""Why a database cannot be used or a write is refused. Each message names the file or row and the cure."""

import re
import sqlite3
from pathlib import Path


class DatabaseError(Exception):
    """Base of all refusals by the database; the message is one line for the user."""


class NotOurs(DatabaseError):
    """The file is no SQLite database, or another program's."""


class TooNew(DatabaseError):
    """The schema was made by a newer version of this program."""


class Unwritable(DatabaseError):
    """The file or its folder cannot be written: read-only, missing or full."""


class Damaged(DatabaseError):
    """The file was a database of ours; parts of it cannot be read any more."""


class Locked(DatabaseError):
    """Another run holds the database."""


class Stale(DatabaseError):
    """The row has changed since the caller read it."""


class Refused(DatabaseError):
    """A decision that is not allowed, or not well formed."""


_ROOM = "free some room; what is stored is intact"
_HOLD = "check that the folder exists, can be written and that nothing else holds the file"


_LOST = re.compile(r"no such table: (?:main\.)?(\w+)$")  # connect() has applied all steps, so each was there once


def explain_error(error: sqlite3.Error, path: str | Path) -> DatabaseError | None:
    """What SQLite's error means to the user of the database at `path`. None: a statement of ours is wrong."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if lost := _LOST.match(str(error)):
        return Damaged(f"{path}: the database is damaged (its table {lost[1]} is missing); restore the last backup")
    damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "Could not decode to UTF-8" in str(error)
    if damaged:
        return Damaged(f"{path}: the database is damaged ({error}); restore the last backup")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Locked(f"{path}: another program holds the database; wait for its end")
    if code == sqlite3.SQLITE_FULL:
        return Unwritable(f"{path}: {error}; {_ROOM}")
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return Unwritable(f"{path}: {error}; {_HOLD}")
    return None
