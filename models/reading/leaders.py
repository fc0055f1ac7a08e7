"""Which names of leaders.toml a text holds, by one pattern: hundreds of searches, one a name, take a millisecond."""

import re
from collections.abc import Iterable
from functools import cache

from legation.models.lexicon import table


def leaders(text: str) -> dict[str, str]:
    """Surnames of leaders.toml that the text holds, with their States."""
    named = leaders_in(text)
    return {name.split()[-1]: code for code, names in table("leaders.toml").items() for name in names if name in named}


def leaders_in(text: str) -> set[str]:
    """Those `name` of the table with `name in text`; also where one name overlaps or holds another."""
    pattern, at = _pattern(), 0
    found: set[str] = set()
    while match := pattern.search(text, at):
        found |= _beginning(match[0])
        at = match.start() + 1
    return found


@cache
def _names() -> tuple[str, ...]:
    return tuple({name for names in table("leaders.toml").values() for name in names})


@cache
def _beginning(longest: str) -> frozenset[str]:
    """The names with which a name begins, itself among them: at one place of a text the pattern finds the longest."""
    return frozenset(name for name in _names() if longest.startswith(name))


@cache
def _pattern() -> re.Pattern[str]:
    by_letter: dict[str, list[str]] = {}
    for name in sorted(_names(), key=len, reverse=True):
        by_letter.setdefault(name[0], []).append(re.escape(name[1:]))
    return re.compile("|".join(f"{re.escape(letter)}{_any_of(rests)}" for letter, rests in by_letter.items()))


def _any_of(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"
