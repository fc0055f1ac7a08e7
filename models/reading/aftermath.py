"""Dates that a later sentence gives: "The closures took effect on Sunday", "the order, which was made in August"."""

import re
from dataclasses import replace

from spacy.tokens import Doc

from models.claim import Claim
from models.lexicon import table
from models.reading.dates import dates_in

NOUNS: dict[str, list[str]] = table("aftermath.toml")["nouns"]  # what a noun may speak of: statuses
LATER = re.compile(
    rf"\b(?:the|this) (?:[\w.]+ )?({'|'.join(NOUNS)})(?:, which)? (?:was|were|took|came|takes|take|began|happened)\b"
    r"([^.;]{0,60})",
    re.IGNORECASE,
)


def date_later(claims: list[Claim], doc: Doc) -> list[Claim]:
    """Give claims without a date the one that the article tells of the act as a noun, where it tells a single one."""
    told: dict[str, set[str]] = {}
    for match in LATER.finditer(doc.text):
        for when in dates_in(match[2], doc._.published)[:1]:
            for status in NOUNS[match[1].lower()]:
                told.setdefault(status, set()).add(when.value)
    return [_dated(claim, told.get(claim.status, set())) for claim in claims]


def _dated(claim: Claim, dates: set[str]) -> Claim:
    return replace(claim, date=min(dates)) if not claim.date and len(dates) == 1 else claim
