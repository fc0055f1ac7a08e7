"""Bad input: one clear line on standard error that names the place and the cure, the right exit code, no traceback."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Legation

CONFIG = '[database]\npath = "legation.db"\n'
GOOD = {"id": "a1", "published": "2023-04-24", "text": "France closed its embassy in Khartoum on Monday."}


@pytest.fixture(autouse=True)
def config(tmp_path: Path) -> Path:
    """A config.toml without sources in the working directory."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def errors(done: object) -> list[str]:
    """Lines on standard error; none is part of a traceback."""
    text: str = getattr(done, "stderr")  # noqa: B009
    assert "Traceback" not in text
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["nowhere.html", "nowhere.txt", "nowhere.jsonl", "folder/nowhere.html"])
def test_missing_file(legation: Legation, name: str) -> None:
    done = legation("extract", name)
    assert done.returncode == 1
    (line,) = errors(done)
    assert line.startswith(f"{name}: No such file")


@pytest.mark.parametrize("command", [["claims"], ["status", "Kyiv"], ["ingest"], ["check"]])
def test_missing_configuration(legation: Legation, command: list[str]) -> None:
    done = legation(*command, "--config", "nowhere.toml")
    assert done.returncode == 2
    (line,) = errors(done)
    assert line.startswith("nowhere.toml: No such file")
    assert "--config" in line


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.html", b""),
        ("empty.txt", b""),
        ("blank.txt", b" \n \n"),
        ("binary.html", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20),
        ("binary.txt", b"\xff\xfe\x00\x01" * 50),
    ],
)
def test_unreadable_file_is_named_and_the_others_are_read(
    legation: Legation, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.jsonl").write_text(json.dumps(GOOD), encoding="utf-8")
    done = legation("extract", name, "good.jsonl")
    assert done.returncode == 1
    (line,) = errors(done)
    assert name in line
    assert [json.loads(row)["sending_state"] for row in done.stdout.splitlines()] == ["FR"]


@pytest.mark.parametrize("row", ["{not json", '["a", "list"]', '{"id": "without text"}', '{"id": "number", "text": 5}'])
def test_bad_line_is_named_by_number(legation: Legation, tmp_path: Path, row: str) -> None:
    (tmp_path / "rows.jsonl").write_text(f"{json.dumps(GOOD)}\n{row}\n", encoding="utf-8")
    done = legation("extract", "rows.jsonl")
    assert done.returncode == 1
    (line,) = errors(done)
    assert "rows.jsonl:2:" in line
    assert len(done.stdout.splitlines()) == 1


def test_five_mistakes_in_the_configuration_are_five_lines(legation: Legation, config: Path) -> None:
    config.write_text(
        """
        [database]
        paht = "legation.db"
        [status]
        unreviewed = 3
        [fetch]
        delay_seconds = "a while"
        [[sources]]
        name = "wire"
        kind = "feed"
        url = "ftp://example.org/feed"
        [[sources]]
        name = "two"
        kind = "telegraph"
        """,
        encoding="utf-8",
    )
    done = legation("claims")
    assert done.returncode == 2
    places = [line.split(": ")[:2] for line in errors(done)]
    assert sorted(places) == [
        ["config.toml", "database.paht"],
        ["config.toml", "fetch.delay_seconds"],
        ["config.toml", "sources[0].url"],
        ["config.toml", "sources[1]"],
        ["config.toml", "status.unreviewed"],
    ]


def test_configuration_that_is_not_toml(legation: Legation, config: Path) -> None:
    config.write_text("[database\n", encoding="utf-8")
    done = legation("claims")
    assert done.returncode == 2
    (line,) = errors(done)
    assert line.startswith("config.toml: not TOML")


@pytest.mark.parametrize("command", [["claims"], ["status", "Kyiv"], ["ingest"]])
def test_database_of_another_program(legation: Legation, tmp_path: Path, command: list[str]) -> None:
    with sqlite3.connect(tmp_path / "legation.db") as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    done = legation(*command)
    assert done.returncode == 2
    (line,) = errors(done)
    assert "legation.db" in line
    assert "another program" in line


def test_file_that_is_no_database(legation: Legation, tmp_path: Path) -> None:
    (tmp_path / "legation.db").write_text("Dear diary, " * 100, encoding="utf-8")
    done = legation("claims")
    assert done.returncode == 2
    (line,) = errors(done)
    assert "legation.db" in line


def test_no_database_yet(legation: Legation) -> None:
    done = legation("claims")
    assert done.returncode == 2
    (line,) = errors(done)
    assert "legation ingest" in line


def test_newer_schema(legation: Legation, tmp_path: Path) -> None:
    assert legation("ingest").returncode == 0
    with sqlite3.connect(tmp_path / "legation.db") as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()
    done = legation("claims")
    assert done.returncode == 2
    (line,) = errors(done)
    assert "9999" in line
    assert "upgrade" in line


def test_folder_that_cannot_be_written(legation: Legation, tmp_path: Path, config: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    if os.geteuid() == 0:  # to whom permissions mean nothing; but /proc takes no files from anybody
        folder = Path("/proc")
    config.write_text(f'[database]\npath = "{folder}/legation.db"\n', encoding="utf-8")
    done = legation("ingest")
    assert done.returncode == 2
    (line,) = errors(done)
    assert str(folder) in line


@pytest.mark.slow("builds the reader up to the missing part")
@pytest.mark.parametrize("command", [["extract", "--model", "xx_no_such_model", "good.jsonl"], ["check"], ["ingest"]])
def test_model_that_is_not_installed(legation: Legation, tmp_path: Path, config: Path, command: list[str]) -> None:
    config.write_text(CONFIG + '[model]\npipeline = "xx_no_such_model"\n', encoding="utf-8")
    (tmp_path / "good.jsonl").write_text(json.dumps(GOOD), encoding="utf-8")
    done = legation(*command)
    assert done.returncode == 2
    lines = [line for line in errors(done) if "xx_no_such_model" in line]
    assert len(lines) == 1
    assert "install" in lines[0]


@pytest.mark.parametrize(("language", "name"), [("fr", "French"), ("de", "German"), ("xx", "of the language 'xx'")])
def test_model_of_another_language(legation: Legation, tmp_path: Path, config: Path, language: str, name: str) -> None:
    (tmp_path / "model").mkdir()
    meta = {"lang": language, "name": "core_news_sm", "version": "3.8.0", "pipeline": ["tagger", "parser"]}
    (tmp_path / "model" / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    config.write_text(CONFIG + '[model]\npipeline = "model"\n', encoding="utf-8")
    done = legation("check")
    assert done.returncode == 2
    (line,) = errors(done)
    assert line.startswith(f"[model] pipeline: model: it is {name}; Legation reads English")


@pytest.mark.parametrize(
    "arguments",
    [
        ["claims", "--limit", "99999999999999999999"], ["sources-of", "99999999999999999999"],
        ["review", "--approve", "99999999999999999999"], ["runs", "--limit", "99999999999999999999"],
    ],
)  # fmt: skip
def test_a_number_that_is_too_large_is_wrong_usage(legation: Legation, arguments: list[str]) -> None:
    assert legation("ingest").returncode == 0
    done = legation(*arguments)
    assert done.returncode == 2
    assert len(errors(done)) == 1
    assert "internal error" not in done.stderr


@pytest.mark.parametrize("command", [["status", "Frnce"], ["status", "Kyiv", "--of", "Frnce"]])
def test_unknown_country_gets_the_nearest_names(legation: Legation, command: list[str]) -> None:
    assert legation("ingest").returncode == 0
    done = legation(*command)
    assert done.returncode == 2
    assert "France" in errors(done)[-1]


@pytest.mark.parametrize("arguments", [["nonsense"], ["status"], ["claims", "--format", "papyrus"]])
def test_wrong_usage(legation: Legation, arguments: list[str]) -> None:
    done = legation(*arguments)
    assert done.returncode == 2
    assert errors(done)
    assert not done.stdout


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "2024-13-01", "soon", "2024", "2024-03", "05/03/2024"])
def test_a_date_of_publication_that_is_not_to_be_believed_is_wrong_usage(legation: Legation, value: str) -> None:
    done = legation("extract", "--published", value, "-", stdin=json.dumps(GOOD))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = errors(done)
    assert line.startswith("--published: ")
    assert line.endswith("write YYYY-MM-DD")
