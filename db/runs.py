"""Runs: one at a time, each with its record."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db.errors import Locked, Unwritable
from legation.db.transactions import immediate, raw

if TYPE_CHECKING:
    from sqlite_utils import Database


@contextmanager
def only_run(database: Path) -> Iterator[None]:
    """Hold the right to run on `database`; the system takes it back however the process ends, kill -9 included.

    The lock is SQLite's own on an empty file beside the database, since that works the same on every system; the
    database itself stays open to readers and reviewers. Raises Locked when another run has it, Unwritable when the
    file cannot be made.
    """
    path = database.with_name(database.name + ".run")
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise Locked(f"{database}: another run holds it; wait for its end, or see `legation runs`") from error
        raise Unwritable(f"{path}: {error}; check that the folder exists, can be written and has room") from error
    try:
        yield
    finally:
        connection.close()


@contextmanager
def writing(database: Path) -> Iterator[None]:
    """Turn SQLite's refusals to write (disk full, read-only, locked) into Unwritable, which says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        advice = "free some room; what is stored is intact, and the next run goes on from there"
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
            advice = "check that the folder can be written and that nothing else holds the file"
        raise Unwritable(f"{database}: {error}; {advice}") from error


def begin_run(db: "Database", now: str) -> int:
    """A new run's id. The caller holds `only_run`: an older run without an end was killed."""
    with immediate(db) as connection:
        connection.execute("UPDATE runs SET outcome = 'killed' WHERE outcome IS NULL")
        return int(connection.execute("INSERT INTO runs (started) VALUES (?)", (now,)).lastrowid or 0)


def note_run(db: "Database", run: int, counters: Mapping[str, Any]) -> None:
    """Keep the counters so far, so that also a killed run has a record."""
    with immediate(db) as connection:
        connection.execute("UPDATE runs SET counters = ? WHERE id = ?", (json.dumps(counters), run))


def end_run(db: "Database", run: int, outcome: str, counters: Mapping[str, Any], now: str) -> None:
    """Close the record. `outcome`: done, failures or interrupted."""
    with immediate(db) as connection:
        connection.execute(
            "UPDATE runs SET ended = ?, outcome = ?, counters = ? WHERE id = ?",
            (now, outcome, json.dumps(counters), run),
        )


def last_runs(db: "Database", limit: int) -> list[dict[str, Any]]:
    """The latest runs first; `counters` parsed, `sources` with what each source gave."""
    runs = list(db.query("SELECT * FROM runs ORDER BY id DESC LIMIT ?", [limit]))
    for run in runs:
        run["counters"] = json.loads(run["counters"])
        run["sources"] = list(db.query("SELECT * FROM source_runs WHERE run = ? ORDER BY source", [run["id"]]))
    return runs


def backup(db: "Database", target: Path) -> int:
    """Copy the database while others may write to it, by SQLite's online backup; returns the copy's size in bytes.

    The copy is complete when it has its name. Raises Unwritable.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        copy = sqlite3.connect(part)
        raw(db).backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.close()
        part.replace(target)
    except (sqlite3.OperationalError, OSError) as error:
        raise Unwritable(f"{target}: {error}; check that the folder exists, can be written and has room") from error
    return target.stat().st_size
