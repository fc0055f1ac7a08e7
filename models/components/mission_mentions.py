"""Factory `legation_mission_mentions`: the words that name a mission, its staff, its work, its head or its flag.

Sets `doc.spans["missions"]`: `label_` is the kind (embassy, consulate, delegation, office, mission), `kb_id_` the theme
(mission, staff, ambassador, operations, presence, flag), `id_` the row of missions.toml. Whose and where is read later.
"""

import re

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from legation.models.anchors import is_anchor
from legation.models.lexicon import MissionRow, mission_rows, words

DIPLOMATIC = words("diplomatic")
MINISTRY = re.compile(rf"(?:{'|'.join(sorted(words('foreign_ministries')))})\b")
AFTER_ELLIPTIC = words("after_elliptic")
OTHER_MISSIONS = words("other_missions")
ELLIPTIC_PLACE = words("elliptic_place")
POSSESSIVE = words("possessive")
POST_HOLDERS = words("post_holders")
UNION_STAFF = words("union_staff")
MISSION_PLACE = words("mission_place")
UNNAMED_PLACES = words("unnamed_places")
OWN_STAFF = words("own_staff")
MISSION_STAFF = words("mission_staff")
DEFINITE = words("definite")


@Language.factory("legation_mission_mentions", requires=["doc.sents", "doc.ents"], assigns=["doc.spans"])
def make_mission_mentions(nlp: Language, name: str) -> "MissionMentions":
    """The factory of a component that finds mentions of missions."""
    return MissionMentions(nlp)


class MissionMentions:
    """Finds the words of missions.toml, the longest first."""

    def __init__(self, nlp: Language) -> None:
        self.rows = {row.id: row for row in mission_rows()}
        self.matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        for row in self.rows.values():
            self.matcher.add(row.id, [nlp.make_doc(words) for words in (*row.words, *row.plural)])

    def __call__(self, doc: Doc) -> Doc:
        found = []
        for key, start, end in self.matcher(doc):
            row = self.rows[doc.vocab.strings[key]]
            found.append(Span(doc, start, end, label=row.kind, kb_id=row.theme, span_id=row.id))
        spans = filter_spans(found)
        named = {span.sent.start for span in spans if span.kb_id_ == "mission" and self._stands(span, set())}
        spans = [span for span in spans if self._stands(span, named)]
        anchored = any(is_anchor(self.rows[span.id_], span.text.lower()) for span in spans)
        spans = sorted([*spans, *_elliptic(doc, spans)]) if anchored else []  # see models/anchors.py
        doc.spans["missions"] = spans
        return doc

    def _stands(self, span: Span, named: set[int]) -> bool:
        """Is the mention one of diplomacy? `named`: starts of the sentences that name a mission for certain."""
        row: MissionRow = self.rows[span.id_]
        bare_mission = row.theme == "mission" and row.needs == "diplomacy"
        if row.needs == "diplomacy" and row.theme != "mission" and span.sent.start in named:
            return True
        if row.needs == "union":
            return _beside_union(span)
        if (bare_mission or span.text.lower() in MISSION_STAFF) and _other_mission(span):
            return False
        if row.needs == "diplomacy":
            return (
                _beside_state(span)
                or _diplomatic_sentence(span)
                or (bare_mission and _in_place(span))
                or _of_union(span)
            )
        return True


def _elliptic(doc: Doc, spans: list[Span]) -> list[Span]:
    """ "The French embassy closed; Britain's will follow": the possessive alone, after a mission just named."""
    found = []
    for ent in doc.ents:
        end = ent.end
        if ent.label_ == "DEMONYM" or end + 1 >= len(doc) or doc[end].text not in POSSESSIVE:
            continue
        after = doc[end + 1]
        placed = after.lower_ in ELLIPTIC_PLACE and doc[min(end + 2, len(doc) - 1)].ent_type_ in ("CITY", "STATE")
        if not placed and after.lower_ not in AFTER_ELLIPTIC:
            continue
        first = _two_sentences(ent).start
        before = [span for span in spans if span.kb_id_ == "mission" and first <= span.start < ent.start]
        if before:
            found.append(Span(doc, end, end + 1, label=before[-1].label_, kb_id="mission", span_id="stand-in"))
    return found


def _other_mission(span: Span) -> bool:
    """A mission of soldiers, observers or astronauts; a post that somebody holds."""
    before = span.doc[span.start - 1].lower_ if span.start else ""
    return before in OTHER_MISSIONS or before in POST_HOLDERS


def _of_union(span: Span) -> bool:
    """ "The United Nations withdrew its international staff"."""
    before = span.doc[span.start - 1].lower_ if span.start else ""
    return span.kb_id_ == "staff" and before in UNION_STAFF and any(ent.kb_id_ == "UN" for ent in span.sent.ents)


def _in_place(span: Span) -> bool:
    """ "its mission in Juba", "the mission to Ireland", "their missions out of the Ukrainian capital"."""
    after = span.doc[span.end : span.end + 5]
    if not len(after) or after[0].lower_ not in MISSION_PLACE:
        return False
    names = any(ent.label_ in ("CITY", "STATE") for ent in after.ents)
    return names or any(t.lower_ in UNNAMED_PLACES for t in after)


def _beside_union(span: Span) -> bool:
    near = span.doc[max(span.start - 6, 0) : span.end + 5]
    if any(ent.kb_id_ == "EU" for ent in near.ents):
        return True
    if any(ent.label_ in ("STATE", "DEMONYM") for ent in span.doc[max(span.start - 3, 0) : span.start].ents):
        return False
    return (
        span[0].i > 0
        and span.doc[span.start - 1].lower_ in DEFINITE
        and any(ent.kb_id_ == "EU" for ent in _two_sentences(span).ents)
    )


def _two_sentences(span: Span) -> Span:
    """The sentence of the span and the one before it."""
    start = span.sent.start
    return span.doc[span.doc[start - 1].sent.start if start else 0 : span.sent.end]


def _beside_state(span: Span) -> bool:
    """Right after the name of a State or people: "Israel's mission", "US personnel"."""
    if span.start and span.doc[span.start - 1].ent_type_ == "CITY" and span.kb_id_ == "mission":
        return True
    before = span.doc[max(span.start - 3, 0) : span.start]
    return span.kb_id_ in ("mission", "staff") and any(
        ent.label_ in ("STATE", "DEMONYM", "GOVERNMENT") for ent in before.ents
    )


def _diplomatic_sentence(span: Span) -> bool:
    """The sentence, or the one before it, names a mission or diplomats."""
    near = _two_sentences(span)
    if span.kb_id_ == "staff" and span.start and span.doc[span.start - 1].lower_ in OWN_STAFF:
        end = near.end
        near = span.doc[near.start : span.doc[end].sent.end if end < len(span.doc) else end]  # and the one after
    return any(token.lower_ in DIPLOMATIC for token in near) or MINISTRY.search(near.text) is not None
