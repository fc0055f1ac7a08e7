"""The windows that the sentence encoder learns from: sentences in their context, with what is claimed in them.

The labels of a window are pairs of States with a status and modality. What else a fair judge would accept there, and
what the text claims in another sentence, is not judged: it counts neither as right nor as wrong. A window with a claim
also knows which words tell speaker, date and city of it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NamedTuple

from spacy.language import Language

from legation.models.dates import dates_in
from legation.models.encoder import DETAILS, LABELS, NONE, TITLE, Part, eligible, window
from legation.models.fold import key as folded
from legation.models.reading.encoder_features import part, title_part
from legation.models.training.examples import Example, Gold

Pair = tuple[str, str, int]  # codes of sender and receiver (NONE: not named), number of the label

TITLE_PLACE = -1, -1  # offsets that stand for the headline
FIELDS = ("attribution", "date", "city")  # of a claim, in the order of DETAILS
SPEAKER, DATE, CITY = range(len(DETAILS))


@dataclass(frozen=True)
class Reading:
    """A text as the encoder sees it; `starts`: the offset of each sentence in the text."""

    example: Example
    title: Part
    sentences: tuple[Part, ...]
    starts: tuple[int, ...]

    def asked(self) -> list[int]:
        """The sentences that may carry a claim, TITLE for the headline."""
        return eligible(self.title, self.sentences, len(self.example.text.text))

    def place(self, number: int) -> tuple[int, int]:
        """Half-open offsets of a sentence, TITLE_PLACE for the headline."""
        if number == TITLE:
            return TITLE_PLACE
        return self.starts[number], self.starts[number] + len(self.sentences[number].text)


def read_texts(examples: Iterable[Example], nlp: Language) -> Iterator[Reading]:
    """Read with the components that find names, missions and events; nothing of the text is parsed."""
    steps = list(takewhile(lambda step: step[0] != "legation_focus_parser", nlp.pipeline))
    last: Any = nlp.get_pipe("legation_status_claims")
    for example in examples:
        doc = nlp.make_doc(example.text.text)
        doc._.title, doc._.published = example.text.title, example.text.published
        for _, component in steps:
            doc = component(doc)
        article = last.article(doc)
        numbers = range(len(article.text.starts))
        yield Reading(
            example,
            title_part(article),
            tuple(part(article.text, number) for number in numbers),
            tuple(doc[token].idx for token in article.text.starts),
        )


class Words(NamedTuple):
    """Words of a part that tell a detail of a claim: half-open characters of the part, number of the detail in
    DETAILS."""

    start: int
    end: int
    detail: int


@dataclass(frozen=True)
class Window:
    """A sentence in its context, and what is claimed in it; `start` and `end` as `Reading.place` gives them.

    `pairs` and `labels` (of any pair) are claimed in the sentence; `open_pairs` and `open_labels` are not judged.
    `words`: those that tell details of its claims, by part. `known`: the details that the gold speaks of for all its
    claims, none where nothing is claimed. `judged` False: nothing is known of the window.
    """

    text: str
    fold: int
    real: bool
    start: int
    end: int
    parts: tuple[Part, ...]
    pairs: frozenset[Pair] = frozenset()
    open_pairs: frozenset[Pair] = frozenset()
    labels: frozenset[int] = frozenset()
    open_labels: frozenset[int] = frozenset()
    words: tuple[tuple[Words, ...], ...] = ()
    known: frozenset[int] = frozenset()
    judged: bool = True


def windows(reading: Reading) -> list[Window]:
    """The windows of a text, labelled by its claims."""
    example = reading.example
    found = [
        Window(
            example.id,
            example.fold,
            example.tune,
            *reading.place(i),
            window(reading.title, reading.sentences, i),
        )
        for i in reading.asked()
    ]
    claims = [(claim, _where(example, claim, found)) for claim in example.claims]
    return [_with_words(_labelled(each, claims), claims, example.text.published) for each in found]


def _where(example: Example, claim: Gold, found: Sequence[Window]) -> list[int] | None:
    """Starts of the windows in whose own sentence the claim is made; None where that is not known."""
    if claim.quote:
        at = example.text.text.find(claim.quote)
        if at >= 0:
            return [w.start for w in found if w.start < at + len(claim.quote) and w.end > at]
        if claim.quote in (example.text.title or ""):
            return [w.start for w in found if w.start == TITLE_PLACE[0]]
        return None
    inner = [w for w in found if w.start >= 0] or list(found)
    if len(inner) > 1:
        inner = [w for w in inner if w.parts[-1].has("EVENT")]
    if len(inner) > 1:
        inner = [w for w in inner if any(span.code == claim.sending_state for span in w.parts[-1].spans)]
    return [inner[0].start] if len(inner) == 1 else None


def _labelled(each: Window, claims: Iterable[tuple[Gold, list[int] | None]]) -> Window:
    """The window with its labels: of a claim that is made here and must be found, the best of each label is claimed."""
    pairs: set[Pair] = set()
    open_pairs: set[Pair] = set()
    labels: set[int] = set()
    open_labels: set[int] = set()
    for claim, where in claims:
        here = where is not None and each.start in where
        accepted = [LABELS.index(f"{status}|{modality}") for status in claim.statuses for modality in claim.modalities]
        sender = claim.sending_state or NONE
        told = [(sender, receiver or NONE, label) for receiver in claim.receiving_states for label in accepted]
        open_pairs.update(told)
        if here or where is None:
            open_labels.update(accepted)
        if here and claim.must:
            pairs.add(told[0])
            labels.add(accepted[0])
    return replace(
        each,
        pairs=frozenset(pairs),
        open_pairs=frozenset(open_pairs - pairs),
        labels=frozenset(labels),
        open_labels=frozenset(open_labels - labels),
    )


def _with_words(each: Window, claims: Iterable[tuple[Gold, list[int] | None]], published: str | None) -> Window:
    """The window with the words that tell details of the claims that are made in it.

    A speaker or date that the own sentence names is looked for nowhere else.
    """
    here = [claim for claim, where in claims if where is not None and each.start in where]
    found: list[set[Words]] = [set() for _ in each.parts]
    for claim in here:
        told = [list(_words(p, claim, published)) for p in each.parts]
        in_own = {words.detail for words in told[-1]} - {CITY}
        for place, some in zip(found[:-1], told[:-1], strict=True):
            place.update(words for words in some if words.detail not in in_own)
        found[-1].update(told[-1])
    known = {n for n, name in enumerate(FIELDS) if here and all(name not in claim.unknown for claim in here)}
    return replace(each, words=tuple(tuple(sorted(some)) for some in found), known=frozenset(known))


def _words(p: Part, claim: Gold, published: str | None) -> Iterator[Words]:
    """Where a part tells who says what is claimed, when it happened, in which city the mission is."""
    for name in _several(claim.attribution):
        for match in re.finditer(re.escape(name), p.text, re.IGNORECASE):
            yield Words(match.start(), match.end(), SPEAKER)
    days = _several(claim.date)
    for when in dates_in(p.text, published, loose=True) if days else ():
        if any(value.startswith(day) for value in (when.value, when.ahead) for day in days):
            yield Words(when.start, when.end, DATE)
    cities = {folded(name) for name in _several(claim.city)}
    for span in p.spans if cities else ():
        if span.kind == "CITY" and folded(p.text[span.start : span.end]) in cities:
            yield Words(span.start, span.end, CITY)


def _several(value: str | Sequence[str] | None) -> Sequence[str]:
    """What a fair judge accepts for a detail; empty where none is told."""
    return [value] if isinstance(value, str) else [one for one in value or () if one]
