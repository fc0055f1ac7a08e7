"""Who makes an event happen: its subject, "by ...", or the subject of what governs it."""

from spacy.tokens import Token

from legation.models.lexicon import words
from legation.models.reading.syntax import child, is_passive, is_verb, subject

CLIMB = frozenset(
    [
        "xcomp",
        "conj",
        "advcl",
        "acl",
        "relcl",
        "pcomp",
        "ccomp",
        "dobj",
        "pobj",
        "prep",
        "attr",
        "acomp",
        "oprd",
        "nsubj",
        "nsubjpass",
        "appos",
        "dative",
        "parataxis",
        "dep",
        "aux",
        "auxpass",
        "compound",
        "amod",
        "npadvmod",
        "nmod",
        "agent",
    ]
)  # labels that lead from an event up to what governs it


CONTROL = tuple(sorted(words("control")))


def agent(trigger: Token) -> Token | None:
    """The noun that makes the event happen: the subject, "by ...", or the subject of what governs it."""
    verb = trigger
    by = child(verb, "agent")
    if by is not None:
        return child(by, "pobj")
    if (
        is_verb(verb)
        and any(c.dep_ in ("nsubjpass", "auxpass") for c in verb.children)
        and verb.dep_ not in ("xcomp", "conj")
    ):
        return None
    for step in range(7):
        if (found := _acting_subject(verb, step)) is not None:
            return found
        if verb.dep_ == "acl" and verb.tag_ in ("VBG", "VBD", "VBP", "VBZ") and not is_passive(verb):
            return verb.head
        if verb.dep_ not in CLIMB or verb.head == verb:
            return None
        if (controlled := _controlled(verb)) is not None:
            return controlled
        verb = verb.head
    return None


def _controlled(verb: Token) -> Token | None:
    """The object that is to act: "ordered the United States to cut its staff"."""
    if (
        verb.dep_ not in ("xcomp", "advcl", "ccomp")
        or verb.tag_ != "VB"
        or not any(c.lower_ == "to" for c in verb.children)
    ):
        return None
    return child(verb.head, "dobj") if verb.head.lower_.startswith(CONTROL) else None


def _acting_subject(verb: Token, step: int) -> Token | None:
    if not (is_verb(verb) or step == 0):
        return None
    found = subject(verb)
    if found is None or (step == 0 and found.dep_ == "nsubjpass"):
        return None
    return found
