"""How well the extraction reads: its claims on some articles against those of the gold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from legation.pipeline.errors import UsageProblem
from legation.pipeline.extract import Reader, claim_row
from legation.pipeline.gold import read_gold
from legation.pipeline.inputs import Input, Problem, read_inputs
from legation.pipeline.render import table
from legation.pipeline.scoring import (
    CHECKS,
    LEVELS,
    Gold,
    Outcome,
    Score,
    by,
    fields_right,
    outcomes,
    reliability,
    tally,
)

Rows = Mapping[str, Sequence[Mapping[str, Any]]]  # id of an article -> its claims as they are printed
TABLES = {"status": "status", "modality": "modality", "mission": "mission", "kind": "text"}
WIDTH = 100


def evaluate(gold_path: Path, articles: Path, model: str, *, errors: bool) -> Iterator[str]:
    """Lines of the report. Raises UsageProblem where a file cannot be read or an article of the gold is missing."""
    gold = read_gold(gold_path)
    yield from report(gold, predict(gold, read_articles(gold, articles), Reader(model)), errors=errors)


def read_articles(gold: Sequence[Gold], path: Path) -> list[Input]:
    """The articles that the gold names, in its order."""
    found: dict[str, Input] = {}
    for item in read_inputs((str(path),), None):
        if isinstance(item, Problem):
            raise UsageProblem(item.message)
        found[item.article] = item
    if missing := [article.article for article in gold if article.article not in found]:
        raise UsageProblem(f"{path}: {len(missing)} articles of the gold are missing, such as {missing[0]}; add them")
    return [found[article.article] for article in gold]


def predict(gold: Sequence[Gold], articles: Iterable[Input], reader: Reader) -> Rows:
    """What the reader finds in each article."""
    read = reader.read(article.text for article in articles)
    return {
        article.article: [claim_row(article.article, claim) for claim in claims]
        for article, claims in zip(gold, read, strict=True)
    }


def strict(gold: Iterable[Gold], found: Rows) -> list[Outcome]:
    """The outcomes of all articles at the strict level."""
    return list(chain.from_iterable(outcomes(article, found[article.article]) for article in gold))


def report(gold: Sequence[Gold], found: Rows, *, errors: bool = False) -> Iterator[str]:
    """All figures as lines."""
    yield from _levels(gold, found)
    yield from _silence(gold, found)
    counted = strict(gold, found)
    for field, heading in TABLES.items():
        yield ""
        yield from _scores(heading, by(field, counted))
    yield ""
    yield from _fields(gold, found)
    yield ""
    yield from _reliability(counted)
    if errors:
        yield ""
        yield from map(_error, (outcome for outcome in counted if outcome.result != "right"))


def _levels(gold: Sequence[Gold], found: Rows) -> Iterator[str]:
    scores = {
        level: tally(chain.from_iterable(outcomes(article, found[article.article], level) for article in gold))
        for level in LEVELS
    }
    yield from _scores("level", scores)


def _scores(heading: str, scores: Mapping[str, Score]) -> Iterator[str]:
    rows = [
        {
            heading: name,
            "precision": f"{score.precision:.3f}",
            "recall": f"{score.recall:.3f}",
            "F1": f"{score.f1:.3f}",
            "right": score.right,
            "extra": score.extra,
            "missed": score.missed,
        }
        for name, score in scores.items()
    ]
    return table(rows, (heading, "precision", "recall", "F1", "right", "extra", "missed"), WIDTH)


def _silence(gold: Sequence[Gold], found: Rows) -> Iterator[str]:
    silent = [article for article in gold if not article.claims]
    false = sum(bool(found[article.article]) for article in silent)
    yield ""
    yield f"Articles with nothing to find: {len(silent)}, of them {false} gave a claim."


def _fields(gold: Sequence[Gold], found: Rows) -> Iterator[str]:
    rows = []
    for field in CHECKS:
        right = [ok for article in gold for ok in fields_right(field, article, found[article.article])]
        share = f"{sum(right) / len(right):.3f}" if right else ""
        rows.append({"field": field, "right": sum(right), "asked": len(right), "share": share})
    return table(rows, ("field", "right", "asked", "share"), WIDTH)


def _reliability(counted: Iterable[Outcome]) -> Iterator[str]:
    rows = [
        {
            "confidence": f"{b.low:g} and more",
            "claims": b.claims,
            "mean": f"{b.confidence:.3f}",
            "right": f"{b.right / b.claims:.3f}",
        }
        for b in reliability(counted)
    ]
    return table(rows, ("confidence", "claims", "mean", "right"), WIDTH)


def _error(outcome: Outcome) -> str:
    told = [outcome.sending, outcome.receiving, outcome.status, outcome.modality, outcome.mission]
    end = [outcome.row["rule"], " ".join(outcome.row["quote"].split())[:160]] if outcome.row else []
    return "\t".join(map(str, [outcome.result.upper(), outcome.article, *told, *end]))
