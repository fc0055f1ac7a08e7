"""From one reading to its claims: whose, where, what, how sure, when, who says so."""

from collections.abc import Iterator

from spacy.tokens import Span, Token

from legation.models.claim import Claim, Mark
from legation.models.reading.actors import Senders
from legation.models.reading.agents import agent
from legation.models.reading.attribution import attribution, colon_speaker
from legation.models.reading.confidence import confidence
from legation.models.reading.dates import When
from legation.models.reading.discourse import Discourse, Seen
from legation.models.reading.mentions import Sides, sides
from legation.models.reading.modality import modality
from legation.models.reading.objection import Case, objection
from legation.models.reading.places import Place
from legation.models.reading.quote import quote_of
from legation.models.reading.refine import refine
from legation.models.reading.scope import Verdict
from legation.models.reading.syntax import Reading, governors, is_verb
from legation.models.reading.when import is_to_come, same_day, when
from legation.models.reading.where import Hosts, hosts
from legation.models.reading.whose import senders


def build(reading: Reading, discourse: Discourse) -> Iterator[Claim]:
    """The claims of one reading: one for each sending State and each place."""
    for anchor in anchors_of(reading):
        yield from _build(reading, anchor, discourse)


def _build(reading: Reading, anchor: Span, discourse: Discourse) -> Iterator[Claim]:
    if reading.theme.id_ == "stand-in" and anchor is reading.theme and discourse.recent() is None:
        discourse.overrule(
            reading.event, f"{reading.row.id}.{reading.voice}", "no mission before that it may stand for"
        )
        return
    beside = sides(anchor)
    if anchor.start != reading.theme.start:
        own = sides(reading.theme)
        beside = beside if _acts(anchor, reading) else _fill(own, beside)
        if reading.theme.id_ == "stand-in" and own.places:
            beside.places = own.places  # "closed its embassy in A and opened a new one in B"
    whose = senders(reading, beside, discourse)
    where = hosts(reading, beside, whose, discourse)
    if (
        whose.how in ("earlier", "sentence", "unknown", "context", "title")
        and not (whose.how == "earlier" and _sends_more(whose, discourse))
        and not (whose.how == "sentence" and beside.pronoun is not None)
        and discourse.topic is not None
        and discourse.topic.country in whose.codes
        and where.how not in ("beside", "near", "event")
    ):
        whose = Senders((), whose.text, whose.span, "unknown")
        where = hosts(reading, beside, whose, discourse)
    if reason := objection(Case(reading, anchor, whose, where, discourse)):
        discourse.overrule(reading.event, f"{reading.row.id}.{reading.voice}", reason)
        return
    kind = kind_of(reading, anchor, whose, where, discourse)
    status, verdict = refine(reading, modality(reading))
    date = when(reading, verdict) or same_day(reading)
    if verdict.modality == "fact" and date is not None and is_to_come(date, reading):
        verdict = Verdict("planned", verdict.cue)
    says = attribution(reading, discourse.speaker) or colon_speaker(whose.span)
    for code in whose.codes or (None,):
        for place in where.places or (Place(None, None, 0, 0),):
            if code is not None and code == place.country:
                continue
            yield _claim(reading, anchor, whose, code, place, where, kind, status, verdict, date, says)
    place = where.places[0] if where.places else Place(None, None, 0, 0)
    discourse.missions.append(
        Seen(whose.codes, whose.text, place.country, place.city, kind, discourse.sentence, reading.theme.kb_id_)
    )


def _sends_more(whose: Senders, discourse: Discourse) -> bool:
    """The article has spoken of that State's missions more often than of missions in it."""
    sends = sum(bool(set(seen.senders) & set(whose.codes)) for seen in discourse.missions)
    return sends > sum(seen.country in whose.codes for seen in discourse.missions)


def _acts(anchor: Span, reading: Reading) -> bool:
    """The mission itself is the agent: "the embassy suspended its services"."""
    acting = agent(reading.trigger)
    return acting is not None and anchor.start <= acting.i < anchor.end


def _fill(first: Sides, second: Sides) -> Sides:
    """What the theme's own words do not tell, the mission's words do: "its staff at the French embassy in Kyiv"."""
    return Sides(
        first.owners or second.owners,
        first.pronoun if first.owners else first.pronoun or second.pronoun,
        second.places or first.places,
        second.near or first.near,
    )


