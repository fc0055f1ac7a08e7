"""What a picture can show: where a capital has tens of thousands of claims, one mark stands for several.

Nothing is thinned below the budgets; the page of a mission always has every claim and period.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from legation.db.status_outline import Outline, known_periods, periods_at
from legation.db.status_queries import Status

# Marks and bars of one picture. A browser spends 0.2 s on a board with so many, mostly on the marks and their quotes.
CLAIMS, PERIODS, LEAST = 200, 200, 5


def budget(whole: int, rows: int) -> int:
    """How many of `whole` each of `rows` may have."""
    return max(LEAST, whole // max(rows, 1))


def sample_claims(days: Mapping[int, str], most: int) -> dict[int, int]:
    """At most `most` of the claims, spread over time -> how many others of about that time each stands for; `days` has
    for each claim the day on which it stands in the picture."""
    ordered = sorted(days, key=lambda claim: (days[claim], claim))
    size = max(-(-len(ordered) // most), 1)
    parts = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    return {part[-1]: len(part) - 1 for part in parts}


def merge_periods(periods: Sequence[Status], most: int, last: str) -> list[Status]:
    """The known periods; where they are more than `most`, the state in the middle of each of as many slices of time."""
    known = [period for period in periods if period.state != "unknown" and period.since]
    if len(known) <= most:
        return known
    parts = slices(known[0].since or last, last, most)
    return merged([(start, _on(known, middle)) for start, middle in parts])


def slices(first: str, last: str, most: int) -> list[tuple[str, str]]:
    """The first day and the day in the middle of each of `most` slices of the time between two days."""
    begin = date.fromisoformat(first)
    step = max((date.fromisoformat(last) - begin) / most, timedelta(days=1))
    return [((begin + step * i).isoformat(), (begin + step * (i + 0.5)).isoformat()) for i in range(most)]


def merged(held: Iterable[tuple[str, Status | None]]) -> list[Status]:
    """One period for each run of slices in one state; `held` are the first day of each slice and the state in it."""
    known = [(start, period) for start, period in held if period]
    runs = [list(run) for _, run in groupby(known, key=lambda part: part[1].state)]
    starts = [run[0][0] for run in runs]
    return [
        replace(run[-1][1], since=since, until=until, precision="day")
        for run, since, until in zip(runs, starts, [*starts[1:], runs[-1][-1][1].until], strict=True)
    ]


def drawn_periods(
    connection: sqlite3.Connection, found: Sequence[Outline], most: int, last: str, until: str
) -> dict[str, list[Status]]:  # fmt: skip
    """What `merge_periods` makes of the periods of each mission that begin by the day `until`, of which only those that
    are drawn are read; by the id of the mission."""
    few = [mission.mission_id for mission in found if 0 < mission.periods <= most]
    drawn = known_periods(connection, few, until)
    many = [
        (mission, *part)
        for mission in found
        if mission.periods > most
        for part in slices(mission.known_since or last, last, most)
    ]
    held = periods_at(connection, [(mission.mission, min(middle, until)) for mission, _, middle in many])
    for number, parts in groupby(zip(many, held, strict=True), key=lambda part: part[0][0].mission_id):
        drawn[number] = merged((start, period) for (_, start, _), period in parts)
    return drawn


def _on(periods: Sequence[Status], day: str) -> Status | None:
    return next((p for p in reversed(periods) if (p.since or "") <= day), None)
