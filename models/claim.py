"""What comes out of reading one article: plain, frozen values that outlive the Doc."""

from dataclasses import dataclass, fields
from typing import Any

STATUSES = ("reopened", "opened", "remained_open", "reduced", "relocated", "evacuated", "suspended", "closed")
MODALITIES = ("fact", "planned", "possible", "denied")
MISSIONS = ("embassy", "consulate", "delegation", "office", "mission")
LABELS = ("quote", "sender", "host", "mission", "event", "cue", "speaker", "date")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the article that a claim rests on: `label` is one of LABELS; offsets are half-open, in characters"""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that one article says about whether a mission works.

    States are ISO 3166-1 alpha-2, or EU, UN, XK, VA. `sending_state` None: an unnamed group; `receiving_state`, `city`,
    `date` None: the text does not tell; `relocated_to` None unless status is relocated; `attribution` None: the
    reporter's own voice. `date` is YYYY, YYYY-MM or YYYY-MM-DD. `text[start:end] == quote`. `marks` hold the further
    evidence: other sentences that say the same (label quote) and the words that gave each field.
    """

    sending_state: str | None
    receiving_state: str | None
    city: str | None
    mission: str
    status: str
    modality: str
    date: str | None
    relocated_to: str | None
    attribution: str | None
    quote: str
    start: int
    end: int
    sender_text: str | None
    confidence: float
    rule: str
    marks: tuple[Mark, ...] = ()

    @property
    def fact(self) -> tuple[str | None, ...]:
        """What makes two claims of one article the same."""
        return (self.sending_state, self.receiving_state, self.city, self.mission, self.status, self.modality)

    def to_row(self) -> dict[str, Any]:
        """The claim as plain values, for JSON or MessagePack: field -> value; a mark is [label, start, end]."""
        row = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**row, "marks": [[mark.label, mark.start, mark.end] for mark in self.marks]}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Claim":
        """The claim that gave `row`. Raises TypeError where a field is missing or unknown."""
        return cls(**{**row, "marks": tuple(Mark(*mark) for mark in row["marks"])})


@dataclass(frozen=True, slots=True)
class Text:
    """What is read: cleaned text; the headline as context; the date of publication (YYYY-MM-DD), None: not known.

    `posts`: parts of the text with a date of their own, as in a live blog: half-open characters, YYYY-MM-DD.
    """

    text: str
    title: str | None = None
    published: str | None = None
    posts: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an event of the article: its row of events.toml and its words, text[start:end]. `outcome` is
    "fired" or "overruled"; `reason` says what the claim is, or why there is none."""

    rule: str
    text: str
    start: int
    end: int
    outcome: str
    reason: str
