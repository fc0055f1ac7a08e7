"""One form for one address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.pipeline.fetch.addresses import Refused
from legation.pipeline.fetch.urls import canonical, checked_url, origin, publisher


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HTTP://News.Example:80/a/b.html#top", "http://news.example/a/b.html"),
        ("https://news.example/a?utm_source=feed&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
        ("https://news.example", "https://news.example/"),
        ("  https://news.example/a ", "https://news.example/a"),
        ("ftp://news.example/a", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("/a/b", None),
        ("", None),
        ("https://news.example/" + "a" * 3_000, None),
    ],
)
def test_canonical(given: str, expected: str | None) -> None:
    assert canonical(given) == expected


@given(st.text(max_size=200) | st.builds("https://news.example/{}".format, st.text(max_size=80)))
def test_canonical_is_stable_and_never_fails(url: str) -> None:
    once = canonical(url)
    assert once is None or canonical(once) == once


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.example/",
        "data:text/html,x",
        "gopher://news.example/",
        "http://a.example\\@b.example/",
        "http://user:word@news.example/",
        "http://news.example/a b",
        "http://news.example/\x00",
        "http://news.example/\r\nHost: other",
        "http:///path",
        "http://[::1/",
        "news.example",
        "https://news.example/" + "a" * 3_000,
    ],
)
def test_what_only_looks_like_a_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        checked_url(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a", "https://news.example"),
        ("https://news.example:8443/a", "https://news.example:8443"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080"),
    ],
)
def test_origin(url: str, expected: str) -> None:
    assert origin(checked_url(url)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("https://edition.cnn.com/x", "cnn.com"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
        ("saved/page.html", None),
    ],
)
def test_publisher(url: str, expected: str | None) -> None:
    assert publisher(url) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://news.example/s/nine teen.html", "http://news.example/s/nine%20teen.html"),
        ("https://news.example/a b/c%20d\n", "https://news.example/a%20b/c%20d"),
        ("\ufeffhttps://news.example/a\t/b", "https://news.example/a/b"),
        ("http://ne ws.example/a", None),
    ],
)
def test_blanks_in_addresses(given: str, expected: str | None) -> None:
    assert canonical(given) == expected
