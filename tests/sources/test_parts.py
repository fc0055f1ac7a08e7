"""What feeds, sitemaps and list pages hold."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from legation.pipeline.errors import Unfit
from legation.pipeline.fetch.decompression import BodyError
from legation.pipeline.sources import feed, link_list, sitemap

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


def entry(
    path: str, title: str | None = None, published: str | None = None, announces: str | None = None
) -> dict[str, str | None]:
    address = f"https://news.example/{path}"
    return {"url": address, "title": title, "published": published, "announces": announces, "note": None}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (RSS, [entry("a", "Embassy & staff", "2024-03-01", "publication"), entry("b")]),  # the day is the publisher's
        (ATOM, [entry("feeds/a", "One", "2024-03-01", "change")]),
        (b"\n " + JSON, [entry("a", "One", "2024-03-01", "publication"), entry("b")]),
        (b'<rss version="2.0"><channel></channel></rss>', []),
        (RSS[:-12], [entry("a", "Embassy & staff", "2024-03-01", "publication"), entry("b")]),  # cut, and still of use
    ],
    ids=["rss", "atom", "json", "empty", "cut"],
)
def test_feeds(body: bytes, expected: list[dict[str, str | None]]) -> None:
    assert feed.entries(body, URL, "application/xml")["entries"] == expected


@pytest.mark.parametrize(
    "body", [b"<html><body>cookies?</body></html>", b"", b'{"version": 3}', b"plain text", b"\x00\x01"]
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(Unfit, match=r"feed|Feed"):
        feed.entries(body, URL, "text/html")


LINK = '<link rel="alternate" type="application/{}" href="{}">'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"<!DOCTYPE html><html><head>{LINK.format('rss+xml', '/feed.xml')}</head></html>",
         "this is a web page, not a feed; it names a feed: https://news.example/feed.xml"),
        (f"<HTML><base href='/x/'>{LINK.format('atom+xml', 'a')}{LINK.format('feed+json', 'j')}",
         "this is a web page, not a feed; it names feeds: https://news.example/x/a, https://news.example/x/j"),
        ("\ufeff <!-- a --><html lang=en><p>We value your privacy",
         'this is a web page, not a feed; it names no feed; kind = "list" takes the links of a page'),
        (f"<html>{LINK.format('rss+xml', 'http://[')}", "this is a web page, not a feed; it names no feed"),
        ("<?xml version='1.0'?><urlset><url><loc>/a</loc></url></urlset>",
         'this is a sitemap, not a feed; write kind = "sitemap"'),
        (" \n", "the answer is empty, not a feed"),
        ("%PDF-1.7", "this is a PDF, not a feed"),
        ("not here", "the answer is not a feed; open its address in a browser"),
        ('{"version": 3}', "this is JSON, but no JSON Feed"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_called_what_it_is(body: str, said: str) -> None:
    with pytest.raises(Unfit) as told:
        feed.entries(body.encode(), URL, None)
    assert str(told.value).startswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html><html><body>Not found</body></html>", "this is a web page, not a sitemap; the robots.txt"),
        (b"", "the answer is empty, not a sitemap"),
        (b"PK\x03\x04", "this is a ZIP file, not a sitemap"),
        (b"not here", "the answer is not a sitemap"),
        (b"<rss version='2.0'><channel></channel></rss>", "this is a feed without entries, not a sitemap"),
    ],
)
def test_what_is_no_sitemap_is_called_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(Unfit) as told:
        sitemap.entries(body, 10_000, "https://news.example/map.xml")
    assert str(told.value).startswith(said)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_sitemaps(pack: type[bytes]) -> None:
    found = sitemap.entries(pack(SITEMAP), limit=10_000)
    assert found["entries"] == [
        entry("a", "One", "2024-03-01", "publication"),
        entry("b", None, "2024-03-02", "change"),
    ]
    assert (found["sitemaps"], found["cut"]) == ([], False)


def test_an_index_names_the_latest_first() -> None:
    assert sitemap.entries(INDEX, 10_000)["sitemaps"] == ["https://news.example/2.xml", "https://news.example/1.xml"]


@pytest.mark.slow("reads 50,000 addresses")
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
    assert link_list.entries(page, "https://news.example/list/", None)["entries"] == [
        {"url": "https://news.example/a", "title": "One", "published": None},
        {"url": "https://news.example/list/b?x=1", "title": "Two words", "published": None},
        {"url": "mailto:desk@news.example", "title": "Write", "published": None},
    ]


def test_links_start_from_the_base_of_the_page() -> None:
    page = (
        b"""<html><head><base href="/deep/er/"></head><body><a href="a">One</a><a href="../b">Two</a></body></html>"""
    )
    urls = [one["url"] for one in link_list.entries(page, "https://news.example/list/", None)["entries"]]
    assert urls == ["https://news.example/deep/er/a", "https://news.example/deep/b"]


def json_feed(*items: object) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


def rss(*items: str, more: str = "") -> bytes:
    text = "".join(items)
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"{more}><channel>{text}</channel></rss>'.encode()


A, B = "https://news.example/a", "https://news.example/b"


@pytest.mark.parametrize(
    ("body", "urls", "left_out"),
    [
        (b"\xef\xbb\xbf" + json_feed({"id": "1", "url": A}), ["a"], 0),
        (json_feed({"id": "1", "url": A}).decode().encode("utf-16"), ["a"], 0),
        (json_feed(None, {"id": "1", "url": A}, "text", 3, []), ["a"], 4),
        (json_feed({"id": A}, {"id": 7}, {"id": "tag:x"}, {"url": ["x"], "external_url": B}), ["a", "b"], 2),
        (json_feed({"id": A, "title": None, "date_published": None}, {"url": " ", "id": B}), ["a", "b"], 0),
        (rss(f"<item><title>x</title><link/><guid>{A}</guid></item>", "<item><title>y</title></item>"), ["a"], 1),
        (rss(f"<item><guid isPermaLink='false'>{A}</guid></item>", f"<item><link>{B}</link></item>"), ["a", "b"], 0),
        (rss(f"<item><link> <![CDATA[ {A} ]]> </link></item>", "<item><link>../b</link></item>"), ["a", "b"], 0),
        (b"\xef\xbb\xbf\n" + rss(f"<item><link>{A}</link></item>"), ["a"], 0),
        (rss(f"<item><title>a\x0bb</title><link>{A}</link></item>", f"<item><link>{B}</link></item>"), ["a", "b"], 0),
    ],
)
def test_an_entry_costs_itself_only_and_is_named(body: bytes, urls: list[str], left_out: int) -> None:
    found = feed.entries(body, URL, None)
    assert [one["url"] for one in found["entries"]] == [f"https://news.example/{url}" for url in urls]
    assert found["problem"] is None
    assert [note.partition(" ")[0] for note in found["notes"]] == ([str(left_out)] if left_out else [])


ITEMS = [f"<item><title>{n}</title><link>https://news.example/{n}</link></item>\n" for n in range(13)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rss(*ITEMS)[:620], r"line 10: .*; 8 of 9 entries were read"),
        (
            rss(*ITEMS[:7], "<item><title>a < b</title></item>", *ITEMS[7:]).replace(b"</rss>", b""),
            "line 9: .*; 14 of 14 entries were read",
        ),
        (json_feed(*({"url": f"{A}{n}"} for n in range(13)))[:-60], r"not JSON: line 1: .*; only the first 11 entries"),
    ],
    ids=["cut", "malformed", "json"],
)
def test_what_is_lost_of_a_broken_feed_is_told_with_its_line(body: bytes, said: str) -> None:
    found = feed.entries(body, URL, None)
    assert len(found["entries"]) >= 7
    assert re.search(said, found["problem"])


def test_an_unknown_entity_loses_nothing_and_is_no_problem() -> None:
    found = feed.entries(rss(f"<item><title>a&nbsp;b</title><link>{A}</link></item>"), URL, None)
    assert (len(found["entries"]), found["problem"]) == (1, None)


WORDS = "Посольство снова открыто"


@pytest.mark.parametrize(
    ("title", "content_type", "expected"),
    [
        (WORDS.encode() + b"\xe9\xff", "application/rss+xml; charset=utf-8", WORDS + "\ufffd\ufffd"),
        (WORDS.encode("cp1251"), "application/xml; charset=windows-1251", WORDS),
        (WORDS.encode("cp1251"), "application/xml; charset=utf-8", WORDS),
        (WORDS.encode("koi8-r"), "application/xml; charset=koi8-r", WORDS),
    ],
)
def test_the_text_of_a_feed_stays_whole(title: bytes, content_type: str, expected: str) -> None:
    body = rss(f"<item><title>%</title><link>{A}</link></item>").replace(b"%", title)
    assert feed.entries(body, URL, content_type)["entries"][0]["title"] == expected


@pytest.mark.parametrize(
    ("date", "published", "believed"),
    [
        ("Mon, 01 Jan 0001 00:00:00 +0000", None, False),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, False),
        ("2050-01-01", None, False),
        ("1970-01-01T00:00:00Z", None, False),
        ("05/03/2024", None, False),
        ("Tue, 05 Mar 2024 10:00:00 GMT", "2024-03-05", True),
        ("2024-03-05T10:00:00Z", "2024-03-05", True),
        ("1709632800", "2024-03-05", True),
        ("2024 March 5", "2024-03-05", True),
        ("2024\u201103\u201105", "2024-03-05", True),
        ("2024年3月5日", "2024-03-05", True),
        ("2024-02-30T00:00:00Z", None, False),  # which feedparser takes for 1 March
        ("10000-01-01", None, False),  # for 2010
        ("-2024-03-05", None, False),
        ("2024-065", None, False),
        ("17096328000000000", None, False),
        ("{{date}}", None, False),
    ],
)
def test_dates_of_entries(date: str, published: str | None, believed: bool) -> None:
    bodies: list[bytes | str] = [
        rss(f"<item><link>{A}</link><pubDate>{date}</pubDate></item>"),
        json_feed({"url": A, "date_published": date}),
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{A}"/>'
        f"<published>{date}</published></entry></feed>",
        f"<urlset><url><loc>{A}</loc><lastmod>{date}</lastmod></url></urlset>",
    ]
    for body in bodies:
        raw = body if isinstance(body, bytes) else body.encode()
        find = sitemap.entries(raw, 10_000) if b"urlset" in raw else feed.entries(raw, URL, None)
        [one] = find["entries"]
        assert (one["published"], one["note"] is None) == (published, believed), raw


SPACES = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"
 xmlns:xhtml="http://www.w3.org/1999/xhtml">%s</urlset>"""
