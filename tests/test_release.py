"""`legation release` and `legation verify`: the same bytes again, never two contents, every file what it says it is."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide
from legation.db.transactions import monotonic_now
from legation.pipeline.errors import UsageProblem
from legation.pipeline.reference_data import prepare
from legation.pipeline.release.settings import ReleaseConfig
from legation.pipeline.release.tables import TABLES, csv_rows
from legation.pipeline.release.verify import verify
from legation.pipeline.release.write import SUMS, Made, sha256, version_numbers, write_release
from tests.in_process import Run, runner
from tests.rows import fresh, tell

pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
LATER = "2022-06-01T00:00:00Z"
CONFIG = ReleaseConfig(authors=("Ada Example", 'Body: of "quotes"'), doi="10.0000/x", address="https://data.example/")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    prepare(db, 0.5)
    tell(db, "France closed\r\nit; =1+1.", status="closed", date="2022-02-28", published="2022-03-01")
    tell(db, "=HYPERLINK(1) never closed.", status="remained_open", date="2022-02-28", site="b.example", confidence=0.6)
    tell(db, "It will reopen in April.", status="reopened", modality="planned", date="2022-04", published="2022-03-02")
    tell(db, "Norway opened one.", sending_state="NO", receiving_state="ML", city="Bamako", status="opened")
    tell(db, "Nowhere.", sending_state="NO", city="Nowhere", status="opened", sender_text=None)
    for reviewer, verdict in (("ann", "approve"), ("bob", "reject")):
        reason = "old news" if verdict == "reject" else None
        revision = db.conn.execute("SELECT count(*) FROM decisions").fetchone()[0]
        decide(db, 4, Verdict(verdict, reason), revision=revision, reviewer=reviewer, now=LATER)
    yield db
    db.close()


def _make(db: Database, parent: Path, version: str = "1.0.0", **more: Any) -> Made:
    return write_release(db.conn, version, parent, CONFIG, now=LATER, **more)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_twice_from_one_database_is_byte_for_byte_the_same(db: Database, tmp_path: Path) -> None:
    first, second = _make(db, tmp_path / "a"), _make(db, tmp_path / "b")
    assert _bytes(first.folder) == _bytes(second.folder)
    assert first.sums == second.sums
    assert first.day == "2022-06-01", "the day of the last decision, not of the clock"


def test_a_release_has_every_file_and_verifies(db: Database, tmp_path: Path) -> None:
    made = _make(db, tmp_path / "releases")
    names = set(_bytes(made.folder))
    assert names >= {
        "datapackage.json",
        "CITATION.cff",
        "codebook.md",
        "README.md",
        "CHANGELOG.md",
        "changelog.csv",
        SUMS,
    }
    assert names >= {f"{form}/{table.name}.{form}" for table in TABLES for form in ("csv", "jsonl", "parquet")}
    head, problems = verify(made.folder)
    assert problems == []
    assert "legation 1.0.0" in head
    assert made.rows["claims"] == 5
    package = json.loads((made.folder / "datapackage.json").read_text(encoding="utf-8"))
    assert (package["version"], package["licenses"][0]["name"]) == ("1.0.0", "CC-BY-4.0")
    assert "Ada Example" in package["citation"]
    features = json.loads((made.folder / "missions.geojson").read_text(encoding="utf-8"))["features"]
    assert {feature["geometry"] is None for feature in features} == {True, False}
    assert len({feature["id"] for feature in features}) == made.rows["missions"] == len(features)


def test_the_citation_file_is_yaml_that_says_what_was_configured(db: Database, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    read = yaml.safe_load((_make(db, tmp_path / "r").folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert read["authors"] == [{"name": "Ada Example"}, {"name": 'Body: of "quotes"'}]
    assert (read["cff-version"], read["version"], read["date-released"]) == ("1.2.0", "1.0.0", "2022-06-01")


def test_a_release_of_an_earlier_day_says_when_it_was_recorded(db: Database, tmp_path: Path) -> None:
    folder = write_release(db.conn, "1.0.0", tmp_path / "r", ReleaseConfig(), on="2022-03-01", now=LATER).folder
    last = monotonic_now(db.conn, "")[:10]
    assert last > "2022-03-01"
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["description"] == f"Status on 2022-03-01, by what was recorded up to {last}."
    assert package["created"][:10] == last
    assert f'date-released: "{last}"' in (folder / "CITATION.cff").read_text(encoding="utf-8")


def test_numbers_of_a_release(db: Database, tmp_path: Path) -> None:
    folder = _make(db, tmp_path / "r", on="2026-01-01").folder

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    france = next(row for row in rows("missions") if row["sending_state"] == "FR")
    assert (france["state"], france["age"], france["overdue"]) == ("closed", "old", "1")
    assert {row["claim_id"]: row["overdue"] for row in rows("announcements")}.popitem()[1] == "1"
    agreement = {row["measure"]: row["number"] for row in rows("agreement")}
    assert agreement["pairs of decisions"] == "1.0"
    assert agreement["same verdict, share"] == "0.0"
    assert {row["what"]: row["number"] for row in rows("coverage")}["read, with claims"] == "5"
    assert {row["publisher"]: row["claims"] for row in rows("sources")} == {"b.example": "1", "example.org": "4"}


def test_a_version_never_stands_for_two_contents(db: Database, tmp_path: Path) -> None:
    made = _make(db, tmp_path / "a")
    with pytest.raises(UsageProblem, match="is there already"):
        _make(db, tmp_path / "a")
    tell(db, "France is back.", status="reopened", date="2022-05-01")
    with pytest.raises(UsageProblem, match="released with other content"):
        _make(db, tmp_path / "b")
    assert not list((tmp_path / "b").iterdir()), "nothing is left behind"
    assert verify(made.folder)[1] == []


def test_the_changelog_names_what_came_went_and_was_superseded(db: Database, tmp_path: Path) -> None:
    first = _make(db, tmp_path / "r")
    assert "first release" in (first.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    old = db.conn.execute("SELECT change_id FROM periods WHERE state = 'closed'").fetchone()[0]
    decide(db, 1, Verdict("correct", "wrong date", None, {"date": "2022-02-25"}), revision=0, reviewer="ann", now=LATER)
    second = _make(db, tmp_path / "r", "1.1.0")
    with (second.folder / "changelog.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    new = db.conn.execute("SELECT change_id FROM periods WHERE since = '2022-02-25'").fetchone()[0]
    assert (rows[old]["what"], rows[old]["superseded_by"]) == ("removed", new)
    assert rows[new]["what"] == "added"
    claim = "clm-" + db.conn.execute("SELECT key FROM claims WHERE id = 1").fetchone()[0]
    assert (rows[claim]["what"], rows[claim]["columns"]) == ("changed", "review date")
    assert f"`{old}`: now `{new}`" in (second.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    for made in (first, second):
        shutil.rmtree(made.folder)
    with pytest.raises(UsageProblem, match="--before"):
        _make(db, tmp_path / "r", "1.2.0")


def _change(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


DAMAGE: list[tuple[Callable[[Path], Any], str]] = [
    (lambda r: _change(r / "csv" / "claims.csv", "claim_id\r\n"), "csv/claims.csv: changed"),
    (lambda r: (r / "jsonl" / "claims.jsonl").unlink(), "jsonl/claims.jsonl: missing"),
    (lambda r: _change(r / "note.txt", "x"), "note.txt: not of the release"),
    (lambda r: _change(r / SUMS, "0" * 64 + "  ../outside\n"), "not a sum and a file name"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGE)
def test_verify_names_what_is_not_as_released(
    db: Database, tmp_path: Path, damage: Callable[[Path], Any], words: str
) -> None:
    folder = _make(db, tmp_path / "r").folder
    damage(folder)
    assert any(words in problem for problem in verify(folder)[1])


def _sums_anew(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    _change(folder / SUMS, "".join(f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files))


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("csv/claims.csv", "claim_id\r\nclm-1\r\n", "the columns are not those"),
        ("csv/periods.csv", "a\r\nb\r\n", "cannot be read as datapackage.json says"),
        ("csv/periods.csv", 'a"b\0\r\n', "periods: 0 rows, but"),
        ("jsonl/claims.jsonl", "{not json\n", "cannot be read as datapackage.json says"),
        ("parquet/claims.parquet", "no parquet", "cannot be read as datapackage.json says"),
    ],
)
def test_verify_reads_what_the_sums_of_a_forger_hide(
    db: Database, tmp_path: Path, path: str, text: str, words: str
) -> None:
    folder = _make(db, tmp_path / "r").folder
    _change(folder / path, text)
    _sums_anew(folder)
    assert any(words in problem for problem in verify(folder)[1])


@pytest.mark.parametrize("package", ["[]", "{}", '{"resources": [{"path": "csv/claims.csv"}]}', '{"resources": 3}'])
def test_a_folder_whose_package_says_nothing_is_no_release(db: Database, tmp_path: Path, package: str) -> None:
    folder = _make(db, tmp_path / "r").folder
    _change(folder / "datapackage.json", package)
    with pytest.raises(UsageProblem, match="no release"):
        verify(folder)


def test_a_period_that_rests_on_thousands_of_claims_can_be_read_again(tmp_path: Path) -> None:
    text = "claims\r\n" + "clm-0123456789abcdef " * 20_000 + "\r\n"
    (tmp_path / "periods.csv").write_text(text, encoding="utf-8", newline="")
    [row] = csv_rows(tmp_path / "periods.csv")
    assert len(row["claims"].split()) == 20_000


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.0-rc", "01.0.0", "../1.0.0"])
def test_a_version_is_three_numbers(version: str) -> None:
    with pytest.raises(UsageProblem, match=r"MAJOR\.MINOR\.PATCH"):
        version_numbers(version)


def test_by_command(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    legation: Run = runner(tmp_path, monkeypatch, capsys)
    ahead = legation("release", "1.0.0", "--on", "2999-01-01")
    assert (ahead.returncode, ahead.stderr) == (
        2,
        "--on: 2999-01-01: not yet come; give the day whose status is to be released\n",
    )
    made = legation("release", "1.0.0")
    assert made.returncode == 0, made.stderr
    assert "5 claims" in made.stdout
    public = db.conn.execute("SELECT period_id FROM periods WHERE state = 'closed'").fetchone()[0]
    done = legation("verify", "releases/legation-1.0.0", "--cited", public, "--config", "config.toml")
    assert done.returncode == 0
    assert '"state": "closed"' in done.stdout
    assert "claims: 5 stand, 0 superseded, 0 withdrawn, 0 unknown here" in done.stdout
    _change(tmp_path / "releases" / "legation-1.0.0" / "README.md", "")
    done = legation("verify", "releases/legation-1.0.0")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 2)
    assert legation("verify", "nowhere").returncode == 2
    assert legation("release", "1.0.0").returncode == 2
