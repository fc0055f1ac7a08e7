"""Open the database, with suspicion: is it ours, is it of this version, do its foreign keys hold?"""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database, Migrations

from legation.db.errors import Damaged, NotOurs, TooNew, Unwritable, explain_error
from legation.db.views import make_views

APPLICATION_ID = 0x4C474154  # "LGAT"; PRAGMA application_id marks the file as ours
BUSY_SECONDS = 10.0

migrations = Migrations("legation")


def _register_steps() -> int:
    """Each db/migrations/NNN_*.sql is one step, applied in the order of its name; never edited once released."""
    steps = sorted(Path(__file__).with_name("migrations").glob("*.sql"))
    for step in steps:
        sql = step.read_text(encoding="utf-8")
        migrations(name=step.stem)(lambda db, sql=sql: _execute(db, sql))
    return len(steps)


def _execute(db: Database, script: str) -> None:
    """Each statement of the script, inside the transaction of its step.

    The library's own `executescript` asks after each character whether a statement is complete: that took a third of
    the time of a first run.
    """
    for statement in statements(script):
        db.conn.execute(statement)


def statements(script: str) -> Iterator[str]:
    """The statements of a script of SQL, in order; a semicolon in a text, a comment or a trigger ends none."""
    statement = ""
    for piece in re.split("(?<=;)", script):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        yield statement.strip()


SCHEMA_VERSION = _register_steps()


def connect(path: str | Path, *, create: bool = True) -> Database:
    """The database at `path`, migrated to this program's schema, in WAL mode with foreign keys on.

    With `create` False a missing file is refused. Raises NotOurs, TooNew or Unwritable, whose messages name the cure.
    """
    path = Path(path)
    if not create and not path.exists():
        raise NotOurs(f"{path}: no such database; `legation ingest` makes it")
    if not create and path.stat().st_size == 0:
        cure = "restore the last backup, or delete it, and `legation ingest` makes a new one"
        raise Damaged(f"{path}: the file is empty; {cure}")
    try:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
        connection.execute("PRAGMA foreign_keys = ON")
        _check_identity(connection, path)
        db = Database(connection)
        db.enable_wal()
        connection.execute("PRAGMA synchronous = NORMAL")
        migrations.apply(db)
        make_views(connection)
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:  # writing waits for other writers
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except sqlite3.OperationalError as error:
        raise Unwritable(f"{path}: {error}; check that the folder exists, can be written and has room") from error
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_NOTADB:
            cure = "if it was one, it is damaged: restore the last backup; else name another file"
            raise NotOurs(f"{path}: not a database ({error}); {cure}") from error
        raise explain_error(error, path) or NotOurs(
            f"{path}: not a database of ours ({error}); name another file"
        ) from error
    return db


def _check_identity(connection: sqlite3.Connection, path: Path) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:  # marked before its first table, so that one whose making was killed is known as ours
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        return
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotOurs(f"{path}: a database of another program; name another file")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise TooNew(f"{path}: schema {version}, made by a newer version; this one knows {SCHEMA_VERSION}: upgrade it")
