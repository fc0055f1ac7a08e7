"""First stage: a page's raw bytes against all patterns at once, at about 1 GB a second.

Without hyperscan (it has no wheel for some platforms) every page passes: in pure Python the second stage costs less
than the same search.
"""

import codecs
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from legation.pipeline.cleaning.charset import DECLARED, IN_HEADER
from legation.pipeline.funnel import foreign_patterns as other
from legation.pipeline.funnel.anchor_patterns import byte_patterns, paragraph_patterns
from legation.pipeline.funnel.split_words import beginnings

# Charsets in which an ASCII letter is one byte, that byte is nothing else, and which hold no shift sequences.
PLAIN = ("utf-8", "utf8", "ascii", "us-ascii", "iso-8859-", "iso8859-", "latin", "windows-125", "cp125", "koi8", "euc-")

Scanner = Callable[[bytes], bool]
Rests = dict[int, re.Pattern[bytes]]


@cache
def scanner(foreign: bool = False) -> Scanner | None:
    """Whether one of the patterns matches; None where hyperscan is not installed. Compiled once a process.

    `foreign`: also those of other languages."""
    whole, cut = (*byte_patterns(), *(other.byte_patterns() if foreign else ())), beginnings()
    rests = {number: rest for number, (_, rest) in enumerate(cut, len(whole))}
    return _scanner((*whole, *(begun for begun, _ in cut)), rests)


@cache
def paragraphs() -> Scanner | None:
    """The same, whether a word stands in a paragraph's text."""
    return _scanner(paragraph_patterns(), {})


def _scanner(patterns: Sequence[str], rests: Rests) -> Scanner | None:
    """`rests`: what must follow at the last byte of a match, for patterns that alone mean nothing."""
    try:
        import hyperscan
    except ImportError:
        return None
    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_DOTALL
    written = [pattern.encode("latin-1") for pattern in patterns]
    database.compile(written, ids=list(range(len(written))), elements=len(written), flags=flags)

    def stop(number: int, start: int, end: int, flags: int, body: Any) -> bool:
        return number not in rests or rests[number].match(body, end - 1) is not None

    def scan(body: bytes) -> bool:
        try:
            database.scan(body, match_event_handler=stop, context=body)
        except hyperscan.ScanTerminated:
            return True
        return False

    return scan


def may_hold(body: bytes, content_type: str | None = None, *, foreign: bool = False) -> bool:
    """Whether an anchor word may stand in the page. False is certain; pages in charsets that hide letters pass.

    `foreign`: or a word for missions of another language, for which False is not certain (foreign_patterns.py)."""
    scan = scanner(foreign=True) if foreign else scanner()
    return scan is None or _odd(body, content_type) or scan(body)


def surely_shows(body: bytes) -> bool:
    """Whether an anchor word stands in a paragraph for anyone to see. False says nothing."""
    scan = paragraphs()
    return scan is not None and scan(body)


def _odd(body: bytes, content_type: str | None) -> bool:
    """Whether ASCII letters may be other bytes than their own."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in body[:4096]:
        return True
    head = body[:4096]
    labels = [m[1].lower() for m in [IN_HEADER.search(content_type or "")] if m]
    labels += [m[1].decode("ascii").lower() for m in [DECLARED.search(head)] if m]
    return any(not label.startswith(PLAIN) for label in labels)
