"""Which articles are the same: one address for one article, and copies of it by other publishers. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from legation.pipeline.date_parsing import date_span
from legation.pipeline.fetch.urls import canonical, publisher
from legation.pipeline.funnel.stages import may_claim

NEAR_BITS = 16  # of 64: copies made of 48 news texts (new headline, added line, last fifth cut) differ in up to 13
SHARED = 0.6  # of the shorter text's shingles: those copies share 0.94 and more, any two of the 48 texts less than 0.01
SHINGLE = 5  # words
HALF, SOME = 0.5, 0.1  # of a text's shingles: it is that text; it has something in common with it
ID = re.compile(r"(?:\w*[_-]|news|article|story|item|post|doc|content)?id|p|nr?|no|article|story|item", re.IGNORECASE)
VIEW = re.compile(r"amp|print|printable|full|single|all|mobile")  # what stands behind an address for a view of it
TEMPLATE = re.compile(r"[{}<>\[\]]|\$\(|(?:^|/)(?:undefined|null|none|nan|false)(?:[/?#.]|$)", re.IGNORECASE)
DAYS = 3  # wire copies appear within days


def article_address(page_url: str, final_url: str | None, canonical_link: str | None) -> str:
    """The address that an article is known by: <link rel=canonical> where it can be that article's, else where the page
    was found. A saved page has no address of its own, so there any link is believed but one to a front page."""
    base = final_url or page_url
    linked = _linked(base, canonical_link)
    if linked and _can_be(linked, base):
        return linked
    return canonical(base) or page_url


def _can_be(linked: str, base: str) -> bool:
    """Whether an article at `base` may be known as `linked`: not the front page, nor a section, nor another host, nor
    another article."""
    one, other = urlsplit(linked), urlsplit(base)
    if one.username is not None:
        return False
    path, own = _segments(one.path), _segments(other.path)
    if not path and not one.query:
        return not own and not other.query and _site(one.hostname) == _site(other.hostname)
    if publisher(base) is None:
        return True
    if _site(one.hostname) != _site(other.hostname) and (publisher(base) != publisher(linked) or path != own):
        return False
    if path == own and own and _is_section(own[-1]) and not _ids(other.query) <= _ids(one.query):
        return False  # /article?id=7 is not /article, nor /article?id=8
    if not own or (one.query and len(path) >= len(own)):
        return True
    if len(path) < len(own):
        if path == own[: len(path)]:
            return all(map(VIEW.fullmatch, own[len(path) :])) and not _is_section(path[-1])
        return path[-1] in own
    if path and _name_two(path[-1], own[-1]):
        return False
    return not (len(path) == len(own) and path != own and _is_section(path[-1]) and own[-1].count("-") > 1)


def _name_two(one: str, other: str) -> bool:
    """Whether two last parts of an address name two articles: other numbers, or slugs that have little in common. What
    says nothing, such as a short code, names none."""
    if one.isdigit() and other.isdigit():
        return one != other
    if "-" not in one or "-" not in other:
        return False
    first, second = (set(re.split(r"[^\w]+|_", slug)) - {""} for slug in (one, other))
    if any(word.isdigit() and len(word) > 3 for word in first & second):  # the number of the article in both
        return False
    apart = first ^ second
    return bool(apart) and (all(map(str.isdigit, apart)) or 2 * len(first & second) < min(len(first), len(second)))


def _ids(query: str) -> set[tuple[str, str]]:
    """The parameters of an address that tell which article it is."""
    return {(name, value) for name, value in parse_qsl(query) if ID.fullmatch(name)}


def _segments(path: str) -> list[str]:
    """The parts of a path without its ending, and without names that stand for the folder."""
    parts = [re.sub(r"\.\w{2,5}$", "", part).lower() for part in path.split("/") if part]
    return parts[:-1] if parts and parts[-1] in ("index", "default", "home") else parts


def _is_section(name: str) -> bool:
    """Whether it looks like a word for a section, not like the name of an article."""
    return name.isalpha()


def _site(host: str | None) -> str:
    """The host without what marks a version of the site for telephones."""
    return re.sub(r"^(?:(?:www\d?|m|mobile|amp|touch|edition)\.)+", "", host or "")


def _linked(base: str, link: str | None) -> str | None:
    if link is None or TEMPLATE.search(link):  # what a program failed to fill in
        return None
    try:
        return canonical(urljoin(base, link.strip()))
    except ValueError:  # such as "http://[": no address
        return None


def fingerprints_are_near(one: str, other: str) -> bool:
    """Whether two fingerprints (64 bits in hex) are close enough to compare the texts."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= NEAR_BITS


def shared_shingles(one: str, other: str) -> float:
    """The share of the shorter text's runs of SHINGLE words that the other text has too, from 0 to 1."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / (min(len(first), len(second)) or 1)


def is_new_version(old: str, old_title: str | None, new: str, new_title: str | None) -> bool:
    """Whether `new` can be the next version of `old`, not a consent page, a paywall or "not found" in its place.

    A correction keeps most of the words. A stub is much shorter, or what it does not have from the old text says
    nothing of missions. A page that was written anew keeps its title, or some of its words, and still speaks of
    missions. The headline itself proves nothing: walls stand under the headline of the article too.
    """
    titles = {title.casefold().strip() for title in (old_title, new_title) if title}
    first, second = _shingles(_below(old, titles)), _shingles(_below(new, titles))
    common = len(first & second)
    kept, own = common / len(first), common / len(second)
    if kept >= HALF:
        return True
    rest = "\n".join(line for line in _below(new, titles).splitlines() if shared_shingles(line, old) < HALF)
    if len(second) < HALF * len(first) or not may_claim(rest):
        return False
    same_title = bool(old_title and new_title and old_title.casefold() == new_title.casefold())
    return same_title or max(kept, own) >= SOME


def _below(text: str, titles: set[str]) -> str:
    """The text without lines that are only its headline."""
    return "\n".join(line for line in text.splitlines() if line.casefold().strip(" #*") not in titles)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return {tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}


def find_original(
    text: str, fingerprint: str, relatives: Iterable[Mapping[str, Any]], text_of: Callable[[int], str]
) -> int | None:
    """Id of the article that `text` is a copy of: the first of its group; None when it is no copy.

    `relatives` hold id, fingerprint, origin (of a copy), oldest first.
    """
    for other in relatives:
        candidate = other["fingerprint"] and fingerprints_are_near(fingerprint, other["fingerprint"])
        if candidate and shared_shingles(text, text_of(other["id"])) >= SHARED:
            return int(other["origin"] or other["id"])
    return None


def copy_window(published: str) -> tuple[str, str]:
    """Days between which copies of an article published on this day or in this month are looked for; the same text
    twice where it is neither, or lies at an end of the calendar."""
    there = date_span(published)
    try:
        first, last = map(date.fromisoformat, there or ())
        return str(first - timedelta(days=DAYS)), str(last + timedelta(days=DAYS))
    except (ValueError, OverflowError):
        return published, published
