"""What two readers reach together: what the small one is sure of is published, unsure articles go to the second one.

    python -m bench.cascade ARTICLES GOLD ANSWERS              sure at 0.5, 0.7, 0.8, 0.9 and 0.95
    python -m bench.cascade ARTICLES GOLD ANSWERS --sure 0.6
    python -m bench.cascade ARTICLES GOLD ANSWERS --small CLAIMS

ARTICLES and GOLD as `legation evaluate` reads them. ANSWERS has an article a line, {"id": ..., "answer": ...}: what the
second reader answers to the question about it. The small reader reads all anew, or CLAIMS tells what it found, a claim
a line as `legation extract` prints them: on texts that its weights were fitted on, give what was found out of fold. The
answers pass the same checks as those of a model. All figures are strict: both States, status and modality.

    sent        articles that the second reader is asked about: those with a claim below `sure`, and those without a
                claim whose title names a mission
    sure        claims of the small reader that are at least so sure, and no others
    agreed      those, and what both readers found in the articles sent: what is published before a reviewer looks
    cascade     those, and all that the second reader found in the articles sent
    differ      claims in the articles sent that one alone found and that are not published as sure: for a reviewer
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legation.db.joined_readings import claims_agree
from legation.models.training.gold import json_rows
from legation.pipeline.evaluate import predict, read_articles, strict
from legation.pipeline.extract import Reader
from legation.pipeline.gold import read_gold
from legation.pipeline.inputs import Input
from legation.pipeline.scoring import Gold, Score, tally
from legation.pipeline.second.answer_checks import check_answer
from legation.pipeline.second.due_articles import unsure

Row = Mapping[str, Any]
SURE = (0.5, 0.7, 0.8, 0.9, 0.95)
MODEL = "en_core_web_sm"
OPEN = {"city": None, "mission": "mission", "date": None, "rule": "", "quote": ""}  # fits whatever another reader says


@dataclass(frozen=True, slots=True)
class Read:
    """What each of two readers found in one article."""

    title: str | None
    small: Sequence[Row]
    second: Sequence[Row]

    def sent(self, sure: float) -> bool:
        """Whether the second reader is asked."""
        return unsure(min((row["confidence"] for row in self.small), default=None), self.title, sure)

    def sure(self, sure: float) -> list[Row]:
        """The small reader's claims of which it is so sure."""
        return [row for row in self.small if row["confidence"] >= sure]

    def agreed(self, sure: float) -> list[Row]:
        """Those that are sure, and if the second reader is asked, those that both found."""
        if not self.sent(sure):
            return self.sure(sure)
        return [row for row in self.small if row["confidence"] >= sure or _found(row, self.second)]

    def cascade(self, sure: float) -> list[Row]:
        """Those that are sure, and if the second reader is asked, all that it found."""
        return [*self.sure(sure), *(self.second if self.sent(sure) else ())]

    def differ(self, sure: float) -> int:
        """How many claims a reviewer has to settle."""
        if not self.sent(sure):
            return 0
        alone = [row for row in self.small if row["confidence"] < sure and not _found(row, self.second)]
        return len(alone) + sum(not _found(row, self.small) for row in self.second)


def _found(row: Row, others: Iterable[Row]) -> bool:
    return any(claims_agree(row, other) for other in others)


def main() -> None:
    """Read, check, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("articles", "gold", "answers"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--sure", type=float, nargs="+", default=SURE)
    parser.add_argument("--small", type=Path, help="what the small reader found; without it the shipped one reads")
    parser.add_argument("--model", default=MODEL, help="installed spaCy pipeline of the small reader")
    arguments = parser.parse_args()
    gold = read_gold(arguments.gold)
    inputs = read_articles(gold, arguments.articles)
    found = _told(arguments.small) if arguments.small else predict(gold, inputs, Reader(arguments.model))
    small = {item.article: found.get(item.article, []) for item in inputs}
    answers = {row["id"]: row["answer"] for row in json_rows(arguments.answers)}
    second, drops = _checked(inputs, answers)
    read = {i.article: Read(i.text.title, small[i.article], second[i.article]) for i in inputs}
    for line in report(gold, read, arguments.sure):
        print(line)
    print(f"{len(answers)} answers to {len(inputs)} articles; dropped claims: {dict(drops) or 'none'}")


def _told(path: Path) -> dict[str, list[Row]]:
    """The claims of a file by article; what a line leaves out is not told."""
    found: dict[str, list[Row]] = {}
    for told in json_rows(path):
        row = OPEN | told
        found.setdefault(str(row["article"]), []).append(row)
    return found


def _checked(inputs: Iterable[Input], answers: Mapping[str, Any]) -> tuple[dict[str, list[Row]], Counter[str]]:
    """What of the answers stands up, by article, and what was dropped, by reason."""
    found: dict[str, list[Row]] = {}
    drops: Counter[str] = Counter()
    for item in inputs:
        answer = answers.get(item.article, {"claims": []})
        one = check_answer(answer if isinstance(answer, str) else json.dumps(answer), item.text.text)
        found[item.article] = [{**claim, "article": item.article, "rule": "", "confidence": 1} for claim in one.claims]
        drops.update(one.drops)
    return found, drops


def report(gold: Sequence[Gold], read: Mapping[str, Read], values: Iterable[float]) -> Iterable[str]:
    """The table, line by line."""
    yield f"{'reader':26}{'sent':>12}{'precision':>11}{'recall':>8}{'F1':>7}{'differ':>8}"
    yield _line("small alone", "", _score(gold, {article: one.small for article, one in read.items()}))
    second = {article: one.second for article, one in read.items()}
    yield _line("second alone", f"{len(read)} (100%)", _score(gold, second))
    for sure in values:
        count = sum(one.sent(sure) for one in read.values())
        sent, differ = f"{count} ({count / len(read):.0%})", sum(one.differ(sure) for one in read.values())
        alone = {article: one.sure(sure) for article, one in read.items()}
        agreed = {article: one.agreed(sure) for article, one in read.items()}
        cascade = {article: one.cascade(sure) for article, one in read.items()}
        yield _line(f"sure {sure:g}: sure", "", _score(gold, alone))
        yield _line(f"sure {sure:g}: agreed", sent, _score(gold, agreed))
        yield _line(f"sure {sure:g}: cascade", sent, _score(gold, cascade), str(differ))


def _score(gold: Sequence[Gold], found: Mapping[str, Sequence[Row]]) -> Score:
    return tally(strict(gold, found))


def _line(name: str, sent: str, score: Score, differ: str = "") -> str:
    return f"{name:26}{sent:>12}{score.precision:>11.3f}{score.recall:>8.3f}{score.f1:>7.3f}{differ:>8}"


if __name__ == "__main__":
    main()
