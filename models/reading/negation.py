"""What denies a verb: "not" beside it, a subject that is nobody, "at no time", "without"."""

from collections.abc import Iterator

from spacy.tokens import Token

from legation.models.lexicon import words

NO = words("negations")


def negation(token: Token) -> Token | None:
    """The word that denies `token`; None where nothing does."""
    return next(_denials(token), None)


def _denials(token: Token) -> Iterator[Token]:
    for c in token.children:
        no_longer = c.lower_ == "longer" and any(g.lower_ == "no" for g in c.children)
        if c.dep_ == "neg" or no_longer or (c.lower_ in NO and c.dep_ in ("det", "advmod", "preconj")):
            yield c
        elif c.dep_ in ("nsubj", "nsubjpass"):
            yield from _nobody(c)
        elif c.dep_ == "prep" and any(_no_time(g) for g in c.children):
            yield c
    if token.dep_ == "pcomp" and token.head.lower_ in ("without", "than"):
        yield token.head


def _nobody(noun: Token) -> Iterator[Token]:
    """ "Nobody has left", "no one has been withdrawn", "neither Benin nor Togo plans"."""
    if noun.lower_ in ("nobody", "none"):
        yield noun
    for c in noun.children:
        if (c.lower_ == "no" and c.dep_ == "det") or c.lower_ in ("neither", "nor"):
            yield c


def _no_time(noun: Token) -> bool:
    return noun.lower_ in ("time", "point", "way") and any(c.lower_ == "no" for c in noun.children)
