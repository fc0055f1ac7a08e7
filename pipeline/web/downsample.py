"""What a picture can show: where a capital has tens of thousands of claims, one mark stands for several.

Nothing is thinned below the budgets; the page of a mission always has every claim and period.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from legation.db.status_queries import Status

# Marks and bars of one picture, which takes 0.4 s of a processor with so many, and 4 s with 20,000.
CLAIMS, PERIODS, LEAST = 320, 200, 5
_DAYS = "SELECT id, coalesce(date, published, substr(recorded_at, 1, 10)) AS day FROM claims WHERE id IN ({})"


def budget(whole: int, rows: int) -> int:
    """How many of `whole` each of `rows` may have."""
    return max(LEAST, whole // max(rows, 1))


def sample_claims(connection: sqlite3.Connection, claims: Iterable[int], most: int) -> dict[int, int]:
    """At most `most` of the claims, spread over time -> how many others of about that time each stands for."""
    ids = sorted(set(claims))
    if len(ids) <= most:
        return dict.fromkeys(ids, 0)
    days = sorted((day, claim) for claim, day in _days(connection, ids))
    size = -(-len(days) // most)
    parts = [days[i : i + size] for i in range(0, len(days), size)]
    return {part[-1][1]: len(part) - 1 for part in parts}


def _days(connection: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for i in range(0, len(ids), 500):
        part = ids[i : i + 500]
        found += connection.execute(_DAYS.format(", ".join("?" * len(part))), part).fetchall()
    return found


def merge_periods(periods: Sequence[Status], most: int, last: str) -> list[Status]:
    """The known periods; where they are more than `most`, the state in the middle of each of as many slices of time."""
    known = [period for period in periods if period.state != "unknown" and period.since]
    if len(known) <= most:
        return known
    first, end = date.fromisoformat(known[0].since or last), date.fromisoformat(last)
    step = max((end - first) / most, timedelta(days=1))
    middles = [(first + step * (i + 0.5)).isoformat() for i in range(most)]
    held = [_on(known, day) for day in middles]
    slices = [(period, (first + step * i).isoformat()) for i, period in enumerate(held) if period]
    runs = [list(run) for _, run in groupby(slices, key=lambda part: part[0].state)]
    starts = [run[0][1] for run in runs]
    return [
        replace(run[-1][0], since=since, until=until, precision="day")
        for run, since, until in zip(runs, starts, [*starts[1:], runs[-1][-1][0].until], strict=True)
    ]


def _on(periods: Sequence[Status], day: str) -> Status | None:
    return next((p for p in reversed(periods) if (p.since or "") <= day), None)
