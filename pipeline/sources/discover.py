"""What is at an address: a feed, a sitemap, or a page that names feeds. Runs in a worker process."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.errors import Unfit
from legation.pipeline.sources import feed, sitemap
from legation.pipeline.sources.unusable_answer import feed_links, is_page
from legation.pipeline.sources.xml_repair import repaired_xml

MOST = 12  # feeds of a page that are offered
LONGEST = 200  # characters of a title
_LANGUAGE = re.compile(r"([a-zA-Z]{2})(?:[-_].*)?\Z")


def discover(body: bytes, url: str, content_type: str | None, limit: int) -> dict[str, Any]:
    """{"kind": "feed", "sitemap" or "page", "title": str or None, "language": two letters or None, "feeds": [...]}.

    `feeds`: of a page, {"url", "title"} of each feed that it names, in its order. `limit`: bytes of a sitemap after
    decompression. Raises Unfit for anything else, with one line that says what it is.
    """
    try:
        feed.entries(body, url, content_type)
    except Unfit as error:
        why = error
    else:
        return {"kind": "feed", **_about_feed(body, url, content_type), "feeds": []}
    try:
        sitemap.entries(body, limit, url, content_type)
    except Unfit:
        pass
    else:
        return {"kind": "sitemap", "title": None, "language": None, "feeds": []}
    text = decode(body, content_type).lstrip("\ufeff")
    if not is_page(text):
        raise why
    return {"kind": "page", "title": _page_title(text), "language": None, "feeds": _feeds(text, url)}


def _about_feed(body: bytes, url: str, content_type: str | None) -> dict[str, str | None]:
    text = decode(body, content_type).lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        try:
            told = json.loads(text, strict=False)
        except (ValueError, RecursionError):  # a broken one, of which the first entries were read
            told = {}
        return {"title": _line(told.get("title")), "language": _language(told.get("language"))}
    import feedparser

    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    about = feedparser.parse(repaired_xml(body, content_type), response_headers=headers).feed
    return {"title": _line(about.get("title")), "language": _language(about.get("language"))}


def _line(text: object) -> str | None:
    return " ".join(text.split())[:LONGEST] or None if isinstance(text, str) else None


def _language(text: object) -> str | None:
    found = _LANGUAGE.match(text.strip()) if isinstance(text, str) else None
    return found[1].lower() if found else None


def _page_title(text: str) -> str | None:
    found = re.search(r"<title[^>]*>(.*?)</title", text[:200_000], re.IGNORECASE | re.DOTALL)
    if found is None:
        return None
    from html import unescape

    return _line(unescape(found[1]))


def _feeds(text: str, url: str) -> list[dict[str, str | None]]:
    """Those that the page names in its head; where it names none there, the links in it that look like feeds."""
    named = {link: _line(title) for link, title in feed_links(text, url)}
    if not named:
        from trafilatura.feeds import FeedParameters, determine_feed

        at = urlsplit(url)
        base = f"{at.scheme}://{at.netloc}"
        named = dict.fromkeys(determine_feed(text, FeedParameters(base, at.netloc, url, external=True)))
    return [{"url": link, "title": title} for link, title in named.items()][:MOST]
