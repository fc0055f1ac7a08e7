"""The whole way over real servers: once, again, after changes, within limits."""

import json
import sqlite3
import threading
from contextlib import closing

from legation.db.decisions import Verdict, decide
from legation.pipeline.run_record import Record
from tests.big_site import feed, story
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Script


def test_the_way_of_six_articles(server: Script, desk: IngestFolder) -> None:
    code, record = desk.run()
    assert code == 0
    assert desk.rows("SELECT state, count(*) FROM pages GROUP BY state") == [("fetched", 6)]
    assert desk.rows("SELECT outcome, count(*) FROM articles GROUP BY outcome") == [("cleaned", 6)]
    assert desk.rows("SELECT count(*) FROM extractions") == [(6,)]
    assert desk.rows("SELECT count(*) FROM claims")[0][0] >= 5
    stored = json.loads(desk.rows("SELECT counters FROM runs")[0][0])
    assert stored["counts"]["pages new"] == record.counts["pages new"] == 6
    assert set(stored["seconds"]) >= {"ask", "fetch", "clean", "read", "whole"}


def test_the_second_run_makes_conditional_requests_only_and_does_no_work(server: Script, desk: IngestFolder) -> None:
    desk.run()
    before, first = desk.rows("SELECT * FROM claims"), len(server.hits)
    code, record = desk.run()
    assert code == 0
    again = server.hits[first:]
    assert len(again) == 7  # the feed and six pages; robots.txt is kept for a day
    assert all("if-none-match" in hit.headers and hit.status == 304 for hit in again)
    assert record.counts["requests"] == record.counts["conditional"] == record.counts["not modified"] == 7
    assert record.counts["articles cleaned"] == record.counts["articles read"] == record.counts["bytes"] == 0
    assert "clean" not in record.seconds
    assert "read" not in record.seconds
    assert desk.rows("SELECT * FROM claims") == before
    assert desk.rows("SELECT outcome, unchanged FROM source_runs WHERE run = 2") == [("unchanged", 6)]


def test_a_stored_page_is_left_alone_until_it_is_time(server: Script, desk: IngestFolder) -> None:
    desk.run()
    first = len(server.hits)
    desk.run(fetch="recheck_hours = 12")
    assert [hit.path for hit in server.hits[first:]] == ["/feed.xml"]


def test_a_changed_article_is_a_new_version(server: Script, desk: IngestFolder) -> None:
    desk.run()
    path = "/story/0.html"
    server.say(
        path, story(0).replace(b"</article>", b"<p>This story was corrected on Tuesday afternoon.</p></article>")
    )
    code, record = desk.run()
    assert (code, record.counts["pages changed"], record.counts["articles versions"]) == (0, 1, 1)
    old, new = desk.rows("SELECT id, replaced_by FROM articles WHERE url = ? ORDER BY id", server.url + path)
    assert old[1] == new[0]
    assert new[1] is None
    live = desk.rows("SELECT article FROM claims WHERE retired IS NULL AND article IN (?, ?)", old[0], new[0])
    assert {article for (article,) in live} == {new[0]}

    server.say(path, story(0))  # and back
    desk.run()
    assert desk.rows("SELECT count(*), count(replaced_by) FROM articles WHERE url = ?", server.url + path) == [(3, 2)]


def test_a_page_that_can_no_longer_be_parsed_takes_nothing_back(server: Script, desk: IngestFolder) -> None:
    desk.run()
    before = desk.rows("SELECT count(*) FROM claims WHERE retired IS NULL")
    server.say("/story/0.html", b"<html><body></body></html>")
    code, _ = desk.run()
    assert code == 1
    assert desk.rows("SELECT count(*) FROM claims WHERE retired IS NULL") == before
    (state,) = desk.rows("SELECT reason FROM pages WHERE url = ?", server.url + "/story/0.html")
    assert state[0].startswith("unparsed: ")


def test_one_body_at_two_addresses_is_one_article(server: Script, desk: IngestFolder) -> None:
    server.say("/copy.html", story(0))
    server.say("/print.html", story(1).replace(b"<head>", b'<head><link rel="canonical" href="/story/1.html">'))
    paths = ["/story/0.html", "/copy.html", "/story/1.html", "/print.html"]
    server.say("/feed.xml", feed(server, paths))
    desk.run()
    assert desk.rows("SELECT count(*), count(DISTINCT article) FROM pages") == [(4, 2)]
    assert desk.rows("SELECT count(*) FROM articles") == [(2,)]


def test_a_wire_copy_belongs_to_the_first_publisher(server: Script, desk: IngestFolder) -> None:
    wire = story(3).replace(b"Report 3", b"From our agencies")
    server.say("/wire.html", wire.replace(b"</article>", b"<p>Edited by the foreign desk.</p></article>"))
    server.say("/feed.xml", feed(server, ["/story/3.html", "/wire.html", "/story/4.html"]))
    _, record = desk.run()
    assert record.counts["articles copies"] == 1
    assert desk.rows(
        "SELECT c.url, o.url FROM articles AS c JOIN articles AS o ON o.id = c.origin"
    ) == [(server.url + "/wire.html", server.url + "/story/3.html")]  # fmt: skip


