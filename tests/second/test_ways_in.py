"""The second reader as a user runs it: with an installed plugin, by commands, killed and resumed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from legation.db.connect import connect
from legation.pipeline.scan.job import Job, run_job
from legation.pipeline.scan.load import load
from legation.pipeline.scan.outputs import read
from tests.archive import record, write_archive
from tests.conftest import MODEL, Legation, LegationProcess
from tests.second.conftest import answer, told

pytest.importorskip("llm")

FOLDER = Path(__file__).parent / "languages"
ENGLISH = "Norway reopened its embassy in Kyiv on Monday, said a spokesman. Its staff had worked from Lviv."
RUSSIAN = "Посольство Норвегии в Киеве снова открылось, сообщили в министерстве иностранных дел."
CONFIG = """
[second_reader]
model = "file-reader"
articles = "all"
concurrency = 1
[[sources]]
name = "given"
kind = "files"
path = "articles.jsonl"
"""


def articles(folder: Path, *texts: str) -> None:
    rows = [{"id": f"a{n}", "text": text, "date": "2025-05-14"} for n, text in enumerate(texts)]
    (folder / "articles.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path, legation: Legation, file_reader: Path) -> Legation:
    """`legation ...` in this process, in a folder with a configuration; the model's answers come from a file."""
    file_reader.touch()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return legation


