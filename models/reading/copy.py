"""What another State did too: "Bahrain followed suit"."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from spacy.tokens import Doc, Span

from legation.models.claim import Claim, Mark
from legation.models.lexicon import EventRow
from legation.models.reading.actors import actor_states, acts
from legation.models.reading.agents import agent
from legation.models.reading.discourse import Discourse
from legation.models.reading.mentions import sides
from legation.models.reading.modality import modality
from legation.models.reading.names import groups
from legation.models.reading.places import Place
from legation.models.reading.quote import quote_of
from legation.models.reading.syntax import Reading
from legation.models.reading.when import when
from legation.models.reading.where import at_event


def _host_acted(done: Claim, doc: Doc) -> bool:
    """ "Latvia orders the Russian consulate to close; Estonia does likewise": the host did it, and so does the next."""
    span = doc.char_span(done.start, done.end, alignment_mode="expand")
    first = next((group for group in groups(span) if acts(group)), None) if span is not None else None
    return first is not None and first[0].kb_id_ == done.receiving_state and done.sending_state != done.receiving_state


def _with_mission(event: Span, row: EventRow, mission: Span, discourse: Discourse) -> Iterator[Claim]:
    """ "The embassy in Oslo followed suit", "as will the embassy in Dili": the same happens to another mission."""
    beside = sides(mission)
    quote = quote_of(event.sent)
    for done in discourse.done[:1]:
        for place in beside.places:
            yield replace(
                done,
                sending_state=beside.owners[0].kb_id_ if beside.owners else done.sending_state,
                receiving_state=place.country,
                city=place.city,
                mission=mission.label_,
                **quote,
                rule=f"{row.id}/beside/{done.rule}",
                marks=(Mark("event", event.start_char, event.end_char), Mark("quote", done.start, done.end)),
            )


def copies(event: Span, row: EventRow, discourse: Discourse) -> Iterator[Claim]:
    """The claims of the event before, for the States that act now; as sure as this sentence is, at most as that one."""
    if discourse.sentence - discourse.done_at > 1:
        return
    acting = agent(event.root)
    named = [m for m in event.sent.doc.spans["missions"] if m.kb_id_ == "mission" and m.sent.start == event.sent.start]
    mission = next((m for m in named if acting is not None and m.start <= acting.i < m.end), None)
    if event.root.lower_ == "as" or event[0].lower_ in ("as", "so"):
        mission = next((m for m in named if m.start >= event.end), None)
    if mission is not None:
        yield from _with_mission(event, row, mission, discourse)
        return
    actors = actor_states(acting, discourse)
    if actors is None or not actors.codes:
        return
    reading = Reading(event, row, event.root, event, "", "copy")
    verdict = modality(reading)
    date = when(reading, verdict)
    sentence = event.sent
    quote = quote_of(sentence)
    beside = next((places for m in named if m.start >= event.end and (places := sides(m).places)), [])
    places = [place for place in beside or at_event(reading) if place.country not in actors.codes or beside]
    for done in {(c.receiving_state, c.city, c.mission, c.status): c for c in discourse.done}.values():
        if done.sending_state in actors.codes:
            continue  # "becoming the first to do so"
        ordered = done.receiving_state is not None and _host_acted(done, sentence.doc)
        here = places if beside else places[:1]
        for code, place in product(actors.codes, here or [Place(done.receiving_state, done.city, 0, 0)]):
            yield replace(
                done,
                receiving_state=code if ordered else place.country,
                city=(place.city if place.country == code else None) if ordered else place.city,
                sending_state=done.sending_state if ordered else code,
                sender_text=done.sender_text if ordered else actors.text,
                **quote,
                modality=done.modality if verdict.modality == "fact" else verdict.modality,
                date=date.value if date else done.date,
                rule=f"{row.id}/{actors.how}/{done.rule}",
                marks=(Mark("event", event.start_char, event.end_char), Mark("quote", done.start, done.end)),
            )
