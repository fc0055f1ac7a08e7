"""Whose and where, as the words beside a mission mention say: "France's embassy in Kyiv", "the Kabul embassy"."""

from dataclasses import dataclass, field

from spacy.tokens import Doc, Span, Token

from legation.models.gazetteer import capital_of
from legation.models.lexicon import words
from legation.models.reading.names import POLITY, group_of, groups
from legation.models.reading.places import Place, places_from

PRONOUNS = words("pronouns")
POSSESSIVES = {"'s", "’s", "'", "’"}
BODIES = words("bodies")
LEFT_TAGS = ("JJ", "NN", "VBN", "VBG", "CD", "RB", "HYPH", "``", "''", "NNP", "NNS", "NNPS", "AFX", "POS", "RBS", "PDT")
LEFT_REACH = 10
MEMBERS_FOLLOW = words("members_follow")
PLACE_PREPOSITIONS = words("place_prepositions")
SKIPPED = words("between_mission_and_place")


@dataclass(slots=True)
class Sides:
    """What stands beside a mention: States that may own it, a possessive pronoun, places."""

    owners: list[Span] = field(default_factory=list)
    pronoun: Token | None = None
    places: list[Place] = field(default_factory=list)
    near: list[Place] = field(default_factory=list)  # a city right before it: "the Kabul embassy"


def is_plural(mention: Span) -> bool:
    """More than one mission or person; the parser takes "consulates" for a verb now and then."""
    root = mention.root
    return root.tag_ in ("NNS", "NNPS") or (mention.kb_id_ == "mission" and root.tag_ == "VBZ")


def sides(mention: Span) -> Sides:
    """Read the words to the left and to the right of the mention, within its sentence."""
    found = Sides()
    sentence = mention.sent
    grouped = groups(sentence)
    _left(mention, sentence, grouped, found)
    _right(mention, sentence, grouped, found)
    if not found.places and mention.root.tag_ == "NNS":
        found.places = _those_in(mention, sentence)
    return found


def _those_in(mention: Span, sentence: Span) -> list[Place]:
    """ "The embassies proposed for closure include those in Malta", "posts, including the consulates in A and B"."""
    for token in sentence.doc[mention.end : max(sentence.end - 1, mention.end)]:
        towns = token.text == ":" and token.nbor(1).ent_type_ == "CITY"
        if towns or (token.lower_ == "them" and token.nbor(-1).lower_ == "among" and _counted_places(mention, token)):
            return places_from(sentence.doc, token.i + 1, sentence.end)
        if token.lower_ in MEMBERS_FOLLOW:
            named = next((m for m in sentence.doc.spans["missions"] if 0 < m.start - token.i < 4), None)
            if named is not None and named.end < sentence.end and named.doc[named.end].lower_ in PLACE_PREPOSITIONS:
                return places_from(sentence.doc, named.end + 1, sentence.end)
        if token.lower_ in ("those", "ones") and token.nbor(1).lower_ in PLACE_PREPOSITIONS:
            return places_from(sentence.doc, token.i + 2, sentence.end)
    return []


def _counted_places(mention: Span, them: Token) -> bool:
    """ "missions in eleven countries, among them Malaysia": it is the places that were counted."""
    between = [token.lower_ for token in mention.doc[mention.end : them.i]]
    return len(between) < 8 and between[:1] == ["in"] and not {"countries", "capitals", "cities"}.isdisjoint(between)


def _left(mention: Span, sentence: Span, grouped: list[list[Span]], found: Sides) -> None:
    doc = mention.doc
    i = mention.start - 1
    steps = 0
    while i >= sentence.start and steps < LEFT_REACH:
        token = doc[i]
        steps += 1
        ent = entity_at(doc, i)
        if ent is not None:
            i = _take_left(ent, mention, grouped, found) - 1
        elif token.lower_ in PRONOUNS:
            found.pronoun = token
            return
        elif token.lower_ in POSSESSIVES:
            i -= 1
        elif token.lower_ in BODIES and i + 1 < mention.start and doc[i + 1].lower_ in POSSESSIVES:
            if doc[i - 1].lower_ in ("the", "that", "this"):
                found.pronoun = token
                return
            i -= 1
        elif token.lower_ == "and" and (other := _mention_ending(doc, i)) is not None:
            i = other.start - 1
        elif token.tag_ in LEFT_TAGS or (token.lower_ in ("and", ",", "/") and _same_phrase(doc, i, mention)):
            i -= 1
        else:
            return


