"""Every date that comes from outside is read here: of feeds, sitemaps, JSON, pages, lists. Pure.

A date is believed when it is a day or a month between the configured first year and the day on which it was fetched.
What can be read in two ways (05/03/2024) is not guessed. The day is the publisher's own, in the time zone that the date
names, because "on Monday" in the article means the publisher's Monday.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

FIRST_YEAR = 1995  # no earlier page on the web has a date of its own; [fetch] first_year changes it
ARCHIVE_YEAR = 1800  # of files that a person hands to a command: archives hold older articles than the web
MISSION_YEAR = 1400  # no mission that works today is older
LANGUAGES = ("de", "fr", "es", "uk", "ru", "ar")
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()
_MONTH = r"(?P<name>[^\W\d_]{3,10})\.?"  # of any language
_YEAR = r"(?P<year>\d{4})"
_END = r"(?![\d/.-]*\d)"  # no further digits that belong to it
# What may stand before the day: that it is one of publication, the time, the day of the week.
_BEFORE = re.compile(
    r"(?:(?:first\s+)?(?:published|posted|issued|released)(?:\s+(?:on|at))?:?\s+)?"
    r"(?:\d\d?[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,5}|[+-]\d\d:?\d\d)?\s*(?:,|\bon\b)?\s+)?"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?(?:,\s*|\s+))?",
    re.IGNORECASE,
)
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2024-03-05, 2024/3/5, 2024 03 05, 2024. 3. 5.
        rf"{_YEAR}([-/. _])\s?(?P<month>\d\d?)\2\s?(?P<day>\d\d?)(?!\d)",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:t?\d{{4,6}}(?:\.\d+)?(?:z|[+-]\d\d:?\d\d)?)?(?!\d)",  # 20240305T1000Z
        rf"{_YEAR}[-/.](?P<month>\d\d?){_END}",  # 2024-03
        # 5 March 2024, 05-Mar-2024, 5. März 2024, 5 de marzo de 2024
        rf"(?P<day>\d\d?)(?:st|nd|rd|th|er|\.)?[\s-]+(?:of\s+|de\s+)?{_MONTH},?[\s-]+(?:del?\s+)?{_YEAR}(?!\d)",
        rf"(?P<day>\d\d?)/{_MONTH}/{_YEAR}(?!\d)",  # 05/Mar/2024:10:00:00 +0000, as servers write it
        rf"(?P<day>\d\d?)[\s-]+{_MONTH}[\s-]+(?P<short>\d\d)(?![\d:])",  # 05 Mar 24, as RFC 822 has it
        rf"{_MONTH}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)",  # March 5, 2024
        # Mar  5 10:00:00 2024
        rf"{_MONTH}\s+(?P<day>\d\d?)\s+\d\d?:\d\d(?::\d\d)?\s+(?:[a-z]{{2,5}}\s*)?(?:[+-]\d\d:?\d\d\s+)?{_YEAR}(?!\d)",
        rf"{_YEAR}[\s-]+{_MONTH}[\s-]+(?P<day>\d\d?)(?!\d)",  # 2024 March 5, 2024-Mar-05
        rf"{_YEAR}\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일]",
        rf"{_MONTH},?\s+{_YEAR}(?!\d)",  # March 2024
        # 05.03.2024: nobody writes the month first with dots
        rf"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?{_YEAR}(?!\d)",
        rf"(?P<one>\d\d?)([/-])(?P<other>\d\d?)\2{_YEAR}(?!\d)",  # 05/03/2024: only where one of the two is no month
    )
]
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_WEEK = re.compile(r"\d{4}-?W\d\d-?[1-7](?!\d)")
_SECONDS = {9: 1, 10: 1, 12: 1000, 13: 1000, 16: 1_000_000}  # digits of a Unix time -> parts of a second
Date = tuple[int, int, int | None]  # year, month, day; None: only the month is told


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """`date`: YYYY-MM-DD or YYYY-MM; None: none that can be believed, and `fault` says why (None: nothing was said)."""

    date: str | None = None
    fault: str | None = None


def parse_date(value: object, newest: str, first_year: int = FIRST_YEAR) -> ParsedDate:
    """What an outside `value` (text, number, or a list of one or of the same) says. `newest`: the day of fetching,
    YYYY-MM-DD, UTC; today if that is no day. Where it is already tomorrow at the publisher, `newest` stands for that
    day. Never raises.
    """
    while isinstance(value, (list, tuple)) and value and all(one == value[0] for one in value):
        value = value[0]
    if isinstance(value, Mapping) and "@value" in value:
        value = value["@value"]
    if value is None or (isinstance(value, str) and not value.strip()):
        return ParsedDate()
    shown = repr(value)[:60] if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
    newest = whole_day(newest[:10]) or datetime.now(UTC).date().isoformat()
    found = _read(value)
    if found is None:
        return ParsedDate(fault=f"{shown} is no day or month that can be read in one way only")
    written = _written(*found)
    if written is None:
        return ParsedDate(fault=f"{shown} is no day of the calendar")
    tomorrow = str(_day(newest) + timedelta(days=1)) if newest < "9999" else newest
    if written == tomorrow:
        written = newest
    if found[0] < first_year:
        return ParsedDate(fault=f"{shown} is before {first_year}")
    if written > newest[: len(written)]:
        return ParsedDate(fault=f"{shown} is later than {newest}, the day on which it was read")
    return ParsedDate(written)


def parse_mission_date(value: object, newest: str) -> ParsedDate:
    """The same of a day that a list of missions gives for one of them: a year alone counts too, and old ones do."""
    text = value.strip() if isinstance(value, str) else ""
    newest = whole_day(newest[:10]) or datetime.now(UTC).date().isoformat()
    if re.fullmatch(r"\d{4}", text) and MISSION_YEAR <= int(text) <= int(newest[:4]):
        return ParsedDate(text)
    return parse_date(value, newest, MISSION_YEAR)


def whole_day(text: str | None) -> str | None:
    """`text` if it is a day of the calendar as YYYY-MM-DD; None for a month, for None, and for all else."""
    if text is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def date_span(text: str) -> tuple[str, str] | None:
    """First and last day of a day or month; None for what is neither."""
    if whole_day(text):
        return text, text
    found = re.fullmatch(r"(\d{4})-(\d\d)", text)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        return None
    return f"{text}-01", f"{text}-{monthrange(int(found[1]), int(found[2]))[1]:02}"


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _written(year: int, month: int, day: int | None) -> str | None:
    """The date as text; None if the calendar has no such day."""
    try:
        whole = date(year, month, 1 if day is None else day).isoformat()
    except ValueError:
        return None
    return whole if day is not None else whole[:7]


def _read(value: Any) -> Date | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _number(f"{value:.0f}" if abs(value) < 1e18 else "")
    if not isinstance(value, str):
        return None
    text = " ".join(_HYPHENS.sub("-", value[:200]).split()).strip("\"'\ufeff\u200b\u200e\u200f ")
    if re.fullmatch(r"\d+(\.\d+)?", text) and (found := _number(text.partition(".")[0])):
        return found
    if digits := re.fullmatch(r"/?Date\((\d+)(?:[+-]\d{4})?\)/?", text):  # JSON of .NET
        return _number(digits[1])
    before = _BEFORE.match(text)
    return _text(text[before.end() :] if before else text)


def _number(digits: str) -> Date | None:
    """20240305, 20240305100000, or a Unix time in seconds or their thousandths; a year alone is no date."""
    if len(digits) in (8, 12, 14) and digits[:2] in ("19", "20", "00", "99"):
        return int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    parts = _SECONDS.get(len(digits)) if digits.isdigit() else None
    if parts is None:
        return None
    moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(digits) // parts)
    return moment.year, moment.month, moment.day


def _text(text: str) -> Date | None:
    if week := _WEEK.match(text):
        try:
            day = date.fromisoformat(week[0])
        except ValueError:
            return None
        return day.year, day.month, day.day
    for form in _FORMS:
        if (found := form.match(text)) and (meant := _meant(found.groupdict())):
            return meant
    word, _, rest = text.partition(" ")  # such as "mar., 05 mars 2024" or "le 5 mars 2024"
    return _text(rest) if rest and word[0].isalpha() and word.casefold().rstrip(".,") in _foreign()[1] else None


def _meant(parts: dict[str, str | None]) -> Date | None:
    """The numbers of a match; None where they can be read in two ways, or a word is no month."""
    year = int(parts.get("year") or 0) or 2000 + int(parts.get("short") or 0)
    if parts.get("one"):
        one, other = int(parts["one"] or 0), int(parts["other"] or 0)
        if one != other and max(one, other) <= 12:
            return None
        return (year, other, one) if one > 12 or one == other else (year, one, other)
    month = _month(parts["name"] or "") if "name" in parts else int(parts["month"] or 0)
    if not month:
        return None if "name" in parts else (year, 0, int(parts.get("day") or 0))
    day = parts.get("day")
    return year, month, int(day) if day else None


def _month(name: str) -> int | None:
    """3 for "March", "Mar", "mar" and "Mars"; None for another word."""
    low = name.lower()
    if low == "sept":
        return 9
    english = (n for n, month in enumerate(MONTHS, 1) if month == low or (len(low) == 3 and month[:3] == low))
    return next(english, None) or _foreign()[0].get(low)


@cache
def _foreign() -> tuple[dict[str, int], frozenset[str]]:
    """Months of the languages that a second reader reads, by name; names of their days, and what stands before them.
    A name that two languages give to two months tells none."""
    months: dict[str, int] = {}
    days = {"le", "el", "am", "den", "vom"}
    for language in LANGUAGES:
        info = import_module(f"dateparser.data.date_translation_data.{language}").info
        for number, month in enumerate(MONTHS, 1):
            for name in info[month]:
                months[name.lower()] = number if months.get(name.lower(), number) == number else 0
        days.update(name.lower() for day in WEEKDAYS for name in info[day])
    return months, frozenset(days)
