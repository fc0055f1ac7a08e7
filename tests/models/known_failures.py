"""Writes the list of our own texts that the reader gets wrong: `python -m tests.models.known_failures`.

Read the difference before you commit it: a text that is new in the list is one that the reader could read before.
"""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legation.pipeline.evaluate import predict, read_articles
from legation.pipeline.extract import Reader
from legation.pipeline.gold import read_gold
from legation.pipeline.scoring import outcomes
from tests.conftest import MODEL, ROOT

FOLDER = ROOT / "tests" / "cases"
LIST = Path(__file__).with_name("known_failures.jsonl")
CASES = sorted(FOLDER.glob("*.jsonl"))


@dataclass(frozen=True)
class CaseResult:
    """`claims` as they are printed; `wrong`: each claim that is missed or too many, in words."""

    claims: list[Mapping[str, Any]]
    wrong: list[str]


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of cases."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def known_failures() -> dict[str, str]:
    """What is wrong with each listed case, by its id."""
    return {row["id"]: row["reason"] for row in rows(LIST)} if LIST.exists() else {}


def read_cases(reader: Reader, path: Path, chosen: Set[str] = frozenset()) -> dict[str, CaseResult]:
    """The cases of a file with the `chosen` ids, all if there are none, as the reader reads them; compared at the
    strict level."""
    found: dict[str, CaseResult] = {}
    gold = [article for article in read_gold(path) if article.article in chosen or not chosen]
    read = predict(gold, read_articles(gold, path), reader)
    for article in gold:
        claims = list(read[article.article])
        wrong = [
            f"{o.result}: {o.sending} in {o.receiving} {o.status} {o.modality}"
            for o in outcomes(article, claims)
            if o.result != "right"
        ]
        found[article.article] = CaseResult(claims, wrong)
    return found


def main() -> None:
    """Write the list."""
    reader = Reader(MODEL)
    results = {case: result for path in CASES for case, result in read_cases(reader, path).items()}
    failing = {case: "; ".join(sorted(set(result.wrong))) for case, result in results.items() if result.wrong}
    lines = (json.dumps({"id": case, "reason": failing[case]}, ensure_ascii=False) for case in sorted(failing))
    LIST.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{len(failing)} of {len(results)} cases fail; they are listed in {LIST.name}")


if __name__ == "__main__":
    main()
