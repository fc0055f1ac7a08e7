"""Decisions: the table of steps, compare-and-set, undo, wire copies, append-only, and what re-reading keeps."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from legation.db import review_queue
from legation.db.decisions import STEPS, Verdict, decide, undo
from legation.db.errors import Refused, Stale
from legation.db.status_queries import Question, status_on
from tests.rows import NOW, article, claim, fresh, save, tell

LATER = "2022-05-02T09:00:00Z"
APPROVE = Verdict("approve")
REJECT = Verdict("reject", "old news")
CORRECT = Verdict("correct", "wrong host", fields={"receiving_state": "PL", "city": "Warsaw"})
VERDICTS = {"approve": APPROVE, "reject": REJECT, "correct": CORRECT}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return fresh(tmp_path / "legation.db")


def _reach(db: Database, number: int, state: str) -> int:
    """Bring a claim to a state; return its revision."""
    if state == "unreviewed":
        return 0
    verdict = {"approved": APPROVE, "rejected": REJECT, "corrected": CORRECT}[state]
    return decide(db, number, verdict, revision=0, reviewer="ann", now=NOW).revision


@pytest.mark.parametrize("step", ["approve", "reject", "correct", "undo"])
@pytest.mark.parametrize("state", sorted(STEPS))
def test_only_the_steps_of_the_table_are_allowed(db: Database, state: str, step: str) -> None:
    number = tell(db, "France reopened its embassy in Kyiv.")
    revision = _reach(db, number, state)

    def act() -> None:
        if step == "undo":
            undo(db, number, revision=revision, reviewer="bob", now=LATER)
        else:
            decide(db, number, VERDICTS[step], revision=revision, reviewer="bob", now=LATER)

    if step in STEPS[state]:
        act()
        assert len(review_queue.log(db.conn, number)) == revision + 1
    else:
        with pytest.raises(Refused):
            act()
        assert len(review_queue.log(db.conn, number)) == revision


def test_a_stale_revision_is_refused_and_writes_nothing(db: Database) -> None:
    number = tell(db, "France reopened its embassy in Kyiv.")
    decide(db, number, APPROVE, revision=0, reviewer="ann", now=NOW)
    with pytest.raises(Stale, match="approved"):
        decide(db, number, REJECT, revision=0, reviewer="bob", now=LATER)
    assert [d.reviewer for d in review_queue.log(db.conn, number)] == ["ann"]


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict("reject"), "needs a reason"),
        (Verdict("reject", "boring"), "no such reason"),
        (Verdict("reject", "other"), "needs a note"),
        (Verdict("correct"), "needs them"),
        (Verdict("approve", fields={"city": "Lviv"}), "belong to"),
        (Verdict("correct", fields={"city": "Kyiv"}), "nothing is corrected"),
        (Verdict("correct", fields={"quote": "x"}), "cannot be corrected"),
        (Verdict("correct", fields={"status": "shut"}), "none of"),
        (Verdict("correct", fields={"status": None}), "none of"),
        (Verdict("correct", fields={"sending_state": "France"}), "no code"),
        (Verdict("correct", fields={"date": "2022-02-30"}), "no date"),
        (Verdict("correct", fields={"city": "  "}), "empty"),
    ],
)
def test_a_malformed_verdict_is_refused(db: Database, verdict: Verdict, words: str) -> None:
    number = tell(db, "France reopened its embassy in Kyiv.")
    with pytest.raises(Refused, match=words):
        decide(db, number, verdict, revision=0, reviewer="ann", now=NOW)
    assert review_queue.log(db.conn, number) == []


def test_a_correction_moves_the_claim_and_undo_moves_it_back(db: Database) -> None:
    number = tell(db, "France reopened its embassy in Kyiv.")
    decide(db, number, CORRECT, revision=0, reviewer="ann", now=NOW)
    read, fields = (
        db.conn.execute("SELECT receiving_state FROM claims").fetchone()[0],
        review_queue.context(db.conn, number),
    )
    assert read == "UA"
    assert fields is not None
    assert (fields.fields["receiving_state"], fields.read["receiving_state"]) == ("PL", "UA")
    assert [s.state for s in status_on(db.conn, Question(receiving="PL"), "2022-04-20")] == ["open"]
    assert status_on(db.conn, Question(receiving="UA"), "2022-04-20") == []
    undo(db, number, revision=1, reviewer="ann", now=LATER)
    assert status_on(db.conn, Question(receiving="PL"), "2022-04-20") == []
    assert review_queue.next_claim(db.conn) == number


def test_a_place_finds_the_missions_that_work_from_it_as_read_or_corrected(db: Database) -> None:
    read = tell(db, "France moved to Lviv.", status="relocated", relocated_to="Lviv")
    corrected = tell(db, "The United States moved.", sending_state="US")
    decide(db, read, APPROVE, revision=0, reviewer="ann", now=NOW)
    moved = Verdict("correct", "wrong status", fields={"status": "relocated", "relocated_to": "Rzeszow"})
    decide(db, corrected, moved, revision=0, reviewer="ann", now=NOW)
    asked = [Question("UA", city="Lviv"), Question("PL", city="Rzeszow"), Question("PL", city="Rzeszow", known=NOW)]
    assert [[s.sending_state for s in status_on(db.conn, q, "2022-04-20")] for q in asked] == [["FR"], ["US"], ["US"]]
    undo(db, corrected, revision=1, reviewer="ann", now=LATER)
    assert [[s.sending_state for s in status_on(db.conn, q, "2022-04-20")] for q in asked] == [["FR"], [], ["US"]]


def test_undo_walks_back_through_every_decision(db: Database) -> None:
    number = tell(db, "France reopened its embassy in Kyiv.")
    states = []
    for revision, verdict in enumerate((APPROVE, REJECT, CORRECT)):
        states.append(decide(db, number, verdict, revision=revision, reviewer="ann", now=NOW).state)
    for revision in (3, 4, 5):
        states.append(undo(db, number, revision=revision, reviewer="ann", now=LATER).state)
    assert states == ["approved", "rejected", "corrected", "rejected", "approved", "unreviewed"]
    assert [d.undone for d in review_queue.log(db.conn, number)] == [True] * 3 + [False] * 3


def test_wire_copies_are_decided_together_with_one_undo(db: Database) -> None:
    first = tell(db, "France reopened its embassy in Kyiv.", site="wire.example")
    copies = [
        tell(db, "France reopened its embassy in Kyiv.", site=f"paper{i}.example", origin=1) for i in range(4)
    ]  # fmt: skip
    other = tell(db, "France reopened its embassy in Kyiv.", site="own.example")
    seen = review_queue.context(db.conn, first)
    assert seen is not None
    assert seen.twins == tuple(copies)
    outcome = decide(db, first, APPROVE, revision=0, reviewer="ann", now=NOW, together=True)
    assert len(outcome.decisions) == 5
    assert review_queue.queue(db.conn) == [other]
    assert status_on(db.conn, Question(receiving="UA"), "2022-04-20")[0].publishers == 1
    undo(db, copies[2], revision=1, reviewer="bob", now=LATER)
    assert review_queue.queue(db.conn) == sorted([first, *copies, other])


@pytest.mark.parametrize("table", ["decisions", "evidence", "claims"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_what_was_said_and_decided_cannot_be_changed(db: Database, table: str, statement: str) -> None:
    column = {"decisions": "reviewer", "evidence": "label", "claims": "quote"}[table]
    text = "France reopened its embassy in Kyiv."
    save(db, article(db, text), claim(text, marks=[("sender", 0, 6)]))
    decide(db, 1, APPROVE, revision=0, reviewer="ann", now=NOW)
    with pytest.raises(sqlite3.IntegrityError):
        db.conn.execute(statement.format(table, column, "'host'"))


def test_the_log_follows_time_even_when_the_clock_jumps_back(db: Database) -> None:
    number = tell(db, "France reopened its embassy in Kyiv.", now="2030-01-01T00:00:00Z")
    decide(db, number, APPROVE, revision=0, reviewer="ann", now="2022-01-01T00:00:00Z")
    assert review_queue.log(db.conn, number)[0].at == "2030-01-01T00:00:00Z"


QUOTE = "France reopened its embassy in Kyiv."
MORE = "On Monday France reopened its embassy."


@pytest.mark.parametrize(
    ("quote", "fields", "asked"),
    [
        (QUOTE, {}, False),
        (QUOTE, {"status": "opened"}, False),
        (MORE, {}, False),
        (MORE, {"status": "opened"}, True),
    ],
)
@pytest.mark.parametrize("new_version", [False, True], ids=["new extractor", "new version of the article"])
@pytest.mark.parametrize("state", ["approved", "rejected", "corrected"])
def test_a_decided_claim_is_asked_again_only_if_quote_and_fields_changed(
    db: Database, state: str, new_version: bool, quote: str, fields: dict[str, str], asked: bool
) -> None:
    text = f"{QUOTE} {MORE}"
    number = article(db, text, url="https://example.org/a")
    save(db, number, claim(text, QUOTE))
    _reach(db, 1, state)
    if new_version:
        text = f"Updated. {text}"
        number = article(db, text, url="https://example.org/a")
    save(db, number, claim(text, quote, **fields), version="v2", now=LATER)
    assert bool(review_queue.queue(db.conn)) is asked
    again = save(db, number, claim(text, quote, **fields), version="v2", now=LATER)
    assert (again.new, again.retired) == (0, 0)


def test_an_undecided_claim_that_is_no_longer_found_is_retired(db: Database) -> None:
    number = article(db, QUOTE)
    save(db, number, claim(QUOTE))
    assert save(db, number, version="v2").retired == 1
    assert review_queue.queue(db.conn) == []
    assert save(db, number, claim(QUOTE), version="v3").new == 1
    assert review_queue.queue(db.conn) == [2]


def test_an_approved_claim_stays_when_an_extractor_misses_it_and_goes_when_the_article_drops_it(db: Database) -> None:
    number = article(db, f"{QUOTE} More.", url="https://example.org/a")
    save(db, number, claim(f"{QUOTE} More.", QUOTE))
    decide(db, 1, APPROVE, revision=0, reviewer="ann", now=NOW)
    assert save(db, number, version="v2").retired == 0
    assert save(db, article(db, "Corrected: it did not.", url="https://example.org/a")).retired == 1
    assert status_on(db.conn, Question(receiving="UA"), "2022-05-01") == []
