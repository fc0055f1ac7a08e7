"""The tables that follow from claims and decisions, through any course of events in a real database."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from legation.db import review_queue
from legation.db.claims_as_of import statements_about
from legation.db.decisions import STEPS, Verdict, decide, undo
from legation.db.refresh import capitals, configure, missions, setting
from legation.db.status_queries import Question, Status, history
from legation.db.vocabulary import MODALITIES, STATUSES
from tests.rows import STATES, article, claim, fresh, save
from tests.test_status import DATES

# A sequence of events in a database: ("tell", fields) or ("decide", number of the claim, what).

TOLD = st.fixed_dictionaries(
    {
        "status": st.sampled_from(STATUSES),
        "modality": st.sampled_from(("fact", "fact", *MODALITIES)),
        "date": DATES,
        "city": st.sampled_from([None, "Kyiv", "Lviv"]),
        "mission": st.sampled_from(["embassy", "mission", "consulate"]),
        "sending_state": st.sampled_from(["FR", "US"]),
        "confidence": st.sampled_from([0.3, 0.6, 0.95]),
    }
)
EVENTS = st.lists(
    st.tuples(st.just("tell"), st.integers(0, 3), st.lists(TOLD, max_size=3))
    | st.tuples(st.sampled_from(["approve", "reject", "correct", "undo"]), st.integers(0, 20), st.just(())),
    max_size=12,
)
START = datetime(2022, 3, 2, tzinfo=UTC)
VERDICTS = {
    "approve": Verdict("approve"),
    "reject": Verdict("reject", "old news"),
    "correct": Verdict("correct", fields={"date": "2021", "relocated_to": None}),
}
SLOW = settings(
    max_examples=settings().max_examples * 3 // 10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def play(db: Database, event: Any, hour: int) -> str:
    """Apply an event in the given hour; return its time."""
    what, number, claims = event
    now = (START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")
    if what == "tell":
        _tell(db, number, claims, now)
    else:
        _decide(db, number, what, now)
    return now


def _tell(db: Database, number: int, claims: list[dict[str, Any]], now: str) -> None:
    """Read article `number` (again): the same article with other claims is what a newer extractor gives."""
    text = f"Article {number} about embassies."
    found = db.conn.execute("SELECT id FROM articles WHERE text = ?", (text,)).fetchone()
    place = found[0] if found else article(db, text, site=f"{number}.example", published="2022-02-10")
    save(db, place, *(claim(text, **fields) for fields in claims), version=now, now=now)


def _decide(db: Database, number: int, what: str, now: str) -> None:
    live = db.conn.execute("SELECT id, review, revision FROM claims_reviewed ORDER BY id").fetchall()
    if not live:
        return
    target, review, revision = live[number % len(live)]
    if what not in STEPS[review]:
        return
    if what == "undo":
        undo(db, target, revision=revision, reviewer="ann", now=now)
    else:
        decide(db, target, VERDICTS[what], revision=revision, reviewer="ann", now=now)


def database(folder: str) -> Database:
    return fresh(Path(folder) / "legation.db", unreviewed=0.5)


def _plain(statuses: list[Status]) -> list[Status]:
    return sorted(statuses, key=repr)


@SLOW
@given(EVENTS)
def test_what_was_known_never_changes_and_the_tables_hold_what_the_function_says(events: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = database(folder)
        given_then: dict[str, list[Status]] = {}
        for hour, event in enumerate(events):
            now = play(db, event, hour)
            given_then[now] = history(db.conn, Question(receiving="UA", known=now))
        for known, answer in given_then.items():
            assert history(db.conn, Question(receiving="UA", known=known)) == answer
        computed = missions(statements_about(db.conn), setting(db), capitals(db.conn))
        stored = history(db.conn, Question())
        assert {(s.sending_state, s.kind, s.city, s.since, s.state, s.confidence) for s in stored} == {
            (m.sending_state, m.kind, m.city, p.since, p.state, p.confidence) for m, ps in computed.items() for p in ps
        }
        if given_then:
            assert _plain(stored) == _plain(history(db.conn, Question(known="2099-01-01T00:00:00Z")))
        db.close()


def test_another_threshold_changes_what_holds_now_and_not_what_was_known() -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = database(folder)
        _tell(db, 1, [{"status": "closed", "confidence": 0.6}], "2022-03-02T00:00:00Z")
        then = Question(known="2022-03-03T00:00:00Z")
        before = history(db.conn, then)
        configure(db, unreviewed=None, states=STATES, now="2022-04-01T00:00:00Z")
        assert history(db.conn, then) == before != []
        assert history(db.conn, Question()) == history(db.conn, Question(known="2022-04-02T00:00:00Z")) == []
        db.close()


def _tables(db: Database) -> list[Any]:
    """All that follows from claims and decisions, without the ids of periods."""
    queue = db.conn.execute("SELECT * FROM queue ORDER BY claim").fetchall()
    return [history(db.conn, Question()), queue, db.conn.execute("SELECT * FROM review_queue").fetchall()]


@SLOW
@given(EVENTS, st.integers(0, 20), st.sampled_from(["approve", "reject", "correct"]))
def test_a_decision_and_its_undo_are_the_identity(events: list[Any], number: int, what: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = database(folder)
        for hour, event in enumerate(events):
            play(db, event, hour)
        before = _tables(db)
        revisions = db.conn.execute("SELECT count(*) FROM decisions").fetchone()[0]
        _decide(db, number, what, "2022-04-01T00:00:00Z")
        last = db.conn.execute("SELECT claim, revision FROM decisions ORDER BY id DESC LIMIT 1").fetchone()
        if db.conn.execute("SELECT count(*) FROM decisions").fetchone()[0] > revisions:
            undo(db, last[0], revision=last[1], reviewer="bob", now="2022-04-02T00:00:00Z")
        assert _tables(db) == before
        db.close()


@SLOW
@given(st.lists(st.lists(TOLD, max_size=3), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_ingestion_does_not_matter(articles: list[list[dict[str, Any]]], random: Any) -> None:
    answers = []
    order = list(enumerate(articles))
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            db = database(folder)
            for number, claims in order:
                _tell(db, number, claims, "2022-03-02T00:00:00Z")
            answers.append([_keys(db, status) for status in history(db.conn, Question())])
            queue = review_queue.queue(db.conn, limit=100)
            assert len(queue) == db.conn.execute("SELECT count(*) FROM claims").fetchone()[0]
            db.close()
        random.shuffle(order)
    assert answers[0] == answers[1]


def _keys(db: Database, status: Status) -> tuple[Any, ...]:
    """A status with the keys of its claims in place of their ids, which tell the order of storing."""
    keys = dict(db.conn.execute("SELECT id, key FROM claims"))
    roles = (sorted(keys[c] for c in part) for part in (status.rests, status.dissents, status.announces))
    mission = (status.sending_state, status.kind, status.city)
    return (*mission, status.since, status.until, status.state, status.confidence, *roles)
