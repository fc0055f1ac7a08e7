"""Beyond one decision on one claim: many at once, claims that reviewers add, second opinions, questions, the order."""

from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from legation.db import remarks, review_queue
from legation.db.added_claims import add_claim
from legation.db.decisions import Verdict, decide, decide_all, undo
from legation.db.errors import Refused, Stale
from legation.db.integrity import problems
from legation.db.refresh import refresh_all
from legation.db.replacements import save_replacement
from legation.pipeline.train import reviewed_examples
from tests.in_process import Run, runner
from tests.rows import NOW, article, claim, fresh, save, tell

TEXT = "France reopened its embassy in Kyiv. Norway closed hers in Warsaw."
MISSED = "Norway closed hers in Warsaw."
FIELDS: dict[str, str | None] = {
    "sending_state": "NO", "receiving_state": "PL", "city": "Warsaw", "mission": "embassy", "status": "closed",
    "modality": "fact", "date": None, "relocated_to": None,
}  # fmt: skip
PLACE = (TEXT.index(MISSED), len(TEXT))
APPROVE = Verdict("approve")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return fresh(tmp_path / "legation.db", unreviewed=0.5)


@pytest.fixture
def legation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on `db`."""
    return runner(tmp_path, monkeypatch, capsys)


def missed(db: Database, **more: Any) -> tuple[int, int]:
    """An article of whose two claims the reader found one; its id, and the id of the claim that a reviewer added."""
    number = article(db, TEXT)
    save(db, number, claim(TEXT, "France reopened its embassy in Kyiv."))
    return number, add_claim(db, number, PLACE, FIELDS, reviewer="ann", now=NOW, **more)[0]


def states(db: Database) -> dict[int, str]:
    return dict(db.conn.execute("SELECT id, review FROM claims_reviewed"))


def test_an_added_claim_is_approved_audited_and_counts(db: Database) -> None:
    _, added = missed(db, note="a hidden sentence")
    shown = review_queue.context(db.conn, added)
    assert shown is not None
    assert (shown.quote, shown.review, shown.reader, shown.confidence) == (MISSED, "approved", "reviewer", 1.0)
    assert [(d.reviewer, d.verdict, d.note) for d in review_queue.log(db.conn, added)] == [
        ("ann", "approve", "a hidden sentence")
    ]
    assert db.conn.execute("SELECT state, basis FROM current_status WHERE receiving_state = 'PL'").fetchall() == [
        ("closed", "reviewed")
    ]
    assert list(problems(db.conn)) == []


def test_an_added_claim_teaches_the_reader(db: Database) -> None:
    missed(db)
    [example] = reviewed_examples(db)
    assert [(gold.sending_state, gold.receiving_states, gold.statuses, gold.quote) for gold in example.claims] == [
        ("NO", ("PL",), ("closed",), MISSED)
    ]
    assert (example.complete, example.wrong) == (False, [])


def test_an_added_claim_stays_when_the_article_is_read_anew_and_is_continued_when_found(db: Database) -> None:
    number, added = missed(db)
    save(db, number, claim(TEXT, "France reopened its embassy in Kyiv."), version="v2")
    assert states(db)[added] == "approved"
    both = [claim(TEXT, "France reopened its embassy in Kyiv."), claim(TEXT, MISSED, **{**FIELDS, "confidence": 0.8})]
    save(db, number, *both, version="v3")
    assert added not in states(db)  # read as a claim of the reader, which the approval holds for
    found = {
        shown.reader: shown for c in states(db) if (shown := review_queue.context(db.conn, c)) and shown.quote == MISSED
    }
    assert list(found) == ["small"]
    assert (found["small"].thread, found["small"].review) == (added, "approved")
    assert list(problems(db.conn)) == []


def test_an_addition_that_is_taken_back_is_gone_and_may_be_made_again(db: Database) -> None:
    number, added = missed(db)
    assert undo(db, added, revision=1, reviewer="ann", now=NOW).state == "unreviewed"
    assert added not in states(db)
    assert review_queue.queue(db.conn) == [1]
    again, _ = add_claim(db, number, PLACE, FIELDS, reviewer="ann", now=NOW)
    assert states(db)[again] == "approved"
    refresh_all(db)
    assert list(problems(db.conn)) == []


@pytest.mark.parametrize(
    ("place", "fields", "words"),
    [
        ((0, 0), {}, "no words"),
        ((10, 9999), {}, "no words"),
        ((-5, 5), {}, "no words"),
        (PLACE, {"status": "shut"}, "none of"),
        (PLACE, {"mission": None}, "none of"),
        (PLACE, {"date": "2022-02-30"}, "no date"),
        (PLACE, {"sending_state": "Norway"}, "no code"),
    ],
)
def test_what_cannot_be_added(db: Database, place: tuple[int, int], fields: dict[str, Any], words: str) -> None:
    number = article(db, TEXT)
    with pytest.raises(Refused, match=words):
        add_claim(db, number, place, {**FIELDS, **fields}, reviewer="ann", now=NOW)
    assert states(db) == {}


def test_nothing_is_added_twice_or_to_an_article_that_is_not_there(db: Database) -> None:
    number, added = missed(db)
    with pytest.raises(Refused, match=f"claim {added} says this already"):
        add_claim(db, number, PLACE, FIELDS, reviewer="bob", now=NOW)
    with pytest.raises(Refused, match="no article 99"):
        add_claim(db, 99, PLACE, FIELDS, reviewer="bob", now=NOW)


def three(db: Database) -> list[int]:
    days = (("2022-02-01", "closed"), ("2022-03-01", "reopened"), ("2022-04-01", "suspended"))
    return [tell(db, f"It was {status}.", status=status, date=day) for day, status in days]


def test_many_are_decided_in_one_batch_with_one_undo(db: Database) -> None:
    claims = three(db)
    batch = decide_all(db, [(c, 0) for c in claims], Verdict("reject", "old news"), reviewer="ann", now=NOW)
    assert batch.decided == tuple(claims)
    assert set(states(db).values()) == {"rejected"}
    undo(db, claims[1], revision=1, reviewer="ann", now=NOW)
    assert set(states(db).values()) == {"unreviewed"}
    assert list(problems(db.conn)) == []


def test_what_somebody_decided_meanwhile_is_left_out_and_told(db: Database) -> None:
    claims = three(db)
    decide(db, claims[0], Verdict("reject", "old news"), revision=0, reviewer="bob", now=NOW)
    batch = decide_all(db, [(c, 0) for c in (*claims, 99)], APPROVE, reviewer="ann", now=NOW)
    assert batch.decided == tuple(claims[1:])
    assert [number for number, _ in batch.left] == [claims[0], 99]
    assert "look again" in batch.left[0][1]
    assert list(states(db).values()) == ["rejected", "approved", "approved"]


@pytest.mark.parametrize("verdict", [Verdict("reject"), Verdict("undo"), Verdict("correct", fields={"city": "Lviv"})])
def test_many_cannot_be_decided_so(db: Database, verdict: Verdict) -> None:
    claims = three(db)
    with pytest.raises(Refused):
        decide_all(db, [(c, 0) for c in claims], verdict, reviewer="ann", now=NOW)
    assert set(states(db).values()) == {"unreviewed"}


def test_second_opinions_are_measured_and_decide_nothing(db: Database) -> None:
    claims = three(db)
    for number in claims:
        decide(db, number, APPROVE, revision=0, reviewer="bob", now=NOW)
    assert set(remarks.to_judge_again(db.conn, "ann", limit=9)) == set(claims)
    assert remarks.to_judge_again(db.conn, "bob", limit=9) == []
    verdicts = (APPROVE, Verdict("reject", "wrong date"), Verdict("correct", fields={"city": "Lviv"}))
    same = [
        remarks.opine(db, number, verdict, revision=1, reviewer="ann", now=NOW)
        for number, verdict in zip(claims, verdicts, strict=True)
    ]
    assert same == [True, False, False]
    assert set(states(db).values()) == {"approved"}
    assert remarks.to_judge_again(db.conn, "ann", limit=9) == []
    [row] = remarks.agreement(db.conn)
    assert (row.one, row.other, row.claims, row.same, row.kappa) == ("ann", "bob", 3, 1, 0.0)
    assert {(one.thread, one.verdict, other.verdict) for one, other in remarks.disagreements(db.conn)} == {
        (claims[1], "reject", "approve"), (claims[2], "correct", "approve"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], None),
        ([("approve", "approve")] * 5, None),
        ([("approve", "approve"), ("reject", "reject")], 1.0),
        ([("approve", "reject"), ("reject", "approve")], -1.0),
        # 20 and 15 alike of 50; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5: (0.7 - 0.5) / (1 - 0.5)
        ([("approve", "approve")] * 20 + [("approve", "reject")] * 5 + [("reject", "approve")] * 10
         + [("reject", "reject")] * 15, 0.4),
    ],
)  # fmt: skip
def test_kappa(verdicts: list[tuple[str, str]], expected: float | None) -> None:
    found = remarks.kappa(verdicts)
    assert found == (None if expected is None else pytest.approx(expected))


def test_no_opinion_on_what_is_undecided_ones_own_or_decided_anew(db: Database) -> None:
    first, second, third = three(db)
    decide(db, second, APPROVE, revision=0, reviewer="ann", now=NOW)
    decide(db, third, APPROVE, revision=0, reviewer="bob", now=NOW)
    undo(db, third, revision=1, reviewer="bob", now=NOW)
    for number, revision, error in ((first, 0, Refused), (second, 1, Refused), (third, 1, Stale), (99, 0, Refused)):
        with pytest.raises(error):
            remarks.opine(db, number, APPROVE, revision=revision, reviewer="ann", now=NOW)


def test_unsure_is_left_to_the_others_and_asked_of_a_colleague(db: Database) -> None:
    first, *_ = three(db)
    remarks.unsure(db, first, reviewer="ann", now=NOW, note="which embassy?", asked="bob")
    assert (
        remarks.put_off(db.conn, "ann") == remarks.unsure_about(db.conn) == remarks.asked_of(db.conn, "bob") == {first}
    )
    assert remarks.put_off(db.conn, "bob") == remarks.asked_of(db.conn, "ann") == set()
    remarks.unsure(db, first, reviewer="bob", now=NOW, note="I cannot tell either", asked=None)
    assert remarks.asked_of(db.conn, "bob") == remarks.put_off(db.conn, "ann") == set()  # ann may look again
    decide(db, first, APPROVE, revision=0, reviewer="ann", now=NOW)
    assert remarks.unsure_about(db.conn) == set()
    assert [(r.reviewer, r.note, r.asked) for r in remarks.remarks_on(db.conn, first)] == [
        ("ann", "which embassy?", "bob"), ("bob", "I cannot tell either", None),
    ]  # fmt: skip


def test_a_question_is_open_until_its_answer(db: Database) -> None:
    first, second, _ = three(db)
    assert remarks.ask(db, [first, second], asked="bob", reviewer="ann", now=NOW) == 2
    decide(db, first, APPROVE, revision=0, reviewer="bob", now=NOW)
    assert remarks.asked_of(db.conn, "bob") == {second}
    with pytest.raises(Refused):
        remarks.ask(db, [first], asked=" ", reviewer="ann", now=NOW)


def test_remarks_stand(db: Database) -> None:
    remarks.ask(db, three(db)[:1], asked="bob", reviewer="ann", now=NOW)
    for sql in ("UPDATE remarks SET note = 'x'", "DELETE FROM remarks"):
        with pytest.raises(Exception, match="append-only"):
            db.conn.execute(sql)


def test_people(db: Database) -> None:
    first, second, third = three(db)
    decide(db, first, APPROVE, revision=0, reviewer="ann", now="2022-06-01T00:00:00Z")
    decide(db, second, APPROVE, revision=0, reviewer="ann", now="2022-06-01T00:00:10Z")
    decide(db, second, Verdict("reject", "old news"), revision=1, reviewer="bob", now="2022-06-01T00:01:00Z")
    undo(db, first, revision=1, reviewer="ann", now="2022-06-02T00:00:00Z")
    remarks.unsure(db, third, reviewer="eve", now=NOW, note=None, asked=None)
    found = {row["reviewer"]: row for row in remarks.people(db)}
    counts = ("decisions", "undone", "overruled", "unsure")
    assert {name: tuple(row[count] for count in counts) for name, row in found.items()} == {
        "ann": (2, 1, 1, 0), "bob": (1, 0, 0, 0), "eve": (0, 0, 0, 1),
    }  # fmt: skip


def test_the_order_teaching_takes_the_doubtful_and_the_new_first(db: Database) -> None:
    sure = tell(db, "It closed.", status="closed", confidence=0.95, rule="close: a")
    doubtful = tell(db, "It shut.", status="closed", confidence=0.52, rule="close: a")
    new = tell(db, "A plan to open.", status="opened", modality="planned", confidence=0.6, rule="open: a")
    assert review_queue.queue(db.conn, order="teaching") == [doubtful, new, sure]
    for number in range(3):  # after three decisions on closures a closure teaches less: 0.98 / 2 < 0.9
        seen = tell(db, f"Closure {number}.", status="closed", confidence=0.9, rule="close: a")
        decide(db, seen, APPROVE, revision=0, reviewer="ann", now=NOW)
    assert review_queue.queue(db.conn, order="teaching") == [new, doubtful, sure]
    assert review_queue.next_claim(db.conn, skip=[new], order="teaching") == doubtful
    assert review_queue.queue(db.conn, order="teaching", only=review_queue.Filter(min_confidence=0.9)) == [sure]


def test_a_claim_says_why_it_waits_again(db: Database) -> None:
    first, *_ = three(db)
    decide(db, first, APPROVE, revision=0, reviewer="ann", now=NOW)
    found = {"title": "Another", "text": "Something else altogether.", "body": None, "sha256": "x"}
    save_replacement(db, 1, found, None, "2022-07-02T00:00:00Z")
    shown = review_queue.context(db.conn, first)
    assert shown is not None
    assert shown.why == "another text came at the article's address on 2 July 2022; it was approved"
    assert shown.again is not None
    assert shown.again.came == ("Another", "Something else altogether.")
    assert review_queue.changed(db.conn) == {first}


def test_a_claim_of_a_newer_version_names_what_was_decided_on_the_older(db: Database) -> None:
    first = tell(db, "France closed its embassy in Kyiv.", status="closed")
    decide(db, first, APPROVE, revision=0, reviewer="ann", now=NOW)
    newer = article(db, "France has closed its embassy in Kyiv, in 2022.", url=db.conn.execute(
        "SELECT url FROM articles").fetchone()[0])  # fmt: skip
    with db.conn:
        db.conn.execute("UPDATE articles SET replaced_by = ? WHERE id = 1", (newer,))
    save(db, newer, claim("France has closed its embassy in Kyiv, in 2022.", status="closed", date="2022"))
    [waiting] = review_queue.queue(db.conn)
    shown = review_queue.context(db.conn, waiting)
    assert shown is not None
    assert shown.why == f"its article changed; claim {first} of the older version was approved by ann"


def test_the_commands(db: Database, legation: Run) -> None:
    claims = three(db)
    assert legation("review", "--approve-all", "--as", "ann").returncode == 2
    done = legation("review", "--approve-all", "--status", "closed", "--min-confidence", "0.8", "--as", "ann")
    assert done.stdout == f"1 approved; `legation review --undo {claims[0]}` takes all of them back\n"
    done = legation("review", "--unsure", "2", "--note", "which?", "--to", "bob", "--as", "ann")
    assert done.stdout == "claim 2: left open, bob is asked\n"
    assert legation("review", "--ask", "3", "--as", "ann").returncode == 2
    assert '"reviewer": "ann", "decisions": 1' in legation("reviewers", "--format", "jsonl").stdout
    assert legation("reviewers", "--agreement", "--format", "jsonl").stdout == ""
    remarks.opine(db, 1, Verdict("reject", "old news"), revision=1, reviewer="bob", now=NOW)
    assert '"claims": 1, "same": 0' in legation("reviewers", "--agreement", "--format", "jsonl").stdout
    assert "reject: old news" in legation("reviewers", "--disagreements", "--format", "jsonl").stdout
    listed = legation("review", "--list", "--order", "teaching", "--format", "jsonl").stdout
    assert listed.count("\n") == 2
    assert legation("claims", "--order", "teaching", "--limit", "1", "--format", "jsonl").stdout.count("\n") == 1
