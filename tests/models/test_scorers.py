"""Trees evaluated all at once, against a walk from the root; what other frames say, against asking each of them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from legation.models.scorers import TOGETHER, Trees

FEATURES = 4


def grown(chance: np.random.Generator, leaves: int) -> list[list[float]]:
    """A random tree as five lists: feature, threshold, left, right, value."""
    table: list[list[float]] = [[], [], [], [], []]

    def add(count: int) -> int:
        number = len(table[0])
        feature, threshold = int(chance.integers(FEATURES)), float(np.float32(chance.integers(3) / 2))
        for column, item in zip(table, (feature, threshold, -1, -1, float(chance.normal())), strict=True):
            column.append(item)
        if count > 1:
            left = int(chance.integers(1, count))
            table[2][number], table[3][number] = add(left), add(count - left)
        return number

    add(leaves)
    return table


def trees(chance: np.random.Generator, sizes: list[int]) -> Trees:
    some = [grown(chance, size) for size in sizes]
    widest = max(len(tree[0]) for tree in some)
    rests = ((0, "int32"), (0, "float32"), (-1, "int32"), (-1, "int32"), (0, "float32"))
    columns = [
        np.array([tree[part] + [rest] * (widest - len(tree[part])) for tree in some], dtype=kind)
        for part, (rest, kind) in enumerate(rests)
    ]
    feature, threshold, left, right, value = columns
    return Trees(tuple("abcd"), 0.5, (feature, threshold, left, right, value))


def walked(scorer: Trees, row: np.ndarray) -> float:
    total = scorer.bias
    for feature, threshold, left, right, value in zip(*scorer.nodes, strict=True):
        node = 0
        while left[node] >= 0:
            node = left[node] if row[feature[node]] <= threshold[node] else right[node]
        total += float(value[node])
    return total


@settings(max_examples=settings().max_examples // 4, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_trees_give_what_a_walk_from_the_root_gives(sizes: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    scorer = trees(chance, sizes)
    rows = chance.integers(0, 4, size=(9, FEATURES)).astype("float32") / 2
    assert np.allclose(scorer.log_odds(rows), [walked(scorer, row) for row in rows], atol=1e-5)


def test_many_rows_give_what_each_row_gives_alone() -> None:
    chance = np.random.default_rng(7)
    scorer = trees(chance, [15, 3, 64])
    rows = chance.normal(size=(2 * TOGETHER + 3, FEATURES)).astype("float32")
    together = scorer.log_odds(rows)
    assert together.shape == (len(rows),)
    assert np.array_equal(together, np.concatenate([scorer.log_odds(row[None]) for row in rows]))
    assert scorer.log_odds(rows[:0]).shape == (0,)
