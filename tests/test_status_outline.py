"""What a board reads of the tables is what it would make of all that is known, read in full."""

import tempfile
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from legation.db.status_outline import ALWAYS, months, outlines, spread_claims
from legation.db.status_queries import Question, Status, history, statuses_of
from legation.pipeline.web.downsample import drawn_periods, merge_periods
from tests.test_refresh import EVENTS, SLOW, database, play

QUESTIONS = [
    Question(receiving="UA"), Question(sending="FR"), Question(receiving="UA", sending="US"),
    Question(receiving="UA", city="Lviv"), Question(hosts=frozenset({"UA", "PL"})),
]  # fmt: skip
DAY = "2022-02-15"


def _by_mission(periods: list[Status]) -> dict[str, list[Status]]:
    found: dict[str, list[Status]] = {}
    for period in periods:
        found.setdefault(period.mission_id, []).append(period)
    return found


def _bare(period: Status) -> Status:
    return replace(period, rests=(), dissents=(), announces=(), plans=())


@SLOW
@given(EVENTS, st.sampled_from(QUESTIONS), st.integers(1, 4), st.sampled_from([ALWAYS, DAY]))
def test_what_is_drawn_is_what_all_periods_and_claims_would_give(
    events: list[Any], question: Question, most: int, until: str
) -> None:  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        db = database(folder)
        for hour, event in enumerate(events):
            play(db, event, hour)
        whole = _by_mission(history(db.conn, question))
        begun = {mission: [p for p in periods if (p.since or "") <= until] for mission, periods in whole.items()}
        found = outlines(db.conn, question, until)
        assert [outline.mission_id for outline in found] == list(whole)

        for outline in found:
            days = [p.since for p in begun[outline.mission_id] if p.since]
            assert (outline.first, outline.last) == (min(days, default=None), max(days, default=None))
        assert months(db.conn, question, until) == Counter(p.since[:7] for ps in begun.values() for p in ps if p.since)

        last = min(until, "2022-03-20")
        drawn = drawn_periods(db.conn, found, most, last, until)
        for mission, periods in begun.items():
            assert drawn.get(mission, []) == merge_periods(list(map(_bare, periods)), most, last)

        spreads = spread_claims(db.conn, question, most, until)
        for mission, periods in begun.items():
            claims = {claim for p in periods for claim in (*p.rests, *p.dissents, *p.announces)}
            shown, total = (spreads[mission].claims, spreads[mission].total) if mission in spreads else ({}, 0)
            assert total == len(claims)
            assert shown.keys() <= claims
            assert len(shown) == total if total <= most else len(shown) <= most
            assert sum(1 + others for others in shown.values()) == total

        now = {p.mission_id: p for ps in whole.values() for p in ps if (p.since or "") <= DAY < (p.until or ALWAYS)}
        assert statuses_of(db.conn, whole, DAY) == now
        db.close()
