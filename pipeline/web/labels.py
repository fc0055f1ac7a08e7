"""Claims and states in plain words, for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from legation.pipeline.sentences import when as when
from legation.pipeline.user_input import state_label

STATUS = {
    "reopened": "reopened", "opened": "opened", "remained_open": "remained open", "reduced": "reduced its staff",
    "relocated": "relocated", "evacuated": "evacuated", "suspended": "suspended", "closed": "closed",
}  # fmt: skip
MARKS = ("sender", "host", "mission", "event", "cue", "speaker", "date")


def host_label(code: str | None) -> str:
    """The receiving State's name; "(not stated)" for None."""
    return state_label(code) if code else "(not stated)"


def since_words(day: str | None, precision: str | None) -> str:
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
    """What a field offers: "places", every State and capital, "senders", every State, by name, and "regions"."""
    from legation.models.gazetteer import capital_of
    from legation.pipeline.regions import names

    states = [name for _, name in countries()]
    capitals = {capital for code, _ in countries() if (capital := capital_of(code))}
    return {"places": sorted({*states, *capitals}), "senders": states, "regions": list(names())}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `labels`: what it is marked as, in the order of MARKS; `quoted`: within the quote."""

    text: str
    labels: tuple[str, ...]
    quoted: bool


def marked_pieces(
    text: str, offset: int, quote: tuple[int, int], marks: Iterable[tuple[str, int, int]]
) -> Iterator[Piece]:
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