def test_no_page_can_replace_another_by_naming_its_address(server: Script, desk: IngestFolder) -> None:
    desk.run()
    false = story(17).replace(b"<head>", b'<head><link rel="canonical" href="/story/0.html">')
    server.say("/false.html", false)
    server.say("/feed.xml", feed(server, ["/false.html"]))
    desk.run()
    assert desk.rows("SELECT count(*) FROM articles WHERE replaced_by IS NOT NULL") == [(0,)]
    assert desk.rows("SELECT count(*) FROM articles WHERE url = ?", server.url + "/false.html") == [(1,)]


def test_failures_are_named_recorded_and_retried_when_it_is_time(server: Script, desk: IngestFolder) -> None:
    server.say("/story/1.html", b"", 500)
    server.say("/story/2.html", b"", 404)
    code, record = desk.run()
    assert code == 1
    assert [line.partition(": ")[2] for line in record.problems] == ["failed: HTTP 500", "failed: HTTP 404"]
    states = desk.rows("SELECT state, reason, retry_at IS NULL FROM pages WHERE state = 'failed' ORDER BY url")
    assert states == [("failed", "HTTP 500", 0), ("failed", "HTTP 404", 1)]
    first = len(server.hits)
    code, _ = desk.run()
    assert code == 0
    assert not {"/story/1.html", "/story/2.html"} & set(server.paths()[first:])


def test_max_pages_and_what_is_left_for_the_next_run(server: Script, desk: IngestFolder) -> None:
    code, record = desk.run(max_pages=2)
    assert (code, record.counts["pages new"]) == (0, 2)
    assert desk.rows("SELECT state, count(*) FROM pages GROUP BY state") == [("fetched", 2), ("wanted", 4)]
    _, record = desk.run()
    assert record.counts["pages new"] == 4


def test_max_seconds_begins_nothing(server: Script, desk: IngestFolder) -> None:
    code, _ = desk.run(max_seconds=0.0)
    assert code == 0
    assert server.hits == []


def test_a_stop_finishes_the_page_at_hand(server: Script, desk: IngestFolder) -> None:
    stop = threading.Event()

    def stop_soon(record: Record) -> None:
        if record.counts["pages new"] == 2:
            stop.set()

    code, _ = desk.run(stop=stop, observe=stop_soon)
    assert code == 130
    assert desk.rows("SELECT outcome FROM runs") == [("interrupted",)]
    fetched = desk.rows("SELECT count(*) FROM pages WHERE body IS NOT NULL")[0][0]
    assert fetched in (2, 3)
    assert desk.rows("SELECT count(*) FROM articles") == desk.rows("SELECT count(*) FROM extractions")


def test_newer_rules_read_stored_articles_without_a_fetch(server: Script, desk: IngestFolder) -> None:
    desk.run()
    with closing(sqlite3.connect(desk.folder / "legation.db")) as db:
        db.execute("UPDATE extractions SET version = 'older'")
        db.commit()
    first, before = len(server.hits), desk.rows("SELECT count(*) FROM claims")
    _, record = desk.run(fetch="recheck_hours = 12")
    assert record.counts["articles read"] == 6
    assert [hit.path for hit in server.hits[first:]] == ["/feed.xml"]
    assert desk.rows("SELECT count(*) FROM claims") == before


def test_articles_in_another_language_are_stored_and_not_read(server: Script, desk: IngestFolder) -> None:
    server.say("/story/0.html", story(0).replace(b'lang="en"', b'lang="de-AT"'))
    toml = f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{server.url}/feed.xml"\nlanguage = "en"'
    assert desk.run(toml)[0] == 0
    assert desk.rows("SELECT language FROM articles ORDER BY id") == [("de",), *[("en",)] * 5]
    foreign = "SELECT count(*) FROM claims WHERE article = (SELECT id FROM articles WHERE language = 'de')"
    assert desk.rows(foreign) == [(0,)]
    assert desk.rows("SELECT count(*) FROM extractions") == [(6,)]


def test_a_review_stays_with_a_quote_that_still_stands(server: Script, desk: IngestFolder) -> None:
    desk.run()
    url = server.url + "/story/0.html"
    ((claim, quote),) = desk.rows(
        "SELECT c.id, quote FROM claims AS c JOIN articles AS a ON a.id = article WHERE url = ?", url
    )
    with closing(sqlite3.connect(desk.folder / "legation.db")) as db:
        decide(db, claim, Verdict("approve"), revision=0, reviewer="ann", now="2024-03-01T12:00:00Z")
    server.say(
        "/story/0.html", story(0).replace(b"<article>", b"<article><p>Corrected on Tuesday afternoon, in full.</p>")
    )
    _, record = desk.run()
    assert record.counts["articles versions"] == 1
    reviewed = """
        SELECT quote, state FROM claims AS c JOIN articles AS a ON a.id = article JOIN reviews USING (thread)
        WHERE url = ? AND retired IS NULL AND replaced_by IS NULL
    """
    assert desk.rows(reviewed, url) == [(quote, "approved")]
