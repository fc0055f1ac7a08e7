"""Learned weights applied with NumPy alone: linear scorers over named binary features, and boosted trees.

A weights file is JSON, `{"kind": "linear", "classes": [...], "bias": [...], "weights": {feature: [one a class]}}` or
`{"kind": "trees", "features": [...], "bias": b, "trees": [[feature, threshold, left, right, value], ...]}`: each tree
is five lists with one number a node; a child of -1 says that the node is a leaf. Both give log-odds.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from legation.models.errors import ModelError

Matrix = Any  # a NumPy array; its shape stands in the docstring
TOGETHER = 256  # rows that trees see at once: what they need stays in the processor's caches


def probability(log_odds: Matrix) -> Matrix:
    """The logistic function, element by element."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def places(names: Sequence[str]) -> dict[str, int]:
    """The column of each feature."""
    return {name: number for number, name in enumerate(names)}


def matrix(place: Mapping[str, int], named: Iterable[Mapping[str, float]]) -> Matrix:
    """Features by name as rows of shape (n, place), see `places`; what a row does not name is 0."""
    some = list(named)
    rows = np.zeros((len(some), len(place)), dtype="float32")
    for number, features in enumerate(some):
        for name in features.keys() & place.keys():
            rows[number, place[name]] = features[name]
    return rows


