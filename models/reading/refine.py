"""What the words around an event change: partial withdrawals, closures for a time, and readings that are no claim."""

from spacy.tokens import Span

from models.lexicon import words
from models.reading.discourse import Discourse
from models.reading.modality import Verdict, modality
from models.reading.syntax import Reading, governors, subject
from models.reading.when import schedules
from models.reading.where import Hosts
from models.reading.whose import Senders, actor_states

PARTIAL = words("partial")
FOR_A_TIME = words("for_a_time")
AGAIN = words("again")


def refine(reading: Reading, verdict: Verdict) -> tuple[str, Verdict]:
    """The status after a look at quantity and duration."""
    status = reading.status
    phrase = _own_words(reading.theme) if reading.theme.kb_id_ == "staff" else set()
    near = {c.lower_ for c in reading.trigger.children} | {
        c.lower_ for c in reading.trigger.head.children if reading.row.state
    }
    if verdict.modality == "fact" and schedules(reading):
        verdict = Verdict("planned", None)
    if status == "evacuated" and not PARTIAL.isdisjoint(phrase):
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
    if status == "closed" and not FOR_A_TIME.isdisjoint(near):
        status = "suspended"
    after = {token.lower_ for token in reading.trigger.doc[reading.event.end : reading.event.end + 3]}
    if status == "opened" and not AGAIN.isdisjoint(near | after):
        status = "reopened"
    if reading.row.id == "stop-working" and verdict.modality == "denied":
        return "remained_open", Verdict("fact", verdict.cue)
    if status == "remained_open" and reading.row.id == "operate" and not AGAIN.isdisjoint(near):
        status = "reopened"
    return status, verdict


def whole(readings: list[Reading]) -> list[Reading]:
    """Without the part where the whole is told too: "diplomats and their families" are all who leave."""
    staff = [r for r in readings if r.theme.kb_id_ == "staff"]
    if len(staff) < 2 or all(not PARTIAL.isdisjoint(_own_words(r.theme)) for r in staff):
        return readings
    return [r for r in readings if r.theme.kb_id_ != "staff" or PARTIAL.isdisjoint(_own_words(r.theme))]


FEW = words("few")
FOREIGN_BODIES = words("other_staff")


def _own_words(theme: Span) -> set[str]:
    """The words of the theme and what stands before it in its phrase, with what counts it: "a portion of their staff"."""
    root = theme.root
    words = {token.lower_ for token in theme.doc[root.left_edge.i : theme.end]}
    if root.dep_ == "pobj" and root.head.lower_ == "of":
        words |= {token.lower_ for token in root.head.head.lefts} | {root.head.head.lower_}
    return words


def _runs(reading: Reading) -> bool:
    """ "The embassies are working": nothing that they work on, with or for."""
    kinds = {c.dep_ for c in reading.trigger.children}
    told = any(
        c.dep_ == "prep" and c.lower_ in ("on", "with", "to", "for", "as", "towards", "from", "out")
        for c in reading.trigger.children
    )
    return (
        reading.trigger.tag_ == "VBG"
        and "aux" in kinds
        and not told
        and not kinds & {"xcomp", "dobj", "prt", "advcl"}
        and reading.theme.kb_id_ == "mission"
    )


def _says_how(reading: Reading) -> bool:
    """ "remains shut": the word after tells the status, not the staying."""
    after = reading.trigger.doc[reading.trigger.i + 1 : reading.trigger.i + 4]
    return any(c.dep_ in ("acomp", "oprd", "attr", "xcomp", "dobj") for c in reading.trigger.children) or any(
        token.lower_ in ("closed", "shut", "shuttered", "empty", "open", "suspended") for token in after
    )


def admissible(reading: Reading, anchor: Span, whose: Senders, where: Hosts, discourse: Discourse) -> bool:
    """Has the reading what its row needs?"""
    needs = reading.row.needs
    if needs == "destination" and where.moved_to is None:
        return False
    if (
        needs == "move"
        and where.moved_to is None
        and not any(c.lower_ in ("from", "out") for c in reading.trigger.children)
    ):
        return False
    if needs in ("place", "return") and not where.places:
        return False
    if needs == "future" and modality(reading).modality not in ("planned", "possible"):
        return False
    if needs == "elsewhere" and where.moved_to is None:
        return False
    if reading.theme.id_ == "staff-bare" and not FOREIGN_BODIES.isdisjoint(_own_words(reading.theme)):
        return False
    if (
        reading.theme.kb_id_ == "operations"
        and anchor is reading.theme
        and reading.theme.id_ == "operations-bare"
        and whose.how not in ("agent", "beside", "list", "person", "publisher")
    ):
        return False
    if reading.row.id == "remain" and _says_how(reading):
        return False
    if (
        reading.row.id in ("remain", "maintain")
        and where.how not in ("beside", "near", "event")
        and (reading.theme.kb_id_ != "mission" or reading.theme.id_ == "stand-in")
    ):
        return False
    if needs == "new":
        first = reading.theme.root.left_edge
        return reading.theme.root.dep_ in ("dobj", "pobj", "nsubjpass") and (
            first.lower_ in ("a", "an", "new", "its")
            and (first.lower_ != "its" or "new" in _own_words(reading.theme) or "first" in _own_words(reading.theme))
            or first.ent_type_ == "CITY"
        )
    if needs == "operation" and _runs(reading):
        return True
    if needs == "operation":
        return any(
            c.lower_ in ("normally", "again", "usual", "now", "still", "also") for c in reading.trigger.children
        ) or reading.trigger.head.lower_ in (
            "continue",
            "continues",
            "continued",
            "continuing",
            "keep",
            "keeps",
            "kept",
        )
    return not (
        reading.theme.kb_id_ == "staff" and reading.status == "evacuated" and _expelled(reading, whose, discourse)
    )


def _expelled(reading: Reading, whose: Senders, discourse: Discourse) -> bool:
    """One State orders another's diplomats out: an expulsion tells nothing of a mission's work."""
    for verb in list(governors(reading.trigger))[:2]:
        if verb.lower_.startswith(("order", "expel", "told", "tell", "ask", "giv", "gave")):
            actors = actor_states(subject(verb), discourse)
            return actors is not None and bool(actors.codes) and not set(actors.codes) & set(whose.codes)
    return False
