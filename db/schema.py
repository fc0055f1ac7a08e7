"""The schema as readers see it: every table and view with the meaning of each column, taken from the SQL's comments."""

import re
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_NAME = re.compile(r'^\s*(?:AS\s+)?(?:\w+\.)?"?(\w+)"?\b')
_ALIAS = re.compile(r"\bAS\s+(\w+)\s*,?\s*$")
_ADDED = re.compile(r"(?m)^(?:-- (.*)\n)?ALTER TABLE (\w+) ADD COLUMN (\w+)[^;]*;[ \t]*(?:-- (.*))?$")
_NOT_COLUMNS = {"PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"}
_HIDDEN = ("sqlite_", "_sqlite", "articles_fts_", "claims_fts_")


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is "" in a view, `meaning` "" where the SQL says nothing; `target`: the table it refers to, or None."""

    name: str
    type: str
    meaning: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view; `kind` says which."""

    name: str
    kind: str
    columns: tuple[Column, ...]


def relations(connection: sqlite3.Connection) -> list[Relation]:
    """Tables in the order in which they were made, then views; without those of SQLite and of the full-text index."""
    rows = connection.execute(
        "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY type = 'view', rowid"
    ).fetchall()
    shown = [row for row in rows if not row[0].startswith(_HIDDEN)]
    return [Relation(name, kind, _columns(connection, name, sql)) for name, kind, sql in shown]


def meanings(sql: str) -> dict[str, str]:
    """Column -> the words after `--` on its line, from the CREATE statement of a table or view."""
    found = {}
    for line in sql.splitlines():
        code, dashes, meaning = line.partition("--")
        name = _ALIAS.search(code.rstrip()) or _NAME.match(code)
        if dashes and name and name[1] not in _NOT_COLUMNS:
            found[name[1]] = meaning.strip()
    return found


@cache
def _added() -> dict[str, dict[str, str]]:
    """Table -> column -> meaning, of columns that a later step added. SQLite keeps no comment of these, so they are
    read from the step: behind the column, else in the line above it."""
    found: dict[str, dict[str, str]] = {}
    for step in sorted(Path(__file__).with_name("migrations").glob("*.sql")):
        for above, table, column, behind in _ADDED.findall(step.read_text(encoding="utf-8")):
            found.setdefault(table, {})[column] = (behind or above).strip()
    return found


def _columns(connection: sqlite3.Connection, name: str, sql: str) -> tuple[Column, ...]:
    said = meanings(sql) | _added().get(name, {})
    targets = {row[3]: row[2] for row in connection.execute(f'PRAGMA foreign_key_list("{name}")')}
    return tuple(
        Column(row[1], row[2], said.get(row[1], ""), targets.get(row[1]))
        for row in connection.execute(f'PRAGMA table_info("{name}")')
    )


def queries() -> dict[str, str]:
    """Name -> SQL of the questions in db/queries; the first line says who may ask what, with the parameters."""
    folder = Path(__file__).parent / "queries"
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
