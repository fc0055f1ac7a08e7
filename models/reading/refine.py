"""What the words around an event change: partial withdrawals, closures for a time, openings after a closure."""

import re

from spacy.tokens import Span

from legation.models.lexicon import words
from legation.models.reading.scope import Verdict
from legation.models.reading.syntax import Reading
from legation.models.reading.when import schedules

PARTIAL = words("partial")
FEW = words("few")
FAMILIES = words("families")
FOR_A_TIME = words("for_a_time")
OPENS = re.compile(
    r"\b(?:open(?:s|ed|ing)?|first|new) (?:an? |its |the )?(?:first |new |U\.?S\.? )?(?:embassy|consulate|mission)",
    re.I,
)
BETWEEN = re.compile(r"^\W*(?:back )?from [A-Z][\w' -]+ to [A-Z]")
DAYS = re.compile(r"\bfor (?:the|a|one|two|three|four|five|several|\d+|a few) (?:more )?(?:day|week|weekend)s?\b")
AGAIN = words("again")
ORDERED = ("order", "told", "tell", "instruct", "direct", "advis", "author")
SHUT_BEFORE = re.compile(r"(?:in [\w ]+?)?, (?:closed|shut|shuttered|empty|suspended|abandoned)\b")


def refine(reading: Reading, verdict: Verdict) -> tuple[str, Verdict]:
    """The status and the modality after a look at quantity, duration and what was told before."""
    if verdict.modality == "fact" and schedules(reading):
        verdict = Verdict("planned", None)
    if reading.row.id == "stop-working" and verdict.modality == "denied":
        return "remained_open", Verdict("fact", verdict.cue)
    status = _again(reading, _part(reading, reading.status))
    return status, _told(reading, status, verdict)


def _part(reading: Reading, status: str) -> str:
    """Some of the staff, families, a few days: less than the whole."""
    phrase = own_words(reading.theme) if reading.theme.kb_id_ == "staff" else set()
    if status == "evacuated" and (not PARTIAL.isdisjoint(phrase) or {"all", "but"} <= phrase):
        return "reduced"
    if status == "relocated" and not FAMILIES.isdisjoint(phrase):
        return "reduced"
    if status == "remained_open" and not FEW.isdisjoint(phrase):
        return "reduced"
    if status == "closed" and (not FOR_A_TIME.isdisjoint(_near(reading)) or DAYS.search(_after(reading))):
        return "suspended"
    return status


def _again(reading: Reading, status: str) -> str:
    """New, or anew: what the words beside the event tell of the time before."""
    row, near = reading.row.id, _near(reading)
    if row == "flag-up" and OPENS.search(reading.trigger.doc._.title or ""):
        return "opened"
    if row == "return" and reading.theme.kb_id_ == "mission" and BETWEEN.search(_after(reading)):
        return "relocated"  # "will go back from Jerusalem to Tel Aviv"
    if row == "operate" and status == "remained_open" and not AGAIN.isdisjoint(near):
        return "reopened"
    after = {token.lower_ for token in reading.trigger.doc[reading.event.end : reading.event.end + 3]}
    if status == "opened" and (not AGAIN.isdisjoint(near | after) or _was_shut(reading)):
        return "reopened"
    return status


def _told(reading: Reading, status: str, verdict: Verdict) -> Verdict:
    """To be told or allowed to leave is the reduction; so is to be able to do less."""
    if status != "reduced" or verdict.cue is None:
        return verdict
    leaves, cue = reading.row.id in ("leave", "order-out"), verdict.cue.lower_
    able = cue in ("can", "able") or (cue == "may" and reading.row.id == "leave")
    ordered = leaves and verdict.modality == "planned" and cue.startswith(ORDERED)
    return Verdict("fact", verdict.cue) if able or ordered else verdict


def _near(reading: Reading) -> set[str]:
    """The words that hang on the event; of a state, also those on its verb."""
    head = reading.trigger.head.children if reading.row.state else ()
    return {c.lower_ for c in (*reading.trigger.children, *head)}


def whole(readings: list[Reading]) -> list[Reading]:
    """Without the part where the whole is told too: "diplomats and their families" are all who leave."""
    staff = [r for r in readings if r.theme.kb_id_ == "staff"]
    if len(staff) < 2 or all(not PARTIAL.isdisjoint(own_words(r.theme)) for r in staff):
        return readings
    return [r for r in readings if r.theme.kb_id_ != "staff" or PARTIAL.isdisjoint(own_words(r.theme))]


def _after(reading: Reading) -> str:
    return reading.trigger.doc[reading.event.end : reading.trigger.sent.end].text


def _was_shut(reading: Reading) -> bool:
    """ "the embassy, closed since 2003, will open": again."""
    theme = reading.theme
    return SHUT_BEFORE.match(theme.doc[theme.end : theme.end + 8].text) is not None


def own_words(theme: Span) -> set[str]:
    """The words of the theme and what stands before it in its phrase, with what counts it: "a portion of"."""
    root = theme.root
    start = min(root.left_edge.i, max(theme.start - 5, theme.sent.start))
    commas = [token.i + 1 for token in theme.doc[start : theme.start] if token.text in (",", ";")]
    words = {token.lower_ for token in theme.doc[max([start, *commas[-1:]]) : theme.end]}
    if root.dep_ == "pobj" and root.head.lower_ == "of":
        words |= {token.lower_ for token in root.head.head.lefts} | {root.head.head.lower_}
    return words
