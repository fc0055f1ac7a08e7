"""A database with articles that name missions, and a second reader whose answers come from a file."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from legation.db.claims import save_extraction
from legation.db.second_requests import note_mentions
from legation.pipeline.second.live_requests import LiveRequests
from legation.pipeline.second.settings import SecondReaderConfig
from tests.rows import article, fresh

MODEL = "file-reader"
START = datetime(2031, 5, 14, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    found = fresh(tmp_path / "legation.db", unreviewed=0.5)
    yield found
    found.close()


def told(text: str, quote: str | None = None, **fields: Any) -> dict[str, Any]:
    """A claim as a model answers it: a fact of Norway's embassy in Kyiv, reopened, unless told."""
    given = {
        "sending_state": "NO", "receiving_state": "UA", "city": "Kyiv", "mission": "embassy", "status": "reopened",
        "modality": "fact", "date": None, "relocated_to": None, "attribution": None, "sender_text": None,
        "quote": quote or text, "gloss": None,
    }  # fmt: skip
    return given | fields


def answer(*claims: dict[str, Any]) -> str:
    return json.dumps({"claims": claims}, ensure_ascii=False)


def take_in(db: Database, text: str, *claims: dict[str, Any], language: str = "en", **fields: Any) -> int:
    """Store an article that the small reader has read, with what it found; return its id."""
    number = article(db, text, **fields)
    save_extraction(db, number, "v1", claims, "2031-05-14T10:00:00Z")
    note_mentions(db, [(number, language)])
    return number


class Service:
    """The second reader of a test: `say` sets answers, `run` asks; `asked` are the questions that came."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db, self.path = db, path
        self.now, self.problems = START, list[str]()
        self.path.touch()

    def say(self, holds: str, answer: str | None = None, **row: Any) -> None:
        line = {"holds": holds, **({} if answer is None else {"answer": answer}), **row}
        self.path.write_text(json.dumps(line) + "\n" + self.path.read_text("utf-8"), encoding="utf-8")

    def run(self, limit: int | None = None, **settings: Any) -> LiveRequests:
        config = SecondReaderConfig(**{"model": MODEL, "articles": "all"} | settings)
        along = LiveRequests(
            self.db, config, lambda: self.now, lambda: 0.5, threading.Event(), self.problems.append, limit
        )
        along.run()
        return along

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    @property
    def asked(self) -> list[dict[str, Any]]:
        path = self.path.with_name(self.path.name + ".asked")
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


@pytest.fixture
def file_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The model `file-reader` of this process, which answers from this file."""
    llm = pytest.importorskip("llm")
    from tests.second import file_model

    monkeypatch.setenv("LEGATION_TEST_ANSWERS", str(tmp_path / "answers.jsonl"))
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))
    llm.plugins.load_plugins()
    llm.plugins.pm.register(file_model, "legation-tests")
    yield tmp_path / "answers.jsonl"
    llm.plugins.pm.unregister(name="legation-tests")


@pytest.fixture
def service(db: Database, file_reader: Path) -> Service:
    return Service(db, file_reader)


Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def rows(db: Database) -> Rows:
    """Rows of a query."""
    return lambda query, *values: db.conn.execute(query, values).fetchall()
