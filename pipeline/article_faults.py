"""The fault of one source, page or article is its own: it is named and recorded, and the run goes on."""

import sqlite3
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from legation.db.article_faults import save_fault, standing_faults
from legation.db.errors import DatabaseError
from legation.pipeline.cleaning.control_characters import whole
from legation.pipeline.cleaning.page import CLEANER
from legation.pipeline.errors import LegationError
from legation.pipeline.run_context import Run

PROGRAM = f"legation {version('legation')}, {CLEANER}"
_OF_THE_ROW = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
MOST_NOTES = 20


def is_fatal(error: Exception) -> bool:
    """Whether an error is no fault of one article, such as a full disk or a damaged database."""
    whole = isinstance(error, sqlite3.Error) and not isinstance(error, _OF_THE_ROW)
    return whole or isinstance(error, (DatabaseError, LegationError))


def contained(error: Exception) -> str:
    """What to say of an error that costs one source, page or article only. Raises what is fatal."""
    if is_fatal(error):
        raise error
    return whole(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")


def note_fault(run: Run, fault: Mapping[str, Any], step: str, error: Exception | str) -> None:
    """Name and record what keeps one article from being cleaned, stored or read (`step`). Raises what is fatal.

    `fault`: address, source, page, article, body, version, as the table faults has them.
    """
    reason = error if isinstance(error, str) else contained(error)
    save_fault(run.db, {**fault, "step": step, "reason": reason}, run.now)
    run.record.counts["faults"] += 1
    run.record.faults.add((fault["address"], step))
    run.problem(fault_line({**fault, "step": step, "reason": reason}))


def note_standing(run: Run) -> None:
    """Say again what failed in earlier runs and waits for another version of the program."""
    faults = standing_faults(run.db)
    standing = [fault for fault in faults if (fault["address"], fault["step"]) not in run.record.faults]
    for fault in standing[:MOST_NOTES]:
        run.note(f"{fault_line(fault)} (since {fault['first_at'][:10]})")
    if len(standing) > MOST_NOTES:
        run.note(f"{len(standing) - MOST_NOTES} more articles have faults; see `legation check`")


def fault_line(fault: Mapping[str, Any]) -> str:
    """One fault as `place: what`."""
    done = {"clean": "cleaned", "store": "stored", "read": "read"}[fault["step"]]
    place = f"{fault['address']}" + (f": article {fault['article']}" if fault["article"] else "")
    return f"{place}: not {done}: {fault['reason']}"
