"""A run over a hostile server ends within its limits, names each outcome, and takes in the healthy pages."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import hostile
from tests.scripted_server import Script, scripted

ROOT = Path(__file__).parent.parent


@dataclass
class Outcome:
    """What was left by the run."""

    server: Script
    database: Path
    exit_code: int
    peak: int
    messages: str

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    folder = tmp_path_factory.mktemp("hostile")
    with scripted() as server:
        hostile.publish(server)
        config = folder / "config.toml"
        config.write_text(hostile.configuration(server), encoding="utf-8")
        command = [sys.executable, "-m", "tests.hostile", str(config)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
        assert run.stdout, run.stderr
        code, peak = map(int, run.stdout.split())
        yield Outcome(server, folder / "legation.db", code, peak, run.stderr)


def test_the_run_ends_with_1_within_its_limits(outcome: Outcome) -> None:
    assert outcome.exit_code == 1
    assert outcome.peak < 500_000_000, outcome.peak
    assert "Traceback" not in outcome.messages


def test_healthy_pages_are_all_taken_in(outcome: Outcome) -> None:
    for path in hostile.HEALTHY:
        found = outcome.rows(
            "SELECT outcome FROM articles WHERE url = ? AND id IN (SELECT article FROM extractions)",
            outcome.server.url + path,
        )
        assert found == [("cleaned",)], path


def test_each_hostile_page_has_its_outcome(outcome: Outcome) -> None:
    stored = {row[0]: row[1:] for row in outcome.rows("SELECT url, state, reason FROM pages")}
    for path, (state, reason, _) in hostile.hostile(outcome.server).items():
        got_state, got_reason = stored[outcome.server.url + path]
        assert got_state == state, (path, got_reason)
        if reason is not None:
            assert str(got_reason).startswith(reason), path
            assert f"{path}: " in outcome.messages
        elif state == hostile.FETCHED:
            assert got_reason is None, path


def test_a_name_with_a_private_address_is_refused(outcome: Outcome) -> None:
    (row,) = outcome.rows("SELECT state, reason FROM pages WHERE source = 'names'")
    assert row[0] == "refused"
    assert "not public" in str(row[1])


def test_nothing_inside_was_read(outcome: Outcome) -> None:
    assert "/secret" not in outcome.server.paths()
    assert outcome.rows("SELECT url FROM pages WHERE title LIKE '%root:%' OR url LIKE '%root:%'") == []


def test_each_hostile_source_says_what_is_wrong(outcome: Outcome) -> None:
    stored = {str(source): problem for source, problem in outcome.rows("SELECT source, problem FROM source_runs")}
    for name, (_, _, problem) in hostile.feeds(outcome.server).items():
        if problem is None:
            assert name in stored
        else:
            assert problem in str(stored[name]), name


def test_the_database_is_sound(outcome: Outcome) -> None:
    assert outcome.rows("PRAGMA integrity_check") == [("ok",)]
    assert outcome.rows("PRAGMA foreign_key_check") == []
    texts = [str(text) for (text,) in outcome.rows("SELECT text FROM articles")]
    assert not any("\0" in text for text in texts)
