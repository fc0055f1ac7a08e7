"""What kills the worker does not kill its parent, and does not outlive it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from legation.pipeline.worker import Worker, WorkerFailure
from tests.cleaning.test_page import STORY, page

ARGUMENTS = {"url": None, "content_type": None, "newest": "2024-03-01"}
MANY_NODES = b"<div><p>The embassy works again today.</p></div>" * 400_000


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker(seconds=20, memory=500_000_000) as one:
        yield one


def test_a_task_is_done(worker: Worker) -> None:
    assert "number 7 returned" in worker.run("clean", page(STORY), **ARGUMENTS)["text"]


def test_an_error_of_a_parser_is_a_failure_with_its_reason(worker: Worker) -> None:
    with pytest.raises(WorkerFailure, match="this is a web page, not a feed"):
        worker.run("feed", b"<html>please accept our cookies</html>", url="https://news.example/", content_type=None)
    assert worker.run("clean", page(STORY), **ARGUMENTS)["text"]


def test_memory_is_limited() -> None:
    with Worker(seconds=20, memory=400_000_000) as worker:
        worker.run("clean", page(STORY), **ARGUMENTS)
        with pytest.raises(WorkerFailure, match="memory"):
            worker.run("clean", MANY_NODES, **ARGUMENTS)
        assert worker.run("clean", page(STORY), **ARGUMENTS)["text"]


def test_time_is_limited() -> None:
    with Worker(seconds=0.3, memory=2_000_000_000) as worker, pytest.raises(WorkerFailure, match="timeout"):
        worker.run("clean", page("<p>" + "<i>word</i> " * 1_500_000 + "</p>"), **ARGUMENTS)


def test_a_killed_child_is_a_failure_of_its_page_only(worker: Worker) -> None:
    worker.run("clean", page(STORY), **ARGUMENTS)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.run("clean", page(STORY), **ARGUMENTS)["text"]  # tried again in a new process


def test_a_child_does_not_outlive_its_parent() -> None:
    program = (
        "import sys; from legation.pipeline.worker import Worker; from tests.test_worker import *\n"
        "w = Worker(20, 500_000_000); w.run('clean', page(STORY), **ARGUMENTS)\n"
        "print(w.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdin is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    assert _ends(child, within=10)


def _ends(process: int, within: float) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{process}/stat") as stat:  # an orphan that nobody waits for stays as a zombie
            if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        time.sleep(0.05)
    return False
