"""Bytes of a page to characters."""

import codecs
import re

DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
WEB = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}  # as browsers read these labels (WHATWG)
BROKEN_SHARE = 0.01  # a page with fewer wrong characters is UTF-8 with damage, not another charset


def decode(body: bytes, content_type: str | None = None) -> str:
    """The characters of `body`. Never fails: wrong bytes become U+FFFD.

    A byte order mark decides; else UTF-8 where it fits, since text in another charset almost never does; else what the
    HTTP header or the page declares; else a guess.
    """
    for mark, name in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    damaged = body.decode("utf-8", "replace")
    declared = _declared(body, content_type)
    if damaged.count("\ufffd") <= BROKEN_SHARE * len(damaged) and declared in (None, "utf-8"):
        return damaged
    return body.decode(declared if declared not in (None, "utf-8") else _guessed(body), "replace")


def _declared(body: bytes, content_type: str | None) -> str | None:
    in_page = DECLARED.search(body[:4096])
    in_header = IN_HEADER.search(content_type or "")
    labels = [in_header[1] if in_header else None, in_page[1].decode("ascii") if in_page else None]
    return next((name for label in labels if label and (name := _codec(label))), None)


def _codec(label: str) -> str | None:
    """Python's name of a charset of text; None for an unknown one."""
    try:
        name = codecs.lookup(label).name
        b"x".decode(name, "replace")  # refuses codecs that are no charset, such as hex
    except (LookupError, ValueError):
        return None
    return WEB.get(name, name)


def _guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:200_000]).best()
    return best.encoding if best else "cp1252"
