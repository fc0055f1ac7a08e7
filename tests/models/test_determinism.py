"""Same input, same output, byte for byte: again, in another order, alone, in one process or several."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from legation.pipeline.extract import Reader, claim_row
from legation.pipeline.inputs import Input, read_inputs
from tests.models.known_failures import CASES

EVERY = 23  # each so many-th case, and some of the long ones


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Articles of every kind, one after the other."""
    every = [json.loads(line) for path in CASES for line in path.read_text(encoding="utf-8").splitlines()]
    long = [row for row in every if row["id"].startswith("articles-")]
    return [*every[::EVERY], *(row for row in long[::3] if row not in every[::EVERY])]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def inputs(path: Path) -> list[Input]:
    return [item for item in read_inputs((str(path),), None) if isinstance(item, Input)]


def claims(reader: Reader, articles: list[Input]) -> dict[str, str]:
    """The claims of each article as they are printed, with their marks. All are read together."""
    found = zip(articles, reader.read(article.text for article in articles), strict=True)
    return {a.article: json.dumps([(claim_row(a.article, c), repr(c.marks)) for c in read]) for a, read in found}


@pytest.fixture(scope="module")
def together(reader: Reader, rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The claims of each article, all read together in the order of `rows`."""
    return claims(reader, inputs(written(tmp_path_factory.mktemp("together") / "all.jsonl", rows)))


def extracted(path: Path, seed: str) -> str:
    """What a process of its own prints, with another order of sets."""
    command = [sys.executable, "-m", "legation", "extract", str(path)]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, env=environment, check=True)
    return done.stdout


def test_in_another_order_together_and_alone(
    reader: Reader, rows: list[dict[str, Any]], together: dict[str, str], tmp_path: Path
) -> None:
    articles = inputs(written(tmp_path / "all.jsonl", rows))
    assert sum(read != "[]" for read in together.values()) > 20
    shuffled = random.Random(1).sample(articles, len(articles))
    half = len(shuffled) // 2
    again = claims(reader, shuffled[:half])
    for article in shuffled[half:]:
        again |= claims(reader, [article])
    assert again == together


def test_one_process_or_several(rows: list[dict[str, Any]], together: dict[str, str], tmp_path: Path) -> None:
    half = len(rows) // 2
    parts = [written(tmp_path / "one.jsonl", rows[:half]), written(tmp_path / "two.jsonl", rows[half:])]
    lines = [json.dumps(row, ensure_ascii=False) for read in together.values() for row, _ in json.loads(read)]
    here = "".join(f"{line}\n" for line in lines)
    assert "".join(extracted(part, str(seed)) for seed, part in enumerate(parts)) == here
