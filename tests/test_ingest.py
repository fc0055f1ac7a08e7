"""The whole way over real servers: once, again, after changes, within limits."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import load_config
from pipeline.record import Record
from pipeline.run import Options, Surroundings, load_reader
from pipeline.way import ingest
from tests.big_site import feed, publish, story
from tests.scripted_server import Script, scripted

reader = cache(load_reader)  # the model is loaded once for all tests
Ingest = Callable[..., tuple[int, Record]]


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted() as script:
        publish(script, 6)
        yield script


@pytest.fixture
def run(server: Script, tmp_path: Path) -> Ingest:
    """Run the way over the server's feed, or over `sources` (TOML); pages are checked again at once."""

    def once(
        sources: str = "", fetch: str = "recheck_hours = 0", around: Surroundings | None = None, **options: Any
    ) -> Any:
        sources = sources or f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{server.url}/feed.xml"'
        config = tmp_path / "config.toml"
        host = f'delay_seconds = 0\nallow_private = ["{server.host}"]'
        config.write_text(f"[fetch]\n{host}\n{fetch}\n{sources}\n", encoding="utf-8")
        code, ran = ingest(load_config(config), Options(**options), around or Surroundings(reader=reader))
        return code, ran.record

    return once


@pytest.fixture
def rows(tmp_path: Path) -> Callable[..., list[tuple[Any, ...]]]:
    def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(tmp_path / "legation.db")) as db:
            return db.execute(query, values).fetchall()

    return ask


Rows = Callable[..., list[tuple[Any, ...]]]


def test_the_way_of_six_articles(server: Script, run: Ingest, rows: Rows) -> None:
    code, record = run()
    assert code == 0
    assert rows("SELECT state, count(*) FROM pages GROUP BY state") == [("fetched", 6)]
    assert rows("SELECT outcome, count(*) FROM articles GROUP BY outcome") == [("cleaned", 6)]
    assert rows("SELECT count(*) FROM extractions") == [(6,)]
    assert rows("SELECT count(*) FROM claims")[0][0] >= 5
    stored = json.loads(rows("SELECT counters FROM runs")[0][0])
    assert stored["counts"]["pages new"] == record.counts["pages new"] == 6
    assert set(stored["seconds"]) >= {"ask", "fetch", "clean", "read", "whole"}


def test_the_second_run_makes_conditional_requests_only_and_does_no_work(
    server: Script, run: Ingest, rows: Rows
) -> None:
    run()
    before, first = rows("SELECT * FROM claims"), len(server.hits)
    code, record = run()
    assert code == 0
    again = server.hits[first:]
    assert len(again) == 7  # the feed and six pages; robots.txt is kept for a day
    assert all("if-none-match" in hit.headers and hit.status == 304 for hit in again)
    assert record.counts["requests"] == record.counts["conditional"] == record.counts["not modified"] == 7
    assert record.counts["articles cleaned"] == record.counts["articles read"] == record.counts["bytes"] == 0
    assert "clean" not in record.seconds
    assert "read" not in record.seconds
    assert rows("SELECT * FROM claims") == before
    assert rows("SELECT outcome, unchanged FROM source_runs WHERE run = 2") == [("unchanged", 6)]


def test_a_stored_page_is_left_alone_until_it_is_time(server: Script, run: Ingest) -> None:
    run()
    first = len(server.hits)
    run(fetch="recheck_hours = 12")
    assert [hit.path for hit in server.hits[first:]] == ["/feed.xml"]


def test_a_changed_article_is_a_new_version(server: Script, run: Ingest, rows: Rows) -> None:
    run()
    path = "/story/0.html"
    server.say(
        path, story(0).replace(b"</article>", b"<p>This story was corrected on Tuesday afternoon.</p></article>")
    )
    code, record = run()
    assert (code, record.counts["pages changed"], record.counts["articles versions"]) == (0, 1, 1)
    old, new = rows("SELECT id, replaced_by FROM articles WHERE url = ? ORDER BY id", server.url + path)
    assert old[1] == new[0]
    assert new[1] is None
    live = rows("SELECT article FROM claims WHERE retired IS NULL AND article IN (?, ?)", old[0], new[0])
    assert {article for (article,) in live} == {new[0]}

    server.say(path, story(0))  # and back
    run()
    assert rows("SELECT count(*), count(replaced_by) FROM articles WHERE url = ?", server.url + path) == [(3, 2)]


def test_a_page_that_can_no_longer_be_parsed_takes_nothing_back(server: Script, run: Ingest, rows: Rows) -> None:
    run()
    before = rows("SELECT count(*) FROM claims WHERE retired IS NULL")
    server.say("/story/0.html", b"<html><body></body></html>")
    code, _ = run()
    assert code == 1
    assert rows("SELECT count(*) FROM claims WHERE retired IS NULL") == before
    (state,) = rows("SELECT reason FROM pages WHERE url = ?", server.url + "/story/0.html")
    assert state[0].startswith("unparsed: ")