IMAGE = "<image:image><image:loc>/img/1.jpg</image:loc><image:title>A cat</image:title></image:image>"
VIDEO = (
    "<video:video><video:title>A film</video:title>"
    "<video:publication_date>2019-01-01</video:publication_date></video:video>"
)
NEWS = "<news:news><news:publication_date>2024-03-05</news:publication_date><news:title>Told</news:title></news:news>"


@pytest.mark.parametrize(
    ("inside", "title", "published"),
    [
        (f"<loc>{A}</loc>{NEWS}{IMAGE}", "Told", "2024-03-05"),
        (f"{IMAGE}<loc>{A}</loc>{VIDEO}", None, None),
        (f"{VIDEO}{NEWS}<loc>{A}</loc><lastmod>2024-04-01</lastmod>", "Told", "2024-03-05"),
        (f'<loc>{A}</loc><xhtml:link rel="alternate" href="/de"/><lastmod>2024-03-05</lastmod>', None, "2024-03-05"),
    ],
)
def test_what_a_sitemap_says_of_pictures_is_not_about_the_page(
    inside: str, title: str | None, published: str | None
) -> None:
    for text in (
        SPACES % f"<url>{inside}</url>",
        f"<urlset><url>{inside}</url></urlset>",
    ):  # and with no namespace named
        [one] = sitemap.entries(text.encode(), 10_000)["entries"]
        assert (one["url"], one["title"], one["published"]) == (A, title, published)


