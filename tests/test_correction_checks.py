"""Strange corrections: what is asked back about, and what is saved without a question."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from legation.pipeline.correction_checks import doubts
from tests.in_process import Run, runner
from tests.rows import fresh, tell

FIELDS: dict[str, Any] = {
    "sending_state": "FR", "receiving_state": "UA", "city": "Kyiv", "mission": "embassy", "status": "closed",
    "modality": "fact", "date": "2022-04",
}  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """Claim 1 of 2022-04-19 about the French embassy in Kyiv; claim 2 about one in Zhytomyrivka, which nobody knows."""
    db = fresh(tmp_path / "legation.db")
    tell(db, "France closed its embassy in Kyiv.", published="2022-04-19", **FIELDS)
    tell(db, "France closed its office in Zhytomyrivka.", published="2022-04-19", **{**FIELDS, "city": "Zhytomyrivka"})
    return db


@pytest.mark.parametrize(
    ("fields", "field", "words", "instead"),
    [
        ({"city": "Kyivv"}, "city", "Kyivv: no city of this name is known in Ukraine", "Kyiv"),
        ({"city": "Kiev"}, "city", "Kiev is written Kyiv", "Kyiv"),
        ({"city": "kyiv"}, "city", "kyiv is written Kyiv", "Kyiv"),
        ({"city": "Warsaw"}, "city", "Warsaw is in Poland, not in Ukraine", None),
        ({"city": "Zhytomyrivkaa"}, "city", "did you mean Zhytomyrivka", "Zhytomyrivka"),
        ({"city": "Qwertz"}, "city", "Qwertz: no city of this name", None),
        ({"receiving_state": "PL"}, "city", "Kyiv is in Ukraine, not in Poland", None),
        ({"sending_state": "UA"}, "receiving_state", "Ukraine would have a mission in its own country", None),
        ({"receiving_state": "FR", "city": "Paris"}, "receiving_state", "France would have a mission", None),
        ({"sending_state": "QQ"}, "sending_state", "QQ: no State has this code", None),
        ({"mission": "delegation"}, "mission", "delegations are of the European Union", "embassy"),
        ({"sending_state": "EU"}, "mission", "has delegations, not embassies", "delegation"),
        ({"date": "2022-04-20"}, "date", "2022-04-20 is after the article of 2022-04-19", None),
        ({"date": "2022-05"}, "date", "2022-05 is after the article", None),
        ({"date": "2023"}, "date", "2023 is after the article", None),
        ({"date": "1022-04"}, "date", "1022-04 is long ago", None),
        ({"relocated_to": "Lviv"}, "relocated_to", "Lviv is left out", None),
        ({"status": "relocated", "relocated_to": "Lvivv"}, "relocated_to", "Lvivv: no such place", "Lviv"),
        ({"status": "relocated", "relocated_to": "Kyiv"}, "relocated_to", "Kyiv is the city that it left", None),
    ],
)
def test_strange(db: Database, fields: dict[str, Any], field: str, words: str, instead: str | None) -> None:
    found = [doubt for doubt in doubts(db.conn, 1, fields) if doubt.field == field]
    assert len(found) == 1
    assert words in found[0].words
    assert instead is None or instead in found[0].instead


@pytest.mark.parametrize(
    "fields",
    [
        {"city": "Lviv"}, {"city": None}, {"city": "Zhytomyrivka"}, {"sending_state": "EU", "mission": "delegation"},
        {"receiving_state": "EU", "city": "Brussels"}, {"receiving_state": None}, {"date": "2022-04-19"},
        {"date": "2022"}, {"date": "2023-01", "modality": "planned"}, {"date": None}, {"date": "2022-13"},
        {"status": "relocated", "relocated_to": "Lviv"}, {"status": "relocated", "relocated_to": "Poland"},
        {"receiving_state": "PL", "city": "Warsaw"}, {"sending_state": None}, {"modality": "denied"},
    ],
)  # fmt: skip
def test_plain(db: Database, fields: dict[str, Any]) -> None:
    assert doubts(db.conn, 1, fields) == []


def test_what_the_machine_read_strangely_may_be_corrected_elsewhere(db: Database) -> None:
    odd = tell(db, "A strange text.", **{**FIELDS, "city": "Nowhereville", "date": "2031"})
    assert doubts(db.conn, odd, {"status": "opened"}) == []
    assert doubts(db.conn, 999, {"city": "Kyivv"}) == []


def test_the_command_asks_for_sure(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run: Run = runner(tmp_path, monkeypatch, capsys)
    wrong = ("review", "--correct", "1", "--set", "city=Kyivv", "--set", "date=2022-05-01", "--as", "ann")
    done = run(*wrong)
    assert done.returncode == 2
    assert "did you mean Kyiv" in done.stderr
    assert "is after the article" in done.stderr
    assert "--sure" in done.stderr.splitlines()[-1]
    assert decided(tmp_path) == 0
    assert run(*wrong, "--sure").returncode == 0
    assert decided(tmp_path) == 1


def decided(folder: Path) -> int:
    db = sqlite3.connect(folder / "legation.db")
    try:
        return int(db.execute("SELECT count(*) FROM decisions").fetchone()[0])
    finally:
        db.close()
