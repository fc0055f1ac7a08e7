"""What the sentence encoder says of the sentences that may hold a claim, as features for the judge.

The encoder reads words where the other scorers read grammar, and errs elsewhere. It is asked only about sentences with
a likely frame; where its packages or its model are missing, the judge decides without it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from legation.models.encoder import NONE, NUMBERS, TITLE, Encoder, Part, Span
from legation.models.lexicon import feature_names
from legation.models.reading.article import HEADLINE, Article, Words
from legation.models.reading.decide import Described
from legation.models.reading.pairs import Code

ENCODER_FEATURES = feature_names("encoder")
STRONG = 0.3
# Probability of a frame from which on its sentence is asked about. From .1 on, F1 out of fold on 1,249 real texts is
# that of all sentences with a frame (.834), with 14 % fewer windows; from .2 on it is .828.
LIKELY = 0.1
ASKED = 40  # sentences of an article
BEFORE = 3  # sentences that the encoder reads as context
Key = tuple[Code, Code, int, int]
PairsAndSentence = tuple[Sequence[tuple[str, str, Mapping[str, float]]], Mapping[str, float]]  # see `Reading`


@dataclass
class DetailWords:
    """The words that the encoder takes to tell who says so, when, or in which city: by the sentence that it was asked
    about (HEADLINE for the headline), (in the headline, start, end, one of DETAILS, probability), characters."""

    _told: dict[int, list[tuple[bool, int, int, str, float]]] = field(default_factory=dict)

    def add(self, sentence: int, words: Iterable[tuple[bool, int, int, str, float]]) -> None:
        """What the encoder says where it is asked about this sentence."""
        self._told.setdefault(sentence, []).extend(words)

    def features(self, sentence: int, detail: str, places: Sequence[tuple[Words, int, int]]) -> Mapping[str, float]:
        """How far a candidate of this sentence that is named at `places` (tokens) is what the encoder takes."""
        if sentence not in self._told:
            return {}
        found = [(h, a, b, p) for h, a, b, kind, p in self._told[sentence] if kind == detail]
        best, covered = 0.0, 0.0
        for text, first, stop in places:
            start, end = text.characters(first, stop)
            inside = [
                (p, min(b, end) - max(a, start))
                for h, a, b, p in found
                if h == text.is_headline and a < end and b > start
            ]
            best = max([best, *(p for p, _ in inside)])
            covered = max(covered, sum(p * size for p, size in inside) / max(end - start, 1))
        strongest = max((p for *_, p in found), default=0.0)
        return {
            "encoder: asked": 1,
            "encoder: best word": strongest,
            "encoder: word": best,
            "encoder: words": covered,
            "encoder: less best word": best - strongest,
        }


class EncoderScores:
    """The encoder's probabilities, gathered over the sentences of one article, and the words that it takes."""

    def __init__(self, readings: Iterable[PairsAndSentence] = ()) -> None:
        self.details = DetailWords()
        self._each: dict[Key, list[float]] = defaultdict(list)
        self._best: dict[tuple[Any, ...], float] = defaultdict(float)
        sentences = 0
        for pairs, sentence in readings:
            sentences += 1
            for sender, receiver, labels in pairs:
                s, r = (None if code == NONE else code for code in (sender, receiver))
                for label, p in labels.items():
                    si, mi = NUMBERS[label]
                    self._each[s, r, si, mi].append(p)
                    for name in ((s, r), (s, r, si), (s, r, "modality", mi)):
                        self._best[name] = max(self._best[name], p)
            for label, p in sentence.items():
                whole = ("sentence", *NUMBERS[label])
                self._best[whole] = max(self._best[whole], p)
        best = [p for name, p in self._best.items() if len(name) == 2]
        # what every candidate sees: the best pair, the sentences, the strong pairs
        self._of_all = (max(best, default=0.0), sentences, sum(p > STRONG for p in best))

    def row(self, key: Key) -> list[float]:
        """ENCODER_FEATURES of a candidate claim."""
        s, r, si, mi = key
        each = self._each.get(key, [0.0])
        best = self._best.get((s, r), 0.0)
        return [
            max(each),
            sum(each),
            best,
            self._best.get((s, r, si), 0.0),
            self._best.get((s, r, "modality", mi), 0.0),
            max(each) - best,
            self._best.get((r, s), 0.0),
            self._best.get(("sentence", si, mi), 0.0),
            *self._of_all,
        ]


def worth_asking(kept: Sequence[Described]) -> list[int]:
    """The sentences of the likely frames, the likeliest first, that the encoder is asked about; at most ASKED."""
    likely = sorted((one for one in kept if one.claim >= LIKELY), key=lambda one: -one.claim)
    return list(dict.fromkeys(one.frame.sentence for one in likely))[:ASKED]


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
    readings = list(encoder.read(title_part(article), parts, places))
    scores = EncoderScores((reading.pairs, reading.sentence) for reading in readings)
    for reading in readings:
        words = []
        for sentence, start, end, detail, p in reading.details:
            offset = 0 if sentence == TITLE else article.text.characters(*article.text.bounds(sentence + first))[0]
            words.append((sentence == TITLE, start + offset, end + offset, detail, p))
        scores.details.add(HEADLINE if reading.number == TITLE else reading.number + first, words)
    return scores


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
        Span(text.characters(start, stop)[0] - offset, text.characters(start, stop)[1] - offset, kind, code)
        for start, stop, kind, code in found
        if first <= start and stop <= end
    }
    return Part(text.stretch(first, end), tuple(sorted(inside)))
