"""Strict precision, recall and F1, as docs/reading.md defines them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from legation.models.claim import MODALITIES, STATUSES
from legation.models.reading.judge import Key
from legation.models.training.examples import Example
from legation.models.training.labels import is_right

Found = Mapping[str, Sequence[tuple[Key, float]]]  # id of a text -> candidate claims with their probabilities


@dataclass(frozen=True)
class Score:
    """Counts of claims with both States named, each key once a text."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.extra, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.extra + self.missed, 1)

    def __add__(self, other: "Score") -> "Score":
        return Score(self.right + other.right, self.extra + other.extra, self.missed + other.missed)

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f}  precision {self.precision:.3f}  recall {self.recall:.3f}"


def score(examples: Iterable[Example], found: Found, threshold: float) -> Score:
    """Of all texts together."""
    total = Score()
    for example in examples:
        total += _one(example, [key for key, p in found.get(example.id, ()) if p >= threshold and None not in key[:2]])
    return total


def _one(example: Example, keys: Sequence[Key]) -> Score:
    extra = sum(is_right(key, example) is False for key in keys)
    wanted: dict[tuple[object, ...], bool] = {}
    for claim in example.claims:
        if claim.must and claim.sending_state and claim.receiving_states[0]:
            name = (claim.sending_state, claim.receiving_states[0], claim.statuses[0], claim.modalities[0])
            hit = any(
                s == claim.sending_state
                and r in claim.receiving_states
                and STATUSES[si] in claim.statuses
                and MODALITIES[mi] in claim.modalities
                for s, r, si, mi in keys
            )
            wanted[name] = wanted.get(name, False) or hit
    right = sum(wanted.values())
    return Score(right, extra, len(wanted) - right)


def best_threshold(examples: Sequence[Example], found: Found) -> float:
    """The threshold of the highest F1 on the texts that thresholds are set on."""
    chosen = [example for example in examples if example.tune] or list(examples)
    steps = [number / 100 for number in range(20, 76, 2)]
    return max(steps, key=lambda threshold: (score(chosen, found, threshold).f1, -abs(threshold - 0.45)))


def sure(examples: Sequence[Example], found: Found, precision: float) -> float:
    """The lowest confidence from which on claims have that precision, on the texts that thresholds are set on."""
    rows = sorted(
        (p, is_right(key, example))
        for example in examples
        if example.tune
        for key, p in found.get(example.id, ())
        if None not in key[:2] and is_right(key, example) is not None
    )
    right = total = 0
    lowest = 1.0
    for p, is_it in reversed(rows):
        right, total = right + bool(is_it), total + 1
        if right >= precision * total and total >= 20:
            lowest = p
    return lowest