def test_one_body_at_two_addresses_is_one_article(server: Script, run: Ingest, rows: Rows) -> None:
    server.say("/copy.html", story(0))
    server.say("/print.html", story(1).replace(b"<head>", b'<head><link rel="canonical" href="/story/1.html">'))
    paths = ["/story/0.html", "/copy.html", "/story/1.html", "/print.html"]
    server.say("/feed.xml", feed(server, paths))
    run()
    assert rows("SELECT count(*), count(DISTINCT article) FROM pages") == [(4, 2)]
    assert rows("SELECT count(*) FROM articles") == [(2,)]


def test_a_wire_copy_belongs_to_the_first_publisher(server: Script, run: Ingest, rows: Rows) -> None:
    wire = story(3).replace(b"Report 3", b"From our agencies")
    server.say("/wire.html", wire.replace(b"</article>", b"<p>Edited by the foreign desk.</p></article>"))
    server.say("/feed.xml", feed(server, ["/story/3.html", "/wire.html", "/story/4.html"]))
    _, record = run()
    assert record.counts["articles copies"] == 1
    assert rows(
        "SELECT c.url, o.url FROM articles AS c JOIN articles AS o ON o.id = c.origin"
    ) == [(server.url + "/wire.html", server.url + "/story/3.html")]  # fmt: skip


def test_no_page_can_replace_another_by_naming_its_address(server: Script, run: Ingest, rows: Rows) -> None:
    run()
    false = story(17).replace(b"<head>", b'<head><link rel="canonical" href="/story/0.html">')
    server.say("/false.html", false)
    server.say("/feed.xml", feed(server, ["/false.html"]))
    run()
    assert rows("SELECT count(*) FROM articles WHERE replaced_by IS NOT NULL") == [(0,)]
    assert rows("SELECT count(*) FROM articles WHERE url = ?", server.url + "/false.html") == [(1,)]


def test_failures_are_named_recorded_and_retried_when_it_is_time(server: Script, run: Ingest, rows: Rows) -> None:
    server.say("/story/1.html", b"", 500)
    server.say("/story/2.html", b"", 404)
    code, record = run()
    assert code == 1
    assert [line.partition(": ")[2] for line in record.problems] == ["failed: HTTP 500", "failed: HTTP 404"]
    states = rows("SELECT state, reason, retry_at IS NULL FROM pages WHERE state = 'failed' ORDER BY url")
    assert states == [("failed", "HTTP 500", 0), ("failed", "HTTP 404", 1)]
    first = len(server.hits)
    code, _ = run()
    assert code == 0
    assert not {"/story/1.html", "/story/2.html"} & set(server.paths()[first:])


def test_max_pages_and_what_is_left_for_the_next_run(server: Script, run: Ingest, rows: Rows) -> None:
    code, record = run(max_pages=2)
    assert (code, record.counts["pages new"]) == (0, 2)
    assert rows("SELECT state, count(*) FROM pages GROUP BY state") == [("fetched", 2), ("wanted", 4)]
    _, record = run()
    assert record.counts["pages new"] == 4


def test_max_seconds_begins_nothing(server: Script, run: Ingest) -> None:
    code, _ = run(max_seconds=0.0)
    assert code == 0
    assert server.hits == []


def test_a_stop_finishes_the_page_at_hand(server: Script, run: Ingest, rows: Rows) -> None:
    around = Surroundings()

    def stop_soon(record: Record) -> None:
        if record.counts["pages new"] == 2:
            around.stop.set()

    around = Surroundings(observe=stop_soon, stop=around.stop, reader=reader)
    code, _ = run(around=around)
    assert code == 130
    assert rows("SELECT outcome FROM runs") == [("interrupted",)]
    fetched = rows("SELECT count(*) FROM pages WHERE body IS NOT NULL")[0][0]
    assert fetched in (2, 3)
    assert rows("SELECT count(*) FROM articles") == rows("SELECT count(*) FROM extractions")


def test_newer_rules_read_stored_articles_without_a_fetch(
    server: Script, run: Ingest, rows: Rows, tmp_path: Path
) -> None:
    run()
    with closing(sqlite3.connect(tmp_path / "legation.db")) as db:
        db.execute("UPDATE extractions SET version = 'older'")
        db.commit()
    first, before = len(server.hits), rows("SELECT count(*) FROM claims")
    _, record = run(fetch="recheck_hours = 12")
    assert record.counts["articles read"] == 6
    assert [hit.path for hit in server.hits[first:]] == ["/feed.xml"]
    assert rows("SELECT count(*) FROM claims") == before
