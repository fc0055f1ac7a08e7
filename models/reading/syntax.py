"""Small questions to the parse. Dependency labels are those of spaCy's English pipelines (ClearNLP)."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span, Token

from legation.models.lexicon import EventRow, words

AUXILIARIES = ("aux", "auxpass")
SUBJECTS = {"nsubj", "nsubjpass", "csubj", "csubjpass"}


COPULAS = words("copulas")


QUANTITIES = words("quantities")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read one event: `theme` is the mission mention it happens to, `status` what that gives."""

    event: Span
    row: EventRow
    trigger: Token
    theme: Span
    status: str
    voice: str  # active, passive, noun, state


def trigger_of(event: Span) -> Token:
    """The token that carries the event in the parse: the verb of a verb phrase, the head of anything else."""
    return event[0] if event.kb_id_ == "apart" else event.root


def after_states(token: Token) -> bool:
    """ "Peru and Chad open embassies": an adjective to the parser, but a State's name and a noun stand around it."""
    doc = token.doc
    if token.i == token.sent.start or token.i + 1 >= token.sent.end or doc[token.i - 1].ent_type_ != "STATE":
        return False
    return doc[token.i + 1].tag_ in ("NNS", "DT", "PRP$") and token.lower_ in ("open", "close", "shut")


def is_verb(token: Token) -> bool:
    return token.tag_.startswith("VB") or token.tag_ == "MD"


def is_noun(token: Token) -> bool:
    return token.tag_.startswith("NN")


def is_passive(token: Token) -> bool:
    if any(child.dep_ in ("auxpass", "nsubjpass") for child in token.children):
        return True
    if (
        token.tag_ == "VBN"
        and token.dep_ in ("ccomp", "xcomp")
        and not any(c.dep_ in ("aux", "dobj") for c in token.children)
    ):
        return True
    return (
        token.tag_ == "VBN"
        and token.dep_ in ("acl", "amod", "relcl")
        and not any(c.dep_ in ("aux", "nsubj", "dobj") for c in token.children)
    )


def child(token: Token, *labels: str) -> Token | None:
    return next((c for c in token.children if c.dep_ in labels), None)


def subject(verb: Token) -> Token | None:
    """The verb's own subject; a relative pronoun gives the noun it stands for."""
    own = [c for c in verb.children if c.dep_ in SUBJECTS]
    before = [c for c in own if c.i < verb.i]  # of two, the nearer one
    found = (before or own)[-1] if own else None
    if found is None:  # hung on the auxiliary
        found = next(
            (s for c in verb.children if c.dep_ in AUXILIARIES and (s := child(c, *SUBJECTS)) is not None), None
        )
    if found is not None and found.lower_ in ("which", "that", "who", "whose") and verb.dep_ == "relcl":
        return verb.head
    return found


def expand(noun: Token, depth: int = 3) -> Iterator[Token]:
    """The noun, what it is coordinated with, and what it counts: "most of its diplomats", "18 of the 19 posts"."""
    yield noun
    if depth == 0:
        return
    for other in noun.children:
        if other.dep_ in ("conj", "appos"):
            yield from expand(other, depth - 1)
        if other.dep_ == "prep" and other.lower_ in ("of", "among", "from", "at", "in", "for") and _counts(noun):
            counted = child(other, "pobj")
            yield from expand(counted, depth - 1) if counted is not None else ()


def _counts(noun: Token) -> bool:
    family = noun.lower_ == "members" and any(c.lower_ == "family" for c in noun.children)
    return (noun.lower_ in QUANTITIES and not family) or noun.tag_ == "CD"


def governors(trigger: Token) -> Iterator[Token]:
    """What the trigger hangs on, from near to far, up to the root of the sentence."""
    token = trigger
    while token.head != token:
        token = token.head
        yield token


def below_preposition(token: Token, *prepositions: str) -> Iterator[Token]:
    """The objects of these prepositions on `token`."""
    for c in token.children:
        if c.dep_ == "prep" and c.lower_ in prepositions:
            yield from c.children
