"""Claims and states in plain words, for people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

from legation.pipeline.places import state_label

STATUS = {
    "reopened": "reopened", "opened": "opened", "remained_open": "remained open", "reduced": "reduced its staff",
    "relocated": "relocated", "evacuated": "evacuated", "suspended": "suspended", "closed": "closed",
}  # fmt: skip
FIELD = {
    "sending_state": "Sending State", "receiving_state": "Receiving State", "city": "City", "mission": "Mission",
    "status": "Status", "modality": "Modality", "date": "Date", "relocated_to": "Relocated to",
}  # fmt: skip
MARKS = ("sender", "host", "mission", "event", "cue", "speaker", "date")


def sentence(fields: Mapping[str, Any], attribution: str | None = None) -> str:
    """ "France — embassy in Kyiv, Ukraine — reopened — fact — April 2022, says the ministry"."""
    where = ", ".join(filter(None, (fields["city"], host_label(fields["receiving_state"]))))
    moved = f" to {fields['relocated_to']}" if fields["relocated_to"] else ""
    parts = (
        state_label(fields["sending_state"]),
        f"{fields['mission']} in {where}",
        STATUS[fields["status"]] + moved,
        str(fields["modality"]),
        when(fields["date"]) or "date not told",
    )
    return " — ".join(parts) + (f", says {attribution}" if attribution else "")


def host_label(code: str | None) -> str:
    return state_label(code) if code else "(not told)"


def when(day: str | None) -> str:
    """ "19 April 2022", "April 2022", "2022"; "" for None."""
    if not day:
        return ""
    if len(day) == len("2022"):
        return day
    first = date.fromisoformat((day + "-01")[:10])
    month = f"{first:%B} {first.year:04}"
    return month if len(day) == len("2022-04") else f"{first.day} {month}"


def began(day: str | None, precision: str | None) -> str:
    """The beginning of a period as exactly as it is known: "since April 2022", "since 19 April 2022 or before"."""
    if day is None:
        return ""
    length = {"month": 7, "year": 4}.get(precision or "", 10)
    return f"since {when(day[:length])}" + (" or before" if precision == "reported" else "")


@cache
def countries() -> list[tuple[str, str]]:
    """(code, name) of every State, by name."""
    from legation.models.gazetteer import states

    return sorted(((code, state.name) for code, state in states().items()), key=lambda pair: pair[1])


@cache
def typed_names() -> dict[str, list[str]]:
    """What a field offers: "places", every State and capital, and "senders", every State, by name."""
    from legation.models.gazetteer import capital_of

    states = [name for _, name in countries()]
    capitals = {capital for code, _ in countries() if (capital := capital_of(code))}
    return {"places": sorted({*states, *capitals}), "senders": states}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `labels`: what it is marked as, in the order of MARKS; `quoted`: within the quote."""

    text: str
    labels: tuple[str, ...]
    quoted: bool


def pieces(text: str, offset: int, quote: tuple[int, int], marks: Iterable[tuple[str, int, int]]) -> Iterator[Piece]:
    """Cut `text`, which begins at `offset` of the article, wherever the quote or a mark begins or ends.

    `marks` are (label, start, end) in the whole text; those that lie outside `text` are ignored.
    """
    end = offset + len(text)
    shown = [(label, start, stop) for label, start, stop in marks if label in MARKS]
    cuts = {offset, end, *quote, *(place for _, start, stop in shown for place in (start, stop))}
    places = sorted(place for place in cuts if offset <= place <= end)
    for start, stop in pairwise(places):
        labels = tuple(name for name in MARKS if any(m == name and a <= start and stop <= b for m, a, b in shown))
        yield Piece(text[start - offset : stop - offset], labels, quote[0] <= start and stop <= quote[1])
