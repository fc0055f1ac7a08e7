"""Where counted missions are, told in the next sentence: "Chad will close three embassies. They are in Oslo, ..."."""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Span

from legation.models.claim import Claim, Mark
from legation.models.lexicon import EventRow, words
from legation.models.reading.discourse import Discourse
from legation.models.reading.mentions import PLACE_PREPOSITIONS
from legation.models.reading.places import Place, places_from
from legation.models.reading.quote import quote_of

HEADS = words("list_heads")
REACH = 2  # sentences after the one that tells what happens


def listed(event: Span, row: EventRow, discourse: Discourse) -> Iterator[Claim]:
    """The claims just before that have no place, once for each place that the sentence lists."""
    counted = [claim for claim in discourse.done if claim.sending_state and claim.receiving_state is None]
    sentence = event.sent
    head = sentence.doc[sentence.start : event.start]
    if not counted or discourse.sentence - discourse.done_at > REACH or not any(t.lower_ in HEADS for t in head):
        return
    kind = next((m.label_ for m in sentence.doc.spans["missions"] if sentence.start <= m.start < sentence.end), None)
    quote = quote_of(sentence)
    for claim in counted:
        for place in _places(event):
            yield replace(
                claim,
                receiving_state=place.country,
                city=place.city,
                mission=kind if kind not in (None, "mission") else claim.mission,
                **quote,
                rule=f"{row.id}/{claim.rule}",
                marks=(Mark("event", event.start_char, event.end_char), Mark("quote", claim.start, claim.end)),
            )


def _places(event: Span) -> list[Place]:
    """All places after the event in its sentence."""
    found: list[Place] = []
    end = event.end
    for token in event.doc[event.end - 1 : event.sent.end - 1]:
        if token.i + 1 >= end and (token.i + 1 == event.end or token.lower_ in PLACE_PREPOSITIONS):
            places = places_from(event.doc, token.i + 1, event.sent.end)
            found += places
            end = max([end, *(place.end for place in places)])
    return found
