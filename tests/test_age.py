"""Age of the evidence and overdue announcements: properties that hold for any claims, and tables for each rule."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bench.lasting import AWAY, WORKING, fit, stretches
from legation.db import review_queue
from legation.db.age import AGES, HALF_LIFE_DAYS, age_class, decayed, evidence_day, last_day
from legation.db.connect import connect, migrations
from legation.db.status import SUPPORTS, partition
from legation.db.status_queries import Question, status_on
from legation.pipeline.reference_data import prepare
from legation.pipeline.status_rows import standing, status_rows
from tests.conftest import SHARED
from tests.in_process import runner
from tests.rows import fresh, tell
from tests.test_status import CALM, STORIES, _fact

RECORD = SHARED / "record" / "mission_status_range_gw_v0.1.csv"
DAYS = st.dates(date(2021, 6, 1), date(2024, 6, 1)).map(str)


@CALM
@given(STORIES)
def test_a_known_state_is_confirmed_within_its_period_and_an_unknown_one_never(claims: list[Any]) -> None:
    for period in partition(claims):
        confirmed = period.last_confirmed
        assert (confirmed is None) == (period.state == "unknown")
        if confirmed:
            assert (period.since or "") <= confirmed
            assert period.until is None or confirmed < period.until


@CALM
@given(STORIES, DAYS, DAYS)
def test_confidence_never_rises_with_age_and_is_full_when_confirmed(claims: list[Any], one: str, other: str) -> None:
    first, later = sorted((one, other))
    for p in partition(claims):
        told = [decayed(p.confidence, p.state, p.since, p.last_confirmed, day) for day in (first, later)]
        assert 0 <= told[1] <= told[0] <= p.confidence
        if p.last_confirmed:
            assert decayed(p.confidence, p.state, p.since, p.last_confirmed, p.last_confirmed) == p.confidence
        ages = [AGES.index(age_class(p.last_confirmed, day)) for day in (first, later)]
        assert ages == sorted(ages)


@CALM
@given(STORIES, DAYS)
def test_an_overdue_plan_has_no_word_of_what_became_of_it(claims: list[Any], on: str) -> None:
    periods = partition(claims)
    by_claim = {said.claim: said for said in claims}
    facts = [said for p in periods for said in p.rests]
    for p in periods:
        for plan in (plan for plan in p.plans if plan.overdue(on)):
            said = by_claim[plan.claim]
            assert said.modality == "planned"
            assert last_day(said.date) == plan.due < on
            assert not [f for f in facts if plan.due < f.day <= on and f.day > said.reported]
            assert not [f for f in facts if f.status == said.status and said.reported < f.day <= on]
            later = [q for q in periods if said.reported < (q.since or "") <= on]
            assert not [q for q in later if said.status in SUPPORTS[q.state]]


@CALM
@given(STORIES)
def test_a_plan_stands_in_one_stretch_of_periods_and_nowhere_after_it_was_settled(claims: list[Any]) -> None:
    periods = partition(claims)
    for plan in {plan for p in periods for plan in p.plans}:
        places = [i for i, p in enumerate(periods) if plan in p.plans]
        assert all(periods[i].announces for i in places)
        if plan.settled:
            assert all((periods[i].since or "") < plan.settled for i in places[1:])


@pytest.mark.parametrize(
    ("told", "expected"),
    [("2024", "2024-12-31"), ("2024-02", "2024-02-29"), ("2023-12", "2023-12-31"), ("2024-02-03", "2024-02-03"),
     ("9999-12", "9999-12-31")],
)  # fmt: skip
def test_the_last_day_of_a_date(told: str, expected: str) -> None:
    assert last_day(told) == expected


@pytest.mark.parametrize(
    ("date_told", "published", "expected"),
    [
        (None, "2022-04-19", "2022-04-19"),
        ("2022-02", "2022-04-19", "2022-04-19"),  # news: its writer knows of nothing later
        ("1971-09-21", "2022-04-19", "1971-09-21"),  # history: says nothing of today
        ("2022-05-01", "2022-04-19", "2022-04-19"),
    ],
)
def test_up_to_which_day_a_claim_is_evidence(date_told: str | None, published: str, expected: str) -> None:
    assert evidence_day(_fact("opened", date_told, published=published)) == expected


@pytest.mark.parametrize(
    ("on", "age", "words"),
    [
        ("2022-04-01", "fresh", "open"),
        ("2022-07-19", "fresh", "open"),
        ("2022-07-20", "recent", "open"),
        ("2023-04-19", "recent", "open"),
        ("2023-04-20", "old", "open, not confirmed since 2022-04"),
    ],
)
def test_age_in_words(on: str, age: str, words: str) -> None:
    assert age_class("2022-04-19", on, 365) == age
    assert standing("open", "2022-04-19", on, 365) == words


def test_half_of_the_confidence_is_left_after_the_half_life_and_an_old_state_loses_less() -> None:
    half = str(date(2000, 1, 1) + timedelta(days=HALF_LIFE_DAYS["closed"]))
    assert decayed(0.8, "closed", "2000-01-01", "2000-01-01", half) == 0.4
    assert decayed(0.8, "closed", "1960-01-01", "2000-01-01", half) > 0.7
    assert decayed(0.8, "closed", None, "2000-01-01", half) == 0.4


@pytest.mark.slow("fits a curve to the whole record")
@pytest.mark.skipif(not RECORD.exists(), reason="the hand-coded record is not beside this checkout")
def test_half_lives_are_those_of_the_hand_coded_histories_and_the_rule_fits_better_than_a_constant_rate() -> None:
    with RECORD.open(encoding="utf-8", newline="") as file:
        found = stretches(list(csv.DictReader(file)))
    for kind, state in ((WORKING, "open"), (AWAY, "closed")):
        result = fit(found[kind])
        assert HALF_LIFE_DAYS[state] == pytest.approx(result.half_life_days, rel=0.02)
        assert result.rule >= result.constant


SAID: dict[str, Any] = {"published": "2024-03-01", "modality": "planned", "status": "closed", "date": "2024"}


@pytest.mark.parametrize(
    ("later", "overdue"),
    [
        ([], True),
        ([("closed", "fact", "2024-11-05", "2024-11-06")], False),  # it came about
        ([("evacuated", "fact", "2024-11-05", "2024-11-06")], True),  # something else did
        ([("remained_open", "fact", None, "2025-02-01")], False),  # told after the day
        ([("remained_open", "fact", None, "2024-12-31")], True),  # told before it
        ([("closed", "denied", None, "2024-06-01")], False),
        ([("closed", "planned", "2031-05", "2024-12-01")], False),  # put off
        ([("closed", "possible", "2031-05", "2024-12-01")], True),
        ([("opened", "fact", "1999-01-01", "2025-02-01")], True),  # history
    ],
)
def test_when_an_announcement_is_overdue(later: list[tuple[str, str, str | None, str]], overdue: bool) -> None:
    claims = [_fact("opened", "2020-01-01", claim=1), _fact(claim=2, **SAID)]
    for number, (status, modality, told, published) in enumerate(later, start=3):
        claims.append(_fact(status, told, claim=number, modality=modality, published=published))
    last = partition(claims)[-1]
    assert [plan.claim for plan in last.plans if plan.overdue("2026-01-01")] == ([2] if overdue else [])
    assert not [plan for plan in last.plans if plan.overdue("2024-12-31")]


@pytest.fixture
def db(tmp_path: Path) -> Any:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    tell(db, "It opened.", status="opened", date="2020-01-01", published="2020-01-02")
    tell(db, "It will close by the end of 2024.", **SAID)
    tell(db, "Norway's closed.", sending_state="NO", status="closed", date="2022-02-01", published="2022-02-02")
    tell(db, "It may be shut.", sending_state="PL", status="closed", published="2022-02-02", confidence=0.4)
    yield db
    db.close()


def test_status_says_how_old_its_evidence_is_and_what_is_overdue(db: Database) -> None:
    rows = {r["sender"]: r for r in status_rows(db, "Kyiv", None, "2026-01-01", None, None, False)}
    france, norway = rows["France"], rows["Norway"]
    assert france["standing"] == "open, not confirmed since 2020-01"
    assert france["announced"] == "closed planned 2024 (overdue)"
    assert len(france["overdue"]) == 1
    assert norway["age_days"] == 1429
    assert norway["confidence"] < norway["confidence_when_confirmed"]
    then = status_rows(db, "Kyiv", None, "2024-06-01", None, None, False)[0]
    assert then["announced"] == "closed planned 2024"
    assert [r["sender"] for r in status_rows(db, None, None, "2026-01-01", None, None, False, None, True)] == ["France"]


def test_stored_answers_are_those_computed_anew(db: Database) -> None:
    for day in ("2022-02-01", "2026-01-01"):
        now = status_on(db.conn, Question(receiving="UA"), day)
        assert now == status_on(db.conn, Question(receiving="UA", known="2099-01-01T00:00:00Z"), day)


def test_overdue_comes_first_in_the_queue_and_asks_whether_it_happened(db: Database) -> None:
    assert review_queue.queue(db.conn, limit=2)[0] == 2
    assert review_queue.next_claim(db.conn) == 2
    shown = review_queue.context(db.conn, 2)
    assert shown
    assert shown.why == "announced for 31 December 2024: did it happen?"
    assert 2 not in review_queue.queue(db.conn, skip=[2])
    assert review_queue.queue(db.conn, only=review_queue.Filter(sending_state="NO")) == [3]
    assert sorted(review_queue.queue(db.conn)) == [1, 2, 3, 4]
    assert db.conn.execute("SELECT claim, overdue FROM review_queue").fetchone() == (2, "2024-12-31")


def test_views_say_the_same_as_the_program(db: Database) -> None:
    rows = {r["sending_state"]: r for r in status_rows(db, "Kyiv", None, None, None, None, False)}
    sql = "SELECT sending_state, confidence, age_days, age, last_confirmed FROM current_status WHERE state <> 'unknown'"
    found = db.conn.execute(sql).fetchall()
    assert len(found) == 2
    for sender, *told in found:
        row = rows[sender]
        assert told == [row["confidence"], row["age_days"], row["age"], row["last_confirmed"]]
    assert db.conn.execute("SELECT claim, due FROM announcements WHERE overdue").fetchall() == [(2, "2024-12-31")]


def test_after_how_many_days_evidence_is_old_is_configured(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    legation = runner(tmp_path, monkeypatch, capsys)
    (tmp_path / "config.toml").write_text("[status]\nunreviewed = 0.5\nconfirmed_days = 30000\n", encoding="utf-8")
    assert "not confirmed" not in legation("status", "Kyiv").stdout
    (tmp_path / "config.toml").write_text("[status]\nunreviewed = 0.5\n", encoding="utf-8")
    assert "open, not confirmed since 2020-01" in legation("status", "Kyiv").stdout
    assert "closed planned 2024 (overdue)" in legation("status", "Kyiv").stdout


def test_an_older_database_is_brought_to_the_new_rules(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    import sqlite3

    from legation.db.connect import APPLICATION_ID

    old = Database(sqlite3.connect(path))
    old.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(old, stop_before="008_product")
    columns = "id, key, url, outcome, published, text, text_sha256, cleaner, cleaned_at"
    old.conn.execute(
        f"INSERT INTO articles ({columns}) VALUES (1, 'k', 'https://a.example/', 'cleaned', '2022-04-19', 'Shut.', "
        "'s', 'c', '2022-05-01T00:00:00Z')"
    )
    old.conn.execute(
        "INSERT INTO claims (id, key, thread, article, origin, published, sending_state, receiving_state, city, "
        'mission, status, modality, quote, start, "end", confidence, rule, version, recorded_at) VALUES '
        "(1, 'c1', 1, 1, 1, '2022-04-19', 'FR', 'UA', 'Kyiv', 'embassy', 'closed', 'fact', 'Shut.', 0, 5, 0.9, 'r', "
        "'v', '2022-05-01T00:00:00Z')"
    )
    old.conn.execute("INSERT INTO pairs VALUES ('UA', 'FR', 1)")
    old.conn.execute("INSERT INTO settings VALUES ('unreviewed', '', '0.5'), ('states', '', 'old digest')")
    old.conn.commit()
    old.close()
    db = connect(path)
    assert prepare(db, 0.5)
    assert not prepare(db, 0.5)
    [status] = status_on(db.conn, Question(receiving="UA"), "2022-04-20")
    assert (status.state, status.last_confirmed) == ("closed", "2022-04-19")
    assert status.period_id.startswith("per-")
    db.close()


def test_every_age_has_its_stretch_of_days() -> None:
    seen: dict[str, int] = defaultdict(int)
    for number in range(400):
        seen[age_class("2022-01-01", str(date(2022, 1, 1) + timedelta(days=number)), 365)] += 1
    assert seen == {"fresh": 92, "recent": 274, "old": 34}
