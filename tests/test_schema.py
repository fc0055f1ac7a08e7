"""The documents of the database: the schema's page is fresh, the codebook defines every word, the words are one set."""

import re

import pytest

import legation.models.claim
from legation.db import words
from legation.db.connect import connect, statements
from legation.db.document import document
from legation.db.schema import meanings, relations
from tests.conftest import ROOT

CODEBOOK = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")


def test_the_page_of_the_schema_is_fresh() -> None:
    page = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    assert page == document(), "run `python -m legation.db.document > docs/schema.md`"


@pytest.mark.parametrize("word", [*words.STATUSES, *words.MODALITIES, *words.KINDS, *words.STATES, *words.REASONS])
def test_the_codebook_defines_every_word(word: str) -> None:
    assert re.search(rf"(?m)^\| `{word}` \| \S", CODEBOOK)


@pytest.mark.parametrize("word", [*words.STATUSES, *words.MODALITIES])
def test_every_status_and_modality_has_an_example(word: str) -> None:
    assert re.search(rf"(?m)^\| `{word}` \| .* \| \".*\.\" \|$", CODEBOOK)


def test_words_are_those_of_the_claims() -> None:
    assert (words.STATUSES, words.MODALITIES) == (legation.models.claim.STATUSES, legation.models.claim.MODALITIES)
    assert words.KINDS == legation.models.claim.MISSIONS
    assert set(words.TARGET) == set(words.STATUSES)
    assert set(words.TARGET.values()) | {"unknown"} == set(words.STATES)


@pytest.mark.parametrize(
    ("table", "column", "allowed"),
    [
        ("claims", "status", words.STATUSES),
        ("claims", "modality", words.MODALITIES),
        ("claims", "mission", words.KINDS),
        ("periods", "state", words.STATES),
        ("decisions", "verdict", words.VERDICTS),
        ("decisions", "reason", words.REASONS),
        ("reviews", "state", words.REVIEWS),
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
