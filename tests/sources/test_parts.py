"""What feeds, sitemaps and list pages hold."""

import gzip
import json

import pytest

from legation.pipeline.sources import feed, links, sitemap

URL = "https://news.example/feeds/all.xml"
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><link>https://news.example/a</link><title>Embassy &amp; staff</title>
<pubDate>Fri, 01 Mar 2024 23:30:00 -0500</pubDate></item>
<item><title>no link</title></item><item><link>/b</link></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><title>One</title><link href="a"/><updated>2024-03-01T10:00:00Z</updated></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "1", "url": "https://news.example/a", "title": "One", "date_published": "2024-03-01T10:00:00Z"},
            {"id": "2", "external_url": "/b"},
            {"id": "3"},
        ],
    }
).encode()
SITEMAP = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc> https://news.example/a </loc><news:news>
<news:publication_date>2024-03-01T10:00:00Z</news:publication_date><news:title>One</news:title></news:news></url>
<url><loc>https://news.example/b</loc><lastmod>2024-03-02</lastmod></url><url><lastmod>2024-03-02</lastmod></url></urlset>"""
INDEX = b"""<sitemapindex><sitemap><loc>https://news.example/1.xml</loc><lastmod>2024-01-01</lastmod></sitemap>
<sitemap><loc>https://news.example/2.xml</loc><lastmod>2024-03-01</lastmod></sitemap></sitemapindex>"""


def entry(path: str, title: str | None = None, published: str | None = None) -> dict[str, str | None]:
    return {"url": f"https://news.example/{path}", "title": title, "published": published}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (RSS, [entry("a", "Embassy & staff", "2024-03-02"), entry("b")]),  # the day is UTC's
        (ATOM, [entry("feeds/a", "One", "2024-03-01")]),
        (b"\n " + JSON, [entry("a", "One", "2024-03-01"), entry("b")]),
        (b'<rss version="2.0"><channel></channel></rss>', []),
        (RSS[:-12], [entry("a", "Embassy & staff", "2024-03-02"), entry("b")]),  # cut short, and still of use
    ],
    ids=["rss", "atom", "json", "empty", "cut"],
)
def test_feeds(body: bytes, expected: list[dict[str, str | None]]) -> None:
    assert feed.entries(body, URL, "application/xml") == {"entries": expected}


@pytest.mark.parametrize(
    "body", [b"<html><body>cookies?</body></html>", b"", b'{"version": 3}', b"plain text", b"\x00\x01"]
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"feed|Feed"):
        feed.entries(body, URL, "text/html")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_sitemaps(pack: type[bytes]) -> None:
    found = sitemap.entries(pack(SITEMAP), limit=10_000)
    assert found["entries"] == [entry("a", "One", "2024-03-01"), entry("b", None, "2024-03-02")]
    assert (found["sitemaps"], found["cut"]) == ([], False)


def test_an_index_names_the_latest_first() -> None:
    assert sitemap.entries(INDEX, 10_000)["sitemaps"] == ["https://news.example/2.xml", "https://news.example/1.xml"]


def test_a_sitemap_is_cut_at_the_protocols_limit() -> None:
    many = b"<urlset>" + b"<url><loc>https://news.example/a</loc></url>" * 60_000 + b"</urlset>"
    found = sitemap.entries(many, 10**8)
    assert (len(found["entries"]), found["cut"]) == (50_000, True)


@pytest.mark.parametrize("body", [b"<html><body>Not found</body></html>", b"<rss/>"])
def test_what_is_no_sitemap(body: bytes) -> None:
    with pytest.raises(ValueError, match="not a sitemap"):
        sitemap.entries(body, 10_000)


def test_links_of_a_list_page() -> None:
    page = b"""<html><body><a href="/a">One</a><a href="/a">more</a><a href="b?x=1"><b>Two</b> words</a>
    <a>none</a><a href="http://[">broken</a><a href="mailto:desk@news.example">Write</a></body></html>"""
    assert links.entries(page, "https://news.example/list/", None)["entries"] == [
        entry("a", "One"),
        entry("list/b?x=1", "Two words"),
        {"url": "mailto:desk@news.example", "title": "Write", "published": None},
    ]
