"""Runs: one at a time, each with its record."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db.errors import Damaged, Locked, Unwritable, explain_error
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
    """Turn SQLite's refusals to write (disk full, read-only, locked) into errors that say what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
            advice = "free some room; what is stored is intact, and the next run goes on from there"
            raise Unwritable(f"{database}: {error}; {advice}") from error
        if explained := explain_error(error, database):
            raise explained from error
        raise


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

    The copy is complete and sound when it has its name. Raises Unwritable, and Damaged where a page of the database is,
    because a copy of the damage would be taken for a good one.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        copy = sqlite3.connect(part)
        raw(db).backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        copy.close()
        if damage != "ok":
            part.unlink()
            words = " ".join(damage.splitlines()[-1].split())[:100]
            raise Damaged(f"the database is damaged ({words}), so {target} was not written; restore the last backup")
        part.replace(target)
    except sqlite3.DatabaseError as error:
        part.unlink(missing_ok=True)
        raise explain_error(error, target) or error from error
    except OSError as error:
        raise Unwritable(f"{target}: {error}; check that the folder exists, can be written and has room") from error
    return target.stat().st_size
