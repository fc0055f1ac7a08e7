"""How well the extraction reads the sentences of tests/cases and, where it is at hand, the development set."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from legation.pipeline.evaluate import Rows, predict, read_articles, strict
from legation.pipeline.extract import Reader
from legation.pipeline.gold import read_gold
from legation.pipeline.scoring import Gold, Score, fields_right, outcomes, tally
from tests.conftest import ROOT, SHARED

CASES = sorted((ROOT / "tests" / "cases").glob("*.jsonl"))
DEVELOPMENT = SHARED / "eval" / "dev"

Figures = dict[str, float]  # name -> share; more is better


@dataclass(frozen=True)
class Measured:
    """Gold, and what was found in its articles."""

    gold: Sequence[Gold]
    found: Rows

    def score(self, level: str) -> Score:
        return tally(chain.from_iterable(outcomes(a, self.found[a.article], level) for a in self.gold))

    def silent(self) -> float:
        """Share of the articles with nothing to find in which nothing was found; 1 where there are none."""
        quiet = [not self.found[article.article] for article in self.gold if not article.claims]
        return sum(quiet) / len(quiet) if quiet else 1.0

    def field(self, name: str) -> list[bool]:
        return [right for a in self.gold for right in fields_right(name, a, self.found[a.article])]

    def share(self, name: str) -> float:
        """Share of the claims found in which a field is right; 1 where none is asked."""
        right = self.field(name)
        return sum(right) / len(right) if right else 1.0

    def errors(self) -> list[str]:
        """What was extra or missed, for a failing test to show."""
        wrong = (outcome for outcome in strict(self.gold, self.found) if outcome.result != "right")
        return [f"{o.result} {o.article} {o.sending} {o.receiving} {o.status} {o.modality}" for o in wrong]


def measure(gold: Path, articles: Path, reader: Reader) -> Measured:
    """Read the articles that the gold names."""
    wanted = read_gold(gold)
    return Measured(wanted, predict(wanted, read_articles(wanted, articles), reader))


def development(reader: Reader) -> Measured:
    return measure(DEVELOPMENT / "gold.jsonl", DEVELOPMENT / "articles.jsonl", reader)


def joined(parts: Sequence[Measured]) -> Measured:
    """Several as one."""
    return Measured([a for part in parts for a in part.gold], dict(chain(*(part.found.items() for part in parts))))


def cases_figures(measured: Measured) -> Figures:
    """What is guarded for each file of cases."""
    return {"f1": measured.score("strict").f1, "silent": measured.silent()}


def fields_figures(measured: Measured) -> Figures:
    """What is guarded for all cases together."""
    return {name: measured.share(name) for name in ("attribution", "date", "city", "mission")}


def development_figures(measured: Measured) -> Figures:
    """What is guarded for the development set."""
    strictly, relaxed = measured.score("strict"), measured.score("relaxed")
    return {
        "precision": strictly.precision,
        "recall": strictly.recall,
        "f1": strictly.f1,
        "relaxed_f1": relaxed.f1,
        "silent": measured.silent(),
        "date": measured.share("date"),
        "city": measured.share("city"),
        "mission": measured.share("mission"),
    }
