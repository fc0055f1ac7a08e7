"""What a sentence leaves behind for the next ones."""

from spacy.tokens import Span

from legation.models.reading.actors import FIRST_PERSON, acts
from legation.models.reading.discourse import Discourse, Seen
from legation.models.reading.mentions import sides
from legation.models.reading.names import POLITY, groups

PLACES_BEFORE = ("in", "at", "to", "from", "(")


def remember(sentence: Span, mentions: list[Span], discourse: Discourse) -> None:
    """The missions that the sentence names without an event, and who acted in it."""
    told = {seen.sentence for seen in discourse.missions[-3:]}
    for mention in mentions:
        if discourse.sentence not in told and mention.kb_id_ in ("mission", "staff"):
            _mission(mention, discourse)
    _actor(sentence, discourse)
    discourse.unasked.append(sentence)
    discourse.sentence += 1


def _mission(mention: Span, discourse: Discourse) -> None:
    beside = sides(mention)
    places = beside.places or beside.near
    others = beside.pronoun is not None and beside.pronoun.lower_ not in FIRST_PERSON  # "our" is whoever writes
    owners = beside.owners or (discourse.actors if others else [])
    if owners or places:
        codes = tuple(dict.fromkeys(ent.kb_id_ for ent in owners))
        place = next((p for p in places if p.country not in codes), None)
        discourse.missions.append(
            Seen(
                codes,
                owners[0].text if owners else None,
                place.country if place else None,
                place.city if place else None,
                mention.label_,
                discourse.sentence,
                mention.kb_id_,
            )
        )


def _actor(sentence: Span, discourse: Discourse) -> None:
    """The State that acts, or else is named first and not merely as a place: what "it" and "the country" mean next."""
    named = [
        group
        for group in groups(sentence)
        if group[0].label_ in POLITY
        and (group[0].start == sentence.start or sentence.doc[group[0].start - 1].lower_ not in PLACES_BEFORE)
    ]
    acting = next((group for group in named if acts(group)), None)
    if named:
        discourse.actors = acting or named[0]
