"""`legation import --wikidata` and its way back, on a list of 300 rows with the awkward cases that such lists have."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide
from legation.db.integrity import problems
from legation.db.status_queries import Question, history
from legation.db.wikidata_items import items, items_of_missions
from legation.models.gazetteer import capital_of, states
from legation.pipeline.errors import UsageProblem
from legation.pipeline.reference_data import prepare
from legation.pipeline.status_rows import status_rows
from legation.pipeline.web.board import Asked, board
from legation.pipeline.wikidata import COLUMNS, Imported, import_wikidata, quickstatements
from tests.conftest import ROOT
from tests.in_process import runner
from tests.rows import NOW, fresh, tell
from tests.test_status import CALM

Rows = list[dict[str, str]]
DAY = "2022-05-01"


def _row(number: int, operator: str, country: str, place: str = "", **more: str) -> dict[str, str]:
    given = {
        "item": f"http://www.wikidata.org/entity/Q{9_000_000 + number}", "itemLabel": f"Embassy {number}",
        "kindLabel": "embassy", "operator": operator, "operatorLabel": "", "country": country, "countryLabel": "",
        "placeLabel": place, "coordinates": "", "inception": "", "dissolved": "",
    }  # fmt: skip
    return given | more


def _plain() -> Rows:
    """286 embassies of 13 senders in 22 hosts, a third of them without dates."""
    codes = [code for code in sorted(states()) if capital_of(code) and code not in ("EU", "UN", "VA", "UA")]
    senders, hosts = codes[5:18], codes[30:52]
    rows = []
    for i, (sender, host) in enumerate((s, h) for s in senders for h in hosts):
        inception = "" if i % 3 == 0 else f"19{50 + i % 49}-0{1 + i % 9}-1{i % 9}T00:00:00Z"
        rows.append(_row(i, sender, host, capital_of(host) or "", inception=inception, coordinates="Point(30.5 50.4)"))
    return rows


AWKWARD: list[tuple[dict[str, str], str]] = [  # a row, and what is said of it; "": it is taken
    (_row(300, "FR", "UA", "Kiev", inception="1992-01-01T00:00:00Z"), ""),
    (_row(301, "PL", "UA", "KYIV"), ""),
    (_row(302, "NO", "UA", "Kyiv"), ""),
    (_row(303, "US", "UA", "Kyiv"), "Q9000303: the same mission as Q9000304"),
    (_row(304, "US", "UA", "Kyiv", dissolved="2022-02-14T00:00:00Z"), "Q9000304: the same mission as Q9000303"),
    (_row(305, "", "UA", "Kyiv", operatorLabel="German Democratic Republic"), "operator: German Democratic Republic"),
    (_row(306, "PL", "UA", "Lviv", kindLabel="honorary consulate"), "honorary consulates are not counted"),
    (_row(307, "PL", "UA", "Odesa", kindLabel="consulate", itemLabel="Honorary Consulate of Poland"), "honorary"),
    (_row(308, "PL", "UA", "Lviv", kindLabel="consulate general", dissolved="_:b12"), ""),
    (_row(309, "EU", "UA", "Kyiv"), ""),
    (_row(310, "FR", "UA", "Kyiv", kindLabel="cultural centre"), "not a kind of mission that is counted"),
    (_row(311, "CA", "UA", "Kyiv", inception="1992-13-01T00:00:00Z"), "inception: 1992-13-01T00:00:00Z: '1992-"),
    (_row(312, "DE", "UA", "Kyiv", item="Embassy"), "not an item of Wikidata"),
    (_row(313, "DK", "UA", "Kyiv", inception="1992-02-10T00:00:00Z"), "lines 301, 302 differ"),
    (_row(313, "DK", "UA", "Kyiv", inception="1992-02-11T00:00:00Z"), ""),
]  # fmt: skip


def _write(path: Path, rows: Rows, columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    prepare(db, 0.5)
    yield db
    db.close()


def _load(db: Database, tmp_path: Path, rows: Rows) -> Imported:
    return import_wikidata(db, _write(tmp_path / "missions.csv", rows), DAY, NOW)


def test_the_query_of_the_docs_gives_the_columns_that_are_read() -> None:
    page = (ROOT / "docs" / "wikidata.md").read_text(encoding="utf-8")
    [query] = re.findall(r"(?ms)^```sparql\n(.*?)^```", page)
    selected = re.findall(r"\?(\w+)", query.split("WHERE")[0])
    assert sorted(selected) == sorted(COLUMNS)
    assert set(re.findall(r"wd:(Q\d+)", query)) == {"Q3917681", "Q7843791", "Q213283"}
    assert set(re.findall(r"wdt:(P\d+)", query)) == {
        "P31",
        "P279",
        "P137",
        "P297",
        "P17",
        "P131",
        "P625",
        "P571",
        "P576",
    }


def test_a_list_of_three_hundred_rows(db: Database, tmp_path: Path) -> None:
    rows = [*_plain(), *(row for row, _ in AWKWARD)]
    assert len(rows) == 301
    done = _load(db, tmp_path, rows)
    told = "\n".join(done.problems)
    for _, words in AWKWARD:
        assert words in told
    assert done.items == 286 + sum(not words for _, words in AWKWARD) - 1
    assert done.claims.new == sum(bool(row["inception"]) for row in _plain()) + 1
    assert list(problems(db.conn)) == []
    again = _load(db, tmp_path, rows)
    assert (again.claims.new, again.claims.retired, again.items) == (0, 0, done.items)


def test_a_city_written_three_ways_is_one(db: Database, tmp_path: Path) -> None:
    _load(db, tmp_path, [row for row, _ in AWKWARD[:3]])
    assert {item.city for item in items(db.conn)} == {"Kyiv"}
    [opened] = db.conn.execute("SELECT status, date, quote, publisher FROM claims").fetchall()
    assert opened[:2] == ("opened", "1992")
    assert opened[2].startswith("http://www.wikidata.org/entity/Q9000300,")
    assert opened[3] == "wikidata.org"


def test_an_item_is_matched_to_the_mission_of_the_news_or_listed(db: Database, tmp_path: Path) -> None:
    tell(
        db, "Poland's consulate in Lviv closed.", sending_state="PL", mission="consulate", city="Lviv", status="closed"
    )
    tell(db, "Norway left Odesa.", sending_state="NO", mission="consulate", city="Odesa", status="closed")
    tell(db, "Norway left Lviv.", sending_state="NO", mission="consulate", city="Lviv", status="closed")
    rows = [_row(1, "PL", "UA", kindLabel="consulate"), _row(2, "NO", "UA", kindLabel="consulate")]
    done = _load(db, tmp_path, rows)
    assert "Q9000002: it has no place, and there are 2 missions that it may be: Lviv, Odesa" in done.problems[0]
    [period] = [s for s in history(db.conn, Question(sending="PL")) if s.state == "closed"]
    assert items_of_missions(db.conn, Question())[period.mission_id].item == "Q9000001"


def test_missions_without_news_are_shown_as_such(db: Database, tmp_path: Path) -> None:
    tell(db, "France is back.", date="2022-04-21", published="2022-04-22")
    rows = [_row(1, "FR", "UA", "Kyiv"), _row(2, "NO", "UA", "Kyiv")]
    rows.append(_row(3, "PL", "UA", "Kyiv", dissolved="2001-02-03T00:00:00Z"))
    rows.append(_row(4, "US", "UA", "Kyiv", inception="1992-02-03"))
    _load(db, tmp_path, rows)
    shown = {row["sender"]: row for row in status_rows(db, "Kyiv", None, "2022-05-01", None, None, False)}
    assert {name: row["standing"] for name, row in shown.items()} == {
        "France": "open",
        "Norway": "unknown, no news; listed by Wikidata",
        "Poland": "closed, not confirmed since 2001-02",
        "United States": "open, not confirmed since 1992-02",
    }
    assert shown["France"]["wikidata"] == "Q9000001"
    on_board = {m.name: m for m in board(db.conn, Asked("Kyiv", "", "2022-05-01"), "2022-05-01").missions}
    assert on_board["Norway"].aged == "no news; listed by Wikidata"
    assert on_board["Norway"].state == "unknown"


def test_a_newer_list_retires_what_it_drops(db: Database, tmp_path: Path) -> None:
    _load(db, tmp_path, [_row(1, "FR", "UA", "Kyiv", inception="1992-02-03"), _row(2, "NO", "UA", "Kyiv")])
    done = _load(db, tmp_path, [_row(2, "NO", "UA", "Kyiv")])
    assert (done.claims.retired, done.items) == (1, 1)
    assert [item.item for item in items(db.conn)] == ["Q9000002"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [((), "not the header"), (("a", "b"), "not the header"), (COLUMNS[:-1], "no column dissolved;"),
     (("item",), "no column itemLabel"), (COLUMNS, "no line that can be used")],
)  # fmt: skip
def test_a_file_that_is_no_result_of_the_query_is_refused_and_changes_nothing(
    db: Database, tmp_path: Path, columns: tuple[str, ...], words: str
) -> None:
    _load(db, tmp_path, [_row(1, "FR", "UA", "Kyiv", inception="1992-02-03")])
    with pytest.raises(UsageProblem, match=words):
        import_wikidata(db, _write(tmp_path / "x.csv", [], columns), DAY, NOW)
    _still_there(db)


def _still_there(db: Database) -> None:
    assert [item.item for item in items(db.conn)] == ["Q9000001"]
    assert db.conn.execute("SELECT count(*) FROM claims WHERE retired IS NULL").fetchone() == (1,)


@pytest.mark.parametrize(
    ("tail", "words"),
    [("http://www.wikidata.org/entity/Q7,Embassy of", "line 3: fewer cells than the header"),
     ("SPARQL-QUERY: queryStr=SELECT\njava.util.concurrent.TimeoutException\n", "line 3: fewer cells")],
)  # fmt: skip
def test_a_result_that_was_cut_off_changes_nothing(db: Database, tmp_path: Path, tail: str, words: str) -> None:
    _load(db, tmp_path, [_row(1, "FR", "UA", "Kyiv", inception="1992-02-03")])
    path = _write(tmp_path / "x.csv", [_row(2, "NO", "UA", "Kyiv")])
    path.write_text(path.read_text(encoding="utf-8") + tail, encoding="utf-8")
    with pytest.raises(UsageProblem, match=words):
        import_wikidata(db, path, DAY, NOW)
    _still_there(db)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_row(1, "UA", "UA", "Kyiv"), "Q9000001: Ukraine is sender and receiver"),
        (_row(1, "FR", "UA", "Kyiv", inception="2999-05-01T00:00:00Z"), "'2999-05-01' is later than 20"),
        (_row(1, "FR", "UA", "Kyiv", inception="1992-02", dissolved="1992-01-31"), "dissolved in 1992-01-31, before"),
        (_row(1, "FR", "UA", "Kyiv", coordinates="Point(181 50)"), "coordinates: Point(181 50): not a place on Earth"),
        (_row(1, "FR", "UA", "Kyiv", coordinates="Point(30 1e99)"), "not a place on Earth"),
        (_row(1, "FR", "UA", "Kyiv", coordinates="30.5, 50.4"), "not a place on Earth"),
        (_row(1, "FR", "UA", "Kyiv", coordinates="Point(" + "9" * 5000 + " 1)"), "not a place on Earth"),
    ],
)
def test_what_cannot_be_is_listed_and_not_used(db: Database, tmp_path: Path, row: dict[str, str], words: str) -> None:
    done = _load(db, tmp_path, [row, _row(2, "NO", "UA", "Kyiv", dissolved="1992-02", inception="1992-02-20")])
    assert done.items == 1
    [problem] = done.problems
    assert words in problem


@pytest.mark.parametrize(
    ("host", "kind", "place", "coordinates", "city"),
    [
        ("FR", "embassy", "8th arrondissement of Paris", "Point(2.31 48.87)", "Paris"),
        ("FR", "embassy", "8th arrondissement of Paris", "", "Paris"),
        ("DE", "embassy", "Zehlendorf", "Point(13.26 52.43)", "Berlin"),
        ("DE", "embassy", "Zehlendorf", "", "Berlin"),
        ("DE", "consulate", "Bogenhausen", "Point(1.161E1 48.15)", "Munich"),
        ("DE", "consulate", "Bogenhausen", "", "Bogenhausen"),
        ("DE", "consulate", "Altstadt (Cologne)", "", "Cologne"),
        ("PH", "embassy", "Makati", "Point(121.03 14.55)", "Manila"),
        ("PH", "consulate", "Makati", "", "Makati"),
        ("IL", "embassy", "Tel Aviv", "Point(34.77 32.08)", "Tel Aviv"),
        ("CH", "embassy", "Muri bei Bern", "Point(7.48 46.93)", "Bern"),
        ("UA", "embassy", "Hola Prystan", "Point(32.52 46.52)", "Kherson"),
        ("AU", "consulate", "Uluru", "Point(131.03 -25.34)", "Uluru"),
    ],
)
def test_a_district_is_in_its_city(
    db: Database, tmp_path: Path, host: str, kind: str, place: str, coordinates: str, city: str
) -> None:
    _load(db, tmp_path, [_row(1, "OM", host, place, kindLabel=kind, coordinates=coordinates)])
    [item] = items(db.conn)
    assert item.city == city


def test_two_points_of_one_mission_do_not_make_it_ambiguous(db: Database, tmp_path: Path) -> None:
    rows = [_row(1, "FR", "UA", "Kyiv", coordinates=f"Point(30.{tenth} 50.4)") for tenth in (4, 5)]
    done = _load(db, tmp_path, rows)
    assert (done.items, done.problems) == (1, ())


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.slow("makes a database for each draw")
@CALM
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, TEXT)), max_size=4))
def test_hostile_cells_are_listed_and_lose_nothing(tmp_path_factory: pytest.TempPathFactory, rows: Rows) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    db = fresh(folder / "legation.db", unreviewed=0.5)
    try:
        done = import_wikidata(db, _write(folder / "x.csv", rows), DAY, NOW)
    except UsageProblem as error:
        listed, taken = len(error.problems) - 1, 0
    else:
        listed, taken = len(done.problems), done.items
    assert taken + listed >= bool([row for row in rows if any(row.values())])
    db.close()


def test_reviewed_closings_become_statements_with_reference(db: Database, tmp_path: Path) -> None:
    said = tell(db, 'Norway\tsaid: "It is closed."\nFor good.', sending_state="NO", status="closed", date="2022-03",
                published="2022-03-05")  # fmt: skip
    tell(db, "Poland closed it.", sending_state="PL", status="closed", date="2022-03-01")
    france = tell(db, "France opened it.", status="opened", date="1993-04-05")
    us = tell(db, "The US one closed.", sending_state="US", status="closed")
    _load(db, tmp_path, [_row(1, "FR", "UA", "Kyiv", inception="1993-04-05"), _row(2, "NO", "UA", "Kyiv"),
                         _row(3, "PL", "UA", "Kyiv"), _row(4, "US", "UA", "Kyiv")])  # fmt: skip
    for claim in (said, france, us):
        decide(db, claim, Verdict("approve"), revision=0, reviewer="ann", now="2022-06-01T00:00:00Z")
    [line] = quickstatements(db.conn)
    item, prop, date, s854, url, s577, published, s1683, quote = line.split("\t")
    assert (item, prop, date) == ("Q9000002", "P576", "+2022-03-00T00:00:00Z/10")
    assert (s854, s577, s1683) == ("S854", "S577", "S1683")
    assert url.startswith('"https://example.org/')
    assert published == "+2022-03-05T00:00:00Z/11"
    assert quote == 'en:"Norway said: ”It is closed.” For good."'


def test_by_command(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    legation = runner(tmp_path, monkeypatch, capsys)
    _write(tmp_path / "missions.csv", [row for row, _ in AWKWARD])
    done = legation("import", "--wikidata", "missions.csv", "--as-of", DAY)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "5 items taken, 9 listed and not used")
    assert len(done.stderr.splitlines()) == 9
    ahead = legation("import", "--wikidata", "missions.csv", "--on", "2999-01-01")
    assert (ahead.returncode, ahead.stdout) == (2, "")
    assert ahead.stderr.startswith("--on: 2999-01-01: not yet come")
    assert legation("import").returncode == 2
    assert legation("import", "a.csv", "--wikidata", "b.csv").returncode == 2
    assert legation("export", "--format", "quickstatements").stdout == ""
    assert legation("export", "claims", "--format", "quickstatements").returncode == 2
    assert legation("export").returncode == 2
