"""What the sentence encoder says of the sentences that may hold a claim, as features for the judge.

The encoder reads words where the other scorers read grammar, and errs elsewhere. It is asked only about sentences with
a likely frame; where its packages or its model are missing, the judge decides without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from legation.models.claim import MODALITIES, STATUSES
from legation.models.encoder import NONE, TITLE, Encoder, Part, Reading, Span
from legation.models.lexicon import feature_names
from legation.models.reading.article import HEADLINE, Article, Words
from legation.models.reading.pairs import Code

ENCODER_FEATURES = feature_names("encoder")
STRONG = 0.3
BEFORE = 3  # sentences that the encoder reads as context
Key = tuple[Code, Code, int, int]


@dataclass
class EncoderScores:
    """The encoder's probabilities, gathered over the sentences of one article."""

    sentences: int = 0
    claims: dict[Key, list[float]] = field(default_factory=dict)
    labels: dict[tuple[int, int], float] = field(default_factory=dict)
    _best: dict[tuple[Any, ...], float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, readings: Iterable[tuple[Sequence[tuple[str, str, Mapping[str, float]]], Mapping[str, float]]]
    ) -> "EncoderScores":
        """From (pairs, sentence) of each reading, see `Reading`."""
        scores = cls()
        for pairs, sentence in readings:
            scores.sentences += 1
            for sender, receiver, labels in pairs:
                s, r = (None if code == NONE else code for code in (sender, receiver))
                for label, p in labels.items():
                    si, mi = _numbers(label)
                    scores.claims.setdefault((s, r, si, mi), []).append(p)
                    for name in ((s, r), (s, r, si), (s, r, "modality", mi)):
                        scores._best[name] = max(scores._best.get(name, 0.0), p)
            for label, p in sentence.items():
                scores.labels[_numbers(label)] = max(scores.labels.get(_numbers(label), 0.0), p)
        return scores

    @cached_property
    def _of_all(self) -> tuple[float, float, float]:
        """What every candidate sees: the best pair, the sentences, the strong pairs."""
        pairs = [p for name, p in self._best.items() if len(name) == 2]
        return max(pairs, default=0.0), float(self.sentences), float(sum(p > STRONG for p in pairs))

    def row(self, key: Key) -> list[float]:
        """ENCODER_FEATURES of a candidate claim."""
        s, r, si, mi = key
        each = self.claims.get(key, [0.0])
        best = self._best.get((s, r), 0.0)
        return [
            max(each),
            sum(each),
            best,
            self._best.get((s, r, si), 0.0),
            self._best.get((s, r, "modality", mi), 0.0),
            max(each) - best,
            self._best.get((r, s), 0.0),
            self.labels.get((si, mi), 0.0),
            *self._of_all,
        ]


def _numbers(label: str) -> tuple[int, int]:
    status, _, modality = label.partition("|")
    return STATUSES.index(status), MODALITIES.index(modality)


def listen(encoder: Encoder, article: Article, sentences: Iterable[int]) -> EncoderScores:
    """Ask the encoder about these sentences and, if there are any, about the headline."""
    asked = set(sentences)
    numbers = sorted(asked - {HEADLINE})
    if not asked:
        return EncoderScores()
    first = max(numbers[0] - BEFORE, 0) if numbers else 0
    parts = [part(article.text, number) for number in range(first, numbers[-1] + 1)] if numbers else []
    places = [number - first for number in numbers]
    title = article.title
    if title is not None and (title.missions or title.events) and title.names:
        places.insert(0, TITLE)
    readings: Iterable[Reading] = encoder.read(title_part(article), parts, places)
    return EncoderScores.of((reading.pairs, reading.sentence) for reading in readings)


def title_part(article: Article) -> Part:
    """The headline for the encoder; empty where there is none."""
    return Part("", ()) if article.title is None else part(article.title, HEADLINE)


def part(text: Words, number: int) -> Part:
    """A sentence with its names, missions and events, offsets its own."""
    first, end = text.bounds(number)
    if end <= first:
        return Part("", ())
    found = [(n.start, n.end, n.label, n.code) for n in text.names_in(number)]
    found += [(m.start, m.end, "MISSION", "") for m in text.missions_by_sentence.get(number, ())]
    found += [(e.start, e.end, "EVENT", "") for e in text.events if e.sentence == number]
    offset, _ = text.characters(first, end)
    inside = {
        Span(text.characters(a, b)[0] - offset, text.characters(a, b)[1] - offset, kind, code)
        for a, b, kind, code in found
        if first <= a and b <= end
    }
    return Part(text.stretch(first, end), tuple(sorted(inside)))
