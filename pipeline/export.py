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
from legation.db.transactions import raw
from legation.pipeline.claim_rows import Selection
from legation.pipeline.errors import UsageProblem
from legation.pipeline.render import csv_lines
from legation.pipeline.user_input import parse_day

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
LISTS = ("rests", "dissents", "announces", "overdue")  # columns that hold JSON arrays
FORMATS = ("csv", "jsonl", "parquet", "geojson", "datapackage", "quickstatements")
# what -> (view, rows); `:day` is a day, `:hosts` a JSON array of the receiving States wanted, NULL for all
_HOSTS = "(:hosts IS NULL OR receiving_state IN (SELECT value FROM json_each(:hosts)))"
_PERIODS = """
    SELECT p.*,{}
        (SELECT json_group_array(claim) FROM period_claims WHERE period = p.id AND role = 'rests') AS rests,
        (SELECT json_group_array(claim) FROM period_claims WHERE period = p.id AND role = 'dissents') AS dissents,
        (SELECT json_group_array(claim) FROM period_claims WHERE period = p.id AND role = 'announces') AS announces
    FROM status_periods AS p LEFT JOIN ageing AS a ON a.state = p.state
    WHERE {} ORDER BY p.receiving_state, p.sending_state, p.kind, p.city, p.since
"""
_HELD = "julianday(p.last_confirmed) - julianday(coalesce(p.since, p.last_confirmed))"
_AGE = "max(0, julianday(:day) - julianday(p.last_confirmed))"
_ON_DAY = f"""
        round(p.confidence * (a.half_life_days + {_HELD}) / (a.half_life_days + {_HELD} + {_AGE}), 3)
            AS confidence_on_day,
        CAST({_AGE} AS INTEGER) AS age_days,
        CASE WHEN p.last_confirmed IS NULL THEN 'none' WHEN {_AGE} > a.confirmed_days THEN 'old'
             WHEN {_AGE} > a.confirmed_days / 4 THEN 'recent' ELSE 'fresh' END AS age,
        (SELECT json_group_array(claim) FROM period_claims WHERE period = p.id AND due < :day
            AND (settled IS NULL OR settled > :day)) AS overdue,"""  # noqa: S608 - no values in it
WHAT = {
    "claims": ("claims_reviewed", f"SELECT * FROM claims_reviewed WHERE {_HOSTS} ORDER BY id"),  # noqa: S608
    "periods": ("status_periods", _PERIODS.format("", _HOSTS)),
    "status": (
        "status_periods",
        _PERIODS.format(_ON_DAY, f"coalesce(p.since, '') <= :day AND (p.until IS NULL OR p.until > :day) AND {_HOSTS}"),
    ),
    "changes": (
        "changes",
        f"SELECT * FROM changes WHERE {_HOSTS} AND date <= :day ORDER BY date DESC, change_id",  # noqa: S608
    ),
}
# Columns of an export that its view does not have.
MEANINGS = {
    "rests": "ids of the claims in the role: rests", "dissents": "ids of the claims in the role: dissents",
    "announces": "ids of the claims in the role: announces",
    "confidence_on_day": "0 to 1, less by the age of the evidence on the day; NULL: nothing is known",
    "age_days": "days from last_confirmed to the day; NULL: nothing is known",
    "age": "fresh, recent, old (not confirmed for long), none",
    "overdue": "ids of the claims of plans whose day has passed, and nobody has said what became of them",
}  # fmt: skip
_NUMBERS = {
    "id": "integer", "thread": "integer", "revision": "integer", "article": "integer", "start": "integer",
    "end": "integer", "publishers": "integer", "confidence": "number",
    "rests": "array", "dissents": "array", "announces": "array", "overdue": "array", "confidence_on_day": "number",
    "age_days": "integer", "period": "integer",
}  # fmt: skip


def export(
    db: "Database", what: Sequence[str], form: str, target: Path | None, on: str | None, out: IO[str],
    only: Selection | None = None,
) -> None:  # fmt: skip
    """Write `what` (claims, status, periods, changes) to `target`, or to `out` where that is None.

    A data package is a folder and may hold several; everything else is one file. `on` None: today (UTC), for status;
    changes are those until that day. `only` leaves rows out.
    """
    if form == "quickstatements":
        if only and only.words:
            raise UsageProblem("export: quickstatements are made of all reviewed changes; name no filter")
        _statements(raw(db), what, target, out)
        return
    if form == "datapackage" and not what:
        raise UsageProblem(f"export: name what to write, of {', '.join(WHAT)}")
    if form != "datapackage" and len(what) != 1:
        raise UsageProblem(f"export: {form} holds one table; give one of {', '.join(WHAT)}")
    if form in ("datapackage", "parquet") and target is None:
        raise UsageProblem(f"export: {form} needs --output PATH")
    hosts = json.dumps(sorted(only.hosts)) if only and only.hosts is not None else None
    when = {"day": parse_day(on) if on else datetime.now(UTC).date().isoformat(), "hosts": hosts}
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


def _statements(connection: sqlite3.Connection, what: Sequence[str], target: Path | None, out: IO[str]) -> None:
    from legation.pipeline.wikidata import quickstatements

    if what not in ((), [], ("changes",), ["changes"]):
        raise UsageProblem("export: quickstatements are made of changes; name no other table")
    lines = (f"{line}\n" for line in quickstatements(connection))
    if target is None:
        out.writelines(lines)
        return
    with whole_file(target) as file:
        file.writelines(lines)


@contextmanager
def whole_file(target: Path) -> Iterator[IO[str]]:
    """A text file that takes the name `target` when all is written, else leaves none; UsageProblem if it cannot.

    What is no plain file, such as /dev/stdout or a pipe, is written to as it is.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        if target.is_symlink() or (target.exists() and not target.is_file()):
            with target.open("w", encoding="utf-8", newline="") as file:
                yield file
            return
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(part, target)
    except OSError as error:
        raise UsageProblem(f"{target}: {error.strerror}; name another file or make the folder") from error
    finally:
        part.unlink(missing_ok=True)


def _read(connection: sqlite3.Connection, what: str, when: Row, only: Selection | None) -> Iterator[Row]:
    cursor = connection.execute(WHAT[what][1], when)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        if only and not (only.mission(row) and only.rests(_rests(connection, what, row))):
            continue
        yield row | {name: json.loads(row[name]) for name in LISTS if name in row}


def _rests(connection: sqlite3.Connection, what: str, row: Row) -> list[int]:
    """The ids of the claims that a row rests on; of a claim its own."""
    if what == "changes":
        sql = "SELECT claim FROM period_claims WHERE period = ? AND role = 'rests'"
        return [claim for (claim,) in connection.execute(sql, (row["period"],))]
    return [row["id"]] if what == "claims" else list(json.loads(row["rests"]))


def columns(connection: sqlite3.Connection, what: str) -> list[str]:
    """The names of the columns of an export."""
    return [c[0] for c in connection.execute(f"{WHAT[what][1]} LIMIT 0", {"day": "", "hosts": None}).description]


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
        why = os.strerror(error.errno) if error.errno else "cannot be written"
        raise UsageProblem(f"{target}: {why}; name another file or make the folder") from error


def _package(
    connection: sqlite3.Connection, what: Sequence[str], folder: Path, when: Row, only: Selection | None
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
    } | MEANINGS
    fields = [
        {"name": column, "type": _NUMBERS.get(column, "string"), "description": meanings[column]}
        for column in columns(connection, name)
    ]
    return {
        "profile": "tabular-data-resource", "name": name, "path": f"{name}.csv", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": "change_id" if name == "changes" else "id"},
    }  # fmt: skip
