"""Two readers of one article: agreed claims are one, lone ones stand apart, queue and status say which is which."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from legation.db import second_requests
from legation.db.claims import save_extraction
from legation.db.decisions import Verdict, decide
from legation.db.integrity import problems
from legation.db.joined_readings import Reading, claims_agree, reading_of, save_reading
from legation.db.review_queue import context
from legation.db.status_queries import Question, history
from legation.pipeline.release.tables import AGREEMENT, CLAIMS
from legation.pipeline.review_terminal import describe
from legation.pipeline.second.answer_checks import check_answer
from legation.pipeline.second.gold_export import settled_articles
from legation.pipeline.second.report import reader_label, report
from legation.pipeline.second.settings import SecondReaderConfig
from legation.pipeline.train import reviewed_examples
from tests.in_process import runner
from tests.rows import claim
from tests.second.conftest import Rows, answer, take_in, told

TEXT = "Norway reopened its embassy in Kyiv on Monday. Poland closed its embassy in Kyiv in March."
OPENED, CLOSED = TEXT.split(". ")[0], TEXT.split(". ")[1]
NOW, LATER = "2031-05-14T12:00:00Z", "2031-05-15T12:00:00Z"


def small(quote: str = OPENED, **fields: Any) -> dict[str, Any]:
    return claim(TEXT, quote, **{"sending_state": "NO", "confidence": 0.3} | fields)


def read(
    db: Database, number: int, *claims: dict[str, Any], now: str = NOW, text: str = TEXT, beside: bool = True
) -> None:
    found = check_answer(answer(*claims), text, english=beside)
    assert not found.drops
    save_reading(db, number, Reading("key", "llm:large", "llm:large prompt 1", beside, found.claims), now)


STANDING = "SELECT reader, sending_state, status, confidence FROM claims WHERE retired IS NULL ORDER BY start, id"


@pytest.fixture(autouse=True)
def sound(db: Database) -> Any:
    """Whatever a test did, every invariant of the database holds."""
    yield
    assert list(problems(db.conn)) == []


@pytest.fixture
def number(db: Database) -> int:
    found = take_in(db, TEXT, small())
    second_requests.note_answer(db, ("key", "large", "prompt 1", found), "", (1, 1), NOW)
    return found


def test_a_claim_that_both_find_is_one_and_is_believed(db: Database, number: int, rows: Rows) -> None:
    assert history(db.conn, Question(receiving="UA")) == []  # 0.3 is below the threshold
    read(db, number, told(TEXT, OPENED))
    assert rows(STANDING) == [("small+llm:large", "NO", "reopened", 0.9)]
    assert [status.state for status in history(db.conn, Question(receiving="UA"))] == ["unknown", "open"]
    assert second_requests.differing(db) == 0
    shown = context(db.conn, rows("SELECT id FROM claims WHERE retired IS NULL")[0][0])
    assert shown is not None
    assert reader_label(shown.reader) == "two readers (small reader and llm:large)"


def test_claims_that_one_alone_finds_stand_apart_and_the_queue_shows_both(
    db: Database, number: int, rows: Rows
) -> None:
    read(db, number, told(TEXT, OPENED, status="closed"), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    assert rows(STANDING) == [
        ("small", "NO", "reopened", 0.3), ("llm:large", "NO", "closed", 0.45), ("llm:large", "PL", "closed", 0.45),
    ]  # fmt: skip
    assert {rank for _, rank in rows("SELECT claim, rank FROM queue")} <= {1, 2}
    first = rows("SELECT id FROM claims WHERE reader = 'small'")[0][0]
    shown = context(db.conn, first)
    assert shown is not None
    assert shown.other_reader == "llm:large"
    lines = "\n".join(describe(db.conn, shown, "2031-05-14"))
    assert "readers differ: llm:large does not say so" in lines
    assert "closed, fact" in lines
    other = context(db.conn, rows("SELECT id FROM claims WHERE sending_state = 'PL'")[0][0])
    assert other is not None
    assert other.other_reader == "small"


def test_in_a_language_that_the_small_reader_does_not_read_nobody_differs(db: Database, rows: Rows) -> None:
    text = "Посольство Норвегии в Киеве снова открылось."
    found = take_in(db, text, language="ru")
    second_requests.note_answer(db, ("key", "large", "prompt 1", found), "", (1, 1), NOW)
    read(db, found, told(text, gloss="Norway's embassy in Kyiv has opened again."), text=text, beside=False)
    assert rows("SELECT reader, quote, gloss FROM claims") == [
        ("llm:large", text, "Norway's embassy in Kyiv has opened again.")
    ]
    assert second_requests.differing(db) == 0
    shown = context(db.conn, 1)
    assert shown is not None
    assert any("has opened again" in line for line in describe(db.conn, shown, "2031-05-14"))


def test_another_version_of_the_small_reader_is_joined_with_what_the_second_said(
    db: Database, number: int, rows: Rows
) -> None:
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    before = rows("SELECT thread FROM claims WHERE retired IS NULL ORDER BY thread")
    save_extraction(db, number, "v2", [small(CLOSED, sending_state="PL", status="closed", confidence=0.6)], LATER)
    assert rows(STANDING) == [("llm:large", "NO", "reopened", 0.45), ("small+llm:large", "PL", "closed", 0.9)]
    assert rows("SELECT thread FROM claims WHERE retired IS NULL ORDER BY thread") == before


def test_a_second_answer_takes_the_place_of_the_first(db: Database, number: int, rows: Rows) -> None:
    read(db, number, told(TEXT, OPENED))
    read(db, number, now=LATER)
    assert rows(STANDING) == [("small", "NO", "reopened", 0.3)]
    assert second_requests.differing(db) == 1


def test_the_same_again_changes_nothing(db: Database, number: int, rows: Rows) -> None:
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    before = rows("SELECT * FROM claims")
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"), now=LATER)
    save_extraction(db, number, "v2", [small()], LATER)
    assert rows("SELECT * FROM claims") == before


def test_a_decision_holds_for_both_readers(db: Database, number: int, rows: Rows) -> None:
    decide(db, 1, Verdict("approve"), revision=0, reviewer="ann", now=NOW)
    read(db, number, told(TEXT, OPENED))
    assert rows("SELECT review FROM claims_reviewed") == [("approved",)]
    assert rows("SELECT count(*) FROM queue") == [(0,)]
    read(db, number, now=LATER)
    assert rows("SELECT review FROM claims_reviewed") == [("approved",)]


def test_each_readers_precision_is_measured(db: Database, number: int, rows: Rows) -> None:
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    ids: dict[str, int] = dict(rows("SELECT sending_state, id FROM claims WHERE retired IS NULL"))
    decide(db, ids["NO"], Verdict("approve"), revision=0, reviewer="ann", now=LATER)
    decide(db, ids["PL"], Verdict("reject", "wrong sender"), revision=0, reviewer="ann", now=LATER)
    lines = list(report(db, SecondReaderConfig(model="large"), "2031-05-15"))
    assert "claims    1 by llm:large; 0 of 1 decided were right (0%)" in lines
    assert any("two readers" in line and "1 of 1 decided were right (100%)" in line for line in lines)


def test_lessons_are_the_settled_claims(db: Database, number: int, rows: Rows) -> None:
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    (lesson,) = settled_articles(db)
    assert (lesson["text"], lesson["kind"]) == (TEXT, "second-en")
    assert [(c["sending_state"], c["status"], c["must"]) for c in lesson["claims"]] == [
        ("NO", ["reopened"], True), ("PL", ["closed"], False),
    ]  # fmt: skip
    json.dumps(lesson)


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({}, True), ({"city": None}, True), ({"mission": "mission"}, True), ({"date": "2031-05"}, True),
        ({"modality": "planned"}, False), ({"status": "opened"}, False), ({"city": "Lviv"}, False),
        ({"mission": "consulate"}, False), ({"date": "2030"}, False), ({"sending_state": None}, False),
    ],
)  # fmt: skip
def test_what_agrees(fields: dict[str, Any], same: bool) -> None:
    one = told(TEXT, OPENED, date="2031-05-12")
    assert claims_agree(one, one | fields) is same
    assert claims_agree(one | fields, one) is same


def test_who_read_what_is_kept(db: Database, number: int) -> None:
    assert reading_of(db, number) is None
    read(db, number, told(TEXT, OPENED))
    reading = reading_of(db, number)
    assert reading is not None
    assert (reading.reader, reading.beside, reading.claims[0]["quote"]) == ("llm:large", True, OPENED)


def test_the_list_of_claims_names_the_reader(
    db: Database, number: int, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    assert rows("SELECT reader, gloss FROM claims_reviewed ORDER BY start") == [
        ("small+llm:large", None), ("llm:large", None),
    ]  # fmt: skip
    monkeypatch.setenv("COLUMNS", "200")  # a table; on a narrow terminal each claim is a block
    run = runner(tmp_path, monkeypatch, capsys)
    readers = {line.split()[1]: line for line in run("claims").stdout.splitlines() if line[:1].isdigit()}
    assert "two readers" in readers["Norway"]
    assert "llm:large" in readers["Poland"]
    listed = [json.loads(line) for line in run("claims", "--format", "jsonl").stdout.splitlines()]
    exported = list(csv.DictReader(run("export", "claims").stdout.splitlines()))
    for given in (listed, exported):
        assert [row["reader"] for row in given] == ["small+llm:large", "llm:large"]


def test_a_release_says_who_read_and_how_far_the_readers_agree(db: Database, number: int) -> None:
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    found = {row["measure"]: row["number"] for row in db.query(AGREEMENT.sql)}
    assert found["claims in articles that two readers read"] == 2
    assert found["found by both readers, share"] == 0.5
    assert sorted(row["reader"] for row in db.query(CLAIMS.sql)) == ["llm:large", "small+llm:large"]


def test_the_teacher_teaches_what_is_agreed_or_reviewed(db: Database, number: int, rows: Rows) -> None:
    read(db, number, told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed"))
    foreign = take_in(db, "Посольство Норвегии в Киеве снова открылось.", language="ru")
    second_requests.note_answer(db, ("foreign", "large", "prompt 1", foreign), "", (1, 1), NOW)
    text = "Посольство Норвегии в Киеве снова открылось."
    found = check_answer(answer(told(text, gloss="Norway's embassy in Kyiv is open again.")), text, english=False)
    save_reading(db, foreign, Reading("foreign", "llm:large", "llm:large prompt 1", False, found.claims), NOW)
    (example,) = reviewed_examples(db, reviewed=False, teacher=True)
    assert (example.text.text, example.complete) == (TEXT, False)
    assert [claim.sending_state for claim in example.claims] == ["NO"]  # what one alone found is not settled
    ids: dict[str, int] = dict(rows("SELECT quote, id FROM claims WHERE retired IS NULL"))
    decide(db, ids[CLOSED], Verdict("reject", "wrong sender"), revision=0, reviewer="ann", now=LATER)
    decide(db, ids[text], Verdict("approve"), revision=0, reviewer="ann", now=LATER)
    (example,) = reviewed_examples(db, reviewed=False, teacher=True)
    assert [claim.sending_state for claim in example.wrong] == ["PL"]
    assert [one.id for one in reviewed_examples(db)] == [example.id]  # the Russian article teaches nothing
    assert list(reviewed_examples(db, reviewed=False)) == []
