"""Sources: what each gave, and whether it may be asked again."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from legation.db.transactions import immediate, raw

if TYPE_CHECKING:
    from sqlite_utils import Database

COUNTS = ("new", "changed", "unchanged", "failed")
SILENT_AFTER = 3  # answers in a row that name no page, though they are no errors


def know_sources(db: "Database", sources: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, Any]]:
    """Store (name, kind, address) of the configured sources; return their rows by name.

    A source whose address changed is asked afresh: it is no longer parked, nor waiting.
    """
    with immediate(db) as connection:
        connection.executemany(
            """INSERT INTO sources (name, kind, address) VALUES (?, ?, ?)
               ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, address = excluded.address,
                   failures = 0, zeros = 0, parked = 0, retry_at = NULL
               WHERE kind <> excluded.kind OR address <> excluded.address""",
            list(sources),
        )
    return {row["name"]: row for row in db.query("SELECT * FROM sources")}


def known_listings(db: "Database") -> dict[str, dict[str, Any]]:
    """Rows of the table listings, by address."""
    return {row["url"]: row for row in db.query("SELECT * FROM listings")}


def save_source_run(db: "Database", run: int, source: str, row: Mapping[str, Any]) -> None:
    """Begin a source's record in a run: outcome, listed, seconds, problem."""
    values = {"run": run, "source": source, **row}
    with immediate(db) as connection:
        connection.execute(
            """INSERT OR REPLACE INTO source_runs (run, source, outcome, listed, seconds, problem)
               VALUES (:run, :source, :outcome, :listed, :seconds, :problem)""",
            values,
        )


def state_of(db: "Database", source: str) -> dict[str, Any]:
    """A source's row. It must be known."""
    return dict(next(iter(db.query("SELECT * FROM sources WHERE name = ?", [source]))))


def save_source_state(db: "Database", source: str, row: Mapping[str, Any]) -> None:
    """Store a source's health: failures, zeros, retry_at, parked, last_success, last_error, last_error_at."""
    with immediate(db) as connection:
        connection.execute(
            """UPDATE sources SET failures = :failures, zeros = :zeros, retry_at = :retry_at, parked = :parked,
                   last_success = :last_success, last_error = :last_error, last_error_at = :last_error_at
               WHERE name = :name""",
            {**row, "name": source},
        )


def save_listings(db: "Database", source: str, rows: Iterable[Mapping[str, Any]], now: str) -> None:
    """Remember what made each listing recognisable, for a conditional request next time.

    `rows`: url, etag, last_modified (None: as before), and "forget" where the next request is not to be conditional.
    """
    with immediate(db) as connection:
        connection.executemany(
            """INSERT INTO listings (url, source, etag, last_modified, checked_at)
               VALUES (:url, :source, :etag, :last_modified, :now)
               ON CONFLICT (url) DO UPDATE SET source = excluded.source, checked_at = excluded.checked_at,
                   etag = iif(:forget, NULL, coalesce(excluded.etag, etag)),
                   last_modified = iif(:forget, NULL, coalesce(excluded.last_modified, last_modified))""",
            [{"forget": False, **row, "source": source, "now": now} for row in rows],
        )


def count_page(db: "Database", run: int, source: str, what: str) -> None:
    """One more page of `source` that is new, changed, unchanged or failed in this run."""
    if what not in COUNTS:
        raise ValueError(f"{what!r} is none of {COUNTS}")
    with immediate(db) as connection:
        connection.execute(
            f"""INSERT INTO source_runs (run, source, outcome, {what}) VALUES (?, ?, 'waiting', 1)
                ON CONFLICT (run, source) DO UPDATE SET {what} = {what} + 1""",  # noqa: S608 - one of COUNTS
            (run, source),
        )


def health(db: "Database") -> list[dict[str, Any]]:
    """Each source with what its last run gave; in order of name."""
    return list(
        db.query(
            """SELECT s.*, (SELECT count(*) FROM faults WHERE source = s.name) AS faults, r.run,
                    r.outcome, r.listed, r.new, r.changed, r.unchanged, r.failed, r.seconds, r.problem
               FROM sources AS s LEFT JOIN source_runs AS r
                   ON r.source = s.name AND r.run = (SELECT max(run) FROM source_runs WHERE source = s.name)
               ORDER BY s.name"""
        )
    )


def unpark(db: "Database | sqlite3.Connection", name: str) -> bool:
    """Let a source, its failed pages, and its articles with faults be tried again at once; False when there is no such
    source."""
    with immediate(db) as connection:
        found = connection.execute(
            "UPDATE sources SET parked = 0, failures = 0, retry_at = NULL WHERE name = ?", (name,)
        ).rowcount
        connection.execute(
            "UPDATE pages SET state = 'wanted', failures = 0, retry_at = NULL WHERE source = ? AND state = 'failed'",
            (name,),
        )
        connection.execute(
            "UPDATE pages SET cleaned = NULL WHERE id IN (SELECT page FROM faults WHERE source = ? AND step = 'clean')",
            (name,),
        )
        connection.execute("DELETE FROM faults WHERE source = ?", (name,))
    return found > 0


def known_hosts(db: "Database | sqlite3.Connection") -> list[dict[str, Any]]:
    """Rows of the table hosts."""
    names = ("origin", "robots", "robots_note", "robots_at", "retry_at")
    rows = raw(db).execute("SELECT origin, robots, robots_note, robots_at, retry_at FROM hosts")
    return [dict(zip(names, row, strict=True)) for row in rows]


def save_hosts(db: "Database | sqlite3.Connection", rows: list[dict[str, Any]]) -> None:
    """Store what the hosts asked for."""
    if not rows:
        return
    with immediate(db) as connection:
        connection.executemany(
            """INSERT OR REPLACE INTO hosts (origin, robots, robots_note, robots_at, retry_at)
               VALUES (:origin, :robots, :robots_note, :robots_at, :retry_at)""",
            rows,
        )
