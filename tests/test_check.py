"""`legation check` names every breach: each case does a damage that the triggers would refuse, and is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from legation.db.check import problems
from legation.db.decisions import Verdict, decide, undo
from tests.in_process import Run, runner
from tests.rows import article, claim, fresh, save

TEXT = "France reopened its embassy in Kyiv."


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    save(db, article(db, TEXT), claim(TEXT, marks=[("sender", 0, 6)]), claim(TEXT, modality="planned"))
    for revision, verdict in enumerate((Verdict("approve"), Verdict("reject", "old news"))):
        decide(db, 1, verdict, revision=revision, reviewer="ann", now=f"2022-06-0{revision + 1}T00:00:00Z")
    undo(db, 1, revision=2, reviewer="ann", now="2022-06-03T00:00:00Z")
    yield db
    db.close()


@pytest.fixture
def legation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on `db`."""
    return runner(tmp_path, monkeypatch, capsys)


def test_a_sound_database_has_no_problems(db: Database) -> None:
    assert list(problems(db.conn)) == []


DAMAGES = {
    "UPDATE claims SET start = start + 1": "claim 1: its quote is not at its place",
    'UPDATE evidence SET "end" = 999': "claim 1: its evidence ends behind the article",
    "UPDATE claims SET thread = 2 WHERE id = 1": "claim 1: its thread does not begin with a claim",
    "UPDATE claims SET thread = 1": "thread 1: two readings stand",
    "DELETE FROM pairs WHERE thread = 2": "claim 2: its pair of States is not noted",
    "UPDATE decisions SET claim = 2 WHERE id = 1": "decision 1: it is on no claim of its thread",
    "UPDATE decisions SET at = '2022-07-01T00:00:00Z' WHERE id = 2": "decision 3: the one before is later",
    "UPDATE decisions SET undoes = 3 WHERE id = 3": "decision 3: it takes back what is not a decision before it",
    "UPDATE decisions SET revision = 5 WHERE id = 3": "decision 3: revision 5, but it is number 3",
    "UPDATE decisions SET verdict = 'approve', reason = NULL WHERE id = 2": "decision 2: approve is not allowed",
    "UPDATE reviews SET state = 'rejected'": "thread 1: its review is not what follows",
    "UPDATE claims SET retired = recorded_at WHERE id = 1": "thread 1: a reviewed claim is orphaned",
    "DELETE FROM reviews": "thread 1: decided, but no review is noted",
    "INSERT INTO reviews VALUES (2, 2, 'unreviewed', 0, NULL, NULL)": "thread 2: a review is noted, but no decision",
    "UPDATE queue SET claim = 1": "claim 1: waits, but is not to be reviewed",
    "DELETE FROM queue": "claim 2: unreviewed, but does not wait",
    "UPDATE periods SET state = 'closed' WHERE since IS NOT NULL": "its periods are not what follows",
    "UPDATE periods SET until = '2023-01-01' WHERE until IS NULL": "its periods have a gap",
    "DELETE FROM period_claims": "its periods are not what follows",
    "DELETE FROM articles": "claims row 1: refers to a row of articles",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_breach_is_named(db: Database, damage: str) -> None:
    connection = db.conn
    connection.execute("PRAGMA foreign_keys = OFF")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        if not name.startswith("articles_fts"):
            connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(damage)
    connection.commit()
    assert any(DAMAGES[damage] in problem for problem in problems(connection)), list(problems(connection))


@pytest.mark.parametrize("damage", [d for d in DAMAGES if d.split()[1] in ("claims", "evidence", "decisions")])
def test_the_triggers_refuse_the_damage(db: Database, damage: str) -> None:
    db.conn.execute("PRAGMA foreign_keys = OFF")
    with pytest.raises(Exception, match=r"never|append-only|stays|stand"):
        db.conn.execute(damage)


def test_the_command_ends_with_1_and_names_the_breach(db: Database, legation: Run) -> None:
    assert legation("check").returncode == 0
    db.conn.execute("DELETE FROM queue")
    db.conn.commit()
    done = legation("check")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["legation.db: claim 2: unreviewed, but does not wait"]
