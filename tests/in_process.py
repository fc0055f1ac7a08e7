"""The program in this process: what `legation ARGUMENTS...` would print and return, without starting Python anew."""

import atexit
import contextlib
import io
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pytest

from legation.models.claim import Claim, Text
from legation.pipeline import extract, ingest
from legation.pipeline.cli import main
from legation.pipeline.config import ModelConfig
from legation.pipeline.extract import Reader
from legation.pipeline.worker import Worker

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True)
class Done:
    """Exit code and output."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


def call(folder: Path, *arguments: str | Path, stdin: str = "") -> Done:
    """`legation ARGUMENTS...` in `folder`. Output is decoded as subprocess.run with text=True decodes it.

    For what a process of its own changes (signals, locks, pipes, limits) there is the fixture `legation_process`.
    """
    streams = {
        name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
        for name in ("stdout", "stderr")
    }
    streams["stdin"] = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with contextlib.chdir(folder), _usual_logging(), kept_worker(), loading_once() as patch:
        patch.setattr(extract, "Reader", shared_reader)
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
    return Done(int(ended.value.code or 0), *(_text(streams[name]) for name in ("stdout", "stderr")))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return io.TextIOWrapper(io.BytesIO(stream.buffer.read()), encoding="utf-8").read()


@contextlib.contextmanager
def _usual_logging() -> Iterator[None]:
    """A command sends the messages of the program to standard error; after it they go where pytest wants them."""
    logger = logging.getLogger("legation")
    before = logger.handlers[:], logger.level, logger.propagate
    try:
        yield
    finally:
        logger.handlers[:], logger.propagate = before[0], before[2]
        logger.setLevel(before[1])


@cache
def _loaded(load: Callable[[str, str], "Language"], pipeline: str, weights: str) -> "Language":
    return load(pipeline, weights)


def new_reader(model: str | ModelConfig) -> Reader:
    """As legation.pipeline.run_context.load_reader, but each pipeline is loaded once in this process: loading takes a
    second or two. For tests that do not change the pipeline."""
    with loading_once():
        return Reader(model)


class _ReaderWithMemory(Reader):
    """Reads each text once, and knows its claims when it comes again."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        self._known: dict[Text, list[Claim]] = {}

    def read(self, texts: Iterable[Text]) -> Iterator[list[Claim]]:
        wanted = list(texts)
        new = list(dict.fromkeys(text for text in wanted if text not in self._known))
        self._known.update(zip(new, super().read(new), strict=True))
        yield from (list(self._known[text]) for text in wanted)


def shared_reader(model: str | ModelConfig) -> Reader:
    """A reader that all tests in this process share, and that reads each text once.

    For tests of what happens before and after reading: hundreds of them ingest the same few stories. That a text gives
    the same claims each time is tested in tests/models/test_determinism.py, with a reader of the other kind.
    """
    return _shared(model, "") if isinstance(model, str) else _shared(model.pipeline, model.weights)


@cache
def _shared(pipeline: str, weights: str) -> Reader:
    with loading_once():
        return _ReaderWithMemory(ModelConfig(pipeline=pipeline, weights=weights))


@contextlib.contextmanager
def loading_once() -> Iterator[pytest.MonkeyPatch]:
    """In this block each language pipeline is loaded once in this process, and then given again."""
    from legation.models import load
    from legation.models.components.focus_parser import OFFICIAL, installed

    as_usual = load.load

    def load_once(pipeline: str = OFFICIAL, weights: str = "") -> "Language":
        return _loaded(as_usual, installed(pipeline), weights)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "load", load_once)
        yield patch


class _Kept(Worker):
    """A worker whose process waits for the next run after one that ended well."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self.stop()


@cache
def _kept(seconds: float, memory: int) -> _Kept:
    worker = _Kept(seconds, memory)
    atexit.register(worker.stop)
    return worker


@contextlib.contextmanager
def kept_worker() -> Iterator[None]:
    """Runs share one process that parses pages: to start it takes a second. It does as many tasks in long runs too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "Worker", _kept)
        yield


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs a command in `folder`, where it writes a configuration with nothing but the database."""
    settings = '[database]\npath = "legation.db"\n\n[status]\nunreviewed = 0.5\n'
    (folder / "config.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(folder)

    def run(*arguments: str | Path) -> Done:
        with loading_once(), pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run
