"""Factory `modality_cues`: the words that may make an event a plan, a possibility or a denial.

Sets `doc.spans["cues"]` in sentences that can carry a claim: `label_` is the modality that the word gives where it
governs an event ("fact" for words such as "after", at which the scope of a plan ends). Whether it governs one is read
from the parse, by models.reading.modality; these spans show a person what stood to choose from.
"""

from collections.abc import Iterator

import numpy as np
from spacy.attrs import LOWER
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from models.components.focus_parser import focus
from models.lexicon import table

LABELS = {"actual": "fact", "transparent": "fact", "would": "planned"}  # headings of modality.toml that are no modality
MONTHS = {"May"}  # a cue in small letters only, but for the first word of a sentence


@Language.factory("modality_cues", requires=["doc.sents", "doc.spans"], assigns=["doc.spans"])
def make_modality_cues(nlp: Language, name: str) -> "ModalityCues":
    return ModalityCues(nlp)


class ModalityCues:
    """Looks every word up in a table of first words, then compares the rest of a phrase."""

    def __init__(self, nlp: Language) -> None:
        self.forms: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
        for label, form in _forms():
            words = tuple(token.lower_ for token in nlp.make_doc(form))
            self.forms.setdefault(nlp.vocab.strings.add(words[0]), []).append((label, words))
        self.first = np.array(sorted(self.forms), dtype="uint64")

    def __call__(self, doc: Doc) -> Doc:
        lower = doc.to_array([LOWER]).reshape(-1)
        found = np.flatnonzero(np.isin(lower, self.first))
        spans = [span for sent in focus(doc) for i in _within(found, sent) for span in self._at(doc, i, int(lower[i]))]
        doc.spans["cues"] = filter_spans(spans)
        return doc

    def _at(self, doc: Doc, i: int, key: int) -> Iterator[Span]:
        if doc[i].text in MONTHS and not doc[i].is_sent_start:
            return
        for label, words in self.forms[key]:
            end = i + len(words)
            if len(words) == 1 or tuple(token.lower_ for token in doc[i:end]) == words:
                yield Span(doc, i, end, label=label)


def _forms() -> Iterator[tuple[str, str]]:
    """(modality, words); a word under two headings counts for the first."""
    first: dict[str, str] = {}
    for section in ("predicate", "auxiliary", "governor"):
        for heading, words in table("modality.toml")[section].items():
            for word in words:
                first.setdefault(word, LABELS.get(heading, heading))
    yield from ((label, word) for word, label in first.items())


def _within(places: np.ndarray, sentence: Span) -> list[int]:
    first, last = np.searchsorted(places, (sentence.start, sentence.end))
    return [int(i) for i in places[first:last]]
