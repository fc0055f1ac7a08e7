"""What fired and what was overruled, for the one who asks why."""

from dataclasses import dataclass

from spacy.tokens import Span

OUTCOMES = ("fired", "overruled")


@dataclass(frozen=True, slots=True)
class Step:
    """One rule at one place of the article.

    `rule` is a row of events.toml, with its voice where it came that far ("close.passive"). `text` stands
    at characters start..end. `outcome` is one of OUTCOMES; `reason` says why there is no claim, or what it is.
    """

    rule: str
    text: str
    start: int
    end: int
    outcome: str
    reason: str


def step(rule: str, event: Span, outcome: str, reason: str) -> Step:
    """A step at the words of an event."""
    return Step(rule, event.text, event.start_char, event.end_char, outcome, reason)
