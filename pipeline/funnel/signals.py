"""First stage: a page's raw bytes against all patterns at once, at about 1 GB a second.

Without hyperscan (it has no wheel for some platforms) every page passes: in pure Python the second stage costs less
than the same search.
"""

import codecs
from collections.abc import Callable
from functools import cache
from typing import Any

from pipeline.cleaning.charset import DECLARED, IN_HEADER
from pipeline.funnel.cuts import beginnings
from pipeline.funnel.terms import byte_patterns

# Charsets in which an ASCII letter is one byte, that byte is nothing else, and which hold no shift sequences.
PLAIN = ("utf-8", "utf8", "ascii", "us-ascii", "iso-8859-", "iso8859-", "latin", "windows-125", "cp125", "koi8", "euc-")

Scanner = Callable[[bytes], bool]


@cache
def scanner() -> Scanner | None:
    """Whether one of the patterns matches; None where hyperscan is not installed. Compiled once a process."""
    try:
        import hyperscan
    except ImportError:
        return None
    whole, cut = byte_patterns(), beginnings()
    patterns = [pattern.encode("latin-1") for pattern in (*whole, *(begun for begun, _ in cut))]
    rests = {number: rest for number, (_, rest) in enumerate(cut, len(whole))}
    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_DOTALL
    database.compile(patterns, ids=list(range(len(patterns))), elements=len(patterns), flags=flags)

    def stop(number: int, start: int, end: int, flags: int, body: Any) -> bool:
        return number not in rests or rests[number].match(body, end - 1) is not None

    def scan(body: bytes) -> bool:
        try:
            database.scan(body, match_event_handler=stop, context=body)
        except hyperscan.ScanTerminated:
            return True
        return False

    return scan


def may_hold(body: bytes, content_type: str | None = None) -> bool:
    """Whether an anchor word may stand in the page. False is certain; pages in charsets that hide letters pass."""
    scan = scanner()
    return scan is None or _odd(body, content_type) or scan(body)


def _odd(body: bytes, content_type: str | None) -> bool:
    """Whether ASCII letters may be other bytes than their own."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in body[:4096]:
        return True
    head = body[:4096]
    labels = [m[1].lower() for m in [IN_HEADER.search(content_type or "")] if m]
    labels += [m[1].decode("ascii").lower() for m in [DECLARED.search(head)] if m]
    return any(not label.startswith(PLAIN) for label in labels)
