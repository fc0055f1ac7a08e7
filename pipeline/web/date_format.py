"""Days and times as people write them: "26 Nov 2026", "26 November 2026", "26 Nov 2026, 21:06 UTC", "6 weeks ago"."""

from datetime import date
from typing import Any

BY = "by "  # before a day on which something had happened at the latest
DAY, MONTH, YEAR = len("2022-04-19"), len("2022-04"), len("2022")


def short_day(day: str | None) -> str:
    """ "19 Apr 2022", "Apr 2022" or "2022" for a day, a month or a year; of a time its day; "" for None.

    "by 2022-04-19" gives "by 19 Apr 2022".
    """
    return _written(day, "%b")


def long_day(day: str | None) -> str:
    """ "19 April 2022", "April 2022" or "2022", for sentences; "" for None."""
    return _written(day, "%B")


def _written(day: str | None, month: str) -> str:
    if not day:
        return ""
    if day.startswith(BY):
        return BY + _written(day.removeprefix(BY), month)
    day = day[:DAY]
    if len(day) == YEAR:
        return day
    first = date.fromisoformat((day + "-01")[:DAY])
    name = f"{first.strftime(month)} {first.year:04}"
    return name if len(day) == MONTH else f"{first.day} {name}"


def short_time(time: str | None) -> str:
    """ "26 Nov 2026, 21:06 UTC" for a UTC time as it is stored, "2026-11-26T21:06:05Z"; "" for None."""
    return f"{short_day(time)}, {time[11:16]} UTC" if time else ""


def ago(day: str | None, today: str | None = None) -> str:
    """How long before `today` (None: the UTC day) a day was, as exactly as people say it; "never" for None.

    "today", "yesterday", "5 days ago", "6 weeks ago", "3 months ago", "2 years ago"; a later day is written as it is.
    """
    if not day:
        return "never"
    now = date.fromisoformat(today or _today())
    then = date.fromisoformat((day + "-01-01")[:DAY] if len(day) == YEAR else (day + "-01")[:DAY])
    days = (now - then).days
    if days < 0:
        return short_day(day)
    if days < len(("today", "yesterday")):
        return ("today", "yesterday")[days]
    for unit, length, least in (("year", 365, 365), ("month", 30.4, 91), ("week", 7, 14)):
        if days >= least:
            number = int(days / length)
            return f"{number} {unit}{'s' * (number > 1)} ago"
    return f"{days} days ago"


def start(day: str | None, precision: str | None) -> str:
    """The first day of a period as exactly as it is known, for tables: "20 Jan 2025", "Apr 2022", "by 19 Apr 2022"."""
    if day is None:
        return ""
    length = {"month": MONTH, "year": YEAR}.get(precision or "", DAY)
    return ("by " if precision == "reported" else "") + short_day(day[:length])


def _today() -> str:
    from legation.pipeline.web.site import today

    return today()


def install(environment: Any) -> None:
    """Give a Jinja environment the filters of this file, and of the code of a State `state_name` and `named`.

    They are `day`, `long_day`, `moment`, `ago`, `began`; "US" gives "United States" and "the United States".
    """
    from legation.pipeline.sentences import named
    from legation.pipeline.user_input import state_label

    environment.filters |= {
        "day": short_day, "long_day": long_day, "moment": short_time, "ago": ago, "began": start,
        "state_name": state_label, "named": named,
    }  # fmt: skip
