"""Sitemaps, news sitemaps and sitemap indexes to entries. Runs in a worker process."""

import re
from io import BytesIO
from typing import Any

from legation.pipeline.date_parsing import FIRST_YEAR, parse_date
from legation.pipeline.errors import Unfit
from legation.pipeline.sources import feed
from legation.pipeline.sources.feed import absolute_address
from legation.pipeline.sources.unusable_answer import explain_answer
from legation.pipeline.sources.xml_repair import (
    broken_words,
    cut_words,
    repaired_xml,
    without_forbidden_characters,
    without_gzip,
)

MOST_ENTRIES = 50_000  # the protocol's own limit for one file
_OPENING = re.compile(rb"<(?:\w+:)?(?:url|sitemap)[\s>]")
_CLOSING = re.compile(rb"</(?:\w+:)?(?:url|sitemap)\s*>")
# An ampersand that was not written as one; CDATA, in which it may stand.
_AMPERSAND = re.compile(rb"<!\[CDATA\[.*?\]\]>|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+\Z")


def entries(
    body: bytes,
    limit: int,
    url: str = "",
    content_type: str | None = None,
    newest: str = "",
    first_year: int = FIRST_YEAR,
) -> dict[str, Any]:
    """{"entries", "notes", "problem"} as in sources/feed.py, "sitemaps": addresses, the latest first, "cut": bool}.

    `limit`: bytes after decompression of a .gz. `cut`: there were more entries than MOST_ENTRIES. A list of addresses
    as plain text, one a line, and a feed are sitemaps too, as the protocol has it. Raises Unfit for anything else.
    Entities are not resolved and nothing is loaded.
    """
    body, sound = without_gzip(body, limit, times=2)  # some are packed twice
    return cut_words(_entries(body, url, content_type, newest, first_year), sound)


def _entries(body: bytes, url: str, content_type: str | None, newest: str, first_year: int) -> dict[str, Any]:
    """As `entries`, of what was unpacked."""
    clean = repaired_xml(body, content_type)
    start = clean.lstrip()
    if start[:1] != b"<":
        return _text_sitemap(clean.decode(), url, body, content_type)
    root = re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s/>]", clean[:10_000])
    if not root:
        return _feed(clean, url, newest, first_year)
    before = clean[: root.start()]  # such as a warning of a program that did not end up in its log
    whole = b"\n" * before.count(b"\n") + _AMPERSAND.sub(
        lambda found: b"&amp;" if found[0] == b"&" else found[0], clean[root.start() :]
    )
    return _xml_sitemap(whole, url, newest, first_year)


def _text_sitemap(text: str, base: str, body: bytes, content_type: str | None) -> dict[str, Any]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    wrong = [number for number, line in lines if not _ADDRESS.match(line)]
    if not lines or len(wrong) == len(lines):
        raise Unfit(explain_answer(body, base, content_type, "sitemap"))
    urls = [line for _, line in lines if _ADDRESS.match(line)]
    notes = (
        [f"{len(wrong)} of {len(lines)} lines left out, because they are no addresses: line {wrong[0]}"]
        if wrong
        else []
    )
    return _result([_page(absolute_address(base, one)) for one in urls], [], notes, None)


def _feed(body: bytes, url: str, newest: str, first_year: int) -> dict[str, Any]:
    try:
        found = feed.entries(body, url, "application/xml; charset=utf-8", newest, first_year)
    except Unfit as error:
        raise Unfit(explain_answer(body, url, None, "sitemap")) from error
    if not found["entries"]:
        raise Unfit("this is a feed without entries, not a sitemap")
    return _result(found["entries"], [], found["notes"], found["problem"])


def _xml_sitemap(body: bytes, base: str, newest: str, first_year: int) -> dict[str, Any]:
    from lxml import etree

    pages: list[dict[str, Any]] = []
    maps: list[tuple[str, str]] = []
    nameless = 0
    options = {"resolve_entities": False, "no_network": True, "huge_tree": False, "recover": True}
    tags = without_forbidden_characters(body)
    closed = len(_CLOSING.findall(tags))  # the parser closes what a cut file left open, with half an address in it
    context = etree.iterparse(BytesIO(body), events=("end",), tag=("{*}url", "{*}sitemap"), **options)
    for _, element in context:
        if len(pages) + len(maps) + nameless >= min(closed, MOST_ENTRIES):
            break
        own = _own(element)
        address = own.get("loc", "")
        if not address:
            nameless += 1
        elif _name(element)[1] == "sitemap":
            maps.append((parse_date(own.get("lastmod"), newest, 1).date or "", absolute_address(base, address)))
        else:
            pages.append({**_dated(own, _news(element), newest, first_year), "url": absolute_address(base, address)})
        element.clear()
        if element.getparent() is not None:
            del element.getparent()[0]
    there, read = len(_OPENING.findall(tags)), len(pages) + len(maps) + nameless
    problem = None
    closed_root = re.search(rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>|\A\s*<[^>]*/>", tags)
    if read < min(there, MOST_ENTRIES) or not closed_root:
        errors = sorted(context.error_log, key=lambda error: error.domain_name == "NAMESPACE")  # these cost nothing
        line, message = next(((error.line, error.message) for error in errors), (None, "cut short"))
        if not closed_root and re.search(rb"<[^<>]*\Z", tags) and (line or 0) > body.count(b"\n"):
            message = "cut short"  # to the parser the tag that is cut is a wrong one
        problem = broken_words(line, message, read, there)
    notes = [f"{nameless} of {read} entries left out, because they have no address"] if nameless else []
    latest = [address for _, address in sorted(maps, reverse=True)]
    return _result(pages, latest, notes, problem, cut=there > read >= MOST_ENTRIES)


def _result(
    pages: list[dict[str, Any]], maps: list[str], notes: list[str], problem: str | None, *, cut: bool = False
) -> dict[str, Any]:
    cut = cut or len(pages) > MOST_ENTRIES
    return {"entries": pages[:MOST_ENTRIES], "sitemaps": maps, "cut": cut, "notes": notes, "problem": problem}


def _page(address: str) -> dict[str, Any]:
    return {"url": address, "title": None, "published": None, "announces": None, "note": None}


def _own(element: Any) -> dict[str, str]:
    """Texts of the children in the element's own namespace: image:loc and video:title are not about the page."""
    space, _ = _name(element)
    found: dict[str, str] = {}
    for child in element.iterchildren("*"):
        there, name = _name(child)
        if there == space:
            found.setdefault(name, _text(child))
    return found


def _news(element: Any) -> dict[str, str]:
    """What the extension for news says; its prefix is enough where the namespace was forgotten."""
    for child in element.iterchildren("*"):
        space, name = _name(child)
        if name == "news" and "news" in space:
            return {_name(told_of)[1]: _text(told_of) for told_of in child.iterchildren("*")}
    return {}


def _name(element: Any) -> tuple[str, str]:
    """Namespace and name; where the namespace was forgotten, its prefix stands for it; "" for none."""
    if element.tag.startswith("{"):
        space, _, name = element.tag[1:].partition("}")
        return space, name
    space, _, name = element.tag.rpartition(":")
    return space, name


def _dated(own: dict[str, str], news: dict[str, str], newest: str, first_year: int) -> dict[str, Any]:
    note = None
    for announces, value in (("publication", news.get("publication_date")), ("change", own.get("lastmod"))):
        day = parse_date(value, newest, first_year)
        if day.date:
            return {"title": news.get("title") or None, "published": day.date, "announces": announces, "note": None}
        note = note or day.fault
    return {"title": news.get("title") or None, "published": None, "announces": None, "note": note}


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