def anchors_of(reading: Reading) -> list[Span]:
    """The mission mentions that a mention of staff or operations belongs to: the nearest in the clause, after it first,
    and those joined to it by "and"; the theme itself where there is none."""
    if reading.theme.kb_id_ == "mission" and reading.theme.id_ != "stand-in":
        return [reading.theme]
    sentence = reading.theme.sent
    if reading.theme.id_ == "stand-in":
        before = [
            m
            for m in sentence.doc.spans["missions"]
            if m.kb_id_ in ("mission", reading.theme.kb_id_)
            and sentence.start <= m.start
            and m.end <= reading.theme.start
        ]
        return before[-1:] or [reading.theme]
    missions = [
        m
        for m in sentence.doc.spans["missions"]
        if m.kb_id_ in ("mission", "section") and sentence.start <= m.start < sentence.end
    ]
    missions = [m for m in missions if reading.voice == "near" or _hangs_on(m.root, reading)]
    if not missions:
        inner = [
            m
            for m in sentence.doc.spans["missions"]
            if m.kb_id_ == "staff" and m.start > reading.theme.end and reading.theme.root in m.root.ancestors
        ]
        return inner[:1] if reading.theme.id_ == "staff-bare" and inner else [reading.theme]
    first = min(
        missions,
        key=lambda m: (abs(m.start - reading.theme.start) + (8 if m.start < reading.theme.start else 0), m.start),
    )
    return [
        first,
        *(m for m in missions if m is not first and (_joins(m, first) or _joins(first, m))),
    ]


def _joins(second: Span, first: Span) -> bool:
    return second.root.dep_ == "conj" and first.root in (second.root.head, *second.root.head.ancestors)


def _hangs_on(noun: Token, reading: Reading) -> bool:
    """The noun belongs to the event's own clause: no other verb stands between it and the event or its theme."""
    acting = agent(reading.trigger)
    token = noun
    for _ in range(8):
        if token in (reading.trigger, reading.theme.root) or (acting is not None and token == acting):
            return True
        if is_verb(token) and token.dep_ not in ("pcomp", "amod"):
            return (
                token in list(governors(reading.trigger))[:1] and noun.head.dep_ == "prep" and noun.head.head == token
            )
        token = token.head
    return False


def kind_of(reading: Reading, anchor: Span, whose: Senders, where: Hosts, discourse: Discourse) -> str:
    """The kind the words name; staff alone are the embassy's, or those of the mission spoken of before."""
    if whose.codes == ("EU",) and anchor.label_ in ("mission", "embassy"):
        return "delegation"
    if whose.codes == ("UN",) and anchor.kb_id_ != "mission":
        return "mission"
    if reading.row.id == "upgrade":
        return "embassy"
    words = anchor.text.lower()
    if anchor.kb_id_ == "ambassador" and "consul" in words:
        return "consulate"
    if anchor.label_ != "mission":
        return anchor.label_
    if "embassy" in words or "ambassador" in words:
        return "embassy"
    if "consul" in words:
        return "consulate"
    seen = discourse.last(None, whose.codes)
    if anchor.kb_id_ != "mission":
        return seen.kind if seen is not None else "embassy"
    return seen.kind if anchor.id_ == "stand-in" and seen is not None else "mission"


def _claim(
    reading: Reading,
    anchor: Span,
    whose: Senders,
    code: str | None,
    place: Place,
    where: Hosts,
    kind: str,
    status: str,
    verdict: Verdict,
    date: When | None,
    says: Span | None,
) -> Claim:
    sentence = reading.trigger.sent
    quote = quote_of(sentence)
    moved = where.moved_to if status == "relocated" else None
    return Claim(
        sending_state=code,
        receiving_state=place.country,
        city=place.city,
        mission=kind,
        status=status,
        modality=verdict.modality,
        date=date.value if date else None,
        relocated_to=(moved.city or None) if moved else None,
        attribution=says.text if says is not None else None,
        **quote,
        sender_text=whose.text,
        confidence=confidence(reading.voice, whose.how, where.how, verdict.modality),
        rule=f"{reading.row.id}.{reading.voice}/{whose.how}/{where.how}",
        marks=tuple(_marks(reading, anchor, whose, place, verdict, date, says)),
    )


def _marks(
    reading: Reading, anchor: Span, whose: Senders, place: Place, verdict: Verdict, date: When | None, says: Span | None
) -> Iterator[Mark]:
    doc = reading.trigger.doc
    yield Mark("event", reading.event.start_char, reading.event.end_char)
    yield Mark("mission", anchor.start_char, anchor.end_char)
    if whose.span is not None:
        yield Mark("sender", whose.span.start_char, whose.span.end_char)
    if place.end > place.start:
        span = doc[place.start : place.end]
        yield Mark("host", span.start_char, span.end_char)
    if verdict.cue is not None:
        yield Mark("cue", verdict.cue.idx, verdict.cue.idx + len(verdict.cue))
    if date is not None:
        offset = reading.trigger.sent.start_char
        yield Mark("date", offset + date.start, offset + date.end)
    if says is not None:
        yield Mark("speaker", says.start_char, says.end_char)
