"""What spaCy works out from all tokens at each asking, worked out once for each Doc.

Only plain values are kept: a Span kept by its own Doc would hold it in memory until the collector of cycles comes.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any, TypeVar

from spacy.attrs import LOWER
from spacy.tokens import Doc, Span

Value = TypeVar("Value")
Bounds = tuple[list[int], list[tuple[int, int, int, int, int]]]


def _kept(doc: Doc, name: str, make: Callable[[Doc], Value]) -> Value:
    kept = doc.user_data.get(name)
    if kept is None:
        kept = doc.user_data[name] = make(doc)
    return kept


def keep_text(doc: Doc, text: str) -> None:
    """Spare text_of its work, where the text is at hand."""
    doc.user_data["text"] = text


def text_of(doc: Doc) -> str:
    """`doc.text`."""
    return _kept(doc, "text", lambda doc: doc.text)


def characters(span: Span) -> str:
    """`span.text`."""
    return text_of(span.doc)[span.start_char : span.end_char]


def small_words(doc: Doc) -> list[int]:
    """The number that spaCy's strings give each token's word in small letters. No token is cut after this was asked."""
    return _kept(doc, "small words", _numbers)


def _numbers(doc: Doc) -> list[int]:
    numbers: Any = doc.to_array([LOWER]).reshape(-1).tolist()
    return list(numbers)


def sentence_starts(doc: Doc) -> list[int]:
    """Where each sentence begins: the number of its first token. No boundary is moved after this was asked."""
    return _kept(doc, "sentence starts", _starts)


def _starts(doc: Doc) -> list[int]:
    return [sentence.start for sentence in doc.sents]


def entities(span: Span) -> list[Span]:
    """`span.ents`. No entity is set after this was asked."""
    starts, bounds = _kept(span.doc, "entities", _bounds)
    found = []
    for start, end, label, kb_id, span_id in bounds[bisect_left(starts, span.start) :]:
        if end > span.end:
            break
        found.append(Span(span.doc, start, end, label=label, kb_id=kb_id, span_id=span_id))
    return found


def _bounds(doc: Doc) -> Bounds:
    bounds = [(ent.start, ent.end, ent.label, ent.kb_id, ent.id) for ent in doc.ents]
    return [start for start, *_ in bounds], bounds
