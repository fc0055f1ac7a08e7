"""`legation release VERSION`: a folder that can be cited.

The same database, version and release before give the same bytes. Nothing in it comes from the clock: its day is that
of the last thing recorded or decided, or the one that is given.
"""

import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from legation.db.transactions import immediate, monotonic_now
from legation.pipeline.errors import UsageProblem
from legation.pipeline.release.compare import changelog
from legation.pipeline.release.settings import ReleaseConfig
from legation.pipeline.release.tables import MISSIONS, TABLES, Table
from legation.pipeline.render import csv_lines
from legation.pipeline.user_input import parse_day as checked_day

Row = dict[str, Any]
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
CODEBOOK = Path(__file__).parent.parent / "data" / "codebook.md"
SUMS = "SHA256SUMS"
LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A release that was written: its folder, the day whose status it holds, rows by table, and the sum of its sums."""

    folder: Path
    day: str
    rows: dict[str, int]
    sums: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a release says of itself: its version, the day whose status it holds, the day of the last record."""

    version: str
    day: str
    recorded: str

    @property
    def dated(self) -> str:
        """The day of the release: whatever it holds was known then."""
        return max(self.day, self.recorded)

    @property
    def words(self) -> str:
        return f"Status on {self.day}, by what was recorded up to {self.recorded}"


def write_release(
    connection: sqlite3.Connection, version: str, parent: Path, config: ReleaseConfig, *, on: str | None = None,
    before: Path | None = None, now: str,
) -> Made:  # fmt: skip
    """Write release `version` (MAJOR.MINOR.PATCH) to the folder legation-VERSION in `parent`.

    `on`: the day whose status it holds; None: the day of the last record. `before`: the folder of the release before;
    None: the newest older one in `parent`. UsageProblem if the folder is there, if the version was released with other
    content, or if the release before cannot be found.
    """
    numbers = version_numbers(version)
    target = parent / f"legation-{version}"
    if target.exists():
        raise UsageProblem(f"{target}: is there already; a release never changes: give a new version")
    last = monotonic_now(connection, "")
    if not last:
        raise UsageProblem("release: the database holds no claim")
    day = checked_day(on) if on else last[:10]
    before = before or _before(connection, parent, numbers)
    part = parent / f".legation-{version}.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        rows = _write(connection, part, Stamp(version, day, last[:10]), config, before)
        sums = _sum(part)
        _record(connection, version, day, sums, now)
        os.replace(part, target)
    except OSError as error:
        raise UsageProblem(f"{target}: {error.strerror}; name another folder with --output") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Made(target, day, rows, sums)


def version_numbers(version: str) -> tuple[int, ...]:
    """(1, 2, 0) of "1.2.0"; UsageProblem for anything else."""
    if not VERSION.fullmatch(version):
        raise UsageProblem(f"{version}: not a version; write MAJOR.MINOR.PATCH, such as 1.0.0")
    return tuple(map(int, version.split(".")))


def _before(connection: sqlite3.Connection, parent: Path, numbers: tuple[int, ...]) -> Path | None:
    """The newest older release in `parent`; None: there was none. UsageProblem if a newer one than found was made."""
    made = [version_numbers(row[0]) for row in connection.execute("SELECT version FROM releases")]
    there = {}
    for folder in parent.glob("legation-*"):
        name = folder.name.removeprefix("legation-")
        if VERSION.fullmatch(name) and folder.is_dir():
            there[version_numbers(name)] = folder
    older = max((known for known in {*made, *there} if known < numbers), default=None)
    if older is not None and older not in there:
        name = ".".join(map(str, older))
        raise UsageProblem(
            f"{parent / f'legation-{name}'}: the release before is not there; give it with --before FOLDER"
        )
    return None if older is None else there[older]


