"""How old the evidence for a state is, and what that takes from the confidence in it. Pure functions.

A state is *confirmed* on the day on which somebody says what supports it. Afterwards confidence falls, because states
end without anybody writing about it: after `age` days without news it is multiplied by

    (H + held) / (H + held + age)

where `held` is for how many days the state had lasted when it was last confirmed. H is the half-life of a new state:
half of such states last longer. A state that has lasted long is likely to last on, and so loses confidence more slowly.

HALF_LIFE_DAYS is fitted to the history of the missions of the United States since 1776 as coded by hand in B. Kenkel,
us_diplomatic_missions v0.1 (2026): 283 stretches with a working mission, of which 103 had ended by 2020, and 106
stretches without one after there had been one, of which 86 had ended. `python -m bench.lasting` fits it anew, and
shows that the rule fits these histories better than a constant rate of ending does. That history does not tell limited,
relocated, evacuated, suspended and closed apart: each takes the value of stretches without a working mission.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from legation.db.statements import Statement

WORKING_DAYS, AWAY_DAYS = 40_100, 1_250  # 110 years, 3.4 years
HALF_LIFE_DAYS = {
    "open": WORKING_DAYS, "limited": AWAY_DAYS, "relocated": AWAY_DAYS, "evacuated": AWAY_DAYS,
    "suspended": AWAY_DAYS, "closed": AWAY_DAYS,
}  # fmt: skip
CONFIRMED_DAYS = 365  # default of [status] confirmed_days
HISTORY = 365  # days: a claim that dates its event longer ago than this tells history, and confirms that date only
AGES = ("fresh", "recent", "old", "none")


def evidence_day(said: Statement) -> str:
    """Up to which day a claim is evidence: the day it was said; of a claim that tells history, the end of its date."""
    if said.date is None:
        return said.reported
    end = last_day(said.date)
    return end if days_between(end, said.reported) > HISTORY else said.reported


def last_confirmed(supporting: Iterable[Statement], since: str | None, until: str | None) -> str | None:
    """The newest evidence day of the claims, within the period from `since` to before `until`; None: no claims."""
    newest = max(map(evidence_day, supporting), default=None)
    if newest is None:
        return None
    if until is not None and newest >= until:
        newest = (date.fromisoformat(until) - timedelta(days=1)).isoformat()
    return max(newest, since or newest)


def age_days(confirmed: str | None, on: str) -> int | None:
    """Days without news on the day `on`, at least 0; None: it was never confirmed."""
    return None if confirmed is None else max(0, days_between(confirmed, on))


def age_class(confirmed: str | None, on: str, confirmed_days: int = CONFIRMED_DAYS) -> str:
    """One of AGES: fresh up to a quarter of `confirmed_days`, recent up to all of it, then old; none: no evidence."""
    age = age_days(confirmed, on)
    if age is None:
        return "none"
    return "old" if age > confirmed_days else "recent" if age > confirmed_days // 4 else "fresh"


def decayed(confidence: float, state: str, since: str | None, confirmed: str | None, on: str) -> float:
    """Confidence on the day `on` in a state that began on `since` (None: not known) and was last confirmed then."""
    age = age_days(confirmed, on)
    if not age or confirmed is None or state not in HALF_LIFE_DAYS:
        return confidence
    held = max(0, days_between(since or confirmed, confirmed))
    known = HALF_LIFE_DAYS[state] + held
    return round(confidence * known / (known + age), 3)


def last_day(told: str) -> str:
    """The last day of a date told as YYYY, YYYY-MM or YYYY-MM-DD."""
    if len(told) == len("2022-04-20"):
        return told
    if len(told) == len("2022"):
        return f"{told}-12-31"
    year, month = map(int, told.split("-"))
    if (year, month) == (9999, 12):
        return "9999-12-31"
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).isoformat()


def days_between(first: str, last: str) -> int:
    """Days from one day to another; below 0 if `last` is earlier."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
