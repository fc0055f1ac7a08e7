"""Exports, feed, search, conflicts and provenance, as a user runs them or by the functions behind them."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide
from legation.pipeline.export import export
from legation.pipeline.feed import ATOM, write_feed
from legation.pipeline.render import RUNS
from legation.pipeline.search import match, search_articles, search_quotes
from tests.in_process import Run, runner
from tests.rows import fresh, tell

FORMULA = '=HYPERLINK("https://example.org","open") closed.'


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    tell(db, FORMULA, status="closed", date="2022-02-28", sending_state="PL")
    tell(db, "It never closed <b>&.", status="remained_open", date="2022-02-28", sending_state="PL", site="b.example")
    tell(db, "It reopened, too.", date="2022-04-21")
    tell(db, "In a place that nobody knows.", city="Nowhere", date="2022-04-21", sending_state="NO")
    yield db
    db.close()


@pytest.fixture
def legation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on `db`."""
    return runner(tmp_path, monkeypatch, capsys)


def _text(db: Database, what: str, form: str, on: str = "2022-05-01") -> str:
    out = io.StringIO()
    export(db, [what], form, None, on, out)
    return out.getvalue()


@pytest.mark.parametrize(("what", "count"), [("claims", 4), ("status", 3), ("periods", 6)])
def test_csv_and_json_lines_hold_the_same(db: Database, what: str, count: int) -> None:
    rows = [json.loads(line) for line in _text(db, what, "jsonl").splitlines()]
    cells = list(csv.DictReader(io.StringIO(_text(db, what, "csv"), newline="")))
    assert len(rows) == len(cells) == count
    for row, cell in zip(rows, cells, strict=True):
        assert list(row) == list(cell)
        assert cell["sending_state"] == row["sending_state"]
        assert cell["city"] == (row["city"] or "")


def test_an_empty_export_has_a_header(tmp_path: Path) -> None:
    db = fresh(tmp_path / "empty.db")
    assert _text(db, "claims", "csv").startswith("id,thread,review")
    assert _text(db, "claims", "jsonl") == ""
    assert json.loads(_text(db, "status", "geojson"))["features"] == []
    db.close()


def test_no_cell_can_be_run_by_a_spreadsheet(db: Database) -> None:
    for sign in ("+", "-", "@", "\t", "="):
        tell(db, f"{sign}1+cmd closed", status="closed")
    rows = list(csv.reader(io.StringIO(_text(db, "claims", "csv"), newline="")))
    assert sum(cell.startswith("'") for row in rows for cell in row) == 6
    assert not [cell for row in rows for cell in row if cell.startswith(RUNS)]


def test_geojson_puts_a_mission_at_its_city(db: Database) -> None:
    features = json.loads(_text(db, "status", "geojson"))["features"]
    places = {f["properties"]["sending_state"]: f["geometry"] for f in features}
    assert places["NO"] is None
    longitude, latitude = places["FR"]["coordinates"]
    assert (round(longitude), round(latitude)) == (31, 50)


def test_parquet_holds_the_rows(db: Database, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    target = tmp_path / "claims.parquet"
    export(db, ["claims"], "parquet", target, None, io.StringIO())
    assert parquet.read_table(target).column("quote").to_pylist()[0] == FORMULA


def test_a_data_package_describes_every_column(db: Database, tmp_path: Path) -> None:
    export(db, ["claims", "status", "periods"], "datapackage", tmp_path / "package", None, io.StringIO())
    package = json.loads((tmp_path / "package" / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["name"] for resource in package["resources"]] == ["claims", "status", "periods"]
    for resource in package["resources"]:
        with (tmp_path / "package" / resource["path"]).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        assert all(field["description"] for field in fields)


def test_a_feed_has_approved_changes_only_and_is_the_same_again(db: Database, tmp_path: Path) -> None:
    target = tmp_path / "changes.atom"
    assert write_feed(db, target, 10) == 0
    decide(db, 2, Verdict("approve"), revision=0, reviewer="ann", now="2022-06-01T00:00:00Z")
    assert write_feed(db, target, 10) == 1
    first = target.read_bytes()
    feed = ET.fromstring(first)
    titles = [entry.findtext(f"{{{ATOM}}}title") for entry in feed.iter(f"{{{ATOM}}}entry")]
    assert titles == ["Poland: embassy to Ukraine in Kyiv open since 2022-02-28"]
    assert "<b>&" in str(feed.findtext(f"{{{ATOM}}}entry/{{{ATOM}}}summary"))
    decide(db, 3, Verdict("reject", "old news"), revision=0, reviewer="ann", now="2022-06-02T00:00:00Z")
    write_feed(db, target, 10)
    assert target.read_bytes() == first


def test_a_file_that_cannot_be_written_leaves_nothing(db: Database, legation: Run, tmp_path: Path) -> None:
    done = legation("export", "claims", "-o", tmp_path / "missing" / "claims.csv")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize(
    ("words", "articles"),
    [(("closed",), 2), (("never", "closed"), 1), (("never closed",), 1), (("closed never",), 0), (("re*",), 1),
     (("AND",), 0), (('"',  "too"), 1), (("tëxt*", "NEAR(", "closed"), 0)],
)  # fmt: skip
def test_search_takes_any_words(db: Database, words: tuple[str, ...], articles: int) -> None:
    assert len(search_articles(db, words, 10)) == articles
    assert len(search_quotes(db, words, 10)) == articles
    assert match(words)


def test_conflicts_and_sources_of(db: Database, legation: Run) -> None:
    rows = [json.loads(line) for line in legation("conflicts", "--in", "Kyiv", "--format", "jsonl").stdout.splitlines()]
    assert [(row["sender"], row["state"], row["status"]) for row in rows] == [("Poland", "closed", "remained_open")]
    found = json.loads(legation("sources-of", "2", "--format", "json").stdout)
    assert [period["role"] for period in found["periods"]] == ["dissents"]
    assert "“It reopened, too.”" in legation("sources-of", "3").stdout
    assert legation("sources-of", "99").returncode == 2


@pytest.mark.parametrize(
    "command",
    [
        ["status", "Kyiv", "--on", "2022-13-01"],
        ["status", "Kyiv", "--known", "yesterday"],
        ["claims", "--status", "shut"],
        ["export", "claims", "status"],
        ["export", "claims", "--format", "parquet"],
        ["search", "()"],
        ["history", "Frnce", "UA"],
    ],
)
def test_wrong_usage_is_one_line(db: Database, legation: Run, command: list[str]) -> None:
    done = legation(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_status_by_command(db: Database, legation: Run) -> None:
    asked = ["status", "Kyiv", "--on", "2022-04-21", "--format", "jsonl"]
    rows = [json.loads(line) for line in legation(*asked).stdout.splitlines()]
    assert [(row["sender"], row["state"], row["since"]) for row in rows] == [
        ("France", "open", "2022-04-21"), ("Poland", "closed", "2022-02-28"),
    ]  # fmt: skip
    assert legation(*asked, "--known", "2022-04-01").stdout == ""
    assert legation(*asked, "--reviewed-only").stdout == ""
    assert "“It reopened, too.”" in legation("status", "--of", "France", "--quotes").stdout
    periods = legation("history", "PL", "Ukraine", "--format", "csv").stdout.splitlines()
    assert len(periods) == 3
