"""What became of announcements. Pure functions.

A plan with a date ("will close by the end of 2024") is *due* on the last day of that date. It is *settled* on the first
day from which it is known what became of it:

1. what it announced has come about, after it was said; or
2. a fact about the mission of any status counts on a day after it was due; or
3. somebody denies it later, or announces the same again, be it for another date.

A plan that is neither settled nor before its date is *overdue*: did it happen?
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

from legation.db.age import last_day
from legation.db.statements import Statement

T = TypeVar("T", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Plan:
    """A dated plan by its claim; `due` is its last day, `settled` the day in the text above; None: not yet."""

    claim: int
    due: str
    settled: str | None

    def overdue(self, on: str) -> bool:
        """Whether its day has passed by the day `on`, and it was not known then what became of it."""
        return self.due < on and (self.settled is None or on < self.settled)


def plans(
    others: Iterable[Statement], facts: Iterable[Statement], states: Sequence[tuple[str, str]],
    supports: Mapping[str, AbstractSet[str]],
) -> dict[int, Plan]:  # fmt: skip
    """The dated plans among the claims of one mission that are no facts, by claim.

    `facts` are those that its periods rest on; `states` (first day, state) of these periods, oldest first; `supports`
    tells which statuses a state brings about.
    """
    others = list(others)
    dated = [said for said in others if said.modality == "planned" and said.date]
    if not dated:
        return {}
    facts = list(facts)
    told = _by_status((said.status, said.day) for said in facts)
    begun = _by_status((status, day) for day, state in states for status in supports[state])
    denied = _by_status((said.status, said.reported) for said in others if said.modality == "denied")
    again = _by_status((said.status, (said.reported, said.key)) for said in dated)
    days = sorted(said.day for said in facts)
    found = {}
    for said in dated:
        due = last_day(said.date or "")
        candidates = [
            *_after(told.get(said.status, ()), said.reported),
            *_after(begun.get(said.status, ()), said.reported),
            *_after(days, max(due, said.reported)),
            *_after(denied.get(said.status, ()), said.reported),
            *(day for day, _ in _after(again[said.status], (said.reported, said.key))),
        ]
        found[said.claim] = Plan(said.claim, due, min(candidates, default=None))
    return found


def _by_status(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """The second of each pair by the first, sorted."""
    found: dict[str, list[T]] = defaultdict(list)
    for status, what in pairs:
        found[status].append(what)
    return {status: sorted(there) for status, there in found.items()}


def _after(ordered: Sequence[T], what: T) -> Sequence[T]:
    """The first of the sorted values that is later than `what`, if there is one."""
    place = bisect_right(ordered, what)
    return ordered[place : place + 1]
