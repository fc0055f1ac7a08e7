"""The documents of the database: the schema's page is fresh, the codebook defines every word, the words are one set."""

import re
import sqlite3
from pathlib import Path

import pytest

import legation.models.claim
from legation.db import vocabulary
from legation.db.connect import connect, statements
from legation.db.document import document
from legation.db.schema import meanings, relations
from legation.db.views import views
from tests.conftest import ROOT

CODEBOOK = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")


def test_the_page_of_the_schema_is_fresh() -> None:
    page = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    assert page == document(), "run `python -m legation.db.document > docs/schema.md`"


@pytest.mark.parametrize(
    "word", [*vocabulary.STATUSES, *vocabulary.MODALITIES, *vocabulary.KINDS, *vocabulary.STATES, *vocabulary.REASONS]
)
def test_the_codebook_defines_every_word(word: str) -> None:
    assert re.search(rf"(?m)^\| `{word}` \| \S", CODEBOOK)


@pytest.mark.parametrize("word", [*vocabulary.STATUSES, *vocabulary.MODALITIES])
def test_every_status_and_modality_has_an_example(word: str) -> None:
    assert re.search(rf"(?m)^\| `{word}` \| .* \| \".*\.\" \|$", CODEBOOK)


def test_words_are_those_of_the_claims() -> None:
    assert (vocabulary.STATUSES, vocabulary.MODALITIES) == (
        legation.models.claim.STATUSES,
        legation.models.claim.MODALITIES,
    )
    assert vocabulary.KINDS == legation.models.claim.MISSIONS
    assert set(vocabulary.TARGET) == set(vocabulary.STATUSES)
    assert set(vocabulary.TARGET.values()) | {"unknown"} == set(vocabulary.STATES)


@pytest.mark.parametrize(
    ("table", "column", "allowed"),
    [
        ("claims", "status", vocabulary.STATUSES),
        ("claims", "modality", vocabulary.MODALITIES),
        ("claims", "mission", vocabulary.KINDS),
        ("periods", "state", vocabulary.STATES),
        ("decisions", "verdict", vocabulary.VERDICTS),
        ("decisions", "reason", vocabulary.REASONS),
        ("reviews", "state", vocabulary.REVIEWS),
    ],
)
def test_the_schema_checks_the_same_words(table: str, column: str, allowed: tuple[str, ...]) -> None:
    sql = connect(":memory:").conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    found = re.search(rf"CHECK \({column} IN \(([^)]*)\)", sql)
    assert found
    assert set(re.findall(r"'([^']*)'", found[1])) == set(allowed)


def test_meanings_are_read_from_the_comments() -> None:
    sql = "CREATE TABLE t (\n    a TEXT NOT NULL, -- first\n    b INTEGER,\n    PRIMARY KEY (a) -- not a column\n)"
    assert meanings(sql) == {"a": "first"}


def test_every_reference_is_to_a_table() -> None:
    found = relations(connect(":memory:").conn)
    names = {relation.name for relation in found}
    targets = {column.target for relation in found for column in relation.columns if column.target}
    assert {"claims", "articles", "decisions"} <= targets <= names


def test_a_script_is_cut_where_its_statements_end() -> None:
    script = """-- a; comment
        CREATE TABLE t (a TEXT DEFAULT ';'); /* more; words */
        CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;
        INSERT INTO t VALUES ('x; y')
    """
    found = list(statements(script))
    assert [words in one for words, one in zip(("CREATE TABLE", "TRIGGER g", "INSERT"), found, strict=True)] == [
        True
    ] * 3
    assert list(statements("  \n")) == []


def stored(path: Path) -> dict[str, str]:
    """Name -> SQL of the views in a database, in the order in which they were made."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid").fetchall()
    connection.close()
    return dict(rows)


def test_the_views_are_those_of_the_file(tmp_path: Path) -> None:
    connect(tmp_path / "new.db").close()
    assert list(stored(tmp_path / "new.db").items()) == list(views().items())
    text = (ROOT / "db" / "views.sql").read_text(encoding="utf-8")
    assert text.count("CREATE VIEW") == len(views())


def test_an_older_view_is_made_anew_and_a_users_own_stays(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connect(path).close()
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP VIEW conflicts; CREATE VIEW conflicts AS SELECT 1 AS kind; DROP VIEW changes;"
        "CREATE VIEW mine AS SELECT id FROM claims;"
    )
    connection.close()
    connect(path).close()
    found = stored(path)
    assert {name: found[name] for name in views()} == views()
    assert found.keys() - views().keys() == {"mine"}


def test_a_database_with_these_views_is_not_written_to(tmp_path: Path) -> None:
    connect(tmp_path / "same.db").close()
    other = sqlite3.connect(tmp_path / "same.db")
    other.execute("BEGIN IMMEDIATE")  # a writer that does not end: to open the database must not wait for it
    connect(tmp_path / "same.db").close()
    other.close()


@pytest.mark.parametrize("view", ["status_periods", "current_status", "announcements", "conflicts", "changes"])
def test_a_column_keeps_its_old_name_for_one_version(view: str) -> None:
    columns = {relation.name: [c.name for c in relation.columns] for relation in relations(connect(":memory:").conn)}[
        view
    ]
    assert (columns.count("mission"), columns[-1]) == (1, "kind")
