"""Sources on the web: what each kind yields, and how their health is kept."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from legation.pipeline.errors import UsageProblem
from tests.big_site import feed
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Script

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


def source(kind: str, options: str) -> str:
    return f'[[sources]]\nname = "one"\nkind = "{kind}"\n{options}\n'


def urls(desk: IngestFolder) -> list[str]:
    return [url.removeprefix(desk.server.url) for (url,) in desk.rows("SELECT url FROM pages ORDER BY id")]


def sitemap(server: Script, *paths: str) -> bytes:
    return b"<urlset>" + "".join(f"<url><loc>{server.url}{path}</loc></url>" for path in paths).encode() + b"</urlset>"


def index(server: Script, *paths: str) -> bytes:
    parts = "".join(f"<sitemap><loc>{server.url}{path}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{parts}</sitemapindex>".encode()


def test_a_sitemap_index_that_names_itself_ends(server: Script, desk: IngestFolder) -> None:
    server.say("/index.xml", index(server, "/index.xml", "/part.xml"), ETag='"i"')
    server.say("/part.xml", index(server, "/index.xml", "/leaf.xml"), ETag='"p"')
    server.say("/leaf.xml", sitemap(server, "/story/0.html", "/story/1.html"), ETag='"l"')
    toml = source("sitemap", f'url = "{server.url}/index.xml"')
    assert desk.run(toml)[0] == 0
    assert urls(desk) == ["/story/0.html", "/story/1.html"]
    assert server.paths().count("/index.xml") == 1

    first = len(server.hits)  # an index that has not changed still leads to its parts
    desk.run(toml, fetch="recheck_hours = 12")
    assert [(hit.path, hit.status) for hit in server.hits[first:]] == [
        ("/index.xml", 304),
        ("/part.xml", 304),
        ("/leaf.xml", 304),
    ]


def test_sitemaps_beyond_the_limit_are_named(server: Script, desk: IngestFolder) -> None:
    server.say("/index.xml", index(server, *(f"/{n}.xml" for n in range(5))))
    for number in range(5):
        server.say(f"/{number}.xml", sitemap(server, f"/story/{number}.html"))
    code, record = desk.run(source("sitemap", f'url = "{server.url}/index.xml"\nmax_sitemaps = 2'))
    assert (code, record.problems) == (1, ["one: 3 sitemaps left out"])
    assert len(urls(desk)) == 2


def test_a_list_page(server: Script, desk: IngestFolder) -> None:
    server.say("/list.html", b"<html><a href='/story/0.html'>One</a><a href='/about'>About</a></html>")
    code, _ = desk.run(source("list", f'url = "{server.url}/list.html"\nmatch = "/story/\\\\d"'))
    assert (code, urls(desk)) == (0, ["/story/0.html"])


def test_single_pages(server: Script, desk: IngestFolder) -> None:
    addresses = json.dumps([f"{server.url}/story/0.html", f"{server.url}/story/1.html?utm_source=x"])
    code, _ = desk.run(source("pages", f"urls = {addresses}"))
    assert (code, urls(desk)) == (0, ["/story/0.html", "/story/1.html"])


def test_a_single_page_that_is_no_address_is_named(server: Script, desk: IngestFolder) -> None:
    addresses = json.dumps([f"{server.url}/story/0.html", "http://news example.org/1"])
    code, record = desk.run(source("pages", f"urls = {addresses}"))
    assert (code, urls(desk)) == (0, ["/story/0.html"])
    assert len(record.notes) == 1
    assert "1 of 2 entries left out, because 'http://news example.org/1' is no address" in record.notes[0]


def test_keywords_choose_by_address_and_title(server: Script, desk: IngestFolder) -> None:
    desk.run(source("feed", f'url = "{server.url}/feed.xml"\nkeywords = ["STORY/3", "nothing"]'))
    assert urls(desk) == ["/story/3.html"]


GDELT = {"articles": [{"url": "{}/story/0.html", "title": "One", "seendate": "20240301T100000Z"}]}


def test_gdelt(server: Script, desk: IngestFolder) -> None:
    answer = json.dumps(GDELT).replace("{}", server.url).encode()
    path = "/doc?query=embassy+%28reopened+OR+closed%29&mode=artlist&format=json&maxrecords=250&sort=datedesc"
    server.say(path, answer, Content_Type="application/json")
    code, _ = desk.run(source("gdelt", f'query = "embassy (reopened OR closed)"\nurl = "{server.url}/doc"'))
    assert code == 0
    assert desk.rows("SELECT title, published FROM pages") == [("One", "2024-03-01")]


@pytest.mark.parametrize(("status", "body"), [(429, b""), (200, b"Your query was too short"), (200, b"[" * 50_000)])
def test_gdelt_may_fail_without_failing_the_run(server: Script, desk: IngestFolder, status: int, body: bytes) -> None:
    path = "/doc?query=embassy&mode=artlist&format=json&maxrecords=250&sort=datedesc"
    server.say(path, body, status)
    code, record = desk.run(source("gdelt", f'query = "embassy"\nurl = "{server.url}/doc"'))
    assert (code, record.problems) == (0, [])
    ((failures, error),) = desk.rows("SELECT failures, last_error FROM sources")
    assert failures == 1
    assert error


def test_a_failing_source_is_asked_less_and_less_and_then_parked(server: Script, desk: IngestFolder) -> None:
    server.say("/feed.xml", b"", 500)
    asked = []
    for turn in range(100):
        now = NOW + turn * timedelta(minutes=15)
        desk.now = partial(datetime.fromtimestamp, now.timestamp(), UTC)
        before = server.paths().count("/feed.xml")
        desk.run(fetch="park_after = 4", jitter=lambda: 0.5)
        if server.paths().count("/feed.xml") > before:
            asked.append(15 * turn)
        if len(asked) == 4:
            break
    assert asked == [0, 15, 45, 105]
    assert desk.rows("SELECT parked, failures FROM sources") == [(1, 4)]
    desk.now = lambda: NOW + timedelta(days=3)
    code, _ = desk.run(fetch="park_after = 4")
    assert code == 0
    assert server.paths().count("/feed.xml") == 4
    assert desk.rows("SELECT outcome FROM source_runs ORDER BY run DESC LIMIT 1") == [("parked",)]


def test_retry_after_of_a_feed_is_kept_across_runs(server: Script, desk: IngestFolder) -> None:
    desk.now = lambda: NOW
    server.say("/feed.xml", b"", 429, Retry_After="7200")
    assert desk.run(jitter=lambda: 0.5)[0] == 1
    good = feed(server, ["/story/0.html"])
    server.say("/feed.xml", good)
    for minutes, expected in ((119, 1), (121, 2)):
        desk.now = partial(datetime.fromtimestamp, NOW.timestamp() + 60 * minutes, UTC)
        assert desk.run()[0] == 0
        assert server.paths().count("/feed.xml") == expected
    assert desk.rows("SELECT failures, retry_at FROM sources") == [(0, None)]


def test_silence_is_flagged(server: Script, desk: IngestFolder) -> None:
    assert desk.run()[0] == 0
    server.say("/feed.xml", feed(server, []))
    codes = [desk.run()[0] for _ in range(4)]
    assert codes == [0, 0, 1, 1]
    assert desk.rows("SELECT zeros FROM sources") == [(4,)]
    assert desk.rows("SELECT problem FROM source_runs WHERE run = 4") == [
        ("answered 3 times in a row without naming a page",)
    ]
    server.say("/feed.xml", feed(server, ["/story/0.html"]))
    desk.run()
    assert desk.rows("SELECT zeros FROM sources") == [(0,)]


def test_expectations(server: Script, desk: IngestFolder) -> None:
    toml = source("feed", f'url = "{server.url}/feed.xml"\nmax_new = 4\nmin_new = 3')
    code, record = desk.run(toml)
    assert (code, record.counts["pages new"]) == (1, 4)
    assert record.problems == ["one: 6 new pages, more than max_new; the rest is left to the next run"]
    code, record = desk.run(toml)
    assert (code, record.counts["pages new"]) == (1, 2)
    assert record.problems == ["one: 2 new pages, fewer than min_new = 3"]


def test_one_source_only_and_one_that_is_none(server: Script, desk: IngestFolder) -> None:
    other = f'[[sources]]\nname = "other"\nkind = "pages"\nurls = ["{server.url}/story/5.html"]\n'
    toml = source("feed", f'url = "{server.url}/feed.xml"') + other
    desk.run(toml, only=("other",))
    assert urls(desk) == ["/story/5.html"]
    with pytest.raises(UsageProblem, match="--only third: no such source; there are: one, other"):
        desk.run(toml, only=("third",))


def test_a_failed_source_does_not_stop_the_others(server: Script, desk: IngestFolder) -> None:
    server.say("/bad.xml", b"<html>consent</html>")
    bad = f'[[sources]]\nname = "bad"\nkind = "feed"\nurl = "{server.url}/bad.xml"\n'
    code, record = desk.run(bad + source("feed", f'url = "{server.url}/feed.xml"'))
    assert code == 1
    [problem] = record.problems
    assert problem.startswith(f"bad: {server.url}/bad.xml: this is a web page, not a feed; it names no feed")
    assert record.counts["pages new"] == 6
