"""One page's bytes to an article's text and metadata, by trafilatura. Runs in a worker process: see pipeline/worker.py.

Settings: `fast`, since on 181 annotated pages it costs no quality and saves a third of the time; no comments, which are
not the publisher's words; never `deduplicate`, which remembers other pages, so that results would depend on order.
"""

import re
from importlib.metadata import version
from typing import Any

from pipeline.cleaning.charset import decode

CLEANER = f"trafilatura {version('trafilatura')}"
LONGEST_TEXT = 500_000  # characters; the longest real articles have a tenth of it, and a language model has its limits
MAGIC = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"\xff\xd8\xff": "JPEG",
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def clean(body: bytes, url: str | None, content_type: str | None, newest: str) -> dict[str, Any]:
    """What the page holds: {"text", "title", "author", "language", "published", "canonical", "fingerprint"}, or
    {"unparsed": why}. `newest`: YYYY-MM-DD, no article is younger."""
    kind = next((name for magic, name in MAGIC.items() if body.startswith(magic)), None)
    if kind or not body.strip():
        return {"unparsed": f"not HTML: {kind}" if kind else "empty"}
    from trafilatura import bare_extraction, load_html

    characters = decode(body, content_type)
    tree = load_html(characters)
    if tree is None:
        return {"unparsed": _limit_passed(characters) or "not HTML"}
    about = {"language": _language(tree), "canonical": _canonical(tree)}
    options: dict[str, Any] = {
        "url": url,
        "fast": True,
        "include_comments": False,
        "with_metadata": True,
        "date_extraction_params": {"original_date": True, "extensive_search": False, "max_date": newest},
    }
    document = bare_extraction(tree, **options)
    if getattr(document, "text", "").startswith("| "):  # an old page whose layout, with menu and all, is a table
        document = bare_extraction(tree, include_tables=False, **options) or document
    text = tidy(getattr(document, "text", None)) or ""
    if not text:
        return {"unparsed": _limit_passed(characters) or "no article text found", **about}
    if len(text) > LONGEST_TEXT:
        return {"unparsed": f"text over {LONGEST_TEXT} characters", **about}
    return {"text": text, **about, **_metadata(document), "fingerprint": fingerprint(text)}


def _limit_passed(characters: str) -> str | None:
    """Which limit of the parser the page breaks (256 levels, 10 MB of one text); trafilatura does not pass that on."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8")
    etree.fromstring(characters.encode("utf-8", "replace"), parser=parser)
    fatal = [error.message.lower() for error in parser.error_log if error.level_name == "FATAL"]
    reasons = {"depth": "nested too deep", "memory": "memory", "limit": "one text too long for the parser"}
    return next((reason for word, reason in reasons.items() if any(word in text for text in fatal)), None)


def tidy(text: str | None) -> str | None:
    """Without characters that a database or a page cannot hold; None when nothing is left."""
    return CONTROL.sub("", text).strip() or None if text else None


def fingerprint(text: str) -> str:
    """64-bit simhash in hex: texts that differ in a few words differ in a few bits."""
    from trafilatura.deduplication import content_fingerprint

    return str(content_fingerprint(text)).rjust(16, "0")


def _metadata(document: Any) -> dict[str, str | None]:
    date = document.date if document.date and DATE.fullmatch(document.date) else None
    return {"title": _line(document.title), "author": _line(document.author), "published": date}


def _line(text: str | None) -> str | None:
    clean = tidy(text)
    return " ".join(clean.split())[:500] if clean else None


def _language(tree: Any) -> str | None:
    """The two letters of <html lang>."""
    found = re.match(r"[a-z]{2}(?![a-z])", (tree.get("lang") or "").lower())
    return found[0] if found else None


def _canonical(tree: Any) -> str | None:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return link.get("href") or None
    return None
