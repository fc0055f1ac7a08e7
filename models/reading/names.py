"""States as the sentence groups them: "Poland, Georgia, and Estonia" acts as one, "Kyiv, Ukraine" is one place."""

from spacy.tokens import Doc, Span

from legation.models.lexicon import words
from legation.models.reading.memory import entities

POLITY = {"STATE", "DEMONYM", "GOVERNMENT"}
PLACE = {"CITY", "STATE"}
JOINERS = words("joiners")
CONJUNCTIONS = words("conjunctions")


def is_place_pair(first: Span, second: Span) -> bool:
    """ "Damascus, Syria": a city and the State it lies in, not two items of a list."""
    pair = first.label_ == "CITY" and second.label_ == "STATE" and first.kb_id_ == second.kb_id_
    return pair and all(token.text in (",", "(") for token in first.doc[first.end : second.start])  # not a dateline


def _joined(doc: Doc, first: Span, second: Span) -> bool:
    if (
        first.label_ == "STATE"
        and second.label_ == "DEMONYM"
        and doc[max(first.start - 1, 0)].lower_ in ("in", "to", "from", "of", "with", "at", "for")
    ):
        return False
    between = [token.lower_ for token in doc[first.end : second.start]]
    if not between or len(between) > 4:
        return False
    return all(word in JOINERS for word in between) and (between[0] == "," or not CONJUNCTIONS.isdisjoint(between))


def _kind(ent: Span) -> str:
    return "CITY" if ent.label_ == "CITY" else "POLITY"


def groups(span: Span) -> list[list[Span]]:
    """The entities of `span` in order, coordinated ones together."""
    found: list[list[Span]] = []
    pair_open = False
    for ent in entities(span):
        last = found[-1][-1] if found else None
        if last is not None and is_place_pair(last, ent) and ent.start - last.end <= 2:
            pair_open = True
            continue
        same = last is not None and _kind(last) == _kind(ent)
        if (
            last is not None
            and same
            and (_joined(span.doc, last, ent) or (pair_open and _after_pair(span.doc, last, ent)))
        ):
            found[-1].append(ent)
        else:
            found.append([ent])
        pair_open = False
    return [part for group in found for part in _trim(group)]


def _after_pair(doc: Doc, first: Span, second: Span) -> bool:
    """ "Benghazi, Libya, and Erbil, Iraq": the second city is joined over the first one's State."""
    return doc[second.start - 1].lower_ in CONJUNCTIONS | {","}


def _trim(group: list[Span]) -> list[list[Span]]:
    """ "A, B" without any "and" is an apposition more often than a list, unless three or more are named."""
    doc = group[0].doc
    if len(group) == 2:
        between = {token.lower_ for token in doc[group[0].end : group[1].start]}
        if CONJUNCTIONS.isdisjoint(between) and (group[0].label_ == "CITY" or _after_preposition(group[0])):
            return [group[:1], group[1:]]
    return [group]


def _after_preposition(ent: Span) -> bool:
    """ "After the coup in Mali, Ghana closed ...": the first is a place."""
    return ent.doc[max(ent.start - 1, 0)].lower_ in ("in", "to", "from", "of", "with", "at", "for", "on", "against")


def group_of(ent: Span, grouped: list[list[Span]]) -> list[Span]:
    """The group that `ent` belongs to; itself alone where it is in none."""
    return next((group for group in grouped if any(member.start == ent.start for member in group)), [ent])
