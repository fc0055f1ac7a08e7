"""The decisions on an article, in their order: claim or not, status, modality, whose and where. Each is made by a
learned scorer; what comes out are probabilities for every candidate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from legation.models.reading.article import Article
from legation.models.reading.frames import Frame, FrameFeatures
from legation.models.reading.pairs import CODE_FEATURES, PAIR_FEATURES, Code, PairFeatures, Side, pairs, pool
from legation.models.scorers import Linear, probability
from legation.models.weights import Weights

FLOOR = 0.03  # probability of a claim below which a frame is not looked at further
CROWD = 10  # frames of one sentence
SENDER, RECEIVER = CODE_FEATURES.index("role score as sender"), CODE_FEATURES.index("role score as receiver")
ROLES = PAIR_FEATURES.index("both roles")


@dataclass
class Described:
    """A frame with its features, and the probabilities that the scorers gave it so far.

    `claim`: that it is a claim at all; `status`, `modality`: one for each label; `pair`: one for each of `chosen`.
    """

    frame: Frame
    features: list[str]
    about: PairFeatures = field(repr=False)
    claim: float = 0.0
    status: Sequence[float] = ()
    modality: Sequence[float] = ()
    pair: Any = ()

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

    def rows(self) -> Any:
        """What the scorers of pairs see: shape (chosen, NAMES)."""
        s, r = np.array(self.chosen).reshape(-1, 2).T
        known = self.about.frame_values(self.frame, len(self.codes))
        decided = np.array([self.claim, *self.status, *self.modality, *known], dtype="float32")
        joint = self.about.pair_rows(self.frame, self.codes, self.sides, self.chosen)
        joint[:, ROLES] = self.dense[s, SENDER] + self.dense[r, RECEIVER]
        return np.hstack([np.tile(decided, (len(s), 1)), self.dense[s], self.dense[r], joint])


def describe(article: Article, frames: Iterable[Frame]) -> list[Described]:
    """The frames of an article with their features; nothing is decided yet."""
    features, about = FrameFeatures(article), PairFeatures(article)
    return [Described(frame, features(frame), about) for frame in frames]


def decide(described: list[Described], weights: Weights) -> list[Described]:
    """Fill in all probabilities; return the frames that may be claims, in the order of the text."""
    for one in described:
        one.claim = weights.claim.probabilities(one.features)[0]
    likely = _likeliest(one for one in described if one.claim >= FLOOR)
    kept = [one for one in likely if one.chosen]
    for one in kept:
        one.status = weights.status.probabilities(one.features)
        one.modality = weights.modality.probabilities(one.features)
    decide_roles(kept, weights.sender, weights.receiver)
    rows = [one.rows() for one in kept]
    if rows:
        chances = probability(weights.pairs.log_odds(np.vstack(rows)))  # of all frames at once
        for one, found in zip(kept, np.split(chances, np.cumsum([len(some) for some in rows])[:-1]), strict=True):
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


def decide_roles(kept: Iterable[Described], sender: Linear, receiver: Linear) -> None:
    """How much each candidate looks like a sender and like a receiver."""
    for one in kept:
        for number, side in enumerate(one.sides):
            one.dense[number, SENDER] = sender.log_odds(side.sparse)[0]
            one.dense[number, RECEIVER] = receiver.log_odds(side.sparse)[0]
