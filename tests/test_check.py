"""`legation check` names every breach: each case does a damage that the triggers would refuse, and is found."""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide, undo
from legation.db.integrity import problems
from tests.in_process import Run, runner
from tests.rows import article, claim, fresh, save

FEED_OF_NOBODY = '[[sources]]\nname = "a"\nkind = "feed"\nurl = "https://news.example/f"\npaused = true\n'
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
    article(db, "Of a month, with a post.", published="2022-04")
    db.execute("UPDATE articles SET posts = ? WHERE published = '2022-04'", ('[[0, 11, "2022-04-02"]]',))
    assert list(problems(db.conn)) == []


DAMAGES = {
    "UPDATE claims SET start = start + 1": "claim 1: its quote is not at its place",
    'UPDATE evidence SET "end" = 999': "claim 1: its evidence ends behind the article",
    "UPDATE claims SET thread = 2 WHERE id = 1": "claim 1: its thread does not begin with a claim",
    "UPDATE claims SET thread = 1": "thread 1: two readings stand",
    "DELETE FROM pairs WHERE thread = 2": "claim 2: its pair of States is not noted",
    "UPDATE decisions SET claim = 2 WHERE id = 1": "decision 1: it is on no claim of its thread",
    "INSERT INTO remarks (thread, claim, revision, reviewer, at, kind) VALUES (1, 2, 0, 'a', '', 'unsure')": (
        "remark 1: it is on no claim of its thread"
    ),
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


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE bodies SET body = x'00ff00ff'", "body 067623b3eab4c927: cannot be unpacked"),
        ("UPDATE bodies SET body = x'789c030000000001'", "body 067623b3eab4c927: is not the one that was stored"),
        ("UPDATE bodies SET sha256 = 'aaaa'", "body aaaa: is not the one that was stored"),
        ("UPDATE bodies SET bytes = 7", "body 067623b3eab4c927: is not the one that was stored"),
        ("DELETE FROM claims_fts_docsize WHERE id = 2", "claim 2: is missing in claims_fts"),
        ("DELETE FROM articles_fts_docsize", "article 1: is missing in articles_fts"),
        ("DELETE FROM articles_fts_data", "articles_fts: "),
        ("UPDATE articles SET published = '2024-13-45'", "article 1: published '2024-13-45' is no day"),
        ("UPDATE articles SET published = '2024-3'", "article 1: published '2024-3' is no day or month"),
        ("UPDATE articles SET published = '2024-03-05T10:00'", "article 1: published '2024-03-05T10:00' is no day"),
        ("UPDATE articles SET posts = '[[0, 900, \"2024-03-01\"]]'", "article 1: posts "),
        ("UPDATE articles SET posts = 'x'", "article 1: posts 'x' are no parts of its text"),
        ("UPDATE articles SET published = 'Tue, 19 Ap'", "article 1: published 'Tue, 19 Ap' is no day"),
        ("UPDATE articles SET fingerprint = 'zz'", "article 1: fingerprint 'zz' is no hexadecimal number"),
        ("UPDATE articles SET text_sha256 = 'abc'", "article 1: its text is not the one that was stored"),
        ("DELETE FROM extractions", "1 article was not read by the last run"),
    ],
)
def test_the_raw_store_the_indexes_and_the_backlog_are_looked_at(db: Database, damage: str, words: str) -> None:
    body = zlib.compress(b"hello, body")
    with db.conn:
        sha256 = hashlib.sha256(b"hello, body").hexdigest()
        db.execute("INSERT INTO bodies VALUES (?, ?, ?)", (sha256, body, 11))
        db.execute("INSERT INTO runs (started, ended, outcome) VALUES ('2030-01-01T00:00:00Z', 'x', 'done')")
    assert list(problems(db.conn)) == []
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute(damage)
    db.conn.commit()
    found = list(problems(db.conn))
    assert any(words in problem for problem in found), found


