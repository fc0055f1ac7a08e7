"""`legation check`: configuration, language model, database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

    from legation.pipeline.config import Config


@dataclass(frozen=True, slots=True)
class Line:
    """One finding; `code` is the exit code that it asks for, 0 if all is well."""

    text: str
    code: int = 0


def check(config: "Config") -> Iterator[Line]:
    """One line for each part that is well, one for each breach. The configuration itself was checked when read."""
    yield Line(f"configuration: {len(config.sources)} sources")
    yield _model(config)
    yield from _database(config)


def _model(config: "Config") -> Line:
    from legation.models.errors import ModelError
    from legation.pipeline.extract import Reader

    try:
        return Line(f"language model: {Reader(config.model.pipeline).version}")
    except ModelError as error:
        return Line(str(error), 2)


def _waiting(connection: "Connection") -> Iterator[Line]:
    """Articles that the program cannot read, and pages that came back as something else."""
    from sqlite_utils import Database

    from legation.db.faults import standing_faults
    from legation.db.replacements import open_replacements
    from legation.pipeline.faults import fault_line

    db = Database(connection)
    for fault in standing_faults(db):
        again = f"by `legation sources --unpark {fault['source']}`" if fault["source"] else "with its file"
        yield Line(f"{fault_line(fault)}; since {fault['first_at'][:10]}; tried again after an upgrade, or {again}", 1)
    for one in open_replacements(db):
        day = one["noted_at"][:10]
        yield Line(f"{one['url']}: changed beyond recognition on {day}; see `legation review --changed`", 1)


def _database(config: "Config") -> Iterator[Line]:
    from legation.db.check import problems
    from legation.db.connect import connect
    from legation.db.errors import DatabaseError

    path = config.database_path
    if not path.exists():
        yield Line(f"database: none yet; `legation ingest` makes {path}")
        return
    try:
        connection = connect(path, create=False).conn
    except DatabaseError as error:
        yield Line(str(error), 2)
        return
    breaches = [Line(f"{path}: {problem}", 1) for problem in problems(connection)]
    yield from breaches
    yield from _waiting(connection)
    if not breaches:
        claims, decisions = connection.execute(
            "SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM decisions)"
        ).fetchone()
        yield Line(f"database: {claims} claims and {decisions} decisions, every invariant holds")
