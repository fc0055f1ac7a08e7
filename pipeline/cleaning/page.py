"""One page's bytes to an article's text and metadata, by trafilatura. Runs in a worker process: see pipeline/worker.py.

Settings: `fast`, since on 181 annotated pages it costs no quality and saves a third of the time; no comments, which are
not the publisher's words; never `deduplicate`, which remembers other pages, so that results would depend on order.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urljoin

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.cleaning.control_characters import strip_control_characters
from legation.pipeline.cleaning.fingerprint import fingerprint
from legation.pipeline.cleaning.live_blog import dated_posts
from legation.pipeline.cleaning.metadata import page_metadata
from legation.pipeline.cleaning.stylesheets import hidden_by_style
from legation.pipeline.cleaning.xpaths import hasten
from legation.pipeline.date_parsing import FIRST_YEAR
from legation.pipeline.funnel.stages import may_claim

CLEANER = f"trafilatura {version('trafilatura')}"
LONGEST_TEXT = 500_000  # characters; the longest real articles have a tenth of it, and a language model has its limits
HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:px|em|rem|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
STRUCK = ("del", "s", "strike")  # what the publisher has withdrawn
WISH = re.compile(r"\b(?:java\s?script|enable|disabled?|browser|cookies)\b", re.IGNORECASE)
SENTENCE = 40  # characters
MAGIC = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"\xff\xd8\xff": "JPEG",
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
}


def clean(
    body: bytes,
    url: str | None,
    content_type: str | None,
    newest: str,
    *,
    anchored: bool = False,
    foreign: bool = False,
    first_year: int = FIRST_YEAR,
) -> dict[str, Any]:
    """What the page holds: {"text", "title", "author", "language", "published", "dated_by", "date_note", "canonical",
    "fingerprint", "posts"}, or {"unparsed": why}. `posts`: as in live_blog.py. `newest`: YYYY-MM-DD; no article is
    younger.
    `anchored`: of a text that can give no claim only the text is wanted; `foreign`: none in other languages either."""
    kind = next((name for magic, name in MAGIC.items() if body.startswith(magic)), None)
    if kind or not body.strip():
        return {"unparsed": f"not HTML: {kind}" if kind else "empty"}
    characters = decode(body, content_type)
    tree = _parsed(characters)
    if tree is None:
        return {"unparsed": _limit_passed(characters) or "not HTML"}
    links = {"language": _language(tree), "canonical": _canonical(tree, url)}
    _leave_what_is_seen(tree)
    text = strip_control_characters(_text(tree)) or ""
    if not text:
        return {"unparsed": _limit_passed(characters) or "no article text found", **links}
    if len(text) > LONGEST_TEXT:
        return {"unparsed": f"text over {LONGEST_TEXT} characters", **links}
    if anchored and not may_claim(text, _headlines(tree), foreign=foreign):
        return {"text": text}
    posts = dated_posts(tree, text, newest, first_year)
    return {
        "text": text,
        **links,
        "posts": posts,
        **page_metadata(tree, url, newest, first_year),
        "fingerprint": fingerprint(text),
    }


def _headlines(tree: Any) -> str:
    """All that may become the page's title, so that no page is dropped whose headline alone names a mission."""
    found = ["".join(element.itertext()) for element in tree.iter("title", "h1")]
    found += tree.xpath('//meta[contains(@property, "title") or contains(@name, "title")]/@content')
    return " ".join(found)


def _parsed(characters: str) -> Any:
    """The page's tree by trafilatura's parser; None if it is no page."""
    from trafilatura import load_html

    _prepare()
    return load_html(characters)


@cache
def _prepare() -> None:
    """One class for all elements, chosen in C; else a Python function is asked for each of them, again and again."""
    from lxml import etree
    from lxml.html import HtmlElement
    from trafilatura.utils import HTML_PARSER

    HTML_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    hasten()


def _leave_what_is_seen(tree: Any) -> None:
    """Take out what a browser does not show or strikes out, and take <noscript> for what a reader without scripts sees
    in it."""
    for element in hidden_by_style(tree):
        element.drop_tree()
    for element in list(tree.iter("*")):
        if element.getparent() is None or element.tag in ("html", "head", "body"):
            continue
        closed = element.tag == "dialog" and element.get("open") is None
        if element.tag in ("template", *STRUCK) or closed or _is_hidden(element):
            element.drop_tree()
        elif element.tag == "noscript" and _is_reading(element):
            element.drop_tag()


def _is_hidden(element: Any) -> bool:
    """Whether no reader sees it. What has aria-hidden is not read aloud, but may be seen: some publishers mark all
    paragraphs behind a paywall so."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and HIDING.search(style) is not None


def _is_reading(element: Any) -> bool:
    """Whether a <noscript> holds text to be read, and not a picture, a counter or the wish for scripts."""
    text = " ".join(element.itertext()).strip()
    return len(text) >= SENTENCE and not WISH.search(text)


def _text(tree: Any) -> str | None:
    from trafilatura import bare_extraction

    options: dict[str, Any] = {"fast": True, "include_comments": False}
    with _without_code(tree):
        document = bare_extraction(tree, **options)
        if getattr(document, "text", "").startswith("| "):  # an old page whose layout, with menu and all, is a table
            document = bare_extraction(tree, include_tables=False, **options) or document
    return getattr(document, "text", None)


@contextmanager
def _without_code(tree: Any) -> Iterator[None]:
    """Scripts and styles emptied, half of a page's bytes, which would be copied four times. JSON stays: it may hold the
    text."""
    code = [(e, e.text) for e in tree.iter("script", "style") if e.text and "json" not in (e.get("type") or "")]
    for element, _ in code:
        element.text = None
    try:
        yield
    finally:
        for element, text in code:
            element.text = text


def _limit_passed(characters: str) -> str | None:
    """Which limit of the parser the page breaks (256 levels, 10 MB of one text); trafilatura does not pass that on."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8")
    etree.fromstring(characters.encode("utf-8", "replace"), parser=parser)
    fatal = [error.message.lower() for error in parser.error_log if error.level_name == "FATAL"]
    reasons = {"depth": "nested too deep", "memory": "memory", "limit": "one text too long for the parser"}
    return next((reason for word, reason in reasons.items() if any(word in text for text in fatal)), None)


def _language(tree: Any) -> str | None:
    """The two letters of <html lang>."""
    found = re.match(r"[a-z]{2}(?![a-z])", (tree.get("lang") or "").lower())
    return found[0] if found else None


def _canonical(tree: Any, url: str | None) -> str | None:
    """What <link rel=canonical> names, relative to <base href> where the page has one, else as it stands there."""
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            target = (link.get("href") or "").strip()
            base = next((found for base in tree.iter("base") if (found := (base.get("href") or "").strip())), None)
            return _joined(_joined(url or "", base), target) if base and target else target or None
    return None


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # such as "http://[": no address
        return address