@dataclass(frozen=True)
class Linear:
    """`weights[name]`: one weight for each class; a feature that is not listed weighs nothing."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, tuple[float, ...]]

    def log_odds(self, features: Iterable[str]) -> list[float]:
        """One number for each class."""
        found = filter(None, map(self.weights.get, set(features)))
        return [sum(column) for column in zip(self.bias, *found, strict=True)]

    def probabilities(self, features: Iterable[str]) -> list[float]:
        """One for each class; of several classes (one against the rest each) they are made to sum to 1."""
        each = [1.0 / (1.0 + math.exp(-value)) for value in self.log_odds(features)]
        total = sum(each) if len(each) > 1 else 1.0
        return [value / total for value in each]

    def reasons(self, features: Iterable[str], place: int, limit: int = 3) -> list[tuple[str, float]]:
        """The features that weigh most for or against class number `place`, heaviest first."""
        found = [(name, self.weights[name][place]) for name in set(features) if name in self.weights]
        return sorted(found, key=lambda item: (-abs(item[1]), item[0]))[:limit]


@dataclass(frozen=True)
class Trees:
    """Boosted trees. `nodes`: feature, threshold, left, right and value, each of shape (trees, nodes)."""

    features: tuple[str, ...]
    bias: float
    nodes: tuple[Matrix, Matrix, Matrix, Matrix, Matrix]

    @cached_property
    def _places(self) -> dict[str, int]:
        return places(self.features)

    def rows(self, named: Iterable[Mapping[str, float]]) -> Matrix:
        """`matrix` of the features that the trees know."""
        return matrix(self._places, named)

    def log_odds(self, rows: Matrix) -> Matrix:
        """`rows` of shape (n, features) -> (n,)."""
        if not len(rows):
            return np.zeros(0)
        parts = [self._values(rows[first : first + TOGETHER]) for first in range(0, len(rows), TOGETHER)]
        return self.bias + np.concatenate(parts).sum(axis=1)

    def _values(self, rows: Matrix) -> Matrix:
        """What each tree adds: shape (n, trees). All tests are made at once; the first leaf that none rules out holds
        the value (QuickScorer, Lucchese et al. 2015)."""
        tested = self._tests
        failed = np.asarray(rows, dtype=np.float32).T[tested.features] > tested.thresholds[:, None]
        out = np.zeros((len(tested.values), len(rows)), dtype=tested.ruled_out.dtype)
        for numbers, leaves in zip(tested.numbers, tested.ruled_out, strict=True):
            out |= failed[numbers] * leaves[:, None]
        first = np.bitwise_count(out & ~(out + out.dtype.type(1)))  # bits below the lowest that is not set
        return np.ascontiguousarray(np.take_along_axis(tested.values, first.astype(np.intp), axis=1).T)

    @cached_property
    def _tests(self) -> "Tests":
        found: dict[tuple[int, float], int] = {}
        trees = [_tests_of(tree, found) for tree in zip(*(part.tolist() for part in self.nodes), strict=True)]
        inner, leaves = (max(len(tree[part]) for tree in trees) for part in (0, 1))
        numbers = np.zeros((inner, len(trees)), dtype=np.intp)
        ruled_out = np.zeros((inner, len(trees)), dtype=np.uint16 if leaves <= 16 else np.uint64)
        values = np.zeros((len(trees), leaves), dtype=self.nodes[4].dtype)
        for place, (tests, ends) in enumerate(trees):
            for row, (number, bits) in enumerate(tests):
                numbers[row, place], ruled_out[row, place] = number, bits
            values[place, : len(ends)] = ends
        places = np.array([feature for feature, _ in found], dtype=np.intp)
        return Tests(places, np.array([at for _, at in found], dtype=np.float32), numbers, ruled_out, values)

    def reasons(self, row: Matrix, limit: int = 3) -> list[tuple[str, float]]:
        """The features that moved the score most on the way to the leaves, heaviest first (Saabas 2014)."""
        feature, threshold, left, right, value = self.nodes
        tree = np.arange(len(feature))
        node = np.zeros_like(tree)
        moved = np.zeros(len(self.features))
        while len(tree := tree[inner := left[tree, node] >= 0]):
            node = node[inner]
            used = feature[tree, node]
            below = np.where(row[used] <= threshold[tree, node], left[tree, node], right[tree, node])
            moved += np.bincount(used, value[tree, below] - value[tree, node], len(moved))
            node = below
        ranked = sorted(np.flatnonzero(moved).tolist(), key=lambda place: (-abs(moved[place]), place))
        return [(self.features[place], float(moved[place])) for place in ranked[:limit]]


@dataclass(frozen=True)
class Tests:
    """Trees for many rows at once. `features`, `thresholds`: the distinct tests, "is it at most so much?"; for inner
    node n of each tree `numbers[n]` is its test, `ruled_out[n]` the leaves, a bit each, that it rules out if it fails;
    `values`: of the leaves, shape (trees, leaves), at most 64 a tree."""

    features: Matrix
    thresholds: Matrix
    numbers: Matrix
    ruled_out: Matrix
    values: Matrix


def _tests_of(tree: Sequence[Any], found: dict[tuple[int, float], int]) -> tuple[list[tuple[int, int]], list[float]]:
    """(number in `found`, leaves ruled out) of each inner node, and the values of the leaves from left to right; new
    tests are added to `found`."""
    feature, threshold, left, right, value = tree
    tests: list[tuple[int, int]] = []
    ends: list[float] = []

    def walk(node: int) -> None:
        if left[node] < 0:
            ends.append(value[node])
            return
        first = len(ends)
        walk(left[node])
        tests.append((found.setdefault((feature[node], threshold[node]), len(found)), (1 << len(ends)) - (1 << first)))
        walk(right[node])

    walk(0)
    return tests, ends


Scorer = Linear | Trees


def read_scorer(path: Path) -> Scorer:
    """Read one weights file. Raises ModelError where it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["kind"] == "linear":
            weights = {name: tuple(values) for name, values in found["weights"].items()}
            return Linear(tuple(found["classes"]), tuple(found["bias"]), weights)
        return Trees(tuple(found["features"]), float(found["bias"]), nodes_of(found["trees"]))
    except OSError as error:
        raise ModelError(f"[model] weights: {path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"[model] weights: {path} is damaged; write it again with `legation train`") from error


def nodes_of(trees: Sequence[Sequence[Sequence[float]]]) -> Any:
    """Trees as five lists each (feature, threshold, left, right, value) in the arrays that `Trees` has, filled up."""
    widest = max(len(tree[0]) for tree in trees)

    def column(place: int, kind: str, rest: float) -> Matrix:
        return np.array([[*tree[place], *[rest] * (widest - len(tree[0]))] for tree in trees], dtype=kind)

    return (
        column(0, "int32", 0),
        column(1, "float32", 0),
        column(2, "int32", -1),
        column(3, "int32", -1),
        column(4, "float32", 0),
    )


def as_json(scorer: Scorer) -> str:
    """What `read_scorer` reads, features in order, so that the same training writes the same file."""
    if isinstance(scorer, Linear):
        weights = {name: list(scorer.weights[name]) for name in sorted(scorer.weights)}
        head: dict[str, Any] = {"kind": "linear", "classes": list(scorer.classes), "bias": list(scorer.bias)}
        lines = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(values)}" for name, values in weights.items()
        )
        return f'{json.dumps(head)[:-1]}, "weights": {{\n{lines}\n}}}}\n'
    feature, threshold, left, right, value = scorer.nodes
    trees = []
    for t in range(len(feature)):
        size = int(max(left[t].max(), right[t].max())) + 1
        columns: Sequence[list[Any]] = (
            feature[t, :size].tolist(),
            [float(f"{x:.6g}") for x in threshold[t, :size]],
            left[t, :size].tolist(),
            right[t, :size].tolist(),
            [round(float(x), 5) for x in value[t, :size]],
        )
        trees.append(json.dumps(columns, separators=(",", ":")))
    top: dict[str, Any] = {"kind": "trees", "features": list(scorer.features), "bias": scorer.bias}
    return f'{json.dumps(top, ensure_ascii=False)[:-1]}, "trees": [\n' + ",\n".join(trees) + "\n]}\n"
