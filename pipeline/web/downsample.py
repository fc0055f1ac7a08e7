"""What a picture can show: where a capital has tens of thousands of claims, one mark stands for several.

Nothing is thinned below the budgets; the page of a mission always has every claim and period.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from legation.db.status_queries import Status

# Marks and bars of one picture, which takes 0.4 s of a processor with so many, and 4 s with 20,000.
CLAIMS, PERIODS, LEAST = 320, 200, 5
_DAYS = """
    SELECT c.id, coalesce(c.date, c.published, substr(c.recorded_at, 1, 10))
    FROM json_each(?) AS w CROSS JOIN claims AS c ON c.id = w.value
"""


def budget(whole: int, rows: int) -> int:
    """How many of `whole` each of `rows` may have."""
    return max(LEAST, whole // max(rows, 1))


def sample_claims(
    connection: sqlite3.Connection, rows: Sequence[Iterable[int]], most: int
) -> list[dict[int, int]]:  # fmt: skip
    """For each row at most `most` of its claims, spread over time -> how many others of about that time each stands
    for."""
    sets = [sorted(set(claims)) for claims in rows]
    days = _days(connection, {claim for ids in sets if len(ids) > most for claim in ids})
    return [_sample(ids, days, most) for ids in sets]


def _sample(ids: Sequence[int], days: Mapping[int, str], most: int) -> dict[int, int]:
    if len(ids) <= most:
        return dict.fromkeys(ids, 0)
    ordered = sorted(ids, key=days.__getitem__)
    size = -(-len(ordered) // most)
    parts = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    return {part[-1]: len(part) - 1 for part in parts}


def _days(connection: sqlite3.Connection, claims: Iterable[int]) -> dict[int, str]:
    """Claim -> the day on which it stands in a picture."""
    return dict(connection.execute(_DAYS, (json.dumps(sorted(claims)),)).fetchall())


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
