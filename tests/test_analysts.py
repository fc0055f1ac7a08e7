"""What docs/analysts.md and the notebook show runs on a release; the record is compared as it says."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bench.record import (
    Event,
    codes_of,
    compare_events,
    compare_years,
    computed,
    distance,
    extra_events,
    plain,
    report,
    truth_events,
    truth_states,
    why,
)
from legation.pipeline.reference_data import prepare
from legation.pipeline.release.settings import ReleaseConfig
from legation.pipeline.release.write import write_release
from tests.conftest import ROOT
from tests.rows import NOW, fresh, tell

PAGE = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with releases/legation-1.0.0 in it, in which the test runs."""
    pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    prepare(db, 0.5)
    mali = {"receiving_state": "ML", "city": "Bamako", "sending_state": "NO"}
    for status, day in (("opened", "2001-01-01"), ("closed", "2023-04-30")):
        tell(db, f"Norway {status} it.", status=status, date=day, published="2023-05-01", **mali)  # type: ignore[arg-type]
    write_release(db.conn, "1.0.0", tmp_path / "releases", ReleaseConfig(), on="2023-06-01", now=NOW)
    db.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_notebook_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = json.loads((ROOT / "docs" / "release.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, source in enumerate(code):
        exec(compile(source, f"cell {number}", "exec"), names)
    shown = capsys.readouterr().out
    assert "1 missions, 2 claims" in shown
    assert "2023 # 1" in shown
    assert "Norway closed it." in shown


def test_python_on_the_page_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [block] = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE)
    exec(compile(block, "analysts.md", "exec"), {})
    assert "Counter({('Africa', 'closed'): 1})" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_on_the_page_runs(folder: Path) -> None:
    [block] = re.findall(r"(?ms)^```r\n(.*?)^```", PAGE)
    script = folder / "page.R"
    script.write_text(block.replace("table(", "print(table(").rstrip() + ")\n", encoding="utf-8")
    done = subprocess.run(["Rscript", script], cwd=folder, env=os.environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "closed" in done.stdout


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_r_on_the_page_reads_every_row(folder: Path, locale: str) -> None:
    [read] = re.findall(r"(?m)^changes <- .*$", PAGE)
    there = folder / "csv"
    there.mkdir()
    text = 'sending_state,city,note\nNA,São Tomé,"# ""no"" \'\nnext"\nF,,T\n'
    (there / "changes.csv").write_text(text, encoding="utf-8")
    script = folder / "page.R"
    script.write_text(f'release <- "."\n{read}\ncat(nrow(changes), changes$sending_state, is.na(changes$city))\n')
    done = subprocess.run(
        ["Rscript", script],
        cwd=folder,
        env={**os.environ, "LC_ALL": locale},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "2 NA F FALSE TRUE"), done.stderr


SENTENCES = [
    {"country": "Bahrain", "date": "1971-09-21", "new_status": "Embassy", "sentence": "It opened."},
    {"country": "Bahrain", "date": "1980", "new_status": "Interests", "sentence": "It closed."},
    {"country": "Bahrain", "date": "1981-05", "new_status": "Legation", "sentence": "It reopened."},
    {"country": "Bahrain", "date": "1982-05", "new_status": "Embassy", "sentence": "It was raised."},
    {"country": "Gambia, The", "date": "1965-05-18", "new_status": "Embassy", "sentence": "It opened there."},
    {"country": "Texas", "date": "1837", "new_status": "Legation", "sentence": "It opened in a State of the past."},
]


def _claim(article: int, state: str, status: str, date: str | None, **more: object) -> dict[str, object]:
    usual = {"sending_state": "US", "city": None, "mission": "embassy", "modality": "fact", "relocated_to": None}
    said = {"article": str(article), "receiving_state": state, "status": status, "date": date, "quote": "x"}
    return {**usual, **said, "confidence": 0.9, **more}


def test_events_of_the_record_are_where_a_mission_begins_or_ceases_to_work() -> None:
    told = [(event.state, event.works, event.day) for event in truth_events(SENTENCES)]
    assert told == [
        ("Bahrain", True, "1971-09-21"),
        ("Bahrain", False, "1980"),
        ("Bahrain", True, "1981-05"),
        ("Gambia", True, "1965-05-18"),
        ("Texas", True, "1837"),
    ]


@pytest.mark.parametrize(
    ("name", "codes"),
    [("Bahrain", ("BH",)), ("Gambia, The", ("GM",)), ("Cote d’Ivoire (Ivory Coast)", ("CI",)), ("Texas", ("US",)),
     ("Germany (Prussia)", ("DE",)), ("East Germany (German Democratic Republic)", ("DE",)), ("Nassau", ("DE",)),
     ("Democratic Republic of the Congo", ("CD",)), ("Czechoslovakia", ("CZ", "SK"))],
)  # fmt: skip
def test_in_which_states_of_today_the_missions_of_the_record_stood(name: str, codes: tuple[str, ...]) -> None:
    assert codes_of(plain(name)) == codes


@pytest.mark.parametrize(
    ("told", "day", "off"),
    [("1971-09-21", "1971-09-21", 0), ("1971", "1971-09-21", 0), ("1971-09", "1971-10-02", 2),
     ("1971-09-21", "1971-09-11", 10), ("1971-09-21", "1971", 0)],
)  # fmt: skip
def test_how_far_two_dates_are_apart(told: str, day: str, off: int) -> None:
    assert distance(told, day) == off


def test_the_computed_history_is_compared_with_the_record() -> None:
    claims = [
        _claim(0, "BH", "opened", "1971-09-23"), _claim(1, "BH", "closed", "1980-03-01"),
        _claim(2, "BH", "reopened", None), _claim(4, "GM", "opened", "1965-05-18", sending_state="GB"),
    ]  # fmt: skip
    courses = computed(claims, SENTENCES)
    assert courses == {"Bahrain": [("1971-09-23", True), ("1980-03-01", False)]}
    assert [found.off for found in compare_events(truth_events(SENTENCES), courses)] == [2, 0, None, None, None]
    rows = [
        {"country_name_usdos": "Bahrain", "country_name_gw": "Bahrain", "date_start": "1971-09-21",
         "date_end": "1979-12-31", "us_mission_status": "Embassy"},
        {"country_name_usdos": "Bahrain", "country_name_gw": "Bahrain", "date_start": "1980-01-01",
         "date_end": "1982-12-31", "us_mission_status": "Embassy"},
    ]  # fmt: skip
    same = compare_years(truth_states(rows), courses)
    assert [year for (_, year), agrees in same.items() if agrees] == list(range(1972, 1980))
    assert len(same) == 11


BAHRAIN = [("1971", True), ("1980", False)]


@pytest.mark.parametrize(
    ("claims", "course"),
    [
        # a consulate in another city ends nothing while an embassy works; the only consulate does
        ([("opened", "1971", {}), ("closed", "1980", {"mission": "consulate", "city": "Muharraq"})], BAHRAIN[:1]),
        ([("opened", "1971", {"mission": "consulate"}), ("closed", "1980", {"mission": "consulate"})], BAHRAIN),
        # an interests section under another flag says that no mission works
        ([("opened", "1971", {}), ("opened", "1980", {"mission": "office", "quote": "An Interests Section"})], BAHRAIN),
        ([("opened", "1971", {}), ("opened", "1980", {"mission": "office", "quote": "A Liaison Office"})], BAHRAIN[:1]),
        # in exile it is a mission still
        ([("opened", "1971", {}), ("relocated", "1980", {"relocated_to": "London"})], BAHRAIN[:1]),
        ([("opened", "1971", {}), ("closed", "1980", {}), ("relocated", "1981", {"relocated_to": "Doha"})], BAHRAIN),
        # one that moved to its own seat works there
        ([("opened", "1971", {}), ("closed", "1980", {}),
          ("relocated", "1981", {"city": "Manama", "relocated_to": "Manama"})], [*BAHRAIN, ("1981", True)]),
        # an elevation says that one worked before
        ([("opened", "1971", {"quote": "The legation was raised to an embassy."})], [("", True), *BAHRAIN[:1]]),
        ([("opened", "1971", {"quote": "The flag was raised over the embassy."})], BAHRAIN[:1]),
        # a reopening says that it had closed, and not when
        ([("opened", "1971-01-01", {}), ("reopened", "1980-01-01", {})],
         [*BAHRAIN[:1], ("1976-07-30", None), ("1980", True)]),
    ],
)  # fmt: skip
def test_what_counts_as_a_mission_that_works(
    claims: list[tuple[str, str, dict[str, object]]], course: list[tuple[str, bool | None]]
) -> None:
    told = [_claim(0, "BH", status, date, **more) for status, date, more in claims]
    expected = [(f"{year}-01-01" if len(year) == len("1971") else year, works) for year, works in course]
    assert computed(told, SENTENCES) == {"Bahrain": expected}


def test_before_a_closing_a_mission_worked_and_before_an_opening_none() -> None:
    truth = {(state, 1950): True for state in "ABCDE"}
    courses: dict[str, list[tuple[str, bool | None]]] = {
        "A": [("1960-01-01", False)], "B": [("1960-01-01", True)], "D": [("", True), ("1960-01-01", True)],
        "E": [("1940-01-01", True), ("1945-01-01", None), ("1960-01-01", True)],
    }  # fmt: skip
    same = compare_years(truth, courses)
    assert [same[state, 1950] for state in "ABCDE"] == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("sentence", "claims", "reason"),
    [
        ("Relations were severed.", [], "the sentence names no mission"),
        ("The legation was closed.", [], "no claim read in the sentence"),
        ("The legation was closed.", [_claim(0, "BH", "closed", None)], "another date, or none"),
        ("The legation was closed.", [_claim(0, "QA", "closed", "1980")], "another sender or host"),
        ("The legation was closed.", [_claim(0, "BH", "opened", "1980")], "another status or modality"),
        ("It closed.", [_claim(0, "BH", "closed", "1980")], "read, but the opening before it is not"),
    ],
)
def test_why_an_event_is_not_found(sentence: str, claims: list[dict[str, object]], reason: str) -> None:
    assert why(Event("Bahrain", False, "1980-05-01", sentence), claims) == reason


def test_an_event_whose_claim_changes_nothing_is_told_from_one_that_is_outweighed() -> None:
    claims = [_claim(0, "BH", "closed", "1980")]
    event = Event("Bahrain", False, "1980-05-01", "It closed.")
    assert why(event, claims, [("1970-01-01", False)]) == "read, but the opening before it is not"
    assert why(event, claims, [("1970-01-01", True)]) == "read, but other claims outweigh it"


def test_an_event_is_found_once_only() -> None:
    event = Event("Bahrain", True, "1971-09-21", "")
    assert [found.off for found in compare_events([event, event], {"Bahrain": [("1971-09-21", True)]})] == [0, None]


def test_the_report_says_how_much_has_a_sentence_that_names_the_mission() -> None:
    sentences = [row | {"sentence": f"The embassy: {row['sentence']}"} if row["country"] == "Bahrain" else row
                 for row in SENTENCES]  # fmt: skip
    claims = [_claim(0, "BH", "opened", "1971-09-21"), _claim(4, "GM", "opened", "1965-05-18")]
    lines = list(report(sentences, [], claims, every=False))
    start = lines.index(
        "openings and closings in the periods: 2 of 5 (40.0%), 2 to the day; days off: median 0, most 0"
    )
    assert [line.split(",")[0] for line in lines[start + 1 : start + 3]] == [
        "  of those whose sentence names a mission: 1 of 3 (33.3%)",
        "  if each sentence that names a mission were read without a mistake: 3 of 5 (60.0%)",
    ]


def test_what_is_computed_and_no_event_of_the_record_is_listed() -> None:
    courses = {"Bahrain": [("1971-09-21", True), ("1975-01-01", False)]}
    assert extra_events([Event("Bahrain", True, "1971-09-23", "")], courses) == [("Bahrain", "1975-01-01", False)]


def test_an_elevation_is_an_opening_where_the_record_has_one_and_else_no_change() -> None:
    courses = {"Bahrain": [("", True), ("1971-09-21", True)], "Qatar": [("", True), ("1971-09-21", True)]}
    event = Event("Bahrain", True, "1971-09-21", "")
    assert [found.off for found in compare_events([event], courses)] == [0]
    assert extra_events([event], courses) == []
