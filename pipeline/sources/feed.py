"""RSS, Atom and JSON feeds to entries. Runs in a worker process."""

import json
from typing import Any
from urllib.parse import urljoin

MOST_ENTRIES = 10_000


def entries(body: bytes, url: str, content_type: str | None) -> dict[str, Any]:
    """{"entries": [{"url", "title", "published"}, ...]} in the feed's order; `published` is YYYY-MM-DD or None.

    Raises ValueError for what is no feed, such as the consent page that some servers send in its place.
    """
    found = _json_feed(body) if body.lstrip()[:1] == b"{" else _xml_feed(body, url, content_type)
    return {"entries": [{**entry, "url": urljoin(url, entry["url"])} for entry in found[:MOST_ENTRIES] if entry["url"]]}


def _json_feed(body: bytes) -> list[dict[str, Any]]:
    feed = json.loads(body)
    if "jsonfeed.org" not in str(feed.get("version")):
        raise ValueError("JSON, but no JSON Feed")
    return [
        {
            "url": str(item.get("url") or item.get("external_url") or ""),
            "title": str(item.get("title") or "") or None,
            "published": str(item.get("date_published") or "")[:10] or None,
        }
        for item in feed.get("items", [])
    ]


def _xml_feed(body: bytes, url: str, content_type: str | None) -> list[dict[str, Any]]:
    import feedparser

    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    feed = feedparser.parse(body, response_headers=headers)  # bytes only: a string might be taken for an address
    if not feed.get("version"):
        raise ValueError("not a feed")
    return [
        {"url": entry.get("link") or "", "title": entry.get("title") or None, "published": _day(entry)}
        for entry in feed.entries
    ]


def _day(entry: Any) -> str | None:
    """feedparser gives times in UTC."""
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return f"{when.tm_year:04}-{when.tm_mon:02}-{when.tm_mday:02}" if when else None