URLS = [f"<url><loc>https://news.example/{n}</loc></url>\n" for n in range(13)]


@pytest.mark.parametrize(
    ("body", "read", "said"),
    [
        ("<urlset>" + "".join(URLS)[:300], 6, r"line \d+: .*; 6 of 7 entries were read"),
        ("<urlset>" + "".join(URLS), 13, r"13 of 13 entries were read"),
        (
            "<sitemapindex>" + "".join(URLS[:3]).replace("url>", "sitemap>") + "<sitemap><loc>https://news.exa",
            0,
            "3 of 4",
        ),
    ],
    ids=["cut", "not closed", "index"],
)
def test_a_cut_sitemap_names_what_was_read_and_makes_up_no_address(body: str, read: int, said: str) -> None:
    found = sitemap.entries(body.encode(), 10_000)
    assert len(found["entries"]) == read
    assert re.search(said, found["problem"])
    assert all(re.fullmatch(r"https://news\.example/\d+", one["url"]) for one in found["entries"])


@pytest.mark.parametrize(
    "body",
    [
        b"https://news.example/a\nhttps://news.example/b\n",
        b"\xef\xbb\xbfhttps://news.example/a\r\n\r\nhttps://news.example/b",
        b"<urlset><url><loc>/a</loc></url><url><loc>b</loc></url></urlset>",
        rss(f"<item><link>{A}</link></item>", f"<item><link>{B}</link></item>"),
        b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-16'?><urlset><url><loc>/a</loc></url>"
        b"<url><loc>/b</loc></url></urlset>",
    ],
    ids=["text", "text with marks", "relative", "feed", "wrong declaration"],
)
def test_other_forms_of_sitemaps(body: bytes) -> None:
    found = sitemap.entries(body, 10_000, "https://news.example/map.txt")
    assert ([one["url"] for one in found["entries"]], found["problem"], found["notes"]) == ([A, B], None, [])


