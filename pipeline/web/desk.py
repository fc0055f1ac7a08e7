"""The review desk: what its page, a card and the next card show."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from legation.db import desk
from legation.db.claims import FIELDS
from legation.db.words import KINDS, MODALITIES, REASONS, STATUSES
from legation.pipeline.desk import REASON_KEYS, readers
from legation.pipeline.errors import UsageProblem
from legation.pipeline.places import country, state_label
from legation.pipeline.web.site import today
from legation.pipeline.web.words import FIELD, STATUS, began, countries, pieces, sentence

AROUND = 1500  # characters of the article on either side of the quote; the whole text is one link away
RIVALS = 12
_MINE = """
    SELECT d.id, d.claim, d.at, d.verdict, d.reason, d.note FROM decisions AS d
    WHERE d.reviewer = ? AND d.id = d.batch ORDER BY d.id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the filters of the desk say, as typed; "" for any."""

    host: str = ""
    sender: str = ""
    status: str = ""
    publisher: str = ""
    confidence: str = ""

    @property
    def only(self) -> desk.Filter:
        """The part of the queue; UsageProblem for a State or a word that cannot be meant."""
        for name, value, known in (("status", self.status, STATUSES), ("confidence", self.confidence, CONFIDENCE)):
            if value and value not in known:
                raise UsageProblem(f"{name}={value[:40]}: no such word; it is one of {', '.join(known)}")
        low, high = CONFIDENCE.get(self.confidence, ("", None, None))[1:]
        return desk.Filter(
            sending_state=country(self.sender) if self.sender else None,
            receiving_state=country(self.host) if self.host else None,
            status=self.status or None,
            publisher=self.publisher or None,
            min_confidence=low,
            max_confidence=high,
        )

    @property
    def query(self) -> str:
        """The query string that asks for the same; "" without filters."""
        return urlencode({name: getattr(self, name) for name in self.__dataclass_fields__ if getattr(self, name)})


CONFIDENCE: dict[str, tuple[str, float | None, float | None]] = {
    "low": ("below 0.5", None, 0.499999),
    "middle": ("0.5 to 0.8", 0.5, 0.8),
    "high": ("above 0.8", 0.800001, None),
}


def from_query(text: str) -> Asked:
    """The filters of a form, which carries them as a query string; what is none of ours is dropped."""
    return asked(dict(parse_qsl(text.lstrip("?")[:1000])))


def asked(args: Mapping[str, Any] | Any) -> Asked:
    """The filters in a query string."""
    return Asked(**{name: (args.get(name) or "").strip() for name in Asked.__dataclass_fields__})


def next_card(
    connection: sqlite3.Connection, filters: Asked, skip: set[int], taken: set[int]
) -> dict[str, Any] | None:  # fmt: skip
    """The card of the next claim; one that another reviewer looks at only if nothing else waits. None: none waits."""
    only = filters.only
    claim = desk.next_claim(connection, skip=skip | taken, only=only)
    if claim is None and taken - skip:
        claim = desk.next_claim(connection, skip=skip, only=only)
    return None if claim is None else card(connection, claim)


def card(connection: sqlite3.Connection, claim: int) -> dict[str, Any] | None:
    """All that a reviewer needs to decide on a claim; None: there is no such claim."""
    shown = desk.context(connection, claim, around=AROUND)
    if shown is None:
        return None
    text = shown.before + shown.quote + shown.after
    offset = shown.start - len(shown.before)
    return {
        "claim": shown,
        "sentence": sentence(shown.fields, shown.attribution),
        "read": sentence(shown.read, shown.attribution) if shown.read != shown.fields else None,
        "why": shown.why if shown.rank else f"decided: {shown.review}",
        "readers": list(readers(connection, shown)),
        "pieces": list(pieces(text, offset, (shown.start, shown.end), shown.marks)),
        "cut": (offset > 0, len(shown.after) == AROUND),
        "link": shown.url if shown.url.startswith(("https://", "http://")) else None,
        "standing": _standing(connection, claim),
        "would": desk.consequences(connection, claim, today()),
        "rivals": desk.rivals(connection, claim, today(), limit=RIVALS),
        "log": desk.log(connection, claim),
        "fields": [(name, FIELD[name], shown.fields[name]) for name in FIELDS],
        **choices(),
    }


def choices() -> dict[str, Any]:
    """What the forms of the desk let one choose from."""
    return {
        "countries": countries(),
        "words": {"mission": KINDS, "status": STATUSES, "modality": MODALITIES},
        "status_words": STATUS,
        "reasons": list(zip(REASON_KEYS, REASONS, strict=True)),
    }


def _standing(connection: sqlite3.Connection, claim: int) -> dict[str, Any] | None:
    status = desk.standing(connection, claim, today())
    if status is None:
        return None
    name = f"{state_label(status.sending_state)}, {status.kind} in {status.city or state_label(status.receiving_state)}"
    return {"mission": name, "status": status, "since": began(status.since, status.precision)}


def progress(connection: sqlite3.Connection, reviewer: str, filters: Asked) -> dict[str, Any]:
    """How far the day is: own decisions, everybody's, what waits and why, and how much of it the filters let pass."""
    mine, all_of_it = (desk.progress(connection, today(), name) for name in (reviewer, None))
    waiting = sum(all_of_it.waiting.values())
    here = desk.count(connection, filters.only) if filters.query else waiting
    wait = f"{here} of {waiting} wait here." if filters.query else f"{waiting} wait."
    return {
        "mine": _count(mine), "all": _count(all_of_it), "waiting": waiting, "here": here,
        "ranks": [(desk.WHY[rank], count) for rank, count in sorted(all_of_it.waiting.items())],
        "words": f"Today: {_count(mine)} by you, {_count(all_of_it)} by all. {wait}",
    }  # fmt: skip


def _count(progress: desk.Progress) -> int:
    return sum(number for verdict, number in progress.decided.items() if verdict != "undo")


def publishers(connection: sqlite3.Connection) -> list[str]:
    """Publishers by name, for the filter."""
    rows = connection.execute("SELECT DISTINCT site FROM articles WHERE site IS NOT NULL ORDER BY site LIMIT 500")
    return [row[0] for row in rows]


def mine(connection: sqlite3.Connection, reviewer: str, limit: int = 200) -> list[dict[str, Any]]:
    """The newest decisions of a reviewer, those made together as one."""
    rows = connection.execute(_MINE, (reviewer, limit)).fetchall()
    names = ("id", "claim", "at", "verdict", "reason", "note")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        shown = desk.context(connection, row["claim"], around=0)
        row["sentence"] = sentence(shown.fields, shown.attribution) if shown else ""
        row["state"] = shown.review if shown else ""
    return found


def claim_number(text: str | None) -> int:
    """A claim's number from a query or a form; UsageProblem for anything else."""
    if text and text.isascii() and text.isdecimal() and len(text) < 16:
        return int(text)
    raise UsageProblem(f"{(text or '')[:40]}: not a number of a claim")


def numbers(text: str | None) -> set[int]:
    """Numbers of claims parted by commas."""
    return {claim_number(part) for part in (text or "").split(",") if part}


def stands(connection: sqlite3.Connection, claim: int) -> dict[str, Any]:
    """How far the review of a claim is, and by whom, for a desk that shows it already."""
    log = desk.log(connection, claim)
    shown = desk.context(connection, claim, around=0)
    review = shown.review if shown else "unreviewed"
    return {"revision": shown.revision if shown else 0, "state": review, "by": log[-1].reviewer if log else None}
