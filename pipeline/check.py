"""`legation check`: configuration, language model, database."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
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
    yield Line(f"configuration: {len(config.sources)} {'source' if len(config.sources) == 1 else 'sources'}")
    added = list(_added(config))
    yield from added
    yield from _sources(config, any(line.code == 0 for line in added))
    yield _model(config)
    yield from _database(config)


def _added(config: "Config") -> Iterator[Line]:
    """The sources that were added in the browser; nothing where there are none, or no database that can be read."""
    from sqlite3 import connect

    from legation.pipeline.added import with_added

    if not config.database_path.exists():
        return
    try:
        connection = connect(f"{config.database_path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            whole, problems = with_added(config, connection)
        finally:
            connection.close()
    except sqlite3.DatabaseError:  # `_database` says what is wrong; one of an earlier version has no such table
        return
    number = len(whole.sources) - len(config.sources)
    if number:
        yield Line(f"in the browser: {number} {'source' if number == 1 else 'sources'} more")
    yield from (Line(line, 1) for line in problems)


def _sources(config: "Config", more: bool) -> Iterator[Line]:
    """What an ingest would refuse or do without a word. `more`: there are sources of the browser too."""
    import pycountry

    from legation.pipeline.sources.settings import PathSource, StdinSource, WarcSource, WebSource

    if not config.sources and not more:
        yield Line("advice: there is no [[sources]], so `legation ingest` has nothing to read")
    if not config.fetch.contact and any(isinstance(source, WebSource) for source in config.sources):
        yield Line("advice: [fetch] contact is empty; set it, so that publishers can reach you")
    for number, source in enumerate(config.sources):
        place = f"sources[{number}]"
        if source.language and pycountry.languages.get(alpha_2=source.language) is None:
            yield Line(f'{place}.language: "{source.language}" is no language; write "en" for English', 1)
        if isinstance(source, PathSource) and not isinstance(source, StdinSource) and not _there(config, source.path):
            yield Line(f"{place}.path: {source.path}: no such file or folder; make it, or correct the path", 1)
        if isinstance(source, WarcSource) and find_spec("fastwarc") is None:
            yield Line(f"{place}: FastWARC is missing; install it: pip install 'legation[archive]'", 1)
    folder = config.database_path.parent
    if not folder.is_dir():
        yield Line(f"database.path: {folder}: no such folder; make it, or correct the path", 2)


def _there(config: "Config", path: str) -> bool:
    """Whether a file, a folder or a pattern of a source names anything."""
    whole = config.folder / path
    try:
        return whole.exists() or any(whole.parent.glob(whole.name)) or any(config.folder.glob(path))
    except (NotImplementedError, ValueError, OSError):  # an absolute pattern, which pathlib does not take
        return bool(glob(str(whole), recursive=True))


def _model(config: "Config") -> Line:
    from legation.models.errors import ModelError
    from legation.pipeline.extract import Reader

    try:
        return Line(f"language model: {Reader(config.model).version}")
    except ModelError as error:
        return Line(str(error), 2)


def _waiting(connection: "Connection") -> Iterator[Line]:
    """Articles that the program cannot read, and pages that came back as something else."""
    from sqlite_utils import Database

    from legation.db.article_faults import standing_faults
    from legation.db.replacements import open_replacements
    from legation.pipeline.article_faults import fault_line

    db = Database(connection)
    for fault in standing_faults(db):
        again = f"by `legation sources --unpark {fault['source']}`" if fault["source"] else "with its file"
        yield Line(f"{fault_line(fault)}; since {fault['first_at'][:10]}; tried again after an upgrade, or {again}", 1)
    for one in open_replacements(db):
        day = one["noted_at"][:10]
        yield Line(f"{one['url']}: changed beyond recognition on {day}; see `legation review --changed`", 1)


def _database(config: "Config") -> Iterator[Line]:
    from legation.db.connect import connect
    from legation.db.errors import DatabaseError, Locked, explain_error
    from legation.db.integrity import problems

    path = config.database_path
    if not path.exists():
        yield Line(f"database: none yet; `legation ingest` makes {path}")
        return
    breaches = []
    try:
        connection = connect(path, create=False).conn
        for problem in problems(connection):
            breaches.append(Line(f"{path}: {problem}", 1))
            yield breaches[-1]
        yield from _waiting(connection)
    except DatabaseError as error:
        yield Line(str(error), 3 if isinstance(error, Locked) else 2)
        return
    except sqlite3.DatabaseError as error:
        explained = explain_error(error, path)
        yield Line(str(explained or f"{path}: {error}"), 3 if isinstance(explained, Locked) else 2)
        return
    if not breaches:
        claims, decisions = connection.execute(
            "SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM decisions)"
        ).fetchone()
        yield Line(f"database: {claims} claims and {decisions} decisions, every invariant holds")
