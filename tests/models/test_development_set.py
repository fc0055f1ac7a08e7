"""The labelled texts beside the project and their scorer, where they are at hand."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from legation.pipeline.extract import Reader
from legation.pipeline.scoring import LEVELS
from tests.models import floors
from tests.models.measure import DEVELOPMENT, Measured, development, development_figures

pytestmark = pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the development set is not here")


@pytest.fixture(scope="module")
def measured(reader: Reader) -> Measured:
    return development(reader)


def test_floors(measured: Measured) -> None:
    fell = list(floors.fallen(floors.read(), {"development": development_figures(measured)}))
    assert not fell, measured.errors()


def test_silent_articles(measured: Measured) -> None:
    quiet = [article for article in measured.gold if not article.claims]
    assert sum(bool(measured.found[article.article]) for article in quiet) * 36 <= len(quiet)


def test_the_founding_article(measured: Measured) -> None:
    [article] = [article for article in measured.gold if article.article == "kyiv-2022-04-19"]
    one = Measured([article], measured.found)
    assert one.score("strict").missed == 0
    assert one.score("strict").extra <= 1


def test_the_judge_counts_the_same(measured: Measured, tmp_path: Path) -> None:
    lines = [json.dumps(claim) for claims in measured.found.values() for claim in claims]
    (tmp_path / "found.jsonl").write_text("\n".join(lines), encoding="utf-8")
    files = (DEVELOPMENT.parent / "score.py", DEVELOPMENT / "gold.jsonl", tmp_path / "found.jsonl")
    command = [sys.executable, *map(str, files), "--texts", str(DEVELOPMENT / "articles.jsonl")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert f"quotes: {len(lines)} of {len(lines)} are exact" in said
    for level in LEVELS:
        score = measured.score(level)
        assert f"(right {score.right}, extra {score.extra}, missed {score.missed})" in line(said, level)
    for field in ("date", "city"):
        right = measured.field(field)
        assert line(said, field).endswith(f": {sum(right)} of {len(right)}")


def line(said: str, first: str) -> str:
    """The line of the scorer's report that begins so."""
    found = re.search(rf"^{first} .*$", said, re.MULTILINE)
    assert found is not None
    return found[0]