def _mention_ending(doc: Doc, i: int) -> Span | None:
    """ "the U.S. ambassador and staff": the mention before "and" shares its owner."""
    return next((m for m in doc.spans["missions"] if m.end == i), None)


def _same_phrase(doc: Doc, i: int, mention: Span) -> bool:
    """ "the US, UK and Italian embassies", "the French embassy and consulate", "the new and larger embassy"."""
    after = doc[i + 1]
    return (
        after.i == mention.start
        and doc[i - 1].lower_ in ("embassy", "consulate", "embassies", "consulates", "diplomatic")
    ) or (after.tag_.startswith("JJ") and doc[i - 1].tag_.startswith("JJ"))


def _take_left(ent: Span, mention: Span, grouped: list[list[Span]], found: Sides) -> int:
    """File an entity to the left; return where its group begins."""
    doc = mention.doc
    group = group_of(ent, grouped)
    possessive = doc[ent.end].lower_ in POSSESSIVES
    town = mention.id_ == "stand-in" and capital_of(ent.kb_id_) != (ent.id_ or ent.text)  # "Herat's would not"
    if ent.label_ == "CITY" and (not possessive or town):
        found.near += [Place(e.kb_id_, e.id_ or e.text, e.start, e.end) for e in group]
    elif not found.owners:
        found.owners = list(group)
    elif len(found.owners) == 1 and possessive:
        inner = found.owners[0]
        found.near.append(Place(inner.kb_id_, None, inner.start, inner.end))
        found.owners = list(group)
    return group[0].start


def entity_at(doc: Doc, i: int) -> Span | None:
    if not doc[i].ent_type:
        return None
    return next((ent for ent in doc[max(i - 6, 0) : i + 7].ents if ent.start <= i < ent.end), None)


def _right(mention: Span, sentence: Span, grouped: list[list[Span]], found: Sides) -> None:
    doc = mention.doc
    i = mention.end
    while i < sentence.end:
        token = doc[i]
        word = token.lower_
        ent = entity_at(doc, i)
        if ent is not None and ent.label_ == "CITY":
            found.places += places_from(doc, i, sentence.end)
            return
        if word == "of":
            i = _owners_right(doc, i + 1, sentence, grouped, found)
        elif word == "to" and _leads_away(token, mention, found):
            return
        elif word in PLACE_PREPOSITIONS or (
            word == "from" and mention.root.tag_ == "NNS" and mention.kb_id_ == "mission"
        ):
            places = places_from(doc, i + 1, sentence.end)
            found.places += places
            if not places:
                return
            i = max(place.end for place in places)
        elif (
            word in SKIPPED
            or token.is_space
            or token.like_url
            or word in ("embassies", "embassy", "consulate", "consulates")
        ):
            if (word == "," and not _list_goes_on(doc, i, sentence)) or (word == "and" and _another(doc, i, sentence)):
                return
            i += 1
        else:
            return


def _leads_away(to: Token, mention: Span, found: Sides) -> bool:
    """ "withdrew the staff of its embassy in Kyiv to Rzeszow": where they go; not "embassies from Cairo to Tunis"."""
    if found.places:
        return to.doc[found.places[0].start - 1].lower_ != "from"
    return mention.kb_id_ == "staff" and to.head != mention.root


def _another(doc: Doc, i: int, sentence: Span) -> bool:
    """ "the embassy and the consulates in A and B": the second has its own article, and its own places."""
    return i + 1 < sentence.end and doc[i + 1].lower_ in ("the", "its", "their", "a", "an", "our")


def _list_goes_on(doc: Doc, i: int, sentence: Span) -> bool:
    ent = entity_at(doc, i + 1) if i + 1 < sentence.end else None
    return ent is not None and ent.label_ == "CITY"


def _owners_right(doc: Doc, i: int, sentence: Span, grouped: list[list[Span]], found: Sides) -> int:
    """After "of": "of the Holy See", "of Poland and Georgia", "of the country"."""
    while i < sentence.end and doc[i].lower_ in ("the", "both", "its", "Republic"):
        i += 1
    ent = entity_at(doc, i) if i < sentence.end else None
    if ent is None or ent.label_ not in POLITY:
        return sentence.end
    group = group_of(ent, grouped)
    if not found.owners:
        found.owners = list(group)
    return max(member.end for member in group)
