"""What a sentence leaves behind for the next ones."""

from spacy.tokens import Span

from models.reading.attribution import speaker_of
from models.reading.dates import dates_in
from models.reading.discourse import Discourse, Seen
from models.reading.memory import characters
from models.reading.mentions import sides
from models.reading.names import POLITY, groups


def remember(sentence: Span, mentions: list[Span], discourse: Discourse) -> None:
    """The missions that the sentence names without an event, and who acted in it."""
    told = {seen.sentence for seen in discourse.missions[-3:]}
    for mention in mentions:
        if discourse.sentence not in told and mention.kb_id_ in ("mission", "staff"):
            _mission(mention, discourse)
    _actor(sentence, discourse)
    text = characters(sentence)
    dates = dates_in(text, sentence.doc._.published, future=" will " in text)
    discourse.day = dates[-1].value if dates else discourse.day
    discourse.speaker = speaker_of(sentence, discourse.speaker)
    discourse.sentence += 1


def _mission(mention: Span, discourse: Discourse) -> None:
    beside = sides(mention)
    places = beside.places or beside.near
    owners = beside.owners or (discourse.actors if beside.pronoun is not None else [])
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
    """The State named first, as long as it is not merely a place, is what "it" and "the country" stand for next."""
    for group in groups(sentence):
        before = sentence.doc[group[0].start - 1].lower_ if group[0].start > sentence.start else ""
        if group[0].label_ in POLITY and before not in ("in", "at", "to", "from", "("):
            discourse.actors = group
            return
