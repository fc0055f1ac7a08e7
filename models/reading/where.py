"""Where the mission is: beside the mention, beside the event, in the sentence, in the article."""

import re
from dataclasses import dataclass

from spacy.tokens import Span, Token

from legation.models.gazetteer import capital_of
from legation.models.lexicon import words
from legation.models.reading.actors import Senders, actor_states
from legation.models.reading.attribution import SAYING
from legation.models.reading.dates import DAYS, MONTHS
from legation.models.reading.discourse import Discourse
from legation.models.reading.mentions import Sides, is_plural
from legation.models.reading.places import Place, places_from
from legation.models.reading.syntax import Reading, child, governors, subject
from legation.models.reading.topic import LONG

KNOWN = ("earlier", "title", "context", "publisher")  # the mission is one that the article has spoken of
INTO = words("event_prepositions")
OWN_COUNTRY = words("own_country")
RECIPROCAL = words("reciprocal")
OPERATE = words("operate")


REGION = re.compile(
    r"(?:in|across|throughout) "
    r"(?:(?:the|all|parts of|much of|several|other|eastern|western|northern|southern|central|\w+ern) )*"
    r"(?:Asia|Africa|Europe|Americas?|Latin America|Middle East|region|Gulf|Caribbean|Pacific|world|Balkans|Sahel)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Receiving States and cities, where the mission moved to, and how that was found."""

    places: tuple[Place, ...]
    moved_to: Place | None
    how: str


def hosts(reading: Reading, beside: Sides, whose: Senders, discourse: Discourse) -> Hosts:
    """Where the theme is; a place that is the sender's own is none."""
    moved = _destination(reading) if reading.status == "relocated" or reading.row.needs == "destination" else None
    if (
        len(whose.codes) == 2
        and all(place.city == "capital" for place in beside.places)
        and _reciprocal(reading, whose)
    ):
        in_capitals = any(token.lower_ in ("capital", "capitals") for token in reading.trigger.sent) or (
            reading.theme.label_ == "embassy" and not discourse.capitals.isdisjoint(whose.codes)
        )  # one of the two embassies is told to be in its capital
        each = (Place(code, capital_of(code) if in_capitals else None, 0, 0) for code in whose.codes)
        return Hosts(tuple(each), None, "reciprocal")
    for how, places in _candidates(reading, beside, whose, discourse):
        kept = [_named(place, reading, discourse) for place in places]
        kept = [
            place
            for place in kept
            if (place.country not in whose.codes or len(whose.codes) > 1) and place.country not in ("EU", "UN")
        ]
        if moved is not None:
            others = [place for place in kept if place.start != moved.start and place.city != (moved.city or "")]
            if reading.row.id == "operate-from" and how in ("event", "sentence"):
                others = [place for place in others if place.country != moved.country]  # "from Rzeszow, in Poland"
            kept = others or (kept if how == "article" else [])
        if kept:
            return Hosts(tuple(_with_city(kept, reading, moved, discourse)), moved, how)
    if moved is not None and moved.country not in whose.codes:
        return Hosts((Place(moved.country, None, moved.start, moved.end),), moved, "destination")
    return Hosts((), moved, "unknown")


def _reciprocal(reading: Reading, whose: Senders) -> bool:
    """ "embassies in each other's capitals", "their respective embassies": each State is the other's host."""
    near = reading.trigger.doc[
        max(min(reading.theme.start, reading.trigger.i) - 4, 0) : reading.theme.end + 8
    ].text.lower()
    return any(phrase in near for phrase in RECIPROCAL) or (whose.how == "pair" and ("their" in near or "both" in near))


def _with_city(places: list[Place], reading: Reading, moved: Place | None, discourse: Discourse) -> list[Place]:
    """Give a State the city that the event names in it: "the embassy in Ukraine moved from Lviv"; else the capital
    where the article names it too. A government's travel advice means the capital when it names the State alone."""
    near = []
    if len(places) == 1 and places[0].city is None:
        near = at_event(reading) + (_cities(reading) if reading.status == "relocated" else [])
    near = [place for place in near if place.city and (moved is None or place.city != moved.city)]
    return [place if place.city else _city_of(place, near, reading, discourse) for place in places]


def _city_of(place: Place, near: list[Place], reading: Reading, discourse: Discourse) -> Place:
    city = next((p.city for p in near if p.country == place.country), None)
    told = discourse.advised or place.country in discourse.capitals
    if city is None and told and place.country and reading.theme.label_ != "consulate":
        city = capital_of(place.country)
    return Place(place.country, city, place.start, place.end)


def _cities(reading: Reading) -> list[Place]:
    return [
        Place(ent.kb_id_, ent.id_ or ent.text, ent.start, ent.end)
        for ent in reading.trigger.sent.ents
        if ent.label_ == "CITY"
    ]


def _candidates(reading: Reading, beside: Sides, whose: Senders, discourse: Discourse) -> list[tuple[str, list[Place]]]:
    found = [("beside", beside.places), ("near", beside.near)]
    if (
        beside.owners
        and whose.how in ("agent", "earlier", "sentence", "publisher")
        and beside.owners[0].kb_id_ not in whose.codes
    ):
        found.append(("beside", [Place(ent.kb_id_, None, ent.start, ent.end) for ent in beside.owners]))
    found += [
        ("event", _before_where(reading)),
        ("event", at_event(reading)),
        ("event", _own_country(reading, whose, discourse)),
    ]
    plural = is_plural(reading.theme) and reading.theme.kb_id_ == "mission"
    if REGION.match(reading.theme.doc[reading.theme.end : reading.theme.end + 5].text):
        return found  # "missions in Asia and Africa"
    if plural and whose.how != "group" and len(whose.codes) < 2:
        return found  # "The United States closed 19 embassies": of one sender, and nobody says where
    told = discourse.last(reading.theme.label_, whose.codes) if whose.codes else None
    if told is not None and told.sentence == discourse.sentence and told.country and not plural:
        found.append(("sentence", [Place(told.country, told.city, 0, 0)]))
    loose = [("sentence", _in_sentence(reading, whose)), ("article", _in_article(reading, whose, discourse))]
    known = reading.theme.doc[max(reading.theme.start - 1, 0)].lower_ == "the" and whose.how in KNOWN
    return found + (loose[::-1] if known else loose)


def _named(place: Place, reading: Reading, discourse: Discourse) -> Place:
    """Give "the capital" its State."""
    if place.city != "capital":
        return place
    country = place.country or (discourse.topic.country if discourse.topic else None)
    return Place(country, capital_of(country) if country else None, place.start, place.end)


def at_event(reading: Reading) -> list[Place]:
    """A place that is left; places after a preposition that hangs on the event, or on a verb that governs it."""
    left = child(reading.trigger, "dobj")
    if left is not None and left.ent_type_ in ("CITY", "STATE"):
        return places_from(left.doc, left.left_edge.i, left.sent.end)
    verbs = {reading.trigger.i, *(token.i for token in list(governors(reading.trigger))[:2])}
    theme = set(range(reading.theme.start, reading.theme.end)) | {reading.theme.root.head.i}
    sentence = reading.trigger.sent
    for token in sentence[reading.trigger.i - sentence.start :]:
        near = token.head.i in verbs or token.head.i in theme or token.i - reading.trigger.i < 8
        if token.lower_ in INTO and near and (places := _usable(reading, token, sentence)):
            return places
        if token.lower_ in ("for", "to", "towards") and places_from(sentence.doc, token.i + 1, sentence.end):
            return []  # what follows belongs to where they go: "left for Goma, in eastern Congo"
    return []


def _before_where(reading: Reading) -> list[Place]:
    """ "In Nicaragua, where the embassy closed in 2010": the places before the word."""
    doc, sentence = reading.trigger.doc, reading.trigger.sent
    for i in range(reading.theme.start - 1, max(reading.theme.start - 6, sentence.start), -1):
        if doc[i].lower_ == "where":
            ents = [ent for ent in doc[sentence.start : i].ents if ent.label_ in ("CITY", "STATE") and i - ent.end <= 2]
            return [place for ent in ents[-1:] for place in places_from(doc, ent.start, i)]
    return []


def _usable(reading: Reading, preposition: Token, sentence: Span) -> list[Place]:
    if reading.status == "relocated" and preposition.lower_ in ("to", "into"):
        return []
    if (
        preposition.lower_ == "to"
        and reading.status in ("evacuated", "reduced", "closed", "suspended")
        and reading.theme.kb_id_ != "mission"
    ):
        return []
    return places_from(sentence.doc, preposition.i + 1, sentence.end)


def _own_country(reading: Reading, whose: Senders, discourse: Discourse) -> list[Place]:
    """ "the number of Iranian diplomats in the country", "the embassy in his country": of whoever acts or speaks."""
    start = max(reading.theme.start, reading.trigger.sent.start)
    after = reading.trigger.doc[start : min(start + 14, reading.trigger.sent.end)].text.lower()
    if not any(phrase in after for phrase in OWN_COUNTRY):
        return []
    for token in (reading.trigger, *governors(reading.trigger)):
        actors = actor_states(subject(token), discourse)
        if actors is not None and actors.codes and not set(actors.codes) & set(whose.codes):
            return [Place(actors.codes[0], None, 0, 0)]
    return []


def _in_sentence(reading: Reading, whose: Senders) -> list[Place]:
    """Any place of the sentence that is no sender; the nearest to the event."""
    sentence = reading.trigger.sent
    best: list[tuple[int, Place]] = []
    away = ("for", "to") if reading.status in ("evacuated", "reduced") else ()  # where they go is not where they were
    for token in sentence:
        if token.lower_ in away or _of_others(token):
            continue
        if token.lower_ in ("in", "from", "at", "to", "of", "for", "on") or token.i == sentence.start:
            first = token.i if token.i == sentence.start and token.ent_type_ == "CITY" else token.i + 1
            places = [p for p in places_from(sentence.doc, first, sentence.end) if p.country not in whose.codes]
            places = [p for p in places if p.city is not None or token.lower_ in ("in", "from", "at")]
            best += [(abs(p.start - reading.trigger.i), p) for p in places[:1]]
    return [min(best, key=lambda item: item[0])[1]] if best else []


def _of_others(preposition: Token) -> bool:
    """ "an official in Nairobi said", "works from Beirut": where a speaker is, or where a mission works instead."""
    for token in (preposition, *preposition.ancestors):
        if token.dep_ == "nsubj" and token.head.lower_ in SAYING:
            return True
        if token.dep_ in ("ccomp", "advcl", "relcl", "conj"):
            break
    return preposition.head.lower_ in OPERATE and preposition.lower_ in ("from", "out", "of")


def _in_article(reading: Reading, whose: Senders, discourse: Discourse) -> list[Place]:
    if discourse.advised and discourse.advised not in whose.codes:
        city = capital_of(discourse.advised) if reading.theme.label_ != "consulate" else None
        return [Place(discourse.advised, city, 0, 0)]
    if discourse.local is not None and discourse.local.country not in whose.codes:
        return [discourse.local]
    seen = discourse.last(reading.theme.label_, whose.codes) or (discourse.last() if whose.how == "group" else None)
    if seen is not None and seen.country:
        return [Place(seen.country, seen.city, 0, 0)]
    if discourse.topic is not None and discourse.topic.country not in whose.codes:
        return [discourse.topic]
    about = [(code, votes) for code, votes in discourse.places if code not in whose.codes and code not in ("EU", "UN")]
    long = len(reading.trigger.doc) > LONG
    if not about or (long and about[0][1] < 1) or (len(about) > 1 and about[1][1] == about[0][1]):
        return []
    return [Place(about[0][0], None, 0, 0)]


def _destination(reading: Reading) -> Place | None:
    """The place after "to" (moved to Lviv), or after "from" and "out of" for one that works from elsewhere."""
    sentence = reading.trigger.sent
    wanted = ("from", "of", "in") if reading.row.id == "operate-from" else ("to", "into", "in")
    after = sentence[reading.trigger.i - sentence.start :]
    accredited = reading.theme.end if sum(token.lower_ == "to" for token in after) > 1 else -1
    for token in after:
        if token.i == accredited and any(t.lower_ == "from" for t in after):
            continue  # "moves its delegation to Somalia from Nairobi to Mogadishu": accredited to, not moved to
        if token.lower_ in wanted[:1] or (token.lower_ in wanted[1:] and reading.row.id == "operate-from"):
            places = places_from(sentence.doc, token.i + 1, sentence.end) or _inside(token, sentence)
            if token.i + 1 >= sentence.end:
                return None
            if places:
                return places[0]
            if reading.row.id == "operate-from" and (town := _unknown_town(token.nbor(1))) is not None:
                return town
    return None


def _unknown_town(token: Token) -> Place | None:
    """A name after "from" that no list knows: a small town."""
    named = (
        token.tag_ == "NNP"
        and token.is_title
        and token.dep_ == "pobj"
        and token.lower_ not in DAYS.keys() | MONTHS.keys()
    )
    return Place(None, token.text, token.i, token.i + 1) if named else None


def _inside(preposition: Token, sentence: Span) -> list[Place]:
    """ "to a hotel in Calama": the place of the thing moved to."""
    for token in sentence.doc[preposition.i + 1 : min(preposition.i + 7, sentence.end)]:
        if token.lower_ in ("in", "near", "at"):
            return places_from(sentence.doc, token.i + 1, sentence.end)
        if not token.tag_.startswith(("DT", "JJ", "NN", "CD", "VBN", "PRP")):
            return []
    return []
