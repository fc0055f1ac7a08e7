"""Factory `legation_modality_cues`: the words that may make an event a plan, a possibility or a denial.

Sets `doc.spans["cues"]` in sentences that can carry a claim: `label_` is the modality that the word gives where it
governs an event ("fact" for words such as "after", at which the scope of a plan ends). Whether it governs one is read
from the parse, by legation.models.reading.frames; these spans show a person what stood to choose from.
"""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from legation.models.components.focus_parser import focus
from legation.models.doc_cache import small_words
from legation.models.lexicon import table, words

LABELS: dict[str, str] = table("words.toml")["cue_labels"]
NAMES = words("names_like_cues")


@Language.factory("legation_modality_cues", requires=["doc.sents", "doc.spans"], assigns=["doc.spans"])
def make_modality_cues(nlp: Language, name: str) -> "ModalityCues":
    """The factory of a component that finds words that make a claim planned, possible or denied."""
    return ModalityCues(nlp)


class ModalityCues:
    """Looks every word up in a table of first words, then compares the rest of a phrase."""

    def __init__(self, nlp: Language) -> None:
        self.forms: dict[int, list[tuple[str, list[int]]]] = {}
        for label, form in _forms():
            numbers = [token.lower for token in nlp.make_doc(form)]
            self.forms.setdefault(numbers[0], []).append((label, numbers))

    def __call__(self, doc: Doc) -> Doc:
        numbers = small_words(doc)
        places = (i for sent in focus(doc) for i in range(sent.start, sent.end) if numbers[i] in self.forms)
        doc.spans["cues"] = filter_spans([span for i in places for span in self._at(doc, i, numbers)])
        return doc

    def _at(self, doc: Doc, i: int, numbers: list[int]) -> Iterator[Span]:
        if doc[i].text in NAMES and not doc[i].is_sent_start:
            return
        for label, form in self.forms[numbers[i]]:
            end = i + len(form)
            if numbers[i:end] == form:
                yield Span(doc, i, end, label=label)


def _forms() -> Iterator[tuple[str, str]]:
    """(modality, words); a word under two headings counts for the first."""
    first: dict[str, str] = {}
    for section in ("predicate", "auxiliary", "governor"):
        for heading, forms in table("modality.toml")[section].items():
            for form in forms:
                first.setdefault(form, LABELS.get(heading, heading))
    yield from ((label, form) for form, label in first.items())
