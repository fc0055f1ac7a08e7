"""Claims, status and periods for other programs: CSV, JSON Lines, Parquet, GeoJSON, and a Frictionless data package.

CSV and JSON Lines are written as they are read; a file appears under its name only when it is whole.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from legation.db.schema import relations
from legation.db.write import raw
from legation.pipeline.errors import UsageProblem
from legation.pipeline.listing import Only
from legation.pipeline.places import day
from legation.pipeline.render import csv_lines

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
FORMATS = ("csv", "jsonl", "parquet", "geojson", "datapackage")
# what -> (view, rows); `:day` is a day
_PERIODS = """
    SELECT p.*,
        (SELECT json_group_array(claim) FROM period_claims WHERE period = p.id AND role = 'rests') AS rests,
        (SELECT json_group_array(claim) FROM period_claims WHERE period = p.id AND role = 'dissents') AS dissents,
        (SELECT json_group_array(claim) FROM period_claims WHERE period = p.id AND role = 'announces') AS announces
    FROM status_periods AS p
    WHERE {} ORDER BY p.receiving_state, p.sending_state, p.kind, p.city, p.since
"""
WHAT = {
    "claims": ("claims_reviewed", "SELECT * FROM claims_reviewed ORDER BY id"),
    "periods": ("status_periods", _PERIODS.format("1")),
    "status": (
        "status_periods",
        _PERIODS.format("coalesce(p.since, '') <= :day AND (p.until IS NULL OR p.until > :day)"),
    ),
}
_NUMBERS = {
    "id": "integer", "thread": "integer", "revision": "integer", "article": "integer", "start": "integer",
    "end": "integer", "publishers": "integer", "confidence": "number",
    "rests": "array", "dissents": "array", "announces": "array",
}  # fmt: skip


def export(
    db: "Database", what: Sequence[str], form: str, target: Path | None, on: str | None, out: IO[str],
    only: Only | None = None,
) -> None:  # fmt: skip
    """Write `what` (claims, status, periods) to `target`, or to `out` where that is None; `only` leaves rows out.

    A data package is a folder and may hold several; everything else is one file. `on` None: today (UTC), for status.
    """
    if form != "datapackage" and len(what) != 1:
        raise UsageProblem(f"export: {form} holds one table; give one of {', '.join(WHAT)}")
    if form in ("datapackage", "parquet") and target is None:
        raise UsageProblem(f"export: {form} needs --output PATH")
    when = {"day": day(on) if on else datetime.now(UTC).date().isoformat()}
    connection = raw(db)
    names = columns(connection, what[0])
    if form == "datapackage":
        _package(connection, what, target or Path(), when, only)
    elif form == "parquet":
        _parquet(_read(connection, what[0], when, only), target or Path())
    elif target is None:
        _write(out, form, _read(connection, what[0], when, only), names)
    else:
        with whole_file(target) as file:
            _write(file, form, _read(connection, what[0], when, only), names)


@contextmanager
def whole_file(target: Path) -> Iterator[IO[str]]:
    """A text file that takes the name `target` when all is written, else leaves none; UsageProblem if it cannot."""
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(part, target)
    except OSError as error:
        raise UsageProblem(f"{target}: {error.strerror}; name another file or make the folder") from error
    finally:
        part.unlink(missing_ok=True)


def _read(connection: sqlite3.Connection, what: str, when: Row, only: Only | None) -> Iterator[Row]:
    cursor = connection.execute(WHAT[what][1], when)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        if only and not only.mission(row):
            continue
        if only and not only.rests([row["id"]] if what == "claims" else json.loads(row["rests"])):
            continue
        yield row | {name: json.loads(row[name]) for name in ("rests", "dissents", "announces") if name in row}


def columns(connection: sqlite3.Connection, what: str) -> list[str]:
    """The names of the columns of an export."""
    return [c[0] for c in connection.execute(f"{WHAT[what][1]} LIMIT 0", {"day": ""}).description]


def _write(file: IO[str], form: str, rows: Iterable[Row], names: Sequence[str]) -> None:
    end = "\r\n" if form == "csv" else "\n"
    lines = csv_lines(rows, names) if form == "csv" else _LINES[form](rows)
    file.writelines(line + end for line in lines)


def _jsonl(rows: Iterable[Row]) -> Iterator[str]:
    return (json.dumps(row, ensure_ascii=False) for row in rows)


def _geojson(rows: Iterable[Row]) -> Iterator[str]:
    """A FeatureCollection (RFC 7946): each row at its city; geometry null where the city is not known."""
    yield '{"type": "FeatureCollection", "features": ['
    comma = ""
    for row in rows:
        feature = {"type": "Feature", "geometry": _point(row), "properties": row}
        yield comma + json.dumps(feature, ensure_ascii=False)
        comma = ","
    yield "]}"


def _point(row: Row) -> Row | None:
    from legation.models.gazetteer import find_city

    city = find_city(row["city"], row["receiving_state"]) if row["city"] else None
    return None if city is None else {"type": "Point", "coordinates": [city.longitude, city.latitude]}


_LINES: dict[str, Callable[[Iterable[Row]], Iterator[str]]] = {"jsonl": _jsonl, "geojson": _geojson}


def _parquet(rows: Iterable[Row], target: Path) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageProblem("export: Parquet needs pyarrow; install it: pip install pyarrow") from error
    try:
        parquet.write_table(pyarrow.Table.from_pylist(list(rows)), target)
    except OSError as error:
        raise UsageProblem(f"{target}: {error}; name another file or make the folder") from error


def _package(
    connection: sqlite3.Connection, what: Sequence[str], folder: Path, when: Row, only: Only | None
) -> None:  # fmt: skip
    """CSV files and datapackage.json with name, type and meaning of each column (Frictionless Data Package 1.0)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(f"{folder}: {error.strerror}; name another folder") from error
    for name in what:
        with whole_file(folder / f"{name}.csv") as file:
            _write(file, "csv", _read(connection, name, when, only), columns(connection, name))
    package = {
        "profile": "tabular-data-package",
        "name": "legation",
        "title": "Which diplomatic missions work where, since when, and who says so",
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resources": [_resource(connection, name) for name in what],
    }
    with whole_file(folder / "datapackage.json") as file:
        json.dump(package, file, ensure_ascii=False, indent=2)


def _resource(connection: sqlite3.Connection, name: str) -> Row:
    meanings = {
        column.name: column.meaning
        for relation in relations(connection)
        if relation.name == WHAT[name][0]
        for column in relation.columns
    } | {role: f"ids of the claims in the role: {role}" for role in ("rests", "dissents", "announces")}
    fields = [
        {"name": column, "type": _NUMBERS.get(column, "string"), "description": meanings[column]}
        for column in columns(connection, name)
    ]
    return {
        "profile": "tabular-data-resource", "name": name, "path": f"{name}.csv", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "schema": {"fields": fields, "primaryKey": "id"},
    }  # fmt: skip
