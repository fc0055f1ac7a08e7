"""What the words around an event change: partial withdrawals, closures for a time, and readings that are no claim."""

from spacy.tokens import Span

from models.reading.discourse import Discourse
from models.reading.modality import Verdict, modality
from models.reading.roles import Reading, child
from models.reading.where import Hosts
from models.reading.whose import Senders

PARTIAL = {"non-essential", "nonessential", "non-emergency", "nonemergency", "families", "family", "dependants", "dependents", "some", "portion", "additional", "half", "third",
           "percent", "number", "several", "unnecessary", "spouses", "relatives", "children", "eligible", "non", "part", "inessential", "surplus", "quarter", "two-thirds", "reduce"}
FOR_A_TIME = {"temporarily", "temporary", "briefly", "brief", "provisionally", "day", "days", "weekend"}
AGAIN = {"again", "anew", "once"}


def refine(reading: Reading, verdict: Verdict) -> tuple[str, Verdict]:
    """The status after a look at quantity and duration."""
    status = reading.status
    phrase = {token.lower_ for token in reading.theme.root.subtree} | {token.lower_ for token in reading.theme} if reading.theme.kb_id_ == "staff" else set()
    near = {c.lower_ for c in reading.trigger.children} | {c.lower_ for c in reading.trigger.head.children if reading.row.state}
    if status == "evacuated" and not PARTIAL.isdisjoint(phrase):
        status = "reduced"
    if status == "closed" and not FOR_A_TIME.isdisjoint(near):
        status = "suspended"
    if status == "opened" and not AGAIN.isdisjoint(near):
        status = "reopened"
    return status, verdict


def admissible(reading: Reading, anchor: Span, whose: Senders, where: Hosts, discourse: Discourse) -> bool:
    """Has the reading what its row needs?"""
    needs = reading.row.needs
    if needs == "destination" and where.moved_to is None:
        return False
    if needs in ("place", "return") and not where.places:
        return False
    if needs == "future" and modality(reading).modality not in ("planned", "possible"):
        return False
    if needs == "elsewhere" and where.moved_to is None:
        return False
    if reading.theme.kb_id_ in ("operations",) and anchor is reading.theme and whose.how in ("unknown",):
        return False
    if needs == "operation":
        return any(c.lower_ in ("normally", "continues", "usual") for c in reading.trigger.children) or reading.trigger.head.lower_ in ("continue", "continues", "continued", "continuing")
    return child(reading.trigger, "dobj") is None or reading.voice != "intransitive"
