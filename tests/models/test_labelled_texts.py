"""The labelled texts beside the project and their scorer, where they are there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from legation.pipeline.evaluate import predict, read_articles
from legation.pipeline.extract import Reader
from legation.pipeline.gold import read_gold
from legation.pipeline.scoring import LEVELS, outcomes, tally
from tests.conftest import SHARED

EVAL = SHARED / "eval"
pytestmark = pytest.mark.skipif(not EVAL.exists(), reason="the labelled texts are not here")


@pytest.fixture(scope="module")
def found(reader: Reader) -> dict[str, list[dict[str, object]]]:
    gold = read_gold(EVAL / "dev" / "gold.jsonl")
    read = predict(gold, read_articles(gold, EVAL / "dev" / "articles.jsonl"), reader)
    return {article: [dict(claim) for claim in claims] for article, claims in read.items()}


def test_the_founding_article(found: dict[str, list[dict[str, object]]]) -> None:
    [article] = [a for a in read_gold(EVAL / "dev" / "gold.jsonl") if a.article == "kyiv-2022-04-19"]
    score = tally(outcomes(article, found[article.article]))
    assert score.missed <= 1
    assert score.extra <= 1


def test_the_scorer_beside_the_project_counts_the_same(
    found: dict[str, list[dict[str, object]]], tmp_path: Path
) -> None:
    lines = [json.dumps(claim) for claims in found.values() for claim in claims]
    (tmp_path / "found.jsonl").write_text("\n".join(lines), encoding="utf-8")
    files = (EVAL / "score.py", EVAL / "dev" / "gold.jsonl", tmp_path / "found.jsonl")
    command = [sys.executable, *map(str, files), "--texts", str(EVAL / "dev" / "articles.jsonl")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert f"quotes: {len(lines)} of {len(lines)} are exact" in said
    gold = read_gold(EVAL / "dev" / "gold.jsonl")
    for level in LEVELS:
        score = tally(outcome for article in gold for outcome in outcomes(article, found[article.article], level))
        line = re.search(rf"^{level} .*$", said, re.MULTILINE)
        assert line is not None
        assert f"(right {score.right}, extra {score.extra}, missed {score.missed})" in line[0]
