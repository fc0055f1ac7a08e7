"""What to say of an answer that is no feed or no sitemap: what it is instead, and where to find what was wanted."""

import re
from typing import Any

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.sources.link_list import absolute_link, base_of

MAGIC = {b"%PDF": "a PDF", b"PK\x03\x04": "a ZIP file", b"\x1f\x8b": "a gzip file", b"\x89PNG": "a picture",
         b"GIF8": "a picture", b"\xff\xd8\xff": "a picture"}  # fmt: skip
FEED = re.compile(r"application/(?:rss|atom|rdf|feed)\+|application/x\.atom\+|text/xml")
MOST = 3  # feeds that are named
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div|p|title|meta|script)\b",
    re.I | re.S,
)
_SITEMAP = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")


def explain_answer(body: bytes, url: str, content_type: str | None, wanted: str) -> str:
    """One line; `wanted`: "feed" or "sitemap". `url`: where `body` was found."""
    kind = next((what for magic, what in MAGIC.items() if body.startswith(magic)), None)
    if kind:
        return f"this is {kind}, not a {wanted}"
    text = decode(body[:500_000], content_type).lstrip("\ufeff")
    if not text.strip():
        return f"the answer is empty, not a {wanted}"
    if is_page(text):
        return f"this is a web page, not a {wanted}; {_instead(text, url, wanted)}"
    if wanted == "feed" and _SITEMAP.search(text[:4000]):
        return 'this is a sitemap, not a feed; write kind = "sitemap"'
    if "<opml" in text[:4000]:
        return f"this is a list of feeds (OPML), not a {wanted}; give each of them a source of its own"
    return f"the answer is not a {wanted}; open its address in a browser to see what it is"


def is_page(text: str) -> bool:
    """Whether a text begins as a web page does."""
    return _PAGE.match(text) is not None


def _instead(text: str, url: str, wanted: str) -> str:
    if wanted == "sitemap":
        return "the robots.txt of a site often names its sitemap"
    feeds = [link for link, _ in feed_links(text, url)][:MOST]
    if not feeds:
        return 'it names no feed; kind = "list" takes the links of a page'
    return f"it names {'a feed' if len(feeds) == 1 else 'feeds'}: {', '.join(feeds)}"


def feed_links(text: str, url: str) -> list[tuple[str, str | None]]:
    """Address and title (None: none) of each feed that a page names in its head, each address once."""
    from trafilatura import load_html

    tree: Any = load_html(text)
    if tree is None:
        return []
    base = base_of(tree, url)
    found: dict[str, str | None] = {}
    for link in tree.iter("link"):
        named = "alternate" in (link.get("rel") or "").lower().split() and FEED.match((link.get("type") or "").lower())
        if named and (address := absolute_link(base, link.get("href"))):
            found.setdefault(address, link.get("title"))
    return list(found.items())
