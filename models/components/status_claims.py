"""Factory `status_claims`: joins events, missions, States, places, cues and dates into `doc._.claims`."""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

import models.extensions  # noqa: F401  declares doc._.claims
from models.claim import Claim
from models.components.focus_parser import focus
from models.lexicon import event_rows
from models.reading.build import build
from models.reading.copy import copies
from models.reading.discourse import Discourse, begin
from models.reading.merge import merge
from models.reading.refine import whole
from models.reading.remember import remember
from models.reading.roles import Roles


@Language.factory(
    "status_claims", requires=["doc.sents", "doc.ents", "doc.spans", "token.dep", "token.tag"], assigns=["doc._.claims"]
)
def make_status_claims(nlp: Language, name: str) -> "StatusClaims":
    return StatusClaims(nlp)


class StatusClaims:
    """Reads the article from top to bottom, keeping in mind what earlier sentences said."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self.rows = {row.id: row for row in event_rows()}

    def __call__(self, doc: Doc) -> Doc:
        discourse = begin(doc, self._title(doc))
        events: dict[int, list[Span]] = {}
        for event in doc.spans["events"]:
            events.setdefault(event.sent.start, []).append(event)
        parsed = {sentence.start for sentence in focus(doc)}
        roles = Roles({i: span for span in doc.spans["missions"] for i in range(span.start, span.end)})
        missions: dict[int, list[Span]] = {}
        for mention in doc.spans["missions"]:
            missions.setdefault(mention.sent.start, []).append(mention)
        claims: list[Claim] = []
        for sentence in doc.sents:
            if sentence.start in parsed:
                claims += self._sentence(sentence, events.get(sentence.start, []), roles, discourse)
            remember(sentence, missions.get(sentence.start, []), discourse)
        doc._.claims = merge(claims)
        return doc

    def _title(self, doc: Doc) -> Doc | None:
        if not doc._.title:
            return None
        title = self.nlp.make_doc(doc._.title)
        return self.nlp.get_pipe("country_entities")(title)

    def _sentence(self, sentence: Span, events: list[Span], roles: Roles, discourse: Discourse) -> Iterator[Claim]:
        for event in events:
            row = self.rows[event.id_]
            if row.copies:
                yield from copies(event, row, discourse)
                continue
            found = [
                claim for reading in whole(list(roles.readings(event, row))) for claim in build(reading, discourse)
            ]
            if found and not (discourse.done_at == discourse.sentence and event.root.dep_ in ("relcl", "advcl", "acl")):
                discourse.done, discourse.done_at = found, discourse.sentence
            yield from found
