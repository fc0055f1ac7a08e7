"""When: dates in a sentence, absolute or counted from the day of publication, as precise as the words are."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

MONTHS = {
    name: i
    for i, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
DAYS = {
    name: i
    for i, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
}
_TENS = "|".join(name for name, number in NUMBERS.items() if number >= 20)
_ONES = "|".join(name for name, number in NUMBERS.items() if number < 10)
_COUNT = rf"(?P<count>\d{{1,3}}|(?:{_TENS})-(?:{_ONES})|" + "|".join(NUMBERS) + r")"

# (pattern, how to read it); tried in this order at every place, the first that fits wins
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"(?P<iso>(?:1[89]|20)\d\d-[01]\d-[0-3]\d)", "iso"),
    (rf"from\s+{_DAY}\s+to\s+\d+(?:st|nd|rd|th)?\s+{_MONTH}\s+{_YEAR}", "day"),
    (rf"{_MONTH}\s+{_DAY}(?:\s*,)?\s+{_YEAR}", "day"),
    (rf"{_DAY}\s+(?:of\s+)?{_MONTH}(?:\s*,)?\s+{_YEAR}", "day"),
    (rf"(?:early|late|mid|end of|beginning of)?[\s-]*{_MONTH},?(?:\s+of)?\s+{_YEAR}", "month"),
    (rf"{_MONTH}\s+(?P<ofyear>last|this|next)\s+year", "month of year"),
    (rf"last\s+{_MONTH}", "last month name"),
    (rf"next\s+{_MONTH}", "next month name"),
    (rf"{_MONTH}\s+{_DAY}(?!\d|:)", "day near"),
    (rf"{_DAY}\s+(?:of\s+)?{_MONTH}", "day near"),
    (rf"(?:in|since|by|from|late|early|mid-?|until|during|before|after|of)\s+{_MONTH}\b", "month near"),
    (rf"last\s+{_WEEKDAY}", "weekday before"),
    (rf"(?:next|coming|starting|beginning|effective|as of)\s+(?:on\s+)?{_WEEKDAY}", "weekday after"),
    (r"(?P<afternext>the day after tomorrow)", "day after next"),
    (
        r"(?:before|by) (?:the )?(?P<yearend>end of the year|year(?:'s|’s)? end|year is out|Christmas)",
        "year end",
    ),
    (r"(?:by|before|at) the (?P<monthend>end of the month)", "month end"),
    (r"(?P<season>this|last) (?:spring|summer|autumn|fall|winter)", "season"),
    (r"by (?:the )?(?P<soonseason>spring|summer|autumn|fall|winter)", "year end"),
    (r"(?:at|over|during) the (?P<weekend>weekend)", "weekend"),
    (rf"{_WEEKDAY}(?:'s|’s)", "weekday nearest"),
    (rf"{_WEEKDAY}", "weekday"),
    (rf"{_COUNT}\s+(?P<unit>day|week|month|year)s?\s+(?:ago|earlier)", "ago"),
    (rf"(?<!time )(?:in|within)\s+{_COUNT}\s+(?P<unit>day|week|month|year)s?(?:'|’)?(?:\s+time)?", "ahead"),
    (r"in the (?:coming|next few) (?P<soon>days)", "soon"),
    (r"(?P<rel>today|tonight|yesterday|tomorrow|this (?:morning|afternoon|evening)|for the day)", "day word"),
    (
        r"(?P<which>(?:earlier |later )?this|last|next|past|(?:the )?coming|the following)\s+(?P<unit>week|month|year)",
        "unit",
    ),
    (
        r"(?:in|since|until|by|from|during|of|for|early|late|mid-?|before|after|end of|back in|"
        r"summer|spring|autumn|winter|fall)\s+(?:early\s+|late\s+|mid-?)?" + _YEAR + r"\b",
        "year",
    ),
    (r"\(" + _YEAR + r"\)", "year"),
)
Compiled = tuple[tuple[re.Pattern[str], str], ...]
# Most sentences hold no date, and to try all patterns on them took longer than to parse the article: one look finds of
# which kind are the words at hand. In small letters, so that no case needs to be tried.
KINDS = ("month", "weekday", "year", "unit", "other")
HINTS = re.compile(
    rf"(?P<year>\d+)|(?P<month>(?:{'|'.join(MONTHS)})\b)|(?P<weekday>(?:{'|'.join(DAYS)})\b)"
    r"|(?P<other>today|yesterday|tonight|tomorrow|morning|afternoon|evening|spring|summer|autumn|fall|winter|christmas)"
    r"|(?P<unit>day|week|month|year)"
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


FIRST = re.compile(r"\bfirst (?:time )?(?:such )?$", re.IGNORECASE)
BACK = re.compile(rf"{_COUNT}\s+(?P<unit>day|week|month|year)s?\s+after\s+(?:\w+\s+){{0,4}}$", re.IGNORECASE)


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


def span_before(text: str, published: str | None) -> When | None:
    """ "31 years after it closed": the date of what stands after "after", counted back from publication."""
    match = BACK.search(text)
    if match is None or not published:
        return None
    count, unit = _number(match["count"]), match["unit"].lower()
    told = dates_in(text[: match.start()], published)
    if told and unit == "year":  # "was reopened in 2022, ten years after it was shut"
        value = str(int(told[-1].value[:4]) - count)
    else:
        value = _shift(date.fromisoformat(published[:10]), unit, -count)
    return When(value, match.start(), match.end())


def _number(words: str) -> int:
    """12, "twelve", "twenty-four"."""
    parts = words.lower().split("-")
    return int(words) if words.isdigit() else sum(NUMBERS[part] for part in parts)


def _plausible(match: re.Match[str], text: str) -> bool:
    """ "may" and "mar" are months only with a capital; "for the first time since 2012" dates what was before."""
    if match[0].lower().startswith("since") and FIRST.search(text[: match.start()]):
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
        return str(day.year - (part.get("season") == "last" and day.month < 6))
    if how in ("weekend", "month end"):
        return day.isoformat()[:7]
    if how == "soon":
        return (day + timedelta(days=4)).isoformat()[:7]
    if how == "day word":
        step = {"yesterday": -1, "tomorrow": 1}.get(part["rel"].lower(), 0)
        return (day + timedelta(days=step)).isoformat()
    if how == "unit":
        return _unit(part["which"].lower(), part["unit"].lower(), day)
    count = _number(part["count"])
    return _shift(day, part["unit"].lower(), -count if how == "ago" else count)


def _near_month(part: dict[str, str], how: str, day: date, future: bool) -> str:
    """A month without a year is the one nearest before publication, or after it in a sentence about the future."""
    month = MONTHS[part["month"].lower()]
    if how == "month of year":
        return f"{day.year + {'last': -1, 'this': 0, 'next': 1}[part['ofyear'].lower()]}-{month:02}"
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


def _unit(which: str, unit: str, day: date) -> str | None:
    step = -1 if which in ("last", "past") else 1 if which in ("next", "coming", "the coming", "the following") else 0
    if unit == "week":
        return (day + timedelta(days=7 * step)).isoformat()[:7] if which != "past" else None
    return _shift(day, unit, step)


def _shift(day: date, unit: str, step: int) -> str:
    if unit == "year":
        return str(day.year + step)
    if unit == "month":
        months = day.year * 12 + day.month - 1 + step
        return f"{months // 12}-{months % 12 + 1:02}"
    shifted = day + timedelta(days=step * (7 if unit == "week" else 1))
    return shifted.isoformat()[:7] if unit == "week" else shifted.isoformat()
