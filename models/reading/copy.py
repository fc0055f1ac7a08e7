"""What another State did too: "Bahrain followed suit"."""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Span

from models.claim import Claim, Mark
from models.lexicon import EventRow
from models.reading.actors import actor_states
from models.reading.agents import agent
from models.reading.discourse import Discourse
from models.reading.modality import modality
from models.reading.places import Place
from models.reading.syntax import Reading
from models.reading.when import when
from models.reading.where import at_event


def copies(event: Span, row: EventRow, discourse: Discourse) -> Iterator[Claim]:
    """The claims of the event before, for the States that act now; as sure as this sentence is, at most as that one."""
    if discourse.sentence - discourse.done_at > 1:
        return
    acting = agent(event.root)
    actors = actor_states(acting, discourse)
    if actors is None or not actors.codes:
        return
    reading = Reading(event, row, event.root, event, "", "copy")
    verdict = modality(reading)
    date = when(reading, verdict)
    sentence = event.sent
    quote = sentence.text.strip()
    start = sentence.start_char + sentence.text.index(quote)
    places = [place for place in at_event(reading) if place.country not in actors.codes]
    for done in {(c.receiving_state, c.city, c.mission, c.status): c for c in discourse.done}.values():
        for code in actors.codes:
            place = places[0] if places else Place(done.receiving_state, done.city, 0, 0)
            yield replace(
                done,
                receiving_state=place.country,
                city=place.city,
                sending_state=code,
                sender_text=actors.text,
                quote=quote,
                start=start,
                end=start + len(quote),
                modality=done.modality if verdict.modality == "fact" else verdict.modality,
                date=date.value if date else done.date,
                rule=f"{row.id}/{actors.how}/{done.rule}",
                marks=(Mark("event", event.start_char, event.end_char), Mark("quote", done.start, done.end)),
            )
