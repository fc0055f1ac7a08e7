"""The features that weigh most in each scorer: `python -m legation.models.training.heaviest` prints those shipped."""

from collections.abc import Iterator

from legation.models.scorers import Linear, Scorer, Trees
from legation.models.weights import SHIPPED, Weights

COUNT = 20


def heaviest(weights: Weights, count: int = COUNT) -> Iterator[str]:
    """Lines of Markdown: a table for each scorer.

    Linear: the weight in log-odds, and of several classes the one that it speaks for or against. Trees: how far the
    feature moves the score, summed over all splits of all trees.
    """
    for name in Weights.scorer_names():
        scorer: Scorer = getattr(weights, name)
        yield f"### {name}"
        yield ""
        yield from _linear(scorer, count) if isinstance(scorer, Linear) else _trees(scorer, count)
        yield ""


def _linear(scorer: Linear, count: int) -> Iterator[str]:
    rows = [
        (weight, feature, label)
        for feature, values in scorer.weights.items()
        for label, weight in zip(scorer.classes, values, strict=True)
    ]
    yield "| feature | for | weight |"
    yield "|---|---|---|"
    for weight, feature, label in sorted(rows, key=lambda row: (-abs(row[0]), row[1:]))[:count]:
        yield f"| {_cell(feature)} | {label} | {weight:+.2f} |"


def _trees(scorer: Trees, count: int) -> Iterator[str]:
    feature, _, left, right, value = scorer.nodes
    moved = dict.fromkeys(scorer.features, 0.0)
    for tree, node in zip(*(left >= 0).nonzero(), strict=True):
        below = value[tree, left[tree, node]], value[tree, right[tree, node]]
        moved[scorer.features[feature[tree, node]]] += abs(float(below[0] - below[1]))
    yield "| feature | moves the score by |"
    yield "|---|---|"
    for name, total in sorted(moved.items(), key=lambda item: (-item[1], item[0]))[:count]:
        yield f"| {_cell(name)} | {total:.1f} |"


def _cell(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    print("\n".join(heaviest(Weights.read(SHIPPED))).rstrip())
