"""Which articles are the same: one address for one article, and copies of it by other publishers. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from legation.pipeline.dates import span
from legation.pipeline.fetch.urls import canonical, publisher

NEAR_BITS = 16  # of 64: copies made of 48 news texts (new headline, added line, last fifth cut) differ in up to 13
SHARED = 0.6  # of the shorter text's shingles: those copies share 0.94 and more, any two of the 48 texts less than 0.01
SHINGLE = 5  # words
DAYS = 3  # wire copies appear within days


def own_address(page_url: str, final_url: str | None, canonical_link: str | None) -> str:
    """The address that an article is known by: <link rel=canonical> where it stays with the publisher, else where the
    page was found. A saved page has no publisher of its own, so there the link is believed."""
    base = final_url or page_url
    linked = _linked(base, canonical_link)
    if linked and publisher(base) in (None, publisher(linked)):
        return linked
    return canonical(base) or page_url


def _linked(base: str, link: str | None) -> str | None:
    try:
        return canonical(urljoin(base, link.strip())) if link else None
    except ValueError:  # such as "http://[": no address
        return None


def near(one: str, other: str) -> bool:
    """Whether two fingerprints (64 bits in hex) are close enough to compare the texts."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= NEAR_BITS


def shared(one: str, other: str) -> float:
    """The share of the shorter text's runs of SHINGLE words that the other text has too, from 0 to 1."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / (min(len(first), len(second)) or 1)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return {tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}


def original(
    text: str, fingerprint: str, relatives: Iterable[Mapping[str, Any]], text_of: Callable[[int], str]
) -> int | None:
    """Id of the article that `text` is a copy of: the first of its group; None when it is no copy.

    `relatives` hold id, fingerprint, origin (of a copy), oldest first.
    """
    for other in relatives:
        candidate = other["fingerprint"] and near(fingerprint, other["fingerprint"])
        if candidate and shared(text, text_of(other["id"])) >= SHARED:
            return int(other["origin"] or other["id"])
    return None


def window(published: str) -> tuple[str, str]:
    """Days between which copies of an article published on this day or in this month are looked for; the same text
    twice where it is neither, or lies at an end of the calendar."""
    there = span(published)
    try:
        first, last = map(date.fromisoformat, there or ())
        return str(first - timedelta(days=DAYS)), str(last + timedelta(days=DAYS))
    except (ValueError, OverflowError):
        return published, published
