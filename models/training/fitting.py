"""One scorer from rows and labels. The same rows and the same seed give the same scorer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from legation.models.scorers import Linear, Trees, nodes_of, probability

SEED = 7
LEAST_ROWS = 3  # rows that must show a feature before it gets a weight
SMALLEST = 0.004  # weights below are left out of the file
BAR_LOW, BAR_HIGH = -6.0, 6.0  # log-odds of a class that no row, or every row, belongs to


def fit_linear(
    rows: Sequence[Iterable[str]],
    labels: Sequence[int],
    weights: Sequence[float],
    classes: Sequence[str],
    strength: float,
) -> Linear:
    """Logistic regression over binary features; several classes: one against the rest. `strength`: scikit-learn's C."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    sets = [set(row) for row in rows]
    counted = Counter(name for row in sets for name in row)
    names = sorted(name for name, count in counted.items() if count >= LEAST_ROWS)
    place = {name: number for number, name in enumerate(names)}
    columns = [sorted(place[name] for name in row if name in place) for row in sets]
    starts = np.cumsum([0, *map(len, columns)])
    flat = np.array([c for row in columns for c in row], dtype="int32")
    matrix = csr_matrix((np.ones(len(flat), dtype="float64"), flat, starts), shape=(len(sets), len(names)))
    targets = np.array(labels)
    bias, table = [], []
    for number in [1] if len(classes) == 1 else range(len(classes)):
        is_class = (targets == number).astype(int)
        if not 0 < is_class.sum() < len(is_class):
            bias.append(BAR_HIGH if len(is_class) and is_class.all() else BAR_LOW)
            table.append(np.zeros(len(names)))
            continue
        model = LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=SEED)
        model.fit(matrix, is_class, sample_weight=np.array(weights))
        bias.append(round(float(model.intercept_[0]), 4))
        table.append(model.coef_[0])
    stacked = np.round(np.array(table), 3)
    kept: Any = np.flatnonzero(np.abs(stacked).max(axis=0) > SMALLEST) if len(names) else []
    return Linear(tuple(classes), tuple(bias), {names[c]: tuple(float(x) for x in stacked[:, c]) for c in kept})


def fit_trees(
    rows: Any,
    labels: Any,
    weights: Any,
    features: Sequence[str],
    *,
    rounds: int,
    leaves: int,
    rate: float,
    smallest_leaf: int,
    share: float,
    fits: int = 1,
) -> Trees:
    """Boosted trees (LightGBM) over dense rows of shape (n, features); `fits`: the mean of so many that differ in their
    seed alone.

    Where there is nothing to split on (no feature, or rows of one kind), a single leaf.
    """
    import lightgbm

    share_right = float(np.average(labels, weights=weights)) if len(labels) else 0.0
    if not features or not 0 < share_right < 1:
        odds = np.log(share_right / (1 - share_right)) if 0 < share_right < 1 else BAR_HIGH if share_right else BAR_LOW
        leaf = np.full((1, 1), -1)
        return Trees(tuple(features), 0.0, (np.zeros((1, 1), int), np.zeros((1, 1)), leaf, leaf, np.full((1, 1), odds)))

    data = lightgbm.Dataset(
        np.asarray(rows, dtype="float32"), label=labels, weight=weights, params={"max_bin": 63, "verbose": -1}
    )
    settings = {
        "objective": "binary",
        "num_leaves": leaves,
        "learning_rate": rate,
        "min_data_in_leaf": smallest_leaf,
        "feature_fraction": share,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 2.0,
        "verbose": -1,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "max_bin": 63,
    }
    models = [lightgbm.train({**settings, "seed": SEED + number}, data, rounds) for number in range(fits)]
    trees = [_nodes(info["tree_structure"], fits) for model in models for info in model.dump_model()["tree_info"]]
    return Trees(tuple(features), 0.0, nodes_of(trees))


def _nodes(root: dict[str, Any], fits: int) -> list[list[Any]]:
    """A tree of LightGBM, one of so many `fits`, as five lists, the root first. Inner nodes keep their mean value, for
    explanations."""
    table: list[list[Any]] = [[], [], [], [], []]

    def add(node: dict[str, Any]) -> int:
        number = len(table[0])
        inner = "split_feature" in node
        value = float(node["internal_value"] if inner else node["leaf_value"]) / fits
        threshold = float(np.float32(node["threshold"])) if inner else 0.0
        for part, item in zip(table, (node.get("split_feature", 0), threshold, -1, -1, value), strict=True):
            part.append(item)
        if inner:
            table[2][number] = add(node["left_child"])
            table[3][number] = add(node["right_child"])
        return number

    add(root)
    return table


def calibrate(trees: Trees, log_odds: Any, labels: Any, weights: Any) -> Trees:
    """`trees` with their scores stretched and moved so that they are true probabilities on `log_odds`, which they gave
    to rows that they were not fitted on (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, solver="lbfgs").fit(
        np.asarray(log_odds).reshape(-1, 1), labels, sample_weight=weights
    )
    slope, offset = float(model.coef_[0][0]), float(model.intercept_[0])
    feature, threshold, left, right, value = trees.nodes
    return Trees(trees.features, round(offset, 4), (feature, threshold, left, right, (value * slope).astype("float32")))


__all__ = ["calibrate", "fit_linear", "fit_trees", "probability"]