ONE = "<url><loc>https://news.example/a</loc></url>"


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        (f"<urlset><!-- <url><loc>/x</loc></url> -->{ONE}</urlset>", ["a"]),
        (f"<br/>\nWarning: a program\n<urlset>{ONE}</urlset>", ["a"]),
        ("<urlset><url><loc>https://news.example/a?x=1&y=2</loc></url></urlset>", ["a?x=1&y=2"]),
        ("<urlset><url><loc><![CDATA[ https://news.example/a?x=1&y=2 ]]></loc></url></urlset>", ["a?x=1&y=2"]),
        ("<urlset><url><loc>https://news.example/a?x=1&amp;y=2</loc></url></urlset>", ["a?x=1&y=2"]),
        ("<urlset><url><loc>https://news.example/a</loc><loc>https://news.example/b</loc></url></urlset>", ["a"]),
        ("<urlset xmlns='x'/>", []),
        (f"<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?>\0<urlset>{ONE}</urlset>\0\0", ["a"]),
    ],
    ids=["comment", "warning", "ampersand", "cdata", "escaped", "two", "empty", "nul"],
)
def test_sitemaps_as_some_sites_write_them(body: str, urls: list[str]) -> None:
    plain = body.encode()
    for raw in (plain, body.encode("utf-16"), gzip.compress(plain), gzip.compress(gzip.compress(plain))):
        found = sitemap.entries(raw, 10_000, "https://news.example/map.xml")
        assert [one["url"] for one in found["entries"]] == [f"https://news.example/{url}" for url in urls]
        assert (found["problem"], found["notes"]) == (None, [])


@pytest.mark.parametrize(
    "body",
    [
        rss(f"<item><link>{A}</link></item>") + b"<!-- cached --><script>x</script>",
        gzip.compress(rss(f"<item><link>{A}</link></item>")),
        rss(f"<item><description><![CDATA[<item> <entry>]]></description><link>{A}</link></item>") + b"\0\0",
        b"Warning: a program\n" + rss(f"<item><link>{A}</link></item>"),
    ],
    ids=["behind", "gzip", "cdata", "before"],
)
def test_feeds_as_some_sites_send_them(body: bytes) -> None:
    found = feed.entries(body, URL, "application/xml")
    assert ([one["url"] for one in found["entries"]], found["problem"], found["notes"]) == ([A], None, [])


@pytest.mark.parametrize("reference", ["&#xD800;", "&#0;", "&#1;", "&#x110000;", "&#xFFFF;", "&#999999999;"])
def test_a_reference_to_no_character_costs_itself_only(reference: str) -> None:
    item = f"<item><title>a{reference}b &#233;&#x1F600;</title><link>{A}</link></item>"
    [one] = feed.entries(rss(item), URL, None)["entries"]
    assert (one["url"], one["title"]) == (A, "a\ufffdb \xe9\U0001f600")
    news = f"<news:news><news:title>a{reference}b</news:title></news:news>"
    found = sitemap.entries(f"<urlset><url><loc>{A}</loc>{news}</url><url><loc>{B}</loc></url></urlset>".encode(), 9999)
    assert [(one["url"], one["title"]) for one in found["entries"]] == [(A, "a\ufffdb"), (B, None)]
    assert (found["problem"], found["notes"]) == (None, [])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<urlset>" + "".join(URLS[:3]) + "<url><loc>https://news.exa", "line 4: it ends in the middle; 3 of 4"),
        (
            f"<urlset>\n<url><loc>{A}</loc><news:news><news:title>a < b</news:title></news:news></url>\n<url>",
            "line 2: a < or & that is not written as &lt; or &amp;; 1 of 2",
        ),
        (f"<urlset>{ONE}</urlset>\n<?xml version='1.0'?><urlset>{ONE}</urlset>", "line 2: another document begins"),
    ],
)
def test_what_is_wrong_with_xml_is_said_in_plain_words(body: str, said: str) -> None:
    assert said in sitemap.entries(body.encode(), 10_000)["problem"]


