"""Missions that the parse loses: joined to the first one by "and", or meant by "which". `mentions` maps the tokens of
the missions to them."""

from collections.abc import Iterator

from spacy.tokens import Span, Token

from legation.models.lexicon import words
from legation.models.reading.syntax import child, is_verb, subject

PLACE_PREPOSITIONS = words("place_prepositions")
ITEMS = words("within_place") | words("place_prepositions") | words("pronouns")


def joined(theme: Span, mentions: dict[int, Span]) -> Iterator[Span]:
    """ "its embassy in A, B, and its consulates in C": missions with nothing but places and joints between."""
    last = theme
    for i in range(theme.end, theme.sent.end):
        mention = mentions.get(i)
        if mention is not None and mention.start == i:
            if mention.kb_id_ != theme.kb_id_ or not _opens_item(mention):
                return
            yield mention
            last = mention
        elif theme.doc[i].lower_ in ("one", "ones") and theme.doc[i - 1].lower_ == "and" and i + 1 < theme.sent.end:
            if theme.doc[i + 1].lower_ in PLACE_PREPOSITIONS:
                yield Span(theme.doc, i, i + 1, label=theme.label_, kb_id=theme.kb_id_, span_id="stand-in")
        elif i >= last.end and not _between_items(theme.doc[i]):
            return


def _opens_item(mention: Span) -> bool:
    """ "and its consulates": a joint stands before the mention and its own words."""
    for i in range(mention.start - 1, max(mention.start - 5, mention.sent.start), -1):
        token = mention.doc[i]
        if token.lower_ in ("and", ",", "or", "&"):
            return True
        if not (
            token.tag_.startswith(("DT", "PRP", "JJ", "CD", "NN")) or token.ent_type_ or token.lower_ == "honorary"
        ):
            return False
    return False


def _between_items(token: Token) -> bool:
    return bool(token.ent_type_) or token.lower_ in ITEMS or token.tag_.startswith(("JJ", "CD", "PRP$", "DT", "POS"))


def relative_object(verb: Token, mentions: dict[int, Span]) -> Token | None:
    """ "the office that it has promised to establish"."""
    above = verb.head
    if verb.dep_ != "xcomp" or above.dep_ != "relcl" or above.head.i not in mentions:
        return None
    return above.head if subject(above) not in (None, above.head) else None


def antecedent(verb: Token, mentions: dict[int, Span]) -> Iterator[Token]:
    """The mission before "which": the parse may hang a relative clause on the place or the date between."""
    pronoun = child(verb, "nsubj", "nsubjpass")
    if verb.dep_ != "relcl" or pronoun is None or pronoun.lower_ not in ("which", "that"):
        return
    for i in range(pronoun.i - 1, pronoun.sent.start - 1, -1):
        if i in mentions:
            yield pronoun.doc[i]
        if i in mentions or is_verb(pronoun.doc[i]):
            return


def is_singular(verb: Token) -> bool:
    """Its own form or its auxiliary's is that of one subject."""
    return verb.tag_ == "VBZ" or any(
        c.dep_ in ("aux", "auxpass") and c.lower_ in ("is", "was", "has") for c in verb.children
    )


def object_before(infinitive: Token) -> Token | None:
    """ "closes its embassy and orders all diplomats to leave": the nearest object, whatever the parse says."""
    between = infinitive.doc[min(infinitive.head.i + 1, infinitive.i) : infinitive.i]
    near = [
        token
        for token in between
        if token.dep_ == "dobj" and token.head != infinitive.head and token.head.i >= infinitive.head.i
    ]
    return near[-1] if near and infinitive.dep_ == "advcl" else child(infinitive.head, "dobj")
