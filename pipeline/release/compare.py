"""What is different from the release before: in words, and row by row as a table."""

import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from legation.pipeline.errors import UsageProblem
from legation.pipeline.release.tables import CHANGES, CLAIMS, MISSIONS, PERIODS, Table, csv_rows
from legation.pipeline.render import csv_lines

Row = dict[str, Any]
COMPARED = (MISSIONS, PERIODS, CHANGES, CLAIMS)
COLUMNS = ("table", "id", "what", "columns", "superseded_by")
SHOWN = 100  # changes of status named in words; changelog.csv has all


def changelog(
    connection: sqlite3.Connection, folder: Path, before: Path | None, version: str
) -> tuple[Iterable[str], Iterable[str]]:
    """CHANGELOG.md and changelog.csv of the release in `folder` against the one in `before`; None: it is the first.

    UsageProblem if `before` holds no release.
    """
    if before is None:
        return [f"# Version {version}\n\nThe first release.\n"], (f"{line}\r\n" for line in csv_lines([], COLUMNS))
    older = _version(before)
    found: list[Row] = []
    for table in COMPARED:
        found += _compare(connection, table, _read(before, table), _read(folder, table))
    return _words(found, _read(folder, CHANGES), version, older), (f"{line}\r\n" for line in csv_lines(found, COLUMNS))


def _version(folder: Path) -> str:
    try:
        return str(json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError) as error:
        raise UsageProblem(f"{folder}: no release; its datapackage.json cannot be read") from error


def _read(folder: Path, table: Table) -> dict[str, Row]:
    """The rows of a table of a release by their ids."""
    path = folder / "csv" / f"{table.name}.csv"
    try:
        return {row[str(table.key)]: row for row in csv_rows(path)}
    except (OSError, KeyError, UnicodeError, csv.Error) as error:
        raise UsageProblem(f"{path}: not a table of a release; give another folder with --before") from error


def _compare(connection: sqlite3.Connection, table: Table, old: dict[str, Row], new: dict[str, Row]) -> Iterator[Row]:
    """A row for each id that came, went or has other values; in the order of ids."""
    for public in sorted({*old, *new}):
        row = {"table": table.name, "id": public, "columns": "", "superseded_by": ""}
        if public not in old:
            yield row | {"what": "added"}
        elif public not in new:
            yield row | {"what": "removed", "superseded_by": _successor(connection, public) or ""}
        else:
            differ = [name for name in new[public] if name in old[public] and new[public][name] != old[public][name]]
            if differ:
                yield row | {"what": "changed", "columns": " ".join(differ)}


def _successor(connection: sqlite3.Connection, public: str) -> str | None:
    from legation.pipeline.public_ids import look_up_id

    try:
        found = look_up_id(connection, public)["superseded_by"]
    except UsageProblem:  # released from another database
        return None
    return None if found is None else str(found)


def _words(found: list[Row], changes: dict[str, Row], version: str, older: str) -> Iterator[str]:
    yield f"# Version {version}, against {older}\n\n"
    yield "| table | added | removed | changed |\n| --- | --- | --- | --- |\n"
    for table in COMPARED:
        counts = [sum(1 for row in found if row["table"] == table.name and row["what"] == what)
                  for what in ("added", "removed", "changed")]  # fmt: skip
        yield f"| {table.name} | {counts[0]} | {counts[1]} | {counts[2]} |\n"
    yield "\n`changelog.csv` names each row, the columns that differ, and what replaces a removed one.\n"
    for what, title in (("added", "New changes of status"), ("removed", "Changes of status that are no longer valid")):
        rows = [row for row in found if row["table"] == "changes" and row["what"] == what]
        rows.sort(key=lambda row: changes.get(row["id"], row).get("date", ""), reverse=True)
        if rows:
            yield f"\n## {title}\n\n"
            yield from (_line(row, changes) for row in rows[:SHOWN])
            yield f"- and {len(rows) - SHOWN} more\n" if len(rows) > SHOWN else ""


def _line(row: Row, changes: dict[str, Row]) -> str:
    change = changes.get(row["id"])
    if change is None:
        return f"- `{row['id']}`" + (f": now `{row['superseded_by']}`\n" if row["superseded_by"] else "\n")
    seat = f" in {change['city']}" if change["city"] else ""
    name = f"{change['sending_name']}, {change['kind']} to {change['receiving_name']}{seat}"
    return f"- {change['date']}: {name}: {change['before']} to {change['after']} (`{row['id']}`)\n"