@pytest.fixture
def run_process(
    run: Legation, tmp_path: Path, legation_process: LegationProcess, monkeypatch: pytest.MonkeyPatch
) -> LegationProcess:
    """The same in a process of its own, with the plugin of these tests installed as llm finds it."""
    site = tmp_path / "site"
    about = site / "llm_file_reader-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: llm-file-reader\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[llm]\nfile-reader = llm_file_reader\n")
    (site / "llm_file_reader.py").write_text((Path(__file__).parent / "file_model.py").read_text("utf-8"), "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])]))
    return legation_process


def asked(folder: Path) -> int:
    path = folder / "answers.jsonl.asked"
    return len(path.read_text("utf-8").splitlines()) if path.exists() else 0


def say(folder: Path, *rows: dict[str, Any]) -> None:
    (folder / "answers.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


def test_a_run_reads_along(run: Legation, run_process: LegationProcess, tmp_path: Path) -> None:
    articles(tmp_path, ENGLISH, RUSSIAN, "The harbour fair drew many visitors.")
    first, second = ENGLISH.split(". ")
    say(
        tmp_path,
        {"holds": "Norway", "answer": answer(told(first), told(second, status="relocated", relocated_to="Lviv"))},
        {"holds": "Посольство", "answer": answer(told(RUSSIAN, gloss="Norway's embassy in Kyiv has opened again."))},
    )
    result = run_process("ingest")
    assert (result.returncode, result.stderr) == (0, "")
    assert "second    2 asked, 2 read, 3 claims" in result.stdout
    assert "not read" not in result.stdout
    db = connect(tmp_path / "legation.db").conn
    readers = dict(db.execute("SELECT reader, count(*) FROM claims WHERE retired IS NULL GROUP BY reader"))
    assert readers["small+llm:file-reader"] >= 1
    assert db.execute("SELECT gloss FROM claims WHERE quote = ?", (RUSSIAN,)).fetchone()[0].startswith("Norway")
    again = run("ingest")
    assert again.returncode == 0
    assert asked(tmp_path) == 2
    status = run("second-reader", "status")
    assert "articles  0 due (all)" in status.stdout
    assert run("check").returncode == 0
    assert run("second-reader", "teach", "lessons.jsonl").stdout.startswith("1 articles in")
    assert run("evaluate", "lessons.jsonl", "lessons.jsonl").returncode == 0


def test_without_a_second_reader_other_languages_are_counted(run: Legation, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.replace('model = "file-reader"', ""), encoding="utf-8")
    articles(tmp_path, RUSSIAN, *(FOLDER / "fr.txt").read_text("utf-8").splitlines())
    result = run("ingest")
    assert result.returncode == 0
    assert result.stdout.splitlines()[-1] == "not read: French 12, Russian 1"
    assert asked(tmp_path) == 0


def test_a_model_that_is_missing_does_not_keep_a_run_from_its_work(run: Legation, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.replace("file-reader", "no-such-model"), encoding="utf-8")
    articles(tmp_path, ENGLISH)
    result = run("ingest")
    assert result.returncode == 1
    problem = "second_reader.model: no-such-model: no such model; `llm models` lists those installed\n"
    assert result.stderr.endswith(problem)
    assert result.stderr.count("\n") == 1
    alone = run("second-reader", "run")
    assert (alone.returncode, alone.stdout, alone.stderr) == (2, "", problem)


def test_a_kill_costs_no_answer_twice(run: Legation, run_process: LegationProcess, tmp_path: Path) -> None:
    texts = (FOLDER / "fr.txt").read_text("utf-8").splitlines()[:6]
    articles(tmp_path, *texts)
    assert run("ingest").returncode == 0
    (tmp_path / "answers.jsonl.asked").unlink()
    db = connect(tmp_path / "legation.db")
    with db.conn:
        db.conn.execute("DELETE FROM second_readings")
        db.conn.execute("DELETE FROM second_requests")
    db.close()
    say(tmp_path, {"holds": texts[2], "kill": signal.SIGKILL})  # the fourth question: the newest article comes first
    assert run_process("second-reader", "run").returncode == -signal.SIGKILL
    assert asked(tmp_path) == 4
    say(tmp_path)
    result = run("second-reader", "run")
    assert result.returncode == 0
    assert "3 asked" in result.stdout  # the one under way, and those that had not been asked
    assert asked(tmp_path) == 7


def test_all_languages_reach_the_file_of_questions_and_come_back(run: Legation, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.replace('model = "file-reader"', ""), encoding="utf-8")
    texts = [line for file in sorted(FOLDER.glob("*.txt")) for line in file.read_text("utf-8").splitlines()]
    articles(tmp_path, *texts)
    assert run("ingest").returncode == 0
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    result = run("second-reader", "requests", "ask.jsonl")
    assert result.stdout.startswith("72 questions in ask.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "ask.jsonl").read_text("utf-8").splitlines()]
    found = {json.loads(line["body"]["messages"][1]["content"])["text"]: line["custom_id"] for line in lines}
    assert set(found) == set(texts)
    replies = [{"custom_id": key, "answer": answer(told(text, gloss="in English"))} for text, key in found.items()]
    (tmp_path / "back.jsonl").write_text("\n".join(map(json.dumps, replies)), encoding="utf-8")
    result = run("second-reader", "answers", "back.jsonl")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("72 answers, 0 known, 0 refused by the service, 0 lines dropped")
    assert run("check").returncode == 0


def test_a_scan_keeps_other_languages_only_if_asked(tmp_path: Path) -> None:
    pytest.importorskip("fastwarc")
    page = f"<html lang=ru><head><meta charset=utf-8></head><body><article><p>{RUSSIAN}</p></article></body></html>"
    english = page.replace("lang=ru", "lang=en").replace(RUSSIAN, ENGLISH)
    records = [record("https://one.example/1", page.encode()), record("https://two.example/2", english.encode())]
    source = write_archive(tmp_path / "a.warc.gz", records)
    usual = run_job(Job(str(source), str(tmp_path / "a.jsonl"), MODEL))
    kept = run_job(Job(str(source), str(tmp_path / "a.jsonl"), MODEL, foreign=True))
    assert usual.counts["articles"] == kept.counts["articles"] == 1
    assert not [name for name in usual.counts if "not read" in name]
    assert kept.counts["not read: ru"] == 1
    rows = list(read(tmp_path / "a.jsonl"))
    assert [(row["language"], bool(row["claims"])) for row in rows] == [("ru", False), ("en", True)]
    db = connect(tmp_path / "legation.db")
    load(db, [tmp_path / "a.jsonl"], "2031-05-14T12:00:00Z")
    assert db.conn.execute("SELECT language FROM mentions ORDER BY article").fetchall() == [("ru",), ("en",)]


def test_without_the_extra_nothing_changes_and_the_cure_is_named(tmp_path: Path) -> None:
    """A process in which neither llm nor py3langid can be imported."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    articles(tmp_path, ENGLISH, RUSSIAN)
    program = (
        "import sys; sys.modules['llm'] = sys.modules['py3langid'] = None\n"
        "from legation.pipeline.cli import main; main(sys.argv[1:])"
    )
    result = subprocess.run([sys.executable, "-c", program, "ingest"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.endswith("second_reader: the library llm is not installed; pip install 'legation[llm]'\n")
    assert result.stdout.splitlines()[-1] == "not read: Russian 1"
