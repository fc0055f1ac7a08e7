"""The decisions on an article, in their order: claim or not, status, modality, whose and where, and once more with all
frames in view. Each is made by a learned scorer; what comes out are probabilities for every candidate.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from legation.models.errors import ModelError
from legation.models.lexicon import feature_names
from legation.models.reading.article import Article
from legation.models.reading.frames import Frame, FrameFeatures
from legation.models.reading.pairs import CODE_FEATURES, NAMES, PAIR_FEATURES, Code, PairFeatures, Side, pairs, pool
from legation.models.reading.scorers import Linear, Trees, probability, read_scorer

FLOOR = 0.03  # probability of a claim below which a frame is not looked at further
CROWD = 10  # frames of one sentence
AGAIN = 0.02  # probability of a pair in a frame above which other frames hear of it
SENDER, RECEIVER = CODE_FEATURES.index("role score as sender"), CODE_FEATURES.index("role score as receiver")
ROLES = PAIR_FEATURES.index("both roles")
SECOND_FEATURES = feature_names("second")
SECOND_NAMES = (*NAMES, *(f"again: {name}" for name in SECOND_FEATURES))


@dataclass(frozen=True)
class Settings:
    """`threshold`: probability from which on a claim is made, by name of the judge; `sure`: from which on 97 % were
    right out of fold; `least`: the same as `threshold` for each detail (city, date, moved_to, speaker)."""

    threshold: dict[str, float]
    sure: dict[str, float]
    least: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """As it stands in settings.json."""
        return {"threshold": self.threshold, "sure": self.sure, "least": self.least}

    @classmethod
    def read(cls, path: Path) -> "Settings":
        """Raises ModelError where the file is missing or damaged."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(
                f"[model] weights: {path} is missing or damaged; write it again with `legation train`"
            ) from error


@dataclass(frozen=True)
class Weights:
    """The scorers of all decisions; each is a file of the same name in the folder of weights."""

    claim: Linear
    status: Linear
    modality: Linear
    sender: Linear
    receiver: Linear
    pairs: Trees
    pairs_again: Trees
    judge: Trees
    judge_with_encoder: Trees
    city: Trees
    date: Trees
    moved_to: Trees
    speaker: Trees
    settings: Settings

    @classmethod
    def scorer_names(cls) -> list[str]:
        """The names of all scorers, in the order of the decisions."""
        return [name for name in cls.__dataclass_fields__ if name != "settings"]

    @classmethod
    def read(cls, folder: Path) -> "Weights":
        """Raises ModelError where a file is missing or damaged."""
        scorers: dict[str, Any] = {name: read_scorer(folder / f"{name}.json") for name in cls.scorer_names()}
        return cls(**scorers, settings=Settings.read(folder / "settings.json"))


@dataclass
class Described:
    """A frame with its features, and the probabilities that the scorers gave it so far.

    `claim`: that it is a claim at all; `status`, `modality`: one for each label; `pair`: one for each of `chosen`;
    `again`: the rows of the pairs in the second look, shape (chosen, SECOND_NAMES), None before it.
    """

    frame: Frame
    features: list[str]
    about: PairFeatures = field(repr=False)
    claim: float = 0.0
    status: Sequence[float] = ()
    modality: Sequence[float] = ()
    pair: Any = ()
    again: Any = None

    @cached_property
    def codes(self) -> list[Code]:
        """The candidate States; None last."""
        return pool(self.about.article, self.frame)

    @cached_property
    def chosen(self) -> list[tuple[int, int]]:
        """The candidate pairs, as numbers into `codes`."""
        return pairs(self.about.article, self.frame, self.codes)

    @cached_property
    def sides(self) -> list[Side]:
        """What is known of each of `codes`."""
        return [self.about.side(self.frame, code) for code in self.codes]

    @cached_property
    def dense(self) -> Any:
        """`sides` as an array (codes, CODE_FEATURES), with room for the role scores."""
        return np.array([side.dense for side in self.sides], dtype="float32")

    @cached_property
    def joint(self) -> Any:
        """PAIR_FEATURES of each of `chosen`."""
        return self.about.pair_rows(self.frame, self.codes, self.sides, self.chosen)

    @cached_property
    def _shared(self) -> list[float]:
        return self.about.frame_values(self.frame, len(self.codes))

    def rows(self) -> Any:
        """What the scorers of pairs see: shape (chosen, NAMES)."""
        order = np.array(self.chosen).reshape(-1, 2)
        decided = np.array([self.claim, *self.status, *self.modality, *self._shared], dtype="float32")
        joint = self.joint.copy()
        joint[:, ROLES] = self.dense[order[:, 0], SENDER] + self.dense[order[:, 1], RECEIVER]
        shared = np.repeat(decided[None], len(order), axis=0)
        return np.hstack([shared, self.dense[order[:, 0]], self.dense[order[:, 1]], joint])


def describe(article: Article, frames: Iterable[Frame]) -> list[Described]:
    """The frames of an article with their features; nothing is decided yet."""
    features, about = FrameFeatures(article), PairFeatures(article)
    return [Described(frame, features(frame), about) for frame in frames]


