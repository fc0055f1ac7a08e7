"""RSS, Atom and JSON feeds to entries. Runs in a worker process."""

import html
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.date_parsing import FIRST_YEAR, parse_date
from legation.pipeline.errors import Unfit
from legation.pipeline.sources.unusable_answer import explain_answer
from legation.pipeline.sources.xml_repair import (
    broken_words,
    cut_words,
    repaired_xml,
    without_forbidden_characters,
    without_gzip,
)

MOST_ENTRIES = 10_000
LARGEST = 50_000_000  # bytes of a feed that was sent as a gzip file
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_BETWEEN = re.compile(r"[\s,]*")
_OPENING = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_CLOSING = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")


def entries(
    body: bytes, url: str, content_type: str | None, newest: str = "", first_year: int = FIRST_YEAR
) -> dict[str, Any]:
    """What the feed names, in its order:

    {"entries": [{"url", "title", "published", "announces", "note"}, ...], "notes": [lines], "problem": line or None}

    `published` is YYYY-MM-DD, YYYY-MM or None; `announces` tells whether it is of the "publication" or of a "change";
    `note`: why its date was not believed. `notes` say which entries were left out, `problem` that the rest was lost.
    `newest`: the day of fetching, today if left out. Raises Unfit for what is no feed, such as the consent page
    that some servers send in its place.
    """
    body, sound = without_gzip(body, LARGEST)
    text = decode(body[:4096], content_type).lstrip("\ufeff \t\r\n")
    is_json = text.startswith(("{", "["))
    found, problem = _json_feed(body, content_type) if is_json else _xml_feed(body, url, content_type)
    whole: list[dict[str, Any]] = []
    left: list[str] = []
    for number, item in enumerate(found, 1):
        if not item.get("url"):
            left.append(f"entry {number} ({item.get('title') or 'untitled'})" if item else f"entry {number} (empty)")
        elif len(whole) < MOST_ENTRIES:
            whole.append(_entry(item, url, newest, first_year))
    notes = (
        [f"{len(left)} of {len(found)} entries left out, because they have no address: {_some(left)}"] if left else []
    )
    if (rest := len(found) - len(left) - len(whole)) > 0:
        notes.append(f"{rest} entries beyond the first {MOST_ENTRIES} left out")
    return cut_words({"entries": whole, "notes": notes, "problem": problem}, sound)


def _entry(item: dict[str, Any], base: str, newest: str, first_year: int) -> dict[str, Any]:
    dated: dict[str, Any] = {"published": None, "announces": None, "note": None}
    for announces in ("publication", "change"):
        for value in item[announces]:
            day = parse_date(value, newest, first_year)
            if day.date:
                dated = {"published": day.date, "announces": announces, "note": None}
                break
            dated["note"] = dated["note"] or day.fault
        if dated["published"]:
            break
    return {"url": absolute_address(base, item["url"]), "title": item["title"], **dated}


def absolute_address(base: str, address: str) -> str:
    """An address of a listing, relative ones taken from `base`."""
    try:
        return urljoin(base, address.strip())
    except ValueError:  # such as "http://[": no address; the request for it will say so
        return address


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(name[:60] for name in names[:3]) + more


def _address(*values: object) -> str:
    """The first that is text with something in it; ids count only if they are web addresses."""
    *links, name = values
    for value in links:
        if isinstance(value, str) and value.strip():
            return value.strip()
    return name.strip() if isinstance(name, str) and re.match(r"\s*https?://[^\s/]", name) else ""


def _json_feed(body: bytes, content_type: str | None) -> tuple[list[dict[str, Any]], str | None]:
    text = decode(body, content_type).lstrip("\ufeff \t\r\n")
    problem = None
    try:
        feed, _ = json.JSONDecoder(strict=False).raw_decode(
            text
        )  # what stands behind it, such as a comment, costs nothing
    except json.JSONDecodeError as error:
        items = _items_before(text)
        if "jsonfeed.org" not in text[:2000] or not items:
            raise Unfit(f"not a feed: not JSON: line {error.lineno}: {error.msg}") from error
        problem = f"not JSON: line {error.lineno}: {error.msg}; only the first {len(items)} entries were read"
        feed = {"version": "jsonfeed.org", "items": items}
    except RecursionError as error:
        raise Unfit("not a feed: JSON nested too deep") from error
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise Unfit("this is JSON, but no JSON Feed, not a feed")
    if not isinstance(feed.get("items"), list):
        raise Unfit('JSON Feed without a list of "items"')
    return [_json_item(item) if isinstance(item, dict) else {} for item in feed["items"]], problem


