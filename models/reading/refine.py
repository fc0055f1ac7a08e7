"""What the words around an event change: partial withdrawals, closures for a time."""

import re

from spacy.tokens import Span

from models.lexicon import words
from models.reading.scope import Verdict
from models.reading.syntax import Reading
from models.reading.when import schedules

PARTIAL = words("partial")
FOR_A_TIME = words("for_a_time")
OPENS = re.compile(r"\b(?:open(?:s|ed|ing)?|first|new) (?:an? |its |the )?(?:first |new |U\.?S\.? )?(?:embassy|consulate|mission)", re.I)
BETWEEN = re.compile(r"^\W*(?:back )?from [A-Z][\w' -]+ to [A-Z]")
DAYS = re.compile(r"\bfor (?:the|a|one|two|three|four|five|several|\d+|a few) (?:more )?(?:day|week|weekend)s?\b")
AGAIN = words("again")
ORDERED = ("order", "told", "tell", "instruct", "direct", "advis", "author")
SHUT_BEFORE = re.compile(r"(?:in [\w ]+?)?, (?:closed|shut|shuttered|empty|suspended|abandoned)\b")


def refine(reading: Reading, verdict: Verdict) -> tuple[str, Verdict]:
    """The status after a look at quantity and duration."""
    status = reading.status
    phrase = own_words(reading.theme) if reading.theme.kb_id_ == "staff" else set()
    near = {c.lower_ for c in reading.trigger.children} | {
        c.lower_ for c in reading.trigger.head.children if reading.row.state
    }
    if verdict.modality == "fact" and schedules(reading):
        verdict = Verdict("planned", None)
    if status == "evacuated" and (not PARTIAL.isdisjoint(phrase) or {"all", "but"} <= phrase):
        status = "reduced"
    if status == "relocated" and not {"families", "family", "dependants", "dependents", "relatives"}.isdisjoint(phrase):
        status = "reduced"
    if status == "remained_open" and reading.theme.kb_id_ == "staff" and not FEW.isdisjoint(phrase):
        status = "reduced"
    if (
        status == "reduced"
        and reading.row.id == "leave"
        and verdict.cue is not None
        and verdict.cue.lower_ in ("may", "can")
    ):
        verdict = Verdict("fact", verdict.cue)  # an authorized departure
    if reading.row.id == "flag-up" and OPENS.search(_headline(reading)):
        status = "opened"
    if status == "reduced" and verdict.cue is not None and verdict.cue.lower_ in ("can", "able"):
        verdict = Verdict("fact", verdict.cue)  # "can only provide limited services"
    if status == "reduced" and reading.row.id in ("leave", "order-out") and verdict.cue is not None:
        told = verdict.modality == "planned" and verdict.cue.lower_.startswith(ORDERED)
        verdict = Verdict("fact", verdict.cue) if told else verdict  # to be told to leave is the reduction
    if status == "closed" and (not FOR_A_TIME.isdisjoint(near) or _for_days(reading)):
        status = "suspended"
    after = {token.lower_ for token in reading.trigger.doc[reading.event.end : reading.event.end + 3]}
    if status == "opened" and (not AGAIN.isdisjoint(near | after) or _was_shut(reading)):
        status = "reopened"
    if reading.row.id == "return" and reading.theme.kb_id_ == "mission" and BETWEEN.search(_after(reading)):
        status = "relocated"  # "will go back from Jerusalem to Tel Aviv"
    if reading.row.id == "stop-working" and verdict.modality == "denied":
        return "remained_open", Verdict("fact", verdict.cue)
    if status == "remained_open" and reading.row.id == "operate" and not AGAIN.isdisjoint(near):
        status = "reopened"
    return status, verdict


def whole(readings: list[Reading]) -> list[Reading]:
    """Without the part where the whole is told too: "diplomats and their families" are all who leave."""
    staff = [r for r in readings if r.theme.kb_id_ == "staff"]
    if len(staff) < 2 or all(not PARTIAL.isdisjoint(own_words(r.theme)) for r in staff):
        return readings
    return [r for r in readings if r.theme.kb_id_ != "staff" or PARTIAL.isdisjoint(own_words(r.theme))]


FEW = words("few")


def _headline(reading: Reading) -> str:
    return reading.trigger.doc._.title or ""


def _after(reading: Reading) -> str:
    return reading.trigger.doc[reading.event.end : reading.trigger.sent.end].text


def _was_shut(reading: Reading) -> bool:
    """ "the embassy, closed since 2003, will open": again."""
    theme = reading.theme
    return SHUT_BEFORE.match(theme.doc[theme.end : theme.end + 8].text) is not None


def _for_days(reading: Reading) -> bool:
    """ "closed for the day", "for a week"."""
    after = reading.trigger.doc[reading.event.end : reading.trigger.sent.end].text
    return DAYS.search(after) is not None


def own_words(theme: Span) -> set[str]:
    """The words of the theme and what stands before it in its phrase, with what counts it: "a portion of"."""
    root = theme.root
    words = {
        token.lower_ for token in theme.doc[min(root.left_edge.i, max(theme.start - 5, theme.sent.start)) : theme.end]
    }
    if root.dep_ == "pobj" and root.head.lower_ == "of":
        words |= {token.lower_ for token in root.head.head.lefts} | {root.head.head.lower_}
    return words
