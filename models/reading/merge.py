"""One fact, one claim: readings that say the same become one claim with all its evidence."""

from dataclasses import replace

from legation.models.claim import Claim, Mark

KIND_ORDER = ("embassy", "consulate", "delegation", "office", "mission")


def merge(claims: list[Claim]) -> tuple[Claim, ...]:
    """Join claims whose fields agree, a claim without a city or with an unspecified kind joining the fuller one."""
    kept: list[Claim] = []
    for claim in claims:
        for i, other in enumerate(kept):
            if _same(claim, other):
                kept[i] = _join(other, claim)
                break
        else:
            kept.append(claim)
    kept = [_dated(claim, kept) for claim in kept]
    return tuple(
        sorted(
            kept,
            key=lambda c: (
                c.start,
                c.end,
                c.sending_state or "",
                c.receiving_state or "",
                c.status,
                c.modality,
                c.city or "",
                c.mission,
            ),
        )
    )


def _dated(claim: Claim, others: list[Claim]) -> Claim:
    """One order, one day: a claim without a date takes that of its sender's claims of the same status and modality,
    if all that have one agree; else that for which the same is planned."""
    if claim.date or not claim.sending_state:
        return claim
    order = {c.date for c in others if c.date and _act(c) == _act(claim)}
    plan = {c.date for c in others if c.date and _is_to_come(c) and _is_to_come(claim) and _what(c) == _what(claim)}
    dates = order or plan
    return replace(claim, date=dates.pop()) if len(dates) == 1 else claim


def _act(claim: Claim) -> tuple[str | None, str, str]:
    return claim.sending_state, claim.status, claim.modality


def _what(claim: Claim) -> tuple[str | None, str | None, str]:
    return claim.sending_state, claim.receiving_state, claim.status


def _is_to_come(claim: Claim) -> bool:
    return claim.modality in ("planned", "possible")


def _same(a: Claim, b: Claim) -> bool:
    if (a.sending_state, a.receiving_state, a.status, a.modality) != (
        b.sending_state,
        b.receiving_state,
        b.status,
        b.modality,
    ):
        return False
    if a.city and b.city and a.city != b.city:
        return False
    if a.date and b.date and not (a.date.startswith(b.date) or b.date.startswith(a.date)) and a.date[:4] != b.date[:4]:
        return False
    return a.mission == b.mission or "mission" in (a.mission, b.mission)


def _join(first: Claim, second: Claim) -> Claim:
    """The surer claim gives the quote; what it lacks comes from the other."""
    best, other = (first, second) if first.confidence >= second.confidence else (second, first)
    marks = tuple(dict.fromkeys((*best.marks, Mark("quote", other.start, other.end))))
    date = max((d for d in (best.date, other.date) if d), key=len, default=None)
    return replace(
        best,
        city=best.city or other.city,
        mission=min(best.mission, other.mission, key=KIND_ORDER.index),
        date=best.date if best.date and len(best.date) == len(date or "") else date,
        relocated_to=best.relocated_to or other.relocated_to,
        attribution=best.attribution or other.attribution,
        confidence=round(1 - (1 - best.confidence) * (1 - other.confidence * 0.3), 3),
        marks=marks,
    )
