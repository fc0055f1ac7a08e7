"""What is at an address, lists of feeds, and what to do about errors: parsers and words, without a server."""

import pytest

from legation.pipeline.errors import Unfit
from legation.pipeline.sources.advice import AGAIN, advice
from legation.pipeline.sources.discover import discover
from legation.pipeline.sources.opml import as_opml, feeds
from legation.pipeline.sources.settings import FeedSource, ListSource
from legation.pipeline.worker import Worker, WorkerFailure

URL = "https://news.example/world/"
RSS = """<rss version="2.0"><channel><title>World &amp; news</title><language>en-GB</language>
<item><title>One</title><link>https://news.example/1</link></item></channel></rss>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "World", "language": "de",
"items": [{"id": "1", "url": "https://news.example/1"}]}"""
SITEMAP = "<urlset><url><loc>https://news.example/1</loc></url></urlset>"
HEAD = """<!doctype html><html><head><title>The World &ndash; News</title>
<link rel="alternate" type="application/rss+xml" href="/feeds/all.xml" title="All">
<link rel="Alternate" type="application/atom+xml; charset=utf-8" href="atom.xml">
<link rel="alternate" type="application/rss+xml" href="/feeds/all.xml" title="Twice">
<link rel="alternate" hreflang="fr" href="/fr/"></head><body><p>Words.</p></body></html>"""
LINKS = """<!doctype html><html><head><title>News</title></head><body><a href="/rss.xml">RSS</a>
<a href="/about">About</a></body></html>"""


def looked(text: str) -> dict[str, object]:
    return discover(text.encode(), URL, None, 1_000_000)


@pytest.mark.parametrize(
    ("text", "kind", "title", "language"),
    [
        (RSS, "feed", "World & news", "en"),
        (JSON, "feed", "World", "de"),
        (SITEMAP, "sitemap", None, None),
        (HEAD, "page", "The World – News", None),
    ],
)
def test_kind_title_and_language(text: str, kind: str, title: str | None, language: str | None) -> None:
    found = looked(text)
    assert (found["kind"], found["title"], found["language"]) == (kind, title, language)


def test_a_page_names_its_feeds_in_the_head_each_once() -> None:
    assert looked(HEAD)["feeds"] == [
        {"url": "https://news.example/feeds/all.xml", "title": "All"},
        {"url": "https://news.example/world/atom.xml", "title": None},
    ]


def test_without_them_links_that_look_like_feeds_are_taken() -> None:
    assert looked(LINKS)["feeds"] == [{"url": "https://news.example/rss.xml", "title": None}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("%PDF-1.4", "this is a PDF"),
        ("", "the answer is empty"),
        ("Hello", "the answer is not a feed"),
        ('{"a": 1}', "no JSON Feed"),
        ("<opml version='2.0'><body/></opml>", "a list of feeds (OPML)"),
    ],
)
def test_anything_else_is_called_by_its_name(text: str, words: str) -> None:
    with pytest.raises(Unfit, match=words.replace("(", r"\(").replace(")", r"\)")):
        looked(text)


OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Group"><outline type="rss" text="One" title="The One" xmlUrl=" https://one.example/feed "/></outline>
<outline text="Two" XMLURL="https://two.example/feed"/><outline text="Two again" xmlUrl="https://two.example/feed"/>
<outline text="No feed"/></body></opml>"""


def test_a_list_of_feeds_is_read_through_its_groups() -> None:
    assert feeds(OPML.encode()) == {
        "feeds": [
            {"url": "https://one.example/feed", "title": "The One"},
            {"url": "https://two.example/feed", "title": "Two"},
        ],
        "left": 0,
    }


@pytest.mark.parametrize("text", ["", "<rss/>", "words", HEAD])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match="this is no OPML"):
        feeds(text.encode())


def test_entities_and_files_are_not_resolved() -> None:
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    for declared, used in ((f'<!ENTITY e0 "x">{bomb}', "&e9;"), ('<!ENTITY f SYSTEM "file:///etc/passwd">', "&f;")):
        text = f'<!DOCTYPE opml [{declared}]><opml><body><outline text="a">{used}</outline>'
        text += '<outline text="b" xmlUrl="https://b.example/"/></body></opml>'
        assert "root:" not in str(feeds(text.encode()))


def test_what_is_written_is_read_again() -> None:
    sources = (
        FeedSource(kind="feed", name="one", url='https://one.example/?a=1&b="2"<3>', language="en"),
        ListSource(kind="list", name="two", url="https://two.example/", match="x"),
    )
    text = as_opml(sources, "Sources & more")
    assert feeds(text)["feeds"] == [{"url": sources[0].url, "title": "one"}]


def test_both_run_in_the_worker() -> None:
    with Worker(20, 500_000_000) as worker:
        assert worker.run("opml", OPML.encode())["left"] == 0
        found = worker.run("discover", HEAD.encode(), url=URL, content_type="text/html", limit=1000)
        assert found["kind"] == "page"
        with pytest.raises(WorkerFailure, match="this is no OPML"):
            worker.run("opml", b"<rss/>")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("https://a.example/500/robots.txt: HTTP 404", "The address is gone"),
        ("HTTP 403", "turns programs away"),
        ("https://a.example/feed: HTTP 502", "a fault of its own"),
        ("robots.txt disallows it", "does not want programs"),
        ("robots.txt: HTTP 503", "patience"),
        ("10.0.0.1 is at 10.0.0.1, which is not public", "allow_private"),
        ("this is a web page, not a feed; it names a feed: https://a.example/feed", "Something else is there"),
        ("it answered 3 times in a row without naming a page", "the feed is empty"),
        ("a word that nobody foresaw", AGAIN),
    ],
)
def test_each_error_has_advice(error: str, words: str) -> None:
    assert words in advice(error)
    assert advice(error).endswith(".")
