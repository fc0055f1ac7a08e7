"""Factory `legation_status_phrases`: the words for what happens to a mission.

Sets `doc.spans["events"]`: `id_` is the row of events.toml; `kb_id_` is "apart" where a particle stands apart from its
verb, and the span then is the verb alone. Two rows may share a word ("closed" is done or lasts); syntax decides later.
"""

from itertools import zip_longest
from typing import Any

from spacy.language import Language
from spacy.symbols import ORTH
from spacy.tokens import Doc, Span

from legation.models.doc_cache import small_words
from legation.models.lexicon import GAP, event_rows

PARTICLE_REACH = 13  # tokens from a verb to its particle: "pulled all of its remaining embassy staff out"


@Language.factory("legation_status_phrases", requires=["doc.sents"], assigns=["doc.spans"])
def make_status_phrases(nlp: Language, name: str) -> "StatusPhrases":
    """The factory of a component that finds words for what happens to missions."""
    return StatusPhrases(nlp)


class StatusPhrases:
    """Looks every word up in a table of first words; then checks the rest of the form."""

    def __init__(self, nlp: Language) -> None:
        _keep_hyphens(nlp)
        self.forms: dict[int, list[tuple[str, list[int], str | None]]] = {}
        self.seconds: dict[int, set[int]] = {}  # second words of forms whose first one may not stand alone
        for row in event_rows():
            for form in row.forms:
                verb, _, particle = (part.strip() for part in form.partition(GAP))
                words = [token.lower for token in nlp.make_doc(verb)]
                self.forms.setdefault(words[0], []).append((row.id, words, particle or None))
        for first, forms in self.forms.items():
            if all(len(words) > 1 for _, words, _ in forms):
                self.seconds[first] = {words[1] for _, words, _ in forms}

    def __call__(self, doc: Doc) -> Doc:
        spans: list[Span] = []
        numbers = small_words(doc)
        for i, (number, following) in enumerate(zip_longest(numbers, numbers[1:])):
            if number not in self.forms or (number in self.seconds and following not in self.seconds[number]):
                continue
            if not spans or i >= spans[-1].end:  # "operational" belongs to "no longer operational"
                spans.extend(self._at(doc, i, numbers))
        doc.spans["events"] = spans
        return doc

    def _at(self, doc: Doc, i: int, numbers: list[int]) -> list[Span]:
        """The rows that begin at token i; of several the longest phrases win over single words."""
        found = []
        for row_id, words, particle in self.forms[numbers[i]]:
            end = i + len(words)
            if numbers[i:end] != words:
                continue
            if particle and not _particle_follows(doc, end, particle):
                continue
            found.append(Span(doc, i, end, span_id=row_id, kb_id="apart" if particle else ""))
        apart = [span for span in found if span.kb_id_]
        longest = max((len(span) for span in found), default=0)
        return apart or [span for span in found if len(span) == longest]


def _keep_hyphens(nlp: Language) -> None:
    """ "re-opened" stays one token: a parser makes nothing of "re", "-", "opened"."""
    tokenizer: Any = nlp.tokenizer
    hyphened = [form for row in event_rows() for form in row.forms if "-" in form and " " not in form]
    for form in hyphened:
        for spelling in (form, form.capitalize(), form.upper()):
            tokenizer.add_special_case(spelling, [{ORTH: spelling}])


def _particle_follows(doc: Doc, start: int, particle: str) -> bool:
    for token in doc[start : start + PARTICLE_REACH]:
        if token.lower_ == particle:
            return True
        if token.is_sent_start or token.text in (".", ";", ":"):
            return False
    return False
