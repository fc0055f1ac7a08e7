"""Factory `status_claims`: joins events, missions, States, places, cues and dates into `doc._.claims`; notes why in
`doc._.trace`."""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

import legation.models.extensions  # noqa: F401  declares doc._.claims
from legation.models.claim import Claim
from legation.models.components.focus_parser import focus
from legation.models.lexicon import EventRow, event_rows
from legation.models.reading.aftermath import date_later
from legation.models.reading.asked import listen
from legation.models.reading.build import build
from legation.models.reading.copy import copies
from legation.models.reading.discourse import Discourse, begin
from legation.models.reading.gapped import gapped
from legation.models.reading.listed import listed
from legation.models.reading.merge import merge
from legation.models.reading.refine import whole
from legation.models.reading.remember import remember
from legation.models.reading.roles import Roles, other_sense
from legation.models.reading.trace import step


@Language.factory(
    "legation_status_claims",
    requires=["doc.sents", "doc.ents", "doc.spans", "token.dep", "token.tag"],
    assigns=["doc._.claims", "doc._.trace"],
)
def make_status_claims(nlp: Language, name: str) -> "StatusClaims":
    return StatusClaims(nlp)


class StatusClaims:
    """Reads the article from top to bottom, keeping in mind what earlier sentences said."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self.rows = {row.id: row for row in event_rows()}

    def __call__(self, doc: Doc) -> Doc:
        parsed = {sentence.start for sentence in focus(doc)}
        last = max(parsed, default=-1)  # nothing behind it can come to a claim
        if last < 0:
            doc._.claims, doc._.trace = (), ()
            return doc
        discourse = begin(doc, self._title(doc))
        events: dict[int, list[Span]] = {}
        for event in doc.spans["events"]:
            events.setdefault(event.sent.start, []).append(event)
        roles = Roles({i: span for span in doc.spans["missions"] for i in range(span.start, span.end)})
        missions: dict[int, list[Span]] = {}
        for mention in doc.spans["missions"]:
            missions.setdefault(mention.sent.start, []).append(mention)
        claims: list[Claim] = []
        for sentence in doc.sents:
            if sentence.start > last:
                break
            listen(sentence, discourse)
            if sentence.start in parsed:
                claims += self._sentence(sentence, events.get(sentence.start, []), roles, discourse)
            remember(sentence, missions.get(sentence.start, []), discourse)
        doc._.claims = merge(date_later(claims, doc))
        doc._.trace = tuple(discourse.trace)
        return doc

    def _title(self, doc: Doc) -> Doc | None:
        if not doc._.title:
            return None
        title = self.nlp.make_doc(doc._.title)
        return self.nlp.get_pipe("legation_country_entities")(title)

    def _sentence(self, sentence: Span, events: list[Span], roles: Roles, discourse: Discourse) -> Iterator[Claim]:
        for event in events:
            row = self.rows[event.id_]
            before = len(discourse.trace)
            found = self._claims(event, row, roles, discourse)
            main = discourse.done_at != discourse.sentence or event.root.dep_ not in ("relcl", "advcl", "acl")
            if found and main and not (row.copies or row.lists):
                discourse.done, discourse.done_at = found, discourse.sentence
            _note(event, row, found, discourse, before)
            yield from found

    def _claims(self, event: Span, row: EventRow, roles: Roles, discourse: Discourse) -> list[Claim]:
        if row.copies:
            return list(copies(event, row, discourse))
        if row.lists:
            return list(listed(event, row, discourse))
        found = _read(event, row, roles, discourse)
        return [*found, *gapped(event, found)]


def _read(event: Span, row: EventRow, roles: Roles, discourse: Discourse) -> list[Claim]:
    """The claims of one event."""
    readings = list(roles.readings(event, row))
    if not readings:
        sense = "the word is meant in its other sense" if other_sense(event, row) else "no mission that it happens to"
        discourse.overrule(event, row.id, sense)
    kept = whole(readings)
    for reading in readings:
        if reading not in kept:
            discourse.overrule(event, row.id, f"the whole is told too, not only {reading.theme.text!r}")
    return [claim for reading in kept for claim in build(reading, discourse)]


def _note(event: Span, row: EventRow, found: list[Claim], discourse: Discourse, before: int) -> None:
    """Leave a step for what fired, or for an event of which nobody said yet why it gives nothing."""
    if found:
        told = sorted({f"{claim.status}, {claim.modality}" for claim in found})
        discourse.trace.append(step(row.id, event, "fired", "; ".join(told)))
    elif len(discourse.trace) == before:
        reason = (
            "no event just before it to repeat"
            if row.copies or row.lists
            else "sending and receiving State would be the same"
        )
        discourse.overrule(event, row.id, reason)
