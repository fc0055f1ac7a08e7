"""Dates that another sentence gives: "The closures took effect on Sunday", "the order, which was made in August";
"withdrew its staff on Thursday. They were moved to the capital." """

import re
from dataclasses import replace

from spacy.tokens import Doc

from legation.models.claim import Claim
from legation.models.lexicon import table
from legation.models.reading.dates import dates_in
from legation.models.reading.memory import text_of

NOUNS: dict[str, list[str]] = table("aftermath.toml")["nouns"]  # what a noun may speak of: statuses
LATER = re.compile(
    rf"\b(?:the|this) (?:[\w.]+ )?({'|'.join(NOUNS)})(?:, which)? (?:was|were|took|came|takes|take|began|happened)\b"
    r"([^.;]{0,60})",
    re.IGNORECASE,
)
LEAVING = {"reduced", "relocated", "evacuated", "suspended"}
NEXT = 2  # characters between two sentences


def date_later(claims: list[Claim], doc: Doc) -> list[Claim]:
    """Give claims without a date the one that the article tells of the act as a noun, where it tells a single one."""
    told: dict[str, set[str]] = {}
    for match in LATER.finditer(text_of(doc)):
        for when in dates_in(match[2], doc._.published)[:1]:
            for status in NOUNS[match[1].lower()]:
                told.setdefault(status, set()).add(when.value)
    return date_alike([_dated(claim, told.get(claim.status, set())) for claim in claims])


def date_alike(claims: list[Claim]) -> list[Claim]:
    """A leaving has one day: what is told of the same mission just after its dated withdrawal happened then."""
    return [
        _dated(claim, {c.date for c in before[-1:] if c.date})
        if (before := [c for c in claims if _leads(c, claim)])
        else claim
        for claim in claims
    ]


def _leads(first: Claim, then: Claim) -> bool:
    same = (first.sending_state, first.receiving_state) == (then.sending_state, then.receiving_state)
    near = 0 <= then.start - first.end <= NEXT or first.start == then.start
    return (
        first is not then
        and same
        and near
        and {first.modality, then.modality} == {"fact"}
        and {first.status, then.status} <= LEAVING
        and first.city in (None, then.city)
    )


def _dated(claim: Claim, dates: set[str]) -> Claim:
    return replace(claim, date=min(dates)) if not claim.date and len(dates) == 1 else claim
