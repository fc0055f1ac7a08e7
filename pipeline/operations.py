"""What an operator asks of the database: the last runs, the health of the sources, a backup, less room."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db import pages, runs, sources
from legation.db.transactions import raw
from legation.pipeline.added import with_added
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.retry import stamp
from legation.pipeline.sources.settings import AnySource

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.config import Config

UNITS = {"h": "hours", "d": "days", "w": "weeks"}
Row = dict[str, Any]


def run_rows(db: "Database", limit: int) -> list[Row]:
    """The latest runs first, one flat row each."""
    return [_run_row(run) for run in runs.last_runs(db, limit)]


def problem_rows(db: "Database", limit: int) -> list[Row]:
    """What failed in the latest runs, and what they left out or did not believe: run, started, problem.

    The latest run comes first.
    """
    return [
        {"run": run["id"], "started": run["started"], "problem": line}
        for run in runs.last_runs(db, limit)
        for name in ("problems", "notes")
        for line in run["counters"].get(name, [])
    ]


def _run_row(run: Row) -> Row:
    counts, seconds = run["counters"].get("counts", {}), run["counters"].get("seconds", {})
    row = {"run": run["id"], "started": run["started"], "outcome": run["outcome"] or "running"}
    names = ("requests", "not modified", "pages new", "pages changed", "pages failed", "articles cleaned")
    row.update({name: counts.get(name, 0) for name in (*names, "articles read", "claims new", "problems")})
    return {**row, "seconds": seconds.get("whole")}


def source_rows(db: "Database", config: "Config") -> list[Row]:
    """Each source of config.toml or the browser, and each that once was one, with its health and its last run."""
    whole, _ = with_added(config, db)
    sources.know_sources(db, ((s.name, s.kind, s.address) for s in whole.sources))
    configured = {source.name: source for source in whole.sources}
    return [_source_row(row, configured.get(row["name"])) for row in sources.health(db)]


def _source_row(row: Row, source: AnySource | None) -> Row:
    names = ("name", "kind", "last_success", "listed", "new", "changed", "unchanged", "failed", "failures", "zeros")
    shown = {name: row[name] for name in (*names, "faults")}
    return {**shown, "state": source_state(row, source), "last_error": row["last_error"]}


def source_state(row: Row, source: AnySource | None) -> str:
    """What a run does with a source, or how it fares. `row`: of the table sources; `source` None: not configured."""
    if source is None:
        return "not configured"
    if source.paused:
        return "paused"
    if row["parked"]:
        return "parked"
    if row["retry_at"]:
        return f"waits until {row['retry_at']}"
    if row["zeros"] >= sources.SILENT_AFTER:
        return "silent"
    return "asked" if row["last_success"] else "new"


def unpark(db: "Database", names: tuple[str, ...]) -> None:
    """Let sources, and their failed pages, be asked again. Raises UsageProblem for unknown names."""
    unknown = [name for name in names if not sources.unpark(db, name)]
    if unknown:
        raise UsageProblem(*(f"--unpark {name}: no such source; see `legation sources`" for name in unknown))


def age(text: str) -> timedelta:
    """ "90d", "12h", "2w" as a time. Raises UsageProblem."""
    found = re.fullmatch(r"(\d{1,5})([hdw])", text)
    if not found:
        raise UsageProblem(f"--raw-older-than {text}: not an age; write hours, days or weeks as 12h, 90d, 8w")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def prune(config: "Config", db: "Database", older_than: timedelta, now: datetime) -> str:
    """Drop raw bodies, and nothing else; says what was done. Raises legation.db.errors.Locked during a run."""
    with runs.only_run(config.database_path), runs.writing(config.database_path):
        dropped, size = pages.prune_bodies(db, stamp(now - older_than))
        raw(db).execute("VACUUM")
    return f"dropped {dropped} raw bodies, {size} bytes before compression; articles and claims stay"


def backup(db: "Database", target: Path) -> str:
    """Copy the database to `target`, which must not be there yet. Raises UsageProblem, Unwritable."""
    if target.exists():
        raise UsageProblem(f"{target}: exists; name a new file, so that no backup is lost to a later one")
    return f"{target}: {runs.backup(db, target)} bytes"
