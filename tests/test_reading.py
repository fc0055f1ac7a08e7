"""Stored articles read anew, many in one transaction."""

import sqlite3
from contextlib import closing

import pytest

from legation.pipeline import read_articles
from tests.ingest_folder import IngestFolder
from tests.rows import article
from tests.scripted_server import Script

NEWER = "SELECT count(*) FROM extractions WHERE version <> 'older'"
CLAIMS = "SELECT article, quote, retired FROM claims ORDER BY id"
FULL = "CREATE TRIGGER full BEFORE INSERT ON extractions WHEN new.article = 5 BEGIN SELECT raise(ABORT, 'full'); END"


def execute(desk: IngestFolder, *statements: str) -> None:
    with closing(sqlite3.connect(desk.folder / "legation.db")) as db, db:
        for statement in statements:
            db.execute(statement)


def test_an_article_that_cannot_be_read_costs_only_itself(server: Script, desk: IngestFolder) -> None:
    desk.run()
    execute(desk, "UPDATE extractions SET version = 'older'")
    with closing(sqlite3.connect(desk.folder / "legation.db")) as db:
        article(db, "The embassy is closed. " * 50_000)  # longer than the language model takes
    code, record = desk.run(fetch="recheck_hours = 12")
    assert code == 1
    [problem] = record.problems
    assert "article 7: not read: ValueError" in problem
    assert desk.rows(NEWER) == [(6,)]


@pytest.mark.parametrize("batch", [200, 2])
def test_an_article_that_cannot_be_written_costs_only_itself(
    server: Script, desk: IngestFolder, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(read_articles, "BATCH", batch)
    desk.run()
    before = desk.rows(CLAIMS)
    execute(desk, "UPDATE extractions SET version = 'older'", FULL)
    code, record = desk.run(fetch="recheck_hours = 12")
    assert code == 1
    [problem] = record.problems
    assert "article 5: not stored: IntegrityError: full" in problem
    assert (desk.rows(NEWER), desk.rows(CLAIMS)) == ([(5,)], before)