def _json_item(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": _address(item.get("url"), item.get("external_url"), item.get("id")),
        "title": item["title"].strip() or None if isinstance(item.get("title"), str) else None,
        "publication": [item.get("date_published")],
        "change": [item.get("date_modified")],
    }


def _items_before(text: str) -> list[Any]:
    """The whole items that stand before the fault of a JSON feed."""
    found: list[Any] = []
    decoder = json.JSONDecoder(strict=False)
    begin = _ITEMS.search(text)
    at = begin.end() if begin else len(text)
    try:
        while (at := _end_of(text, at)) < len(text) and text[at] != "]":
            item, at = decoder.raw_decode(text, at)
            found.append(item)
    except (ValueError, RecursionError):
        pass
    return found


def _end_of(text: str, at: int) -> int:
    blank = _BETWEEN.match(text, at)
    return blank.end() if blank else at


def _xml_feed(body: bytes, url: str, content_type: str | None) -> tuple[list[dict[str, Any]], str | None]:
    import feedparser

    clean = repaired_xml(body, content_type)
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    feed = feedparser.parse(clean, response_headers=headers)  # bytes only: a string might be taken for an address
    if not feed.get("version"):
        raise Unfit(explain_answer(body, url, content_type, "feed"))
    tags = without_forbidden_characters(clean)
    there = len(_OPENING.findall(tags))
    # not a cut one at the end
    whole = feed.entries[: len(_CLOSING.findall(tags))] if feed.get("bozo") else feed.entries
    return [_xml_item(entry) for entry in whole], _fault(feed, len(whole), there, tags)


def _fault(feed: Any, read: int, there: int, body: bytes) -> str | None:
    """What is wrong with the XML, if entries may be lost by it; an unknown entity such as &nbsp; costs none."""
    error = feed.get("bozo_exception")
    line = getattr(error, "getLineNumber", None)
    if not feed.get("bozo") or line is None:
        return None
    whole = re.search(rb"</(?:\w+:)?(?:rss|feed|RDF|rdf)\s*>", body) is not None
    if read >= there and whole:
        return None
    return broken_words(line(), str(getattr(error, "getMessage", lambda: error)()), read, there)


def _xml_item(entry: Any) -> dict[str, Any]:
    alternates = [link.get("href") for link in entry.get("links", ()) if link.get("rel") == "alternate"]
    return {
        "url": _address(entry.get("link"), *alternates, entry.get("id")),
        "title": _plain(entry) or None,
        "publication": _days(entry, "published"),
        "change": _days(entry, "updated"),
    }


def _plain(entry: Any) -> str:
    """The title as text; feedparser leaves tags in one that is HTML."""
    title = str(entry.get("title") or "")
    if "html" not in entry.get("title_detail", {}).get("type", ""):
        return title
    return " ".join(html.unescape(_TAG.sub("", title)).split())


def _days(entry: Any, name: str) -> Iterable[Any]:
    """The date as written, and as feedparser reads it (in UTC), which knows the months of other languages. It also
    makes a date of what is none, so that one counts only where year and day stand in the text."""
    if name not in entry:
        return
    written = entry.get(name)
    yield written
    when = entry.get(f"{name}_parsed")
    if when and isinstance(written, str) and re.search(r"[^\W\d_]{2}", written):
        numbers = {int(digits) for digits in re.findall(r"\d{1,9}", written)}
        if {when.tm_year, when.tm_mday} <= numbers:
            yield f"{when.tm_year:04}-{when.tm_mon:02}-{when.tm_mday:02}"