@pytest.fixture(scope="module")
def two_hundred(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of 200 articles with a claim each, as a file."""
    path = tmp_path_factory.mktemp("large") / "legation.db"
    db = fresh(path, unreviewed=0.5)
    for number in range(200):
        save(db, article(db, f"{TEXT} {number}"), claim(f"{TEXT} {number}"))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path.read_bytes()


@pytest.mark.slow("stores two hundred claims")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_overwritten_pages_are_a_damaged_database(
    db: Database, legation: Run, tmp_path: Path, two_hundred: bytes, place: int
) -> None:
    db.close()
    path = tmp_path / "legation.db"
    data = bytearray(two_hundred)
    middle = len(data) * (place + 1) // 4 // 4096 * 4096
    data[middle : middle + 10 * 4096] = b"\xa5" * 10 * 4096
    path.write_bytes(data)
    done = legation("check")
    assert done.returncode in (1, 2)
    assert "internal error" not in done.stderr
    assert "legation.db: " in done.stderr
    for command in (["claims"], ["status", "Kyiv"], ["search", "embassy"], ["export", "claims"], ["runs"]):
        done = legation(*command)
        assert done.returncode in (0, 2), done
        assert done.returncode == 0 or "restore the last backup" in done.stderr
        assert "internal error" not in done.stderr


@pytest.mark.parametrize("command", [["check"], ["claims"], ["status", "Kyiv"], ["serve", "--no-link"]])
def test_an_empty_file_is_no_empty_database(legation: Run, db: Database, tmp_path: Path, command: list[str]) -> None:
    db.close()
    for path in tmp_path.glob("legation.db*"):
        path.unlink()
    (tmp_path / "legation.db").touch()
    done = legation(*command)
    assert done.returncode == 2
    assert "legation.db: the file is empty; restore the last backup" in done.stderr
    assert (tmp_path / "legation.db").stat().st_size == 0


@pytest.mark.parametrize("table", ["claims", "queue"])
def test_a_table_that_is_missing_is_a_damaged_database(db: Database, legation: Run, table: str) -> None:
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute(f"DROP TABLE {table}")
    db.conn.commit()
    for command in (["check"], ["review", "--approve", "1"]):
        done = legation(*command)
        assert done.returncode == 2
        words = f"legation.db: the database is damaged (its table {table} is missing); restore the last backup"
        assert words in done.stderr
        assert "internal error" not in done.stderr


@pytest.mark.parametrize("command", [["check"], ["ingest"], ["review", "--approve", "1"]])
def test_a_database_that_another_program_holds_ends_with_3(
    db: Database, legation: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr("legation.db.connect.BUSY_SECONDS", 0.1)
    (tmp_path / "config.toml").write_text(FEED_OF_NOBODY)
    db.conn.commit()
    with closing(sqlite3.connect(tmp_path / "legation.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = legation(*command)
    assert done.returncode == 3
    assert "legation.db: another program holds the database; wait for its end" in done.stderr


def test_a_backup_of_a_damaged_database_is_refused(db: Database, legation: Run, tmp_path: Path) -> None:
    db.conn.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'evidence'").fetchone()[0]
    size = db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    damaged = bytearray((tmp_path / "legation.db").read_bytes())
    damaged[(root - 1) * size : root * size] = bytes(size)
    (tmp_path / "legation.db").write_bytes(damaged)
    done = legation("backup", "copy.db")
    assert done.returncode == 2
    assert "the database is damaged" in done.stderr
    assert "copy.db was not written; restore the last backup" in done.stderr
    assert not list(tmp_path.glob("copy.db*"))


def test_what_an_ingest_would_refuse_is_found(legation: Run, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "config.toml").write_text(
        """
        [[sources]]
        name = "folder"
        kind = "files"
        path = "nowhere/in"
        [[sources]]
        name = "pattern"
        kind = "files"
        path = "there/*.html"
        [[sources]]
        name = "good"
        kind = "files"
        path = "there"
        [[sources]]
        name = "tongue"
        kind = "feed"
        url = "https://example.org/feed"
        language = "xq"
        """,
        encoding="utf-8",
    )
    done = legation("check")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "sources[0].path: nowhere/in: no such file or folder; make it, or correct the path",
        "sources[1].path: there/*.html: no such file or folder; make it, or correct the path",
        'sources[3].language: "xq" is no language; write "en" for English',
    ]
    assert "advice: [fetch] contact is empty" in done.stdout
    (tmp_path / "config.toml").write_text('[database]\npath = "no/such/folder/legation.db"\n', encoding="utf-8")
    done = legation("check")
    assert done.returncode == 2
    assert "no/such/folder: no such folder" in done.stderr
    assert "advice: there is no [[sources]]" in done.stdout


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
