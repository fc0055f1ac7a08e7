"""The review session by keys and by numbers, and the order of the queue."""

import os
import pty
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from sqlite_utils import Database

from legation.db import review_queue
from legation.db.decisions import Verdict, decide
from legation.db.review_order import CHANGES, CONTRADICTS, REST, UNSURE
from legation.pipeline.review_terminal import Session
from tests.in_process import Run, runner
from tests.rows import NOW, fresh, tell


class Script:
    """A reviewer who presses the given keys and types the given lines; what was shown is kept."""

    def __init__(self, keys: str, *lines: str) -> None:
        self.keys, self.lines, self.shown = iter(keys), iter(lines), list[str]()

    def show(self, line: str) -> None:
        self.shown.append(line)

    def key(self) -> str:
        return next(self.keys, "q")

    def line(self, prompt: str) -> str:
        return next(self.lines, "")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    yield db
    db.close()


@pytest.fixture
def legation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on `db`."""
    return runner(tmp_path, monkeypatch, capsys)


def _sit(db: Database, keys: str, *lines: str) -> Script:
    script = Script(keys, *lines)
    Session(db.conn, "ann", lambda: "2022-06-01T00:00:00Z", script).run()
    return script


def _states(db: Database) -> dict[int, str]:
    return dict(db.conn.execute("SELECT id, review FROM claims_reviewed"))


def _three(db: Database) -> None:
    for day, status in (("2022-02-01", "closed"), ("2022-03-01", "reopened"), ("2022-04-01", "suspended")):
        tell(db, f"It was {status}.", status=status, date=day)


@pytest.mark.parametrize(
    ("keys", "lines", "expected"),
    [
        ("aaa", (), ["approved", "approved", "approved"]),
        ("sa", (), ["unreviewed", "approved", "unreviewed"]),
        ("r9a", (), ["rejected", "approved", "unreviewed"]),
        ("raa", (), ["approved", "unreviewed", "unreviewed"]),
        ("eq", ("city=Kyivv", "", ""), ["unreviewed", "unreviewed", "unreviewed"]),
        ("e", ("city=Kyivv", "", "yes"), ["corrected", "unreviewed", "unreviewed"]),
        ("rzia", (), ["approved", "unreviewed", "unreviewed"]),
        ("ea", ("city=Lviv", "sending_state=Poland", ""), ["corrected", "approved", "unreviewed"]),
        ("ee", ("sending_state=Atlantis", "city=Lviv"), ["corrected", "unreviewed", "unreviewed"]),
        ("aau", (), ["approved", "unreviewed", "unreviewed"]),
        ("aauu", (), ["unreviewed", "unreviewed", "unreviewed"]),
        ("u?za", (), ["approved", "unreviewed", "unreviewed"]),
        ("r0", ("it is a joke",), ["rejected", "unreviewed", "unreviewed"]),
        ("q", (), ["unreviewed", "unreviewed", "unreviewed"]),
    ],
)
def test_keys(db: Database, keys: str, lines: tuple[str, ...], expected: list[str]) -> None:
    _three(db)
    _sit(db, keys, *lines)
    assert list(_states(db).values()) == expected


def test_what_a_reviewer_is_shown(db: Database) -> None:
    _three(db)
    text = "\n".join(_sit(db, "q").shown)
    for words in ("»It was closed.«", "France closed its embassy in Kyiv, Ukraine (1 February 2022)",
                  "would change a published status", "now: suspended", "[3] suspended fact 2022-04-01"):  # fmt: skip
        assert words in text


def test_control_characters_of_an_article_do_not_reach_the_terminal(db: Database) -> None:
    tell(db, "It \x1b[2J was \x9b closed \u202e here.", status="closed")
    assert not [c for line in _sit(db, "q").shown for c in line if not c.isprintable()]


def test_somebody_elses_decision_is_told_and_the_next_claim_comes(db: Database) -> None:
    _three(db)

    class Late(Script):
        def key(self) -> str:
            if not _states(db)[1].startswith("app"):
                decide(db, 1, Verdict("approve"), revision=0, reviewer="bob", now=NOW)
            return super().key()

    script = Late("aaq")
    Session(db.conn, "ann", lambda: NOW, script).run()
    assert any("look again" in line for line in script.shown)
    assert [d.reviewer for n in (1, 2) for d in review_queue.log(db.conn, n)] == ["bob", "ann"]


def test_the_queue_begins_with_what_would_change_a_status(db: Database) -> None:
    rest = tell(db, "A plan.", modality="planned", confidence=0.9)
    unsure = tell(db, "Perhaps a plan.", modality="planned", confidence=0.55)
    denial = tell(db, "It did not close.", status="closed", modality="denied", confidence=0.9)
    closed = tell(db, "It closed.", status="closed", date="2022-02-01")
    tell_again = tell(db, "It closed, too.", status="closed", date="2022-02-01", site="other.example")
    hidden = tell(db, "It reopened.", status="reopened", date="2022-03-01", confidence=0.4)
    ranks = dict(db.conn.execute("SELECT claim, rank FROM queue"))
    assert ranks == {
        hidden: CHANGES, closed: CONTRADICTS, tell_again: CONTRADICTS, denial: CONTRADICTS, unsure: UNSURE, rest: REST,
    }  # fmt: skip
    assert review_queue.queue(db.conn) == [hidden, denial, closed, tell_again, unsure, rest]
    assert [row[0] for row in db.conn.execute("SELECT claim FROM review_queue")] == review_queue.queue(db.conn)


@pytest.mark.parametrize(
    ("only", "count"),
    [
        (review_queue.Filter(), 3),
        (review_queue.Filter(status="closed"), 1),
        (review_queue.Filter(sending_state="FR", receiving_state="UA", publisher="example.org"), 3),
        (review_queue.Filter(receiving_state="PL"), 0),
        (review_queue.Filter(min_confidence=0.95), 0),
        (review_queue.Filter(max_confidence=0.95), 3),
    ],
)
def test_a_filtered_queue(db: Database, only: review_queue.Filter, count: int) -> None:
    _three(db)
    assert len(review_queue.queue(db.conn, only=only)) == count


def test_progress_counts_the_day(db: Database) -> None:
    _three(db)
    _sit(db, "aau")
    assert review_queue.progress(db.conn, "2022-06-01").decided == {"approve": 2, "undo": 1}
    assert review_queue.progress(db.conn, "2022-06-01", "bob").decided == {}
    assert sum(review_queue.progress(db.conn, "2022-06-02").waiting.values()) == 2


def test_decisions_in_a_script(db: Database, legation: Run) -> None:
    _three(db)
    done = legation("review", "--approve", "1", "--approve", "2", "--as", "ann")
    assert (done.returncode, done.stdout) == (0, "claim 1: approved\nclaim 2: approved\n")
    done = legation("review", "--correct", "3", "--set", "receiving_state=Warsaw", "--set", "city=", "--as", "ann")
    assert done.returncode == 0
    for wrong in (["--reject", "1"], ["--approve", "99"], ["--undo", "1", "--revision", "0"], ["--set", "city=x"], []):
        done = legation("review", *wrong)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
    assert legation("review", "--undo", "3").returncode == 0
    assert '"claim": 3' in legation("review", "--list", "--format", "jsonl").stdout


def _read(master: int) -> bytes:
    """All that the program shows until it ends."""
    shown = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # how a terminal ends on Linux
            return shown
        if not part:
            return shown
        shown += part


def test_the_terminal_takes_single_keys(db: Database, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[database]\npath = "legation.db"\n', encoding="utf-8")
    _three(db)
    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from legation.pipeline.cli import main; main(['review', '--as', 'ann'])"]
    with Popen(command, cwd=tmp_path, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        os.write(master, b"aq")
        shown = _read(master)
    os.close(master)
    assert process.returncode == 0, shown.decode()
    assert b"1 decided" in shown
    assert _states(db)[1] == "approved"
