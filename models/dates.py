"""When: dates in a sentence, absolute or counted from the day of publication, as precise as the words are.

The words and patterns are data: models/data/dates.toml.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from legation.models.lexicon import table

WORDS = table("dates.toml")
MONTHS: dict[str, int] = {name: number for number, names in enumerate(WORDS["months"], 1) for name in names}
DAYS: dict[str, int] = {name: number for number, name in enumerate(WORDS["weekdays"])}
NUMBERS: dict[str, int] = WORDS["numbers"]
UNITS: dict[str, dict[str, Any]] = WORDS["units"]
STEPS: dict[str, int] = WORDS["steps"]
BACK = re.compile(rf"\b(?:{'|'.join(WORDS['back'])})\b", re.IGNORECASE)  # points to a date told before
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
PATTERNS: tuple[tuple[str, str, bool], ...] = tuple(
    (_filled(row["pattern"]), row["how"], row.get("loose", False)) for row in WORDS["pattern"]
)
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
    (_kind(pattern), re.compile(r"(?<![\w-])" + pattern + r"(?![\w-])", re.IGNORECASE), how, loose)
    for pattern, how, loose in PATTERNS
)


@cache
def _of_kinds(kinds: frozenset[str | None], loose: bool) -> Compiled:
    return tuple((pattern, how) for kind, pattern, how, only in _COMPILED if kind in kinds and loose >= only)


def _likely(text: str, loose: bool = False) -> Compiled:
    """The patterns that can match in `text`, in their order."""
    kinds = {match.lastgroup for match in HINTS.finditer(text.lower())}
    return _of_kinds(frozenset(kinds | {"other"} if "unit" in kinds else kinds), loose)  # "weekend", "end of the year"


@dataclass(frozen=True, slots=True)
class When:
    """A date with its precision (YYYY, YYYY-MM or YYYY-MM-DD) and the characters that gave it.

    `value` is read as one that is gone, `ahead` as one to come: "on Friday" is the Friday before publication, or the
    one after it. They are the same where the words leave no choice. `how`: the pattern's, see dates.toml.
    """

    value: str
    ahead: str
    how: str
    start: int
    end: int


@lru_cache(maxsize=256)  # the events of a sentence ask one after the other
def dates_in(text: str, published: str | None, *, loose: bool = False) -> tuple[When, ...]:
    """Dates of a sentence, offsets into it. Relative ones need `published` (YYYY-MM-DD); without it they are left out.

    `loose`: also what may be none, such as any number that could be a year.
    """
    day = date.fromisoformat(published[:10]) if published else None
    found: list[When] = []
    taken: set[int] = set()
    for match, how in ((match, how) for pattern, how in _likely(text, loose) for match in pattern.finditer(text)):
        place = range(match.start(), match.end())
        if not taken.isdisjoint(place) or not _plausible(match, text, loose):
            continue
        taken.update(place)
        try:
            gone, ahead = _values(match.groupdict(), how, day)
        except (ValueError, OverflowError):  # 31 June; the day before the first day there is
            continue
        if gone and ahead:
            found.append(When(gone, ahead, how, match.start(), match.end()))
    return tuple(sorted(found, key=lambda when: when.start))


def _number(words: str) -> int:
    """12, "twelve", "twenty-four"."""
    parts = words.lower().split("-")
    return int(words) if words.isdigit() else sum(NUMBERS[part] for part in parts)


def _plausible(match: re.Match[str], text: str, loose: bool) -> bool:
    """ "may" and "mar" are months only with a capital; "for the first time since 2012" dates what was before."""
    if not loose and match[0].lower().startswith(WORDS["since"]) and FIRST.search(text[: match.start()]):
        return False
    month = match.groupdict().get("month")
    return month is None or month[0].isupper()


def _values(part: dict[str, str], how: str, day: date | None) -> tuple[str, str] | tuple[None, None]:
    """As one that is gone, as one to come; (None, None): no date, or one that needs the day of publication."""
    if how == "iso":
        value = date.fromisoformat(part["iso"]).isoformat()
    elif how == "day":
        value = date(int(part["year"]), MONTHS[part["month"].lower()], int(part["day"])).isoformat()
    elif how == "month":
        value = f"{part['year']}-{MONTHS[part['month'].lower()]:02}"
    elif how == "year":
        value = part["year"]
    elif day is None:
        return None, None
    elif part.get("month"):
        return _near_month(part, how, day)
    elif "season" in part:
        return _season(part.get("which", ""), WORDS["seasons"][part["season"].lower()], day)
    elif how == "day of month":
        return _day_of_month(int(part["day"]), day)
    elif "weekday" in part:
        return _weekday(DAYS[part["weekday"].lower()], how, day)
    else:
        counted = _counted(part, how, day)
        if counted is None:
            return None, None
        value = counted
    return value, value


def _counted(part: dict[str, str], how: str, day: date) -> str | None:
    """Counted from the day of publication."""
    if how == "day after next":
        return (day + timedelta(days=2)).isoformat()
    if how == "year end":
        return str(day.year)
    if how == "december":
        return f"{day.year}-12"
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
    if how == "deadline" and "days" in unit:
        return (day + timedelta(days=count * unit["days"])).isoformat()
    return _shift(day, unit, -count if how == "ago" else count)


def _near_month(part: dict[str, str], how: str, day: date) -> tuple[str, str]:
    """A month without a year: the nearest up to publication, and from it on."""
    month, number = MONTHS[part["month"].lower()], part.get("day")
    if how == "month of year":
        value = f"{day.year + STEPS.get(part['which'].lower(), 0)}-{month:02}"
        return value, value
    here, now = (month, int(number)) if number else (month, 0), (day.month, day.day if number else 0)
    last, after = day.year - (here > now), day.year + (here < now)
    if how == "last month name":
        last = after = day.year - (month >= day.month)
    elif how == "next month name":
        last = after = day.year + (month <= day.month)
    gone, ahead = (
        date(year, month, int(number)).isoformat() if number else f"{year}-{month:02}" for year in (last, after)
    )
    return gone, ahead


def _season(which: str, month: int, day: date) -> tuple[str, str]:
    """The year of a season: of its last beginning, and of the next. "This summer" is the one of the year."""
    last, after = day.year - (month > day.month), day.year + (month <= day.month)
    if which:
        step = STEPS.get(which.lower(), 0)
        last = after = last if step < 0 else after if step > 0 else day.year
    return str(last), str(after)


def _day_of_month(number: int, day: date) -> tuple[str, str]:
    """ "On the 15th": the last one up to publication, and the next from it on."""
    year, month = divmod(day.year * 12 + day.month - 1 - (number > day.day), 12)
    gone = date(year, month + 1, number)
    year, month = divmod(day.year * 12 + day.month - 1 + (number < day.day), 12)
    return gone.isoformat(), date(year, month + 1, number).isoformat()


def _weekday(weekday: int, how: str, day: date) -> tuple[str, str]:
    """The last such day up to publication; the next from publication on."""
    back, ahead = (day.weekday() - weekday) % 7, (weekday - day.weekday()) % 7
    gone, after = (day - timedelta(days=back)), (day + timedelta(days=ahead))
    if how == "weekday after":
        gone = after = after if ahead else day + timedelta(days=7)
    if how == "weekday before":
        gone = after = gone if back else day - timedelta(days=7)
    return gone.isoformat(), after.isoformat()


def _shift(day: date, unit: dict[str, Any], step: int) -> str:
    """The day, or its month or year, so many units on."""
    if "days" in unit:
        return (day + timedelta(days=step * unit["days"])).isoformat()[: unit["precision"]]
    year, month = divmod(day.year * 12 + day.month - 1 + step * unit["months"], 12)
    return str(year) if unit["precision"] == 4 else f"{year}-{month + 1:02}"


def near(a: str, b: str, apart: timedelta) -> bool:
    """Are two dates (YYYY, YYYY-MM, YYYY-MM-DD) the same as far as both are told, or no further apart than `apart`?"""
    size = min(len(a), len(b))
    far = abs(date.fromisoformat((a + "-01-01")[:10]) - date.fromisoformat((b + "-01-01")[:10]))
    return a[:size] == b[:size] or far <= apart
