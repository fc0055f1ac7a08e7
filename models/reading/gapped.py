"""A verb told once for several States: "Latvia opened its embassy in 2015, Lithuania in 2017 and Estonia this year"."""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Span, Token

from legation.models.claim import Claim
from legation.models.reading.dates import When, dates_in
from legation.models.reading.mentions import PLACE_PREPOSITIONS
from legation.models.reading.names import groups
from legation.models.reading.places import Place, places_from
from legation.models.reading.syntax import is_verb

OPENS = {",", "and", ";", "while", "but"}
SKIPPED = {"only", "also", "both", "already", "just", ","}
ONE = {"one", "ones", "theirs", "its"}


def gapped(event: Span, found: list[Claim]) -> Iterator[Claim]:
    """The same claims for each State after the event that has a date or "one" and a place, but no verb."""
    sentence = event.sent
    last = event.end
    firsts = {group[0].start for group in groups(sentence)}
    for ent in sentence.doc[event.end : sentence.end].ents:
        if any(is_verb(token) for token in sentence.doc[last : ent.start]):
            return
        alone = ent.label_ == "STATE" and ent.start in firsts and ent.doc[ent.start - 1].lower_ in OPENS
        date, place = _rest(ent) if alone else (None, None)
        if date is not None or place is not None:
            yield from _for(ent, date, place, found)
        last = ent.end


def _rest(ent: Span) -> tuple[When | None, Place | None]:
    """What follows the State: a date at once, or "one in Mary"."""
    doc, sentence = ent.doc, ent.sent
    i = ent.end
    while i < sentence.end and doc[i].lower_ in SKIPPED:
        i += 1
    if i + 1 < sentence.end and doc[i].lower_ in ONE and doc[i + 1].lower_ in PLACE_PREPOSITIONS:
        places = places_from(doc, i + 2, sentence.end)
        return None, places[0] if places else None
    here = doc[i : sentence.end]
    dates = dates_in(here.text, doc._.published) if len(here) else []
    at_once = bool(dates) and dates[0].start == 0 and not _goes_on(here, dates[0])
    return (dates[0] if at_once else None), None


def _goes_on(here: Span, date: When) -> bool:
    """A verb follows the date: the State has its own clause."""
    after: Token | None = next((token for token in here if token.idx - here.start_char >= date.end), None)
    return after is not None and (is_verb(after) or after.dep_ in ("aux", "auxpass"))


def _for(ent: Span, date: When | None, place: Place | None, found: list[Claim]) -> Iterator[Claim]:
    for claim in found:
        country = place.country if place is not None else claim.receiving_state
        if claim.sending_state and country not in (None, ent.kb_id_) and claim.sending_state != ent.kb_id_:
            yield replace(
                claim,
                sending_state=ent.kb_id_,
                sender_text=ent.text,
                receiving_state=country,
                city=place.city if place is not None else claim.city,
                date=date.value if date is not None else None if place is not None else claim.date,
                rule=f"gapped/{claim.rule}",
            )