def decide(described: list[Described], weights: Weights) -> list[Described]:
    """Fill in all probabilities; return the frames that are worth a second look, in the order of the text."""
    likely = _likeliest(one for one in score_claims(described, weights.claim) if one.claim >= FLOOR)
    kept = [one for one in likely if one.chosen]
    for one in kept:
        one.status = weights.status.probabilities(one.features)
        one.modality = weights.modality.probabilities(one.features)
    decide_roles(kept, weights.sender, weights.receiver)
    rows = [one.rows() for one in kept]
    for one, found in zip(kept, _pairs(rows, weights.pairs), strict=True):
        one.pair = found
    for one, first, seen in zip(kept, rows, second_look(kept), strict=True):
        one.again = np.hstack([first, seen])
    for one, found in zip(kept, _pairs([one.again for one in kept], weights.pairs_again), strict=True):
        one.pair = found
    return kept


def _likeliest(kept: Iterable[Described]) -> list[Described]:
    """At most CROWD frames of each sentence, in the order of the text: a list of 200 missions is one sentence."""
    by_sentence: dict[int, list[Described]] = {}
    for one in kept:
        by_sentence.setdefault(one.frame.sentence, []).append(one)
    chosen = (sorted(some, key=lambda one: -one.claim)[:CROWD] for some in by_sentence.values())
    numbers = {id(one) for some in chosen for one in some}
    return [one for some in by_sentence.values() for one in some if id(one) in numbers]


def score_claims(described: Iterable[Described], claim: Linear) -> Iterator[Described]:
    """Each frame with the probability that it is a claim."""
    for one in described:
        one.claim = claim.probabilities(one.features)[0]
        yield one


def decide_roles(kept: Iterable[Described], sender: Linear, receiver: Linear) -> None:
    """How much each candidate looks like a sender and like a receiver."""
    for one in kept:
        for number, side in enumerate(one.sides):
            one.dense[number, SENDER] = sender.log_odds(side.sparse)[0]
            one.dense[number, RECEIVER] = receiver.log_odds(side.sparse)[0]


def _pairs(rows: list[Any], trees: Trees) -> list[Any]:
    """Probabilities of the pairs of several frames at once."""
    if not rows:
        return []
    found = probability(trees.log_odds(np.vstack(rows)))
    return np.split(found, np.cumsum([len(part) for part in rows])[:-1])


def second_look(kept: Sequence[Described]) -> list[Any]:
    """SECOND_FEATURES of each pair of each frame: what the frame's other pairs and the article's other frames say."""
    pairs, senders, receivers = Loudest(), Loudest(), Loudest()
    for number, one in enumerate(kept):
        for place in np.flatnonzero(np.asarray(one.pair) * one.claim > AGAIN):
            s, r = (one.codes[side] for side in one.chosen[place])
            heard = float(one.pair[place]) * one.claim
            pairs.hear(number, (s, r), heard)
            senders.hear(number, s, heard)
            receivers.hear(number, r, heard)
    return [_second(number, one, pairs, senders, receivers) for number, one in enumerate(kept)]


class Loudest:
    """For each State or pair of States the frame that says it with the highest probability, and the best of another
    frame."""

    def __init__(self) -> None:
        self._found: dict[Any, tuple[float, int, float]] = {}

    def hear(self, frame: int, what: Any, chance: float) -> None:
        """Frame number `frame` says `what`."""
        best, who, second = self._found.get(what, (0.0, frame, 0.0))
        if who == frame:
            self._found[what] = max(best, chance), who, second
        elif chance > best:
            self._found[what] = chance, frame, best
        else:
            self._found[what] = best, who, max(second, chance)

    def besides(self, frame: int, some: Sequence[Any]) -> Any:
        """What the other frames say of each of `some`."""
        found = (self._found.get(what, (0.0, -1, 0.0)) for what in some)
        return np.array([second if who == frame else best for best, who, second in found], dtype="float32")


def _second(number: int, one: Described, pairs: Loudest, senders: Loudest, receivers: Loudest) -> Any:
    p, count = np.asarray(one.pair), len(one.codes)
    a, b = np.array(one.chosen).T
    ranked = np.sort(p)[::-1]
    best, runner_up = float(ranked[0]), float(ranked[1]) if len(ranked) > 1 else 0.0
    sends, receives = np.zeros(count, dtype=p.dtype), np.zeros(count, dtype=p.dtype)
    np.maximum.at(sends, a, p)
    np.maximum.at(receives, b, p)
    sent, received = senders.besides(number, one.codes), receivers.besides(number, one.codes)
    named = [(one.codes[s], one.codes[r]) for s, r in one.chosen]
    columns = (
        p,
        p - best,
        p - np.where(p == best, runner_up, best).astype(p.dtype),
        np.full(len(p), np.sum(p)),
        sends[a],
        receives[b],
        sends[b],
        receives[a],
        pairs.besides(number, named),
        sent[a],
        received[b],
        pairs.besides(number, [(r, s) for s, r in named]),
        sent[b],
        received[a],
    )
    return np.column_stack(columns).astype("float32")