def _write(
    connection: sqlite3.Connection, folder: Path, stamp: Stamp, config: ReleaseConfig, before: Path | None
) -> dict[str, int]:
    """All files but the sums; return rows by table."""
    for name in ("csv", "jsonl", "parquet"):
        (folder / name).mkdir()
    counts: dict[str, int] = {}
    for table in TABLES:
        rows = list(read(connection, table, stamp.day))
        counts[table.name] = len(rows)
        _tables(folder, table, rows)
        if table is MISSIONS:
            _text(folder / "missions.geojson", _geojson(rows))
    _text(folder / "codebook.md", [CODEBOOK.read_text(encoding="utf-8")])
    package = _package(stamp, config, counts)
    _text(folder / "datapackage.json", [json.dumps(package, ensure_ascii=False, indent=2) + "\n"])
    _text(folder / "CITATION.cff", _citation(stamp, config))
    _text(folder / "README.md", _readme(stamp, config, counts))
    changes, lines = changelog(connection, folder, before, stamp.version)
    _text(folder / "CHANGELOG.md", changes)
    _text(folder / "changelog.csv", lines)
    return counts


def read(connection: sqlite3.Connection, table: Table, day: str) -> Iterator[Row]:
    """The rows of a table on the day of a release."""
    cursor = connection.execute(table.sql, {"day": day} if ":day" in table.sql else {})
    names = [column[0] for column in cursor.description]
    if names != [name for name, _, _ in table.columns]:
        raise AssertionError(f"{table.name}: the columns are not those that are described")
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def _tables(folder: Path, table: Table, rows: Sequence[Row]) -> None:
    names = [name for name, _, _ in table.columns]
    _text(folder / "csv" / f"{table.name}.csv", (f"{line}\r\n" for line in csv_lines(rows, names)))
    _text(folder / "jsonl" / f"{table.name}.jsonl", (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    _parquet(folder / "parquet" / f"{table.name}.parquet", table, rows)


def _parquet(path: Path, table: Table, rows: Sequence[Row]) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageProblem("release: Parquet needs pyarrow; install it: pip install 'legation[parquet]'") from error
    types = {"string": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind, _ in table.columns])
    columns = [pyarrow.array([row[name] for row in rows], types[kind]) for name, kind, _ in table.columns]
    parquet.write_table(pyarrow.Table.from_arrays(columns, schema=schema), path, compression="zstd")


def _geojson(rows: Sequence[Row]) -> Iterator[str]:
    """A FeatureCollection (RFC 7946): each mission at its city; geometry null where the city is not known."""
    yield '{"type": "FeatureCollection", "features": [\n'
    for place, row in enumerate(rows):
        feature = {"type": "Feature", "id": row["mission_id"], "geometry": _point(row["city"], row["receiving_state"])}
        yield ("," if place else "") + json.dumps(feature | {"properties": row}, ensure_ascii=False) + "\n"
    yield "]}\n"


@cache
def _point(city: str | None, country: str) -> Row | None:
    from legation.models.gazetteer import find_city

    found = find_city(city, country) if city else None
    return None if found is None else {"type": "Point", "coordinates": [found.longitude, found.latitude]}


def _package(stamp: Stamp, config: ReleaseConfig, counts: Mapping[str, int]) -> Row:
    """datapackage.json (Frictionless Data Package 1.0)."""
    licence = {"name": config.licence} | ({"path": LICENCES[config.licence]} if config.licence in LICENCES else {})
    return {
        "profile": "tabular-data-package", "name": "legation", "title": config.title,
        "version": stamp.version, "created": f"{stamp.dated}T00:00:00Z", "description": f"{stamp.words}.",
        "licenses": [licence],
        "sources": [{"title": "Publishers of the articles that the claims quote", "path": "csv/sources.csv"}],
        "contributors": [{"title": name, "role": "author"} for name in _authors(config)],
        "citation": citation(stamp, config),
        "program": f"legation {installed('legation')}",
        **({"homepage": config.address} if config.address else {}),
        "resources": [_resource(table, form, counts[table.name]) for table in TABLES for form in ("csv", "jsonl")],
    }  # fmt: skip


def _resource(table: Table, form: str, rows: int) -> Row:
    fields = [{"name": name, "type": kind, "description": meaning} for name, kind, meaning in table.columns]
    schema: Row = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = table.key
    if table.refers:
        schema["foreignKeys"] = [
            {"fields": column, "reference": {"resource": f"{other}-{form}", "fields": there}}
            for column, other, there in table.refers
        ]
    kind = "text/csv" if form == "csv" else "application/x-ndjson"
    return {
        "name": f"{table.name}-{form}", "title": table.title, "path": f"{form}/{table.name}.{form}",
        "profile": "tabular-data-resource", "format": form, "mediatype": kind, "encoding": "utf-8", "rows": rows,
        "schema": schema,
    }  # fmt: skip


def _authors(config: ReleaseConfig) -> tuple[str, ...]:
    return config.authors or ("The Legation contributors",)


def citation(stamp: Stamp, config: ReleaseConfig) -> str:
    """How to cite it, in a line."""
    where = f" https://doi.org/{config.doi}" if config.doi else f" {config.address}" if config.address else ""
    authors = "; ".join(_authors(config))
    return f"{authors} ({stamp.dated[:4]}): {config.title}. Version {stamp.version}, {stamp.dated}.{where}"


def _citation(stamp: Stamp, config: ReleaseConfig) -> Iterator[str]:
    """CITATION.cff, version 1.2.0 of the format; a JSON string is a YAML string too."""
    quoted = {name: json.dumps(getattr(config, name), ensure_ascii=False) for name in ("title", "address", "doi")}
    yield 'cff-version: 1.2.0\nmessage: "If you use these data, please cite them as below."\ntype: dataset\n'
    yield f'title: {quoted["title"]}\nversion: "{stamp.version}"\ndate-released: "{stamp.dated}"\n'
    yield f"license: {config.licence}\n"
    yield "authors:\n" + "".join(f"  - name: {json.dumps(name, ensure_ascii=False)}\n" for name in _authors(config))
    if config.address:
        yield f"url: {quoted['address']}\n"
    if config.doi:
        yield f"doi: {quoted['doi']}\n"


def _readme(stamp: Stamp, config: ReleaseConfig, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"# {config.title}\n\nVersion {stamp.version}. {stamp.words}.\n\n"
    yield "| table | rows | what |\n| --- | --- | --- |\n"
    yield from (f"| `{table.name}` | {counts[table.name]} | {table.title} |\n" for table in TABLES)
    yield (
        "\nEach table is there as CSV, JSON Lines and Parquet, with the same rows; `missions.geojson` puts the\n"
        "missions on the map. `datapackage.json` gives type and meaning of each column, `codebook.md` the rules,\n"
        "`CHANGELOG.md` and `changelog.csv` what is different from the version before. `legation verify` proves that\n"
        "this folder is as it was released.\n\n"
        "In CSV a cell that a spreadsheet would run begins with an apostrophe.\n\n"
    )
    yield f"Cite it as: {citation(stamp, config)}\n\nLicence of the data: {config.licence}. "
    yield "Quotes stay under the rights of their publishers.\n"


def _text(path: Path, parts: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(parts)


def _sum(folder: Path) -> str:
    """Write SHA256SUMS as `sha256sum -c` reads it, make all files read-only, return the sum of the sums."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    _text(folder / SUMS, lines)
    for path in (*files, folder / SUMS):
        path.chmod(0o444)
    return sha256(folder / SUMS)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record(connection: sqlite3.Connection, version: str, day: str, sums: str, now: str) -> None:
    """Note the version; UsageProblem if it was released with other content."""
    with immediate(connection):
        row = connection.execute("SELECT day, sums FROM releases WHERE version = ?", (version,)).fetchone()
        if row is None:
            connection.execute("INSERT INTO releases VALUES (?, ?, ?, ?)", (version, day, sums, now))
        elif row[1] != sums:
            raise UsageProblem(f"release: {version} was released with other content, of {row[0]}; give a new version")
