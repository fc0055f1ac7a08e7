"""Status, queue and export with 100,000 claims from 10,000 articles, with the query plans.

    python -m bench.status                make the database, measure, print a table
    python -m bench.status --keep FILE    keep the database, or measure one kept before

The claims are drawn with a fixed seed: 200 pairs of States take most of them, Kyiv a fifth, on days of three years.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from legation.db import review_queue
from legation.db.claims import save_extraction
from legation.db.connect import connect
from legation.db.decisions import Verdict, decide
from legation.db.refresh import refresh_all
from legation.db.status_queries import Question, history, status_on
from legation.db.transactions import immediate
from legation.db.vocabulary import STATUSES
from legation.models.gazetteer import capital_of, states
from legation.pipeline.changes import Wanted, changes
from legation.pipeline.export import export
from legation.pipeline.reference_data import prepare
from legation.pipeline.release.settings import ReleaseConfig
from legation.pipeline.release.write import write_release
from tests.rows import article, claim

ARTICLES, CLAIMS_EACH, REVIEWED = 10_000, 10, 400
LIMITS = {"status of a capital on a date": 0.1, "next claim of the queue": 0.05, "export": 10.0,
          "changes of a region in a year": 0.2, "release": 60.0}  # fmt: skip
NOW = "2024-06-01T00:00:00Z"


def main() -> None:
    """Parse the arguments; make or open the database; print measurements and plans."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="keep the database in this file, or use the one that is there")
    parser.add_argument("--articles", type=int, default=ARTICLES, help="how many articles")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.keep or Path(folder) / "legation.db"
        there = path.exists()
        db = connect(path)
        prepare(db, 0.5)
        if not there:
            _timed("make the database", lambda: _make(db, arguments.articles))
        _measure(db, Path(folder))
        _plans(db.conn)


def _make(db: Database, articles: int) -> None:
    chance = random.Random(1)
    codes = [code for code in sorted(states()) if capital_of(code)]
    hosts, senders = ["UA", *chance.sample(codes, 40)], chance.sample(codes, 40)
    with immediate(db):
        for number in range(articles):
            _article(db, chance, number, "UA" if chance.random() < 0.2 else chance.choice(hosts), senders)
        refresh_all(db)
    waiting = review_queue.queue(db.conn, limit=REVIEWED)
    with immediate(db) as connection:
        for number in waiting[::2]:
            decide(connection, number, Verdict("approve"), revision=0, reviewer="bench", now=NOW)


def _article(
    db: Database, chance: random.Random, number: int, host: str, senders: list[str], *, follow: bool = False
) -> None:
    day = str(date(2021, 6, 1) + timedelta(days=chance.randrange(1000)))
    sentences = [f"Sentence {i} of report {number} tells of an embassy." for i in range(CLAIMS_EACH)]
    text = " ".join(sentences)
    claims = [
        claim(
            text, sentence, sending_state=chance.choice(senders), receiving_state=host, city=capital_of(host),
            status=chance.choice(STATUSES), modality=chance.choice(["fact"] * 6 + ["planned", "possible", "denied"]),
            date=chance.choice([None, day]), confidence=round(chance.uniform(0.4, 1), 2),
        )
        for sentence in sentences
    ]  # fmt: skip
    place = article(db, text, site=f"{chance.randrange(300)}.example", published=day)
    save_extraction(db, place, "bench", claims, NOW, follow=follow)


