"""A process in which foreign bytes are parsed, with limits on time and memory: what kills it does not kill the run.

The parent sends a task's name, its arguments and a body; the child answers with JSON. Nothing that comes from the child
is unpickled. POSIX only, as resource limits are.
"""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import traceback
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from legation.pipeline.cleaning.control_characters import whole
from legation.pipeline.errors import Unfit
from legation.pipeline.fetch.decompression import BodyError

TASKS = {  # name -> module and function (body, **arguments) -> what JSON can hold
    "clean": ("legation.pipeline.cleaning.page", "clean"),
    "feed": ("legation.pipeline.sources.feed", "entries"),
    "sitemap": ("legation.pipeline.sources.sitemap", "entries"),
    "links": ("legation.pipeline.sources.link_list", "entries"),
    "discover": ("legation.pipeline.sources.discover", "discover"),
    "opml": ("legation.pipeline.sources.opml", "feeds"),
}
TASKS_PER_PROCESS = 2000  # parsers keep caches; a new process starts empty, and takes a quarter of a second to start
SHORT = 0.6  # of the address space, in memory: the rest is code and what is kept free
GRACE = 5  # seconds after which a child that lost its parent ends itself


class WorkerFailure(Exception):
    """The task did not finish: timeout, memory, crash, or the parser's own error. The message is the reason."""


class Worker:
    """Runs one task at a time, whichever thread asks, within `seconds` of wall-clock time and `memory` bytes of address
    space."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds, self._memory, self._done = seconds, memory, 0
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Of the process now at work; None before the first task and after a failure."""
        return self._process.pid if self._process else None

    def run(self, task: str, body: bytes, **arguments: Any) -> Any:
        """The task's result. Raises WorkerFailure.

        A process that has done other tasks may lack memory for that reason: a failure there is tried again in a new
        one, in the time that is left, so that a page's result does not depend on the pages before it.
        """
        with self._turn:
            used, until = self._done > 0, time.monotonic() + self._seconds
            try:
                return self._run(task, body, arguments, until)
            except WorkerFailure as failure:
                if not used or str(failure) == "timeout":
                    raise
            return self._run(task, body, arguments, until)

    def _run(self, task: str, body: bytes, arguments: dict[str, Any], until: float) -> Any:
        pipe = self._started()
        try:
            pipe.send_bytes(json.dumps([task, arguments]).encode())
            pipe.send_bytes(body)
            if not pipe.poll(max(0.0, until - time.monotonic())):
                self.stop()
                raise WorkerFailure("timeout")
            answer = json.loads(pipe.recv_bytes())
        except (EOFError, OSError) as error:
            self.stop()
            raise WorkerFailure("crash") from error
        self._done += 1
        if self._done >= TASKS_PER_PROCESS or "error" in answer:
            self.stop()
        if "error" in answer:
            raise WorkerFailure(answer["error"])
        return answer["result"]

    def _started(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        ours, theirs = Pipe()
        limits = [str(theirs.fileno()), str(self._seconds), str(self._memory)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "legation.pipeline.worker", *limits],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C goes to the parent, which finishes the current page
        )
        theirs.close()
        self._pipe = ours
        return ours

    def stop(self) -> None:
        """Kill the process."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._pipe, self._process, self._done = None, None, 0


def serve(pipe: Connection, seconds: float) -> None:
    """The child: answer tasks until the parent is gone."""
    while True:
        try:
            task, arguments = json.loads(pipe.recv_bytes())
            body = pipe.recv_bytes()
        except EOFError:
            return
        signal.alarm(int(seconds) + GRACE)
        pipe.send_bytes(whole(json.dumps(_answer(task, body, arguments), ensure_ascii=False)).encode())
        signal.alarm(0)


def _answer(task: str, body: bytes, arguments: dict[str, Any]) -> dict[str, Any]:
    module, function = TASKS[task]
    try:
        return {"result": getattr(import_module(module), function)(body, **arguments)}
    except MemoryError:
        return {"error": "memory"}
    except (Unfit, BodyError) as error:
        return {"error": " ".join(str(error).split())[:400]}
    except Exception as error:  # any parser's error is one page's fate, not the run's
        reason = f"its parser failed: {type(error).__name__} in {_place(error)}"
        return {"error": f"memory ({reason})" if _memory_is_short() else reason}


def _place(error: Exception) -> str:
    """File and line where an error arose, which tell more about a fault of a library than its words."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{'/'.join(Path(last.filename).parts[-2:])}:{last.lineno}"


def _memory_is_short() -> bool:
    """Whether most of the allowed memory was used: a parser in C that gets none reports whatever it was doing then."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return limit > 0 and peak_memory() > SHORT * limit


def peak_memory() -> int:
    """The most bytes of memory that this process held; 0 where the system does not tell.

    Not getrusage: on Linux its figure also holds the parent's, from before the program was loaded.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def main(arguments: list[str]) -> None:
    """Entry of the child: file descriptor of the pipe, seconds, bytes."""
    descriptor, seconds, memory = int(arguments[0]), float(arguments[1]), int(arguments[2])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a service manager signals all processes; the parent decides
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    serve(Connection(descriptor), seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
