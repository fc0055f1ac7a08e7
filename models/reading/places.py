"""Where: the places that a noun phrase names after "in", "at", "to", "from" or a comma.

A place is read word by word from the preposition on, not from the parse: small parsers attach prepositions wrongly in a
third of news sentences, while the words of a place always stand together.
"""

from dataclasses import dataclass

from spacy.tokens import Doc, Span

from legation.models.gazetteer import capital_of
from legation.models.lexicon import words
from legation.models.reading.memory import entities
from legation.models.reading.names import PLACE, groups, is_place_pair

REACH = 14  # tokens that one phrase of places may take
WITHIN = words("within_place")


@dataclass(frozen=True, slots=True)
class Place:
    """A State, or a city in it. `country` None: "the capital" of a State that the phrase does not name."""

    country: str | None
    city: str | None
    start: int
    end: int


def places_from(doc: Doc, start: int, stop: int) -> list[Place]:
    """The places named from token `start` on, as long as the words belong to one phrase of places."""
    end = _phrase_end(doc, start, stop)
    phrase = doc[start:end]
    grouped = groups(phrase)
    found = [place for group in grouped for ent in group if (place := _place(ent, phrase)) is not None]
    if found:
        return _drop_states_of_cities(found)
    if any(token.lower_ == "capital" for token in phrase[:4]):
        return [Place(None, "capital", start, end)]
    return []


def _phrase_end(doc: Doc, start: int, stop: int) -> int:
    i = start
    limit = min(stop, start + REACH + 30)
    while i < limit:
        ent = _ent_at(doc, i)
        if ent is not None and i > start and doc[i - 1].lower_ == "and" and _acts_next(doc, ent):
            return i - 1
        if ent is not None:
            i = ent.end
        elif doc[i].lower_ in WITHIN and i - start < REACH + 20:
            i += 1
        else:
            break
    return i


def _acts_next(doc: Doc, ent: Span) -> bool:
    """ "the office in Doha and Mauritania freezes relations": a clause of its own."""
    if ent.end < len(doc) and ent.label_ == "STATE" and doc[ent.end].lower_ in ("one", "ones"):
        return True  # "in Mombasa and Qatar one in Kisumu"
    if ent.end >= len(doc) or ent.label_ != "STATE" or doc[ent.end].tag_ not in ("VBZ", "VBD", "MD"):
        return False
    verb = doc[ent.end] if doc[ent.end].dep_ not in ("aux", "auxpass") else doc[ent.end].head
    return not any(c.dep_ in ("nsubj", "nsubjpass") and c.i < ent.start - 1 for c in verb.children)


def _ent_at(doc: Doc, i: int) -> Span | None:
    if not doc[i].ent_type:
        return None
    return next((ent for ent in entities(doc[i : i + 1].sent) if ent.start <= i < ent.end), None)


def _place(ent: Span, phrase: Span) -> Place | None:
    if ent.label_ == "CITY":
        return Place(ent.kb_id_, ent.id_ or ent.text, ent.start, ent.end)
    after = [token.lower_ for token in phrase.doc[ent.end : min(ent.end + 3, phrase.end)]]
    if "capital" in after:
        return Place(ent.kb_id_, capital_of(ent.kb_id_), ent.start, ent.end + after.index("capital") + 1)
    if ent.label_ == "STATE" and after[:1] not in (["'s"], ["’s"]):
        city = ent.text if capital_of(ent.kb_id_) == ent.text else None  # Singapore, Luxembourg, Djibouti
        return Place(ent.kb_id_, city, ent.start, ent.end)
    return None


def _drop_states_of_cities(found: list[Place]) -> list[Place]:
    """ "the Yemeni capital, Sanaa" and "Lahore, Pakistan" are one place each."""
    kept: list[Place] = []
    for place in found:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.country == place.country
            and (place.city is None or last.city == place.city or last.city == capital_of(place.country or ""))
        ):
            kept[-1] = place if place.city and last.city != place.city and last.city is None else last
            if place.city and last.city and place.city != last.city:
                kept.append(place)
            continue
        kept.append(place)
    return kept


__all__ = ["PLACE", "Place", "is_place_pair", "places_from"]
