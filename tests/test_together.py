"""Four reviewers decide beside a constantly writing ingestion: no lock error, nothing lost or doubled."""

import multiprocessing
import sqlite3
import time
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from legation.db.connect import BUSY_SECONDS, connect
from legation.db.decisions import STEPS, Verdict, decide
from legation.db.errors import Stale
from legation.db.integrity import problems
from legation.db.refresh import refresh_all
from tests.rows import article, claim, fresh, save

REVIEWERS, DECISIONS = 4, 300
CLAIMS = 600
HOSTS = ["UA", "PL", "FR", "NO", "US"]
SENDERS = ["UA", "PL", "FR", "NO", "US", "EU"]
VERDICTS = {"approve": Verdict("approve"), "reject": Verdict("reject", "old news")}


def _text(number: int) -> str:
    return f"Report {number}: an embassy closed."


def _ingest(path: Path, stop: Any) -> None:
    """Write articles with claims, one after another, until `stop` is set."""
    db = connect(path)
    number = 10**6
    while not stop.is_set():
        number += 1
        _tell(db, number)
    db.close()


def _tell(db: Any, number: int) -> None:
    text = _text(number)
    place = article(db, text, site=f"{number % 50}.example")
    host, sender = HOSTS[number % 5], SENDERS[number % 6]
    fields = claim(text, receiving_state=host, sending_state=sender, city=None, status="closed")
    save(db, place, fields)


def _review(path: Path, name: str, told: "Queue[Any]") -> None:
    """Decide on claims picked so that reviewers collide; tell what was written and what was refused."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    connection.execute("PRAGMA foreign_keys = ON")
    written: list[int] = []
    stale = turn = 0
    while len(written) < DECISIONS:
        turn += 1
        number = 1 + turn * 7 % CLAIMS
        state, revision = _seen(connection, number)
        verdict = next(v for v in ("approve", "reject") if v in STEPS[state])
        try:
            outcome = decide(connection, number, VERDICTS[verdict], revision=revision, reviewer=name, now=_now())
            written.append(outcome.decisions[0])
        except Stale:
            stale += 1
    told.put((name, written, stale))
    connection.close()


def _seen(connection: sqlite3.Connection, number: int) -> tuple[str, int]:
    row = connection.execute("SELECT state, revision FROM reviews WHERE thread = ?", (number,)).fetchone()
    return row or ("unreviewed", 0)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def run(path: Path) -> tuple[list[int], int]:
    """Ids of the decisions written, and how many were refused as stale."""
    context = multiprocessing.get_context("spawn")
    told: Queue[Any] = context.Queue()
    stop = context.Event()
    writer = context.Process(target=_ingest, args=(path, stop))
    reviewers = [context.Process(target=_review, args=(path, f"reviewer {i}", told)) for i in range(REVIEWERS)]
    for process in (writer, *reviewers):
        process.start()
    try:
        answers = [told.get(timeout=120) for _ in reviewers]
    finally:
        stop.set()
        for process in (writer, *reviewers):
            process.join(30)
    assert [process.exitcode for process in (writer, *reviewers)] == [0] * (REVIEWERS + 1)
    return [d for _, written, _ in answers for d in written], sum(stale for _, _, stale in answers)


def test_four_reviewers_beside_an_ingestion(tmp_path: Path) -> None:
    path = tmp_path / "legation.db"
    db = fresh(path, unreviewed=0.5)
    for number in range(CLAIMS):
        _tell(db, number)
    before = db.conn.execute("SELECT count(*) FROM articles").fetchone()[0]
    db.close()
    written, stale = run(path)
    db = connect(path)
    stored = [row[0] for row in db.conn.execute("SELECT id FROM decisions ORDER BY id")]
    assert sorted(written) == stored == list(range(1, REVIEWERS * DECISIONS + 1))
    assert db.conn.execute("SELECT count(*) FROM articles").fetchone()[0] > before
    assert list(problems(db.conn)) == []
    assert stale > 0
    assert refresh_all(db)
    db.close()
