"""The sentence encoder: reads a sentence in its context once and scores every ordered pair of States named there.

A window is the title, two or three sentences before, and the sentence itself. Its word pieces go through a small BERT
(int8, run by onnxruntime). A State is the mean of the pieces of its names in the sentence, and the mean of those in the
context; a pair of States, and the sentence as a whole, get a probability for each status and modality; each piece gets
one for each of DETAILS. Where the model comes from: NOTICE. legation.models.training.encoder fits it and takes windows
and pieces from here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from legation.models.claim import MODALITIES, STATUSES

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LABELS = tuple(f"{status}|{modality}" for status in STATUSES for modality in MODALITIES)
NUMBERS = {label: divmod(number, len(MODALITIES)) for number, label in enumerate(LABELS)}  # of status and modality
NAMES = ("STATE", "DEMONYM", "GOVERNMENT", "CITY")
DETAILS = ("speaker", "date", "city")  # what the words of a claim's sentence and context may tell of it
KINDS = {kind: number for number, kind in enumerate((*NAMES, "MISSION", "EVENT"), 1)}
NONE = "-"  # no State, or one that is not named
TITLE = -1  # the index of the title where it is read as a sentence of its own
LEAST = 0.02  # probabilities below are not told
LEAST_DETAIL = 0.05  # the same for details
LIMIT = 30.0  # log-odds beyond which a probability does not change in four digits

WINDOW, OWN, HEAD, FILL = (
    144,
    112,
    28,
    64,
)  # word pieces of a window, its own sentence, its title; up to which more context is added
BEFORE = 2, 3  # sentences before the own one: so many if they fit, so many if they are short
SHORT = 2500  # characters; in a text so short a mission anywhere will do

Floats = NDArray[np.float32]
Place = tuple[int, int, int]  # part of a window, start and end in characters of the part


class Span(NamedTuple):
    """Something found in a stretch of text: kind is one of KINDS, code that of the State or ""."""

    start: int
    end: int
    kind: str
    code: str


@dataclass(frozen=True)
class Part:
    """A title or sentence with what was found in it; offsets are its own."""

    text: str
    spans: tuple[Span, ...]

    def has(self, *kinds: str) -> bool:
        """Is one of the kinds among what was found?"""
        return any(span.kind in kinds for span in self.spans)


def eligible(title: Part, sentences: Sequence[Part], length: int) -> list[int]:
    """The sentences (TITLE for the title) that may carry a claim, in a text of so many characters."""
    missions, named = [s.has("MISSION") for s in sentences], title.has("MISSION")
    short = length < SHORT and (named or any(missions))
    found = [TITLE] if title.has("MISSION", "EVENT") and title.has(*NAMES) else []
    for i, sentence in enumerate(sentences):
        word = sentence.has("MISSION", "EVENT")
        near = named or any(missions[max(0, i - 2) : i + 1])
        if (word and near) or (short and (word or sentence.has(*NAMES))):
            found.append(i)
    return found


def window(title: Part, sentences: Sequence[Part], i: int) -> tuple[Part, ...]:
    """Title, sentences before, and last the own sentence; the title alone if it is the own sentence."""
    return (title,) if i == TITLE else (title, *sentences[max(0, i - BEFORE[1]) : i + 1])


@dataclass
class Pieces:
    """A window in word pieces. `places`: (part, start, end) in characters of the part, None for a mark between parts.
    `own`, `context`: where the names of each State of `codes` are; `flags`: their kinds."""

    ids: list[int]
    marks: list[int] = field(default_factory=lambda: [0])
    kinds: list[int] = field(default_factory=lambda: [0])
    places: list[Place | None] = field(default_factory=lambda: [None])
    codes: list[str] = field(default_factory=list)
    own: list[list[int]] = field(default_factory=list)
    context: list[list[int]] = field(default_factory=list)
    flags: list[list[float]] = field(default_factory=list)

    def add(self, token: int, mark: int, place: Place | None, spans: Sequence[Span]) -> None:
        """Append a word piece and the spans that it is part of."""
        kind = 0
        for span in spans:
            kind = kind if 0 < kind <= len(NAMES) else KINDS[span.kind]
            if not span.code:
                continue
            if span.code not in self.codes:
                self.codes.append(span.code)
                self.own.append([])
                self.context.append([])
                self.flags.append([0.0] * 2 * len(NAMES))
            state = self.codes.index(span.code)
            (self.own if mark else self.context)[state].append(len(self.ids))
            self.flags[state][KINDS[span.kind] - 1 + len(NAMES) * mark] = 1.0
        self.ids.append(token)
        self.marks.append(mark)
        self.kinds.append(kind)
        self.places.append(place)


def encode(parts: Sequence[Part], tokenizer: "Tokenizer") -> Pieces:
    """The word pieces of a window: [CLS] title [SEP] before [SEP] own [SEP]; a long part before loses its beginning."""
    cls, sep = (int(tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))
    read = [tokenizer.encode(part.text, add_special_tokens=False) for part in parts]
    cut = [
        [(token, (number, *span)) for token, span in zip(pieces.ids, pieces.offsets, strict=True)]
        for number, pieces in enumerate(read)
    ]
    own, head = cut[-1][:OWN], cut[0][:HEAD] if len(cut) > 1 else []
    before: list[tuple[int, Place]] = []
    for n, sentence in enumerate(reversed(cut[1:-1])):
        if n >= BEFORE[0] and len(own) + len(head) + len(before) + len(sentence) > FILL:
            break
        before = sentence + before
    before = before[max(0, len(before) - (WINDOW - 5 - len(own) - len(head))) :]
    pieces = Pieces([cls])
    for mark, group in ((0, head), (0, before), (1, own)):
        for token, place in group:
            number, start, end = place
            pieces.add(token, mark, place, [s for s in parts[number].spans if s.start < end and s.end > start])
        if group or mark:
            pieces.add(sep, mark, None, ())
    return pieces


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder says of a sentence: (sender, receiver, {label: probability}) of pairs, {label: probability} of
    any pair, and the words that tell a detail: (number of their sentence, TITLE for the title; start and end in
    characters of it; one of DETAILS; probability)."""

    number: int
    pairs: list[tuple[str, str, dict[str, float]]]
    sentence: dict[str, float]
    details: list[tuple[int, int, int, str, float]]


