"""`legation verify`: whether a release is as it was cited, and what its ids name today."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from legation.pipeline.errors import UsageProblem
from legation.pipeline.release.tables import TABLES, Table, csv_rows
from legation.pipeline.release.write import SUMS, sha256
from legation.pipeline.render import cell

Row = dict[str, Any]
STANDINGS = ("stand", "superseded", "withdrawn", "unknown here")
LISTS = ("rests", "dissents", "announces", "claims")  # columns with ids of claims, parted by a space


def verify(folder: Path) -> tuple[str, list[str]]:
    """What the release is, in a line, and every way in which it is not as it was released.

    UsageProblem if the folder holds no release.
    """
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        sums = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        resources = {resource["path"]: resource for resource in package["resources"]}
        rows = sum(int(resource["rows"]) for path, resource in resources.items() if path.startswith("csv/"))
        head = f"legation {package['version']}, created {package['created'][:10]}"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageProblem(f"{folder}: no release; datapackage.json or {SUMS} is missing or cannot be read") from error
    problems = list(_sums(folder, sums))
    if not problems:  # only of files that are as released
        try:
            problems = list(_contents(folder, resources))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error):
            problems = [f"{folder}: its tables cannot be read as datapackage.json says, though their sums are right"]
    return f"{head}: {len(sums)} files, {rows} rows; sha256 of {SUMS}: {sha256(folder / SUMS)}", problems


def _sums(folder: Path, lines: list[str]) -> Iterator[str]:
    """Files that are missing, changed, or not of the release."""
    told = {}
    for number, line in enumerate(lines, start=1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or name.startswith("/") or ".." in Path(name).parts:
            yield f"{folder / SUMS}: line {number}: not a sum and a file name"
        else:
            told[name] = digest
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name, digest in told.items():
        if name not in there:
            yield f"{folder / name}: missing"
        elif sha256(there[name]) != digest:
            yield f"{folder / name}: changed since it was released"
    yield from (f"{there[name]}: not of the release" for name in sorted(there.keys() - told.keys() - {SUMS}))


def _contents(folder: Path, resources: dict[str, Row]) -> Iterator[str]:
    """Tables whose forms differ, whose ids come twice, or which refer to what is not there."""
    ids: dict[str, set[str]] = {}
    tables: list[tuple[Table, list[Row]]] = []
    for table in TABLES:
        resource = resources.get(f"csv/{table.name}.csv")
        if resource is None:
            yield f"{folder}: no table {table.name}"
            continue
        names = [field["name"] for field in resource["schema"]["fields"]]
        rows = csv_rows(folder / "csv" / f"{table.name}.csv")
        if rows and list(rows[0]) != names:
            yield f"{folder}: {table.name}: the columns are not those of datapackage.json"
        if len(rows) != resource["rows"]:
            yield f"{folder}: {table.name}: {len(rows)} rows, but datapackage.json says {resource['rows']}"
        if rows != _jsonl(folder / "jsonl" / f"{table.name}.jsonl"):
            yield f"{folder}: {table.name}: CSV and JSON Lines differ"
        if not _same_parquet(folder / "parquet" / f"{table.name}.parquet", rows):
            yield f"{folder}: {table.name}: CSV and Parquet differ"
        if table.key:
            ids[table.name] = {row[table.key] for row in rows}
            if len(ids[table.name]) != len(rows):
                yield f"{folder}: {table.name}: an id comes twice"
        tables.append((table, rows))
    for table, rows in tables:
        yield from _references(folder, table, rows, ids)


def _references(folder: Path, table: Table, rows: list[Row], ids: dict[str, set[str]]) -> Iterator[str]:
    for column, other, _ in table.refers:
        lost = {row[column] for row in rows} - ids.get(other, set()) - {""}
        yield from (f"{folder}: {table.name}: {column} {public} is not in {other}" for public in sorted(lost)[:5])
    for column in LISTS:
        if any(name == column and kind == "string" for name, kind, _ in table.columns):
            lost = {public for row in rows for public in row[column].split()} - ids.get("claims", set())
            yield from (f"{folder}: {table.name}: {column} {public} is not in claims" for public in sorted(lost)[:5])


def _jsonl(path: Path) -> list[Row]:
    """The rows as CSV has them."""
    with path.open(encoding="utf-8", newline="\n") as file:
        return [_cells(json.loads(line)) for line in file]


def _same_parquet(path: Path, rows: list[Row]) -> bool:
    try:
        from pyarrow import parquet
    except ImportError:  # then its sum is all that can be checked
        return True
    return bool(rows == [_cells(row) for row in parquet.read_table(path).to_pylist()])


def _cells(row: Row) -> Row:
    return {name: "" if value is None else str(cell(value)) for name, value in row.items()}


def _rows(folder: Path, table: Table) -> list[dict[str, str]]:
    path = folder / "csv" / f"{table.name}.csv"
    try:
        return csv_rows(path)
    except (OSError, UnicodeError, csv.Error) as error:
        raise UsageProblem(f"{path}: not a table of a release") from error


def cited(folder: Path, public: str) -> Row:
    """The row of a release that has that id; UsageProblem if none has."""
    for table in TABLES:
        if table.key and table.key.endswith("_id"):
            for row in _rows(folder, table):
                if row.get(table.key) == public:
                    return {"table": table.name, **row}
    raise UsageProblem(f"{public}: no row of {folder} has this id")


def today(connection: sqlite3.Connection, folder: Path) -> Iterator[str]:
    """What has become of the ids of a release in a database, in a line for each table."""
    from legation.pipeline.public_ids import today as counted

    for table in TABLES:
        if table.name in ("missions", "periods", "changes", "claims"):
            counts = counted(connection, (row.get(str(table.key)) or "" for row in _rows(folder, table)))
            yield f"{table.name}: " + ", ".join(f"{counts[what]} {what}" for what in STANDINGS)
