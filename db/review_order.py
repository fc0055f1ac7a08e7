"""In what order claims wait for a reviewer: by what a decision on them would change."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from legation.db.mission_matching import group_by_mission
from legation.db.statements import Statement
from legation.db.status import Course, Period, counts, course, disputed, outcome

CHANGES, CONTRADICTS, UNSURE, REST = 1, 2, 3, 4
Word = tuple[str, str | None]  # status and place moved to
MANY = 10
LOW = 0.7  # confidence below which a claim is looked at before the rest


def ranks(
    claims: Iterable[Statement], unreviewed: float | None, capital: str | None, periods: Iterable[Period]
) -> dict[int, int]:
    """Claim -> rank, for the unreviewed among the claims of one pair of States.

    CHANGES: approving or rejecting it would give the mission another state from some day on. CONTRADICTS: it is on
    either side of a disagreement. UNSURE: the extractor's confidence is low. Whether a status changes is judged on the
    day on which the claim counts, so that the cost grows with the claims and not with their square. `periods` are those
    of the pair as they now stand.
    """
    found: dict[int, int] = {}
    disputed = {said.claim for p in periods if p.dissents for said in (*p.supporting, *p.dissents)}
    for said_there in group_by_mission(claims, capital).values():
        if any(said.review == "unreviewed" for said in said_there):
            found |= _ranks(said_there, unreviewed, disputed)
    return found


def low(confidence: float) -> int:
    """UNSURE or REST: the rank of a claim that no status depends on."""
    return UNSURE if confidence < LOW else REST


def _ranks(claims: Sequence[Statement], unreviewed: float | None, disputed: Set[int]) -> dict[int, int]:
    path = course(sorted((said for said in claims if counts(said, unreviewed)), key=lambda said: said.key))
    place = {said.claim: i for i, facts in enumerate(path.facts) for said in facts}
    same = [Counter((said.status, said.relocated_to) for said in facts) for facts in path.facts]
    return {
        said.claim: CHANGES
        if said.modality == "fact" and _changes(path, same, said, place.get(said.claim))
        else CONTRADICTS
        if said.claim in disputed
        else low(said.confidence)
        for said in claims
        if said.review == "unreviewed"
    }


def _changes(path: Course, same: Sequence[Counter[Word]], said: Statement, own: int | None) -> bool:
    """Whether the day of the claim ends in another state with it approved, or without it, than it now does.

    `own` is the place of its day if it counts now; `same` has for each day how often each thing was said.
    """
    place = bisect_left(path.days, said.day) if own is None else own
    there = own is not None or (place < len(path.days) and path.days[place] == said.day)
    before = path.standings[place]
    if not there:
        return outcome(before, [_approved(said)]) != (before.state, before.works_from)
    facts, after = path.facts[place], path.standings[place + 1]
    told = {status for status, _ in same[place]} | {said.status}
    weighed = disputed(before.state, told)
    if same[place][(said.status, said.relocated_to)] - (own is not None) >= (MANY if weighed else 1):
        return False  # others say the same on that day: one voice more or less changes nothing
    now = (after.state, after.works_from)
    others = [other for other in facts if other.claim != said.claim]
    if own is not None and outcome(before, others) != now:
        return True
    if own is not None and not weighed and len(same[place]) == 1:
        return False  # nothing is weighed against it: approved it says what it says now
    return outcome(before, [*others, _approved(said)]) != now


def _approved(said: Statement) -> Statement:
    return replace(said, review="approved")
