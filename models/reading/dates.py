"""When: dates in a sentence, absolute or counted from the day of publication, as precise as the words are.

The words and patterns are data: models/data/dates.toml.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from legation.models.lexicon import table

WORDS = table("dates.toml")
MONTHS: dict[str, int] = {name: number for number, names in enumerate(WORDS["months"], 1) for name in names}
DAYS: dict[str, int] = {name: number for number, name in enumerate(WORDS["weekdays"])}
NUMBERS: dict[str, int] = WORDS["numbers"]
UNITS: dict[str, dict[str, int]] = WORDS["units"]
STEPS: dict[str, int] = WORDS["steps"]
FIRST = re.compile(WORDS["first"], re.IGNORECASE)
LISTS: dict[str, Iterable[str]] = {
    "months": sorted(MONTHS, key=len, reverse=True),
    "weekdays": DAYS,
    "seasons": WORDS["seasons"],
    "numbers": NUMBERS,
    "units": UNITS,
    "tens": [name for name, number in NUMBERS.items() if number >= 20],
    "ones": [name for name, number in NUMBERS.items() if number < 10],
}


def _filled(pattern: str) -> str:
    """The pattern with parts and lists in place of their names in braces."""
    for name, part in WORDS["parts"].items():
        pattern = pattern.replace(f"{{{name}}}", part)
    for name, words in LISTS.items():
        pattern = pattern.replace(f"{{{name}}}", "|".join(words))
    return pattern


# (pattern, how to read it); tried in this order at every place, the first that fits wins
PATTERNS: tuple[tuple[str, str], ...] = tuple((_filled(row["pattern"]), row["how"]) for row in WORDS["pattern"])
Compiled = tuple[tuple[re.Pattern[str], str], ...]
# Most sentences hold no date, and to try all patterns on them took longer than to parse the article: one look finds of
# which kind are the words at hand. In small letters, so that no case needs to be tried.
KINDS = ("month", "weekday", "year", "unit", "other")
HINTS = re.compile(
    rf"(?P<year>\d+)|(?P<month>(?:{'|'.join(MONTHS)})\b)|(?P<weekday>(?:{'|'.join(DAYS)})\b)"
    rf"|(?P<other>{'|'.join(WORDS['hints'])})|(?P<unit>{'|'.join(UNITS)})"
)


def _kind(pattern: str) -> str:
    """The first of KINDS that the pattern names as a part: without such a word it matches nothing."""
    return next((kind for kind in KINDS if f"(?P<{kind}>" in pattern), "year" if "(?P<iso>" in pattern else "other")


_COMPILED = tuple(
    (_kind(pattern), re.compile(r"(?<![\w-])" + pattern + r"(?![\w-])", re.IGNORECASE), how)
    for pattern, how in PATTERNS
)


@cache
def _of_kinds(kinds: frozenset[str | None]) -> Compiled:
    return tuple((pattern, how) for kind, pattern, how in _COMPILED if kind in kinds)


def _likely(text: str) -> Compiled:
    """The patterns that can match in `text`, in their order."""
    kinds = {match.lastgroup for match in HINTS.finditer(text.lower())}
    return _of_kinds(frozenset(kinds | {"other"} if "unit" in kinds else kinds))  # "weekend", "end of the year"


@dataclass(frozen=True, slots=True)
class When:
    """A date with its precision (YYYY, YYYY-MM or YYYY-MM-DD) and the characters that gave it."""

    value: str
    start: int
    end: int


def dates_in(text: str, published: str | None, *, future: bool = False, past: bool = False) -> list[When]:
    """Dates of a sentence, offsets into it. Relative ones need `published` (YYYY-MM-DD); without it they are left out.

    `future` says that the sentence speaks of what is to come, so that "on Friday" is the Friday after publication;
    `past` that it speaks of what was, so that a month is never one to come.
    """
    day = date.fromisoformat(published[:10]) if published else None
    found: list[When] = []
    taken: set[int] = set()
    for match, how in ((match, how) for pattern, how in _likely(text) for match in pattern.finditer(text)):
        place = range(match.start(), match.end())
        if not taken.isdisjoint(place) or not _plausible(match, text):
            continue
        taken.update(place)
        value = _value(match, how, day, future)
        if value and past and how == "month near" and day and value > day.isoformat()[:7]:
            value = f"{int(value[:4]) - 1}{value[4:]}"
        if value:
            found.append(When(value, match.start(), match.end()))
    return sorted(found, key=lambda when: when.start)


def _number(words: str) -> int:
    """12, "twelve", "twenty-four"."""
    parts = words.lower().split("-")
    return int(words) if words.isdigit() else sum(NUMBERS[part] for part in parts)


def _plausible(match: re.Match[str], text: str) -> bool:
    """ "may" and "mar" are months only with a capital; "for the first time since 2012" dates what was before."""
    if match[0].lower().startswith(WORDS["since"]) and FIRST.search(text[: match.start()]):
        return False
    month = match.groupdict().get("month")
    return month is None or month[0].isupper()


def _value(match: re.Match[str], how: str, day: date | None, future: bool) -> str | None:
    part = match.groupdict()
    try:
        if how == "iso":
            return date.fromisoformat(part["iso"]).isoformat()
        if how == "day":
            return date(int(part["year"]), MONTHS[part["month"].lower()], int(part["day"])).isoformat()
        if how == "month":
            return f"{part['year']}-{MONTHS[part['month'].lower()]:02}"
        if how == "year":
            return part["year"]
        return _relative(part, how, day, future) if day else None
    except (ValueError, OverflowError):  # 31 June; the day before the first day there is
        return None


def _relative(part: dict[str, str], how: str, day: date, future: bool) -> str | None:
    if part.get("month"):
        return _near_month(part, how, day, future)
    if "weekday" in part:
        return _weekday(DAYS[part["weekday"].lower()], how, day, future).isoformat()
    if how == "day after next":
        return (day + timedelta(days=2)).isoformat()
    if how in ("year end", "season"):
        return str(day.year + (STEPS.get(part.get("season", ""), 0) if day.month < 6 else 0))
    if how in ("weekend", "month end"):
        return day.isoformat()[:7]
    if how == "soon":
        return (day + timedelta(days=4)).isoformat()[:7]
    if how == "day word":
        return (day + timedelta(days=STEPS.get(part["rel"].lower(), 0))).isoformat()
    unit = UNITS[part["unit"].lower()]
    if how == "unit":
        which = part["which"].lower()
        return None if "days" in unit and which in WORDS["vague_weeks"] else _shift(day, unit, STEPS.get(which, 0))
    count = _number(part["count"])
    return _shift(day, unit, -count if how == "ago" else count)


def _near_month(part: dict[str, str], how: str, day: date, future: bool) -> str:
    """A month without a year is the one nearest before publication, or after it in a sentence about the future."""
    month = MONTHS[part["month"].lower()]
    if how == "month of year":
        return f"{day.year + STEPS.get(part['which'].lower(), 0)}-{month:02}"
    number = int(part["day"]) if part.get("day") else 1
    year = day.year
    here = (month, number) if part.get("day") else (month, day.day)
    if how == "next month name" or (future and here < (day.month, day.day) and how != "last month name"):
        year += (month, number) <= (day.month, day.day) if how != "next month name" else month <= day.month
    elif how == "last month name":
        year -= month >= day.month
    elif not future and (month, number) > (day.month, day.day) and (month - day.month) % 12 > 1:
        year -= 1
    return date(year, month, number).isoformat() if part.get("day") else f"{year}-{month:02}"


def _weekday(weekday: int, how: str, day: date, future: bool) -> date:
    """The last such day up to publication; the next from publication on for the future."""
    if how == "weekday nearest":  # "Sunday's closure" is past on a Monday, to come on a Friday
        ahead = (weekday - day.weekday()) % 7
        return day + timedelta(days=ahead if ahead < 4 else ahead - 7)
    if how == "weekday after" or (future and how == "weekday"):
        ahead = (weekday - day.weekday()) % 7
        return day + timedelta(days=ahead or (7 if how == "weekday after" else 0))
    back = (day.weekday() - weekday) % 7
    return day - timedelta(days=back or (7 if how == "weekday before" else 0))


def _shift(day: date, unit: dict[str, int], step: int) -> str:
    """The day, or its month or year, so many units on."""
    if "days" in unit:
        return (day + timedelta(days=step * unit["days"])).isoformat()[: unit["precision"]]
    year, month = divmod(day.year * 12 + day.month - 1 + step * unit["months"], 12)
    return str(year) if unit["precision"] == 4 else f"{year}-{month + 1:02}"