class Encoder:
    """The model in a folder: encoder.onnx, words.npz (int8 vectors of the word pieces), tokenizer.json."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        with np.load(folder / "words.npz") as table:
            self.words, self.scales, self.positions = (
                table["words"],
                table["scales"].astype("f4"),
                table["positions"].astype("f4"),
            )

    def read(self, title: Part, sentences: Sequence[Part], numbers: Iterable[int]) -> Iterator[Reading]:
        """What is claimed in the sentences of these numbers (TITLE for the title)."""
        for i in numbers:
            pieces = encode(window(title, sentences, i), self.tokenizer)
            pairs, sentence, details = self.score(pieces)
            codes = [NONE, *pieces.codes]
            told = [(s, r, _told(pairs[a, b])) for a, s in enumerate(codes) for b, r in enumerate(codes) if a != b]
            numbers = [TITLE] if i == TITLE else [TITLE, *range(max(0, i - BEFORE[1]), i + 1)]  # of the window's parts
            found = [
                (numbers[place[0]], *place[1:], DETAILS[kind], round(float(details[at, kind]), 3))
                for at, place in enumerate(pieces.places)
                for kind in np.flatnonzero(details[at] >= LEAST_DETAIL)
                if place is not None
            ]
            yield Reading(i, [pair for pair in told if pair[2]], _told(sentence), found)

    def score(self, pieces: Pieces) -> tuple[Floats, Floats, Floats]:
        """Probabilities by sender, receiver and label (State 0 is none), by label for the sentence, and by piece and
        detail."""
        ids, states = np.array(pieces.ids), len(pieces.codes) + 1
        own, context = np.zeros((2, 1, states, len(ids)), "f4")
        flags = np.zeros((1, states, 2 * len(NAMES) + 1), "f4")
        flags[0, 0, -1] = 1
        for state in range(1, states):
            for pool, places in ((own, pieces.own[state - 1]), (context, pieces.context[state - 1])):
                if places:
                    pool[0, state, places] = 1 / len(places)
            flags[0, state, :-1] = pieces.flags[state - 1]
        x = self.words[ids].astype("f4") * self.scales[ids, None] + self.positions[: len(ids)]
        feed = {"x": x[None], "marks": np.array([pieces.marks]), "kinds": np.array([pieces.kinds])}
        feed |= {"own": own, "context": context, "flags": flags}
        outputs: Any = self.session.run(["pairs", "sentence", "details"], feed)
        pairs, sentence, details = (1 / (1 + np.exp(-np.clip(logits[0], -LIMIT, LIMIT))) for logits in outputs)
        return pairs, sentence, details


def _told(probabilities: Floats) -> dict[str, float]:
    """The labels that are not improbable."""
    return {LABELS[i]: round(float(probabilities[i]), 4) for i in np.flatnonzero(probabilities >= LEAST)}