def _measure(db: Database, folder: Path) -> None:
    connection = db.conn
    for table in ("articles", "claims", "periods"):
        print(table, connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    sender = _sender(connection)
    kyiv = Question(receiving="UA", city="Kyiv")
    known = Question(receiving="UA", city="Kyiv", known="2024-06-02T00:00:00Z")
    _repeated("status of a capital on a date", lambda: status_on(connection, kyiv, "2022-04-20"))
    _repeated("the same, as known on a date", lambda: status_on(connection, known, "2022-04-20"))
    _repeated("missions of a sender on a date", lambda: status_on(connection, Question(sending=sender), "2022-04-20"))
    _repeated("history of a pair", lambda: history(connection, Question(receiving="UA", sending=sender)))
    _repeated("next claim of the queue", lambda: review_queue.next_claim(connection))
    skip = range(1, 500)
    _repeated("next claim, 500 skipped", lambda: review_queue.next_claim(connection, skip=skip))
    waiting = review_queue.queue(connection, limit=200)
    _repeated("claim with its rivals", lambda: _look(connection, waiting.pop()))
    _repeated("decision", lambda: _decide(connection, waiting.pop()))
    _timed("extraction of one article", lambda: _late(db))
    for what in ("claims", "status", "periods"):
        _timed("export", lambda what=what: _export(db, what, folder), what)  # type: ignore[misc]
    year = Wanted(region="Africa", since="2022-01-01", until="2023-01-01")
    _repeated("changes of a region in a year", lambda: changes(connection, year))
    sums: set[str] = set()
    for part in ("one", "other"):
        _timed("release", lambda part=part: sums.add(_release(connection, folder / part)))  # type: ignore[misc]
    print(f"the two releases are {'the same, byte for byte' if len(sums) == 1 else 'NOT THE SAME'}")
    _timed("compute every mission anew", lambda: refresh_all(db))


def _sender(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT sending_state FROM periods WHERE receiving_state = 'UA'").fetchone()[0])


def _look(connection: sqlite3.Connection, number: int) -> None:
    review_queue.context(connection, number)
    review_queue.standing(connection, number, "2024-06-01")
    review_queue.rivals(connection, number, "2024-06-01")
    review_queue.consequences(connection, number, "2024-06-01")


def _decide(connection: sqlite3.Connection, number: int) -> None:
    decide(connection, number, Verdict("approve"), revision=0, reviewer="bench", now=NOW)


def _late(db: Database) -> None:
    """One more article on Kyiv, the host with most claims."""
    number = -db.conn.execute("SELECT count(*) FROM articles").fetchone()[0]  # of no article that is there
    chance = random.Random(number)
    rows = db.conn.execute("SELECT DISTINCT sending_state FROM pairs WHERE receiving_state = 'UA' ORDER BY 1")
    _article(db, chance, number, "UA", [row[0] for row in rows], follow=True)


def _export(db: Database, what: str, folder: Path) -> None:
    with (folder / "stdout").open("w") as unused:
        export(db, [what], "csv", folder / f"{what}.csv", "2022-04-20", unused)


def _clock(act: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's own work: on a busy machine the first is more."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - worked


def _release(connection: sqlite3.Connection, folder: Path) -> str:
    """The sum of the sums of a release, which is then forgotten."""
    made = write_release(connection, "1.0.0", folder, ReleaseConfig(), now=NOW)
    connection.execute("DELETE FROM releases")
    connection.commit()
    return made.sums


def _timed(what: str, act: Callable[[], Any], note: str = "") -> None:
    seconds, work = _clock(act)
    _say(f"{what} {note}".strip(), seconds, work, LIMITS.get(what))


def _repeated(what: str, act: Callable[[], Any], times: int = 20) -> None:
    seconds, work = zip(*(_clock(act) for _ in range(times)), strict=True)
    _say(what, statistics.median(seconds), statistics.median(work), LIMITS.get(what), max(seconds))


def _say(what: str, seconds: float, work: float, limit: float | None, most: float | None = None) -> None:
    verdict = "" if limit is None else f"  limit {limit:g} s: {'holds' if seconds < limit else 'BROKEN'}"
    times = f"{seconds:9.4f} s {f'(most {most:.4f})' if most else '':15} {work:9.4f} s of work"
    print(f"{what:32} {times}{verdict}", flush=True)


PLANS = {
    "periods of a host": "SELECT * FROM periods WHERE receiving_state = 'UA'",
    "periods of a sender": "SELECT * FROM periods WHERE sending_state = 'FR'",
    "periods by place": "SELECT * FROM periods WHERE works_from = 'Lviv'",
    "claims of a pair": "SELECT c.id FROM pairs AS p CROSS JOIN claims AS c ON c.thread = p.thread "
    "WHERE c.retired IS NULL AND p.receiving_state = 'UA' AND p.sending_state = 'FR'",
    "next of the queue": "SELECT q.claim FROM queue AS q ORDER BY q.rank, q.since, q.claim LIMIT 1",
    "decisions of a thread": "SELECT * FROM decisions WHERE thread = 1 ORDER BY revision",
    "copies of an article": "SELECT id FROM claims WHERE origin = 1",
    "claims of a period": "SELECT claim FROM period_claims WHERE period = 1",
}


def _plans(connection: sqlite3.Connection) -> None:
    for what, sql in PLANS.items():
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        print(f"{what:24} {'; '.join(steps)}{'' if all('USING' in s for s in steps) else '  NO INDEX'}")


if __name__ == "__main__":
    main()