def packed(body: bytes, cut: int) -> bytes:
    """A gzip file that lacks so many bytes at its end."""
    return gzip.compress(body, mtime=0)[:-cut]


PAGES = "".join(
    f"<url><loc>https://news.example/{hashlib.sha1(bytes([n])).hexdigest()}</loc></url>\n" for n in range(200)
)
LONG_ITEMS = [f"<item><link>{A}{hashlib.sha1(bytes([n])).hexdigest()}</link></item>" for n in range(200)]


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (sitemap.entries, packed(f"<urlset>{PAGES}</urlset>".encode(), 1500)),
        (sitemap.entries, gzip.compress(packed(f"<urlset>{PAGES}</urlset>".encode(), 1500))),
        (sitemap.entries, gzip.compress(f"<urlset>{PAGES}</urlset>".encode())[:-8] + b"damaged!"),
        (sitemap.entries, gzip.compress(b"<urlset>") + packed(f"{PAGES}</urlset>".encode(), 1500)),
        (feed.entries, packed(rss(*LONG_ITEMS), 1500)),
        (feed.entries, packed(json_feed(*({"url": one[12:-14]} for one in LONG_ITEMS)), 1500)),
    ],
    ids=["sitemap", "packed twice", "checksum", "two members", "feed", "JSON Feed"],
)  # fmt: skip
def test_of_a_damaged_gzip_file_what_can_be_read_is(read: Callable[..., dict[str, Any]], body: bytes) -> None:
    found = read(body, 10**7, URL) if read is sitemap.entries else read(body, URL, None)
    number = len(found["entries"])
    assert 50 < number <= 200
    assert found["problem"] == f"its gzip data is damaged or cut short; only the first {number} entries were read"
    assert all(len(entry["url"]) > 55 for entry in found["entries"])


@pytest.mark.parametrize("behind", [b"\n<!-- made in 0.2 s -->", b"\0\0", b"}", b"<script>x</script>"])
def test_what_stands_behind_a_json_feed_costs_nothing(behind: bytes) -> None:
    found = feed.entries(json_feed({"url": A}, {"url": B}) + behind, URL, None)
    assert ([one["url"] for one in found["entries"]], found["problem"]) == ([A, B], None)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (rss(f"<item><title>&lt;b&gt;One&lt;/b&gt; &amp;amp; two</title><link>{A}</link></item>"), "One & two"),
        (rss(f"<item><title><![CDATA[<i>One</i> < two]]></title><link>{A}</link></item>"), "One < two"),
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/'
            b'xhtml">A <b>bold</b> one</div></title><link href="/a"/></entry></feed>',
            "A bold one",
        ),
    ],
)
def test_titles_of_a_feed_have_no_tags(body: bytes, title: str) -> None:
    [one] = feed.entries(body, URL, None)["entries"]
    assert one["title"] == title


def test_a_sitemap_that_is_cut_inside_a_tag_ends_in_the_middle() -> None:
    for left in (2, 5, 9):
        body = f"<urlset>\n{PAGES}</urlset>"
        problem = sitemap.entries(body[: -len("</urlset>") - left].encode(), 10**7)["problem"]
        assert "it ends in the middle; 199 of 200 entries were read" in problem


def test_a_gzip_file_of_several_members_is_read_to_its_end() -> None:
    body = b"".join(map(gzip.compress, (b"<urlset>", PAGES.encode(), b"</urlset>")))
    found = sitemap.entries(body, 10**7)
    assert (len(found["entries"]), found["problem"]) == (200, None)
    with pytest.raises(BodyError, match="body over 1000 bytes"):
        sitemap.entries(body, 1000)
