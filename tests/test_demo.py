"""`make demo` does the main job, and a second time finds nothing new."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def demo(folder: Path) -> str:
    """What the demo prints."""
    command = [sys.executable, "-m", "tests.demo", "--folder", str(folder)]
    wide = {**os.environ, "COLUMNS": "200"}  # tables, not blocks
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, env=wide)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "demo"


@pytest.fixture(scope="module")
def first(folder: Path) -> str:
    """What the first demo in the folder prints."""
    return demo(folder)


def test_second_demo_adds_nothing(first: str, folder: Path) -> None:
    second = demo(folder)
    assert "This run added 37 pages, " in first
    assert "This run added 0 pages, 0 articles, 0 claims;" in second
    assert "Nothing is new" in second
    assert "Nothing is new" not in first


def test_demo_shows_claims_with_quotes_and_answers_for_kyiv(first: str) -> None:
    claims, answers = first.split("$ legation status Kyiv\n")
    assert "Canada in Kyiv, Ukraine: embassy reopened (fact, 2022-05-08)\n    “KYIV — Canada reopened" in claims
    now, then = answers.split("$ legation status Kyiv --on 2022-04-20\n")
    assert any(line.startswith("Canada ") and " open, not confirmed since 2022-05" in line for line in now.splitlines())
    assert any(line.startswith("Canada ") and " open " not in line for line in then.splitlines())
