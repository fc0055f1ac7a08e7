"""Listings of strangers made fit for a parser: unpacked, in UTF-8 whatever is declared, without characters that XML
forbids."""

import re
from typing import Any

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.cleaning.control_characters import CONTROL
from legation.pipeline.fetch.decompression import unpack_gzip

_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
# What parsers say -> what it means for the author of the document.
_FAULTS = [
    (re.compile(sign, re.IGNORECASE), words)
    for sign, words in (
        (r"premature end|unclosed|no element found|not finished|cut short|couldn't find end", "it ends in the middle"),
        (r"mismatch", "a tag is closed that is not the open one"),
        (r"declaration allowed only|junk after|extra content", "another document begins here"),
        (r"entity", "an entity is used that XML does not know"),
        (r"attribute|attvalue", "an attribute is not written as XML wants it"),
        (r"invalid token|starttag|invalid element name", "a < or & that is not written as &lt; or &amp;"),
    )
]
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,9})|([0-9]{1,9}));")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")


def repaired_xml(body: bytes, content_type: str | None) -> bytes:
    """The document as UTF-8, with no declaration that could say otherwise; its lines keep their numbers."""
    text = _REFERENCE.sub(_allowed, CONTROL.sub("", decode(body, content_type)))
    return _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text, count=1).encode()


def _allowed(found: re.Match[str]) -> str:
    """A reference as it is; U+FFFD where it is to no character that XML allows, for which parsers give up."""
    number = int(found[1], 16) if found[1] else int(found[2])
    allowed = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
    return found[0] if allowed or 0x10000 <= number < 0x110000 else "\ufffd"


def without_forbidden_characters(body: bytes) -> bytes:
    """The document without comments and CDATA, in which tags are no tags."""
    return _NO_TAGS.sub(b"", body)


def broken_words(line: int | None, message: str, read: int, there: int) -> str:
    """What to say of XML that is cut short or malformed. `line` None: not known; `message`: the parser's own."""
    place = f"line {line}: " if line else ""
    what = next((words for sign, words in _FAULTS if sign.search(message)), "what stands here is no XML")
    return f"not well-formed XML: {place}{what}; {read} of {max(read, there)} entries were read"


def without_gzip(body: bytes, limit: int, times: int = 1) -> tuple[bytes, bool]:
    """A listing that was sent as a gzip file, packed at most so many times, and whether all of it could be unpacked.
    Raises BodyError as unpack_gzip."""
    whole = True
    for _ in range(times):
        if not body.startswith(b"\x1f\x8b"):
            break
        body, sound = unpack_gzip(body, limit)
        whole = whole and sound
    return body, whole


def cut_words(found: dict[str, Any], whole: bool) -> dict[str, Any]:
    """What a listing names, with the damage of its gzip file as its problem."""
    if whole:
        return found
    read = len(found["entries"]) + len(found.get("sitemaps", ()))
    return {**found, "problem": f"its gzip data is damaged or cut short; only the first {read} entries were read"}
