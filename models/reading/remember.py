"""What a sentence leaves behind for the next ones."""

from spacy.tokens import Span

from models.reading.discourse import Discourse
from models.reading.names import POLITY, groups


def remember(sentence: Span, discourse: Discourse) -> None:
    """The State named first, as long as it is not merely a place, is what "it" and "the country" stand for next."""
    for group in groups(sentence):
        before = sentence.doc[group[0].start - 1].lower_ if group[0].start > sentence.start else ""
        if group[0].label_ in POLITY and before not in ("in", "at", "to", "from", "("):
            discourse.actors = group
            return
