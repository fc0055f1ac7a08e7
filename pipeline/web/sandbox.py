"""Queries of visitors run in a process of their own, with limits that no single call of a function escapes.

SQLite looks at the clock between the steps of its machine. One long call (`instr` of two long texts) is one step, and a
straight row of such calls has no step between them: no progress handler and no interrupt ends it. So the process that
runs a query sets an alarm that the system answers by ending it, and a new one takes its place. Its memory has a limit
as well, and so has each value, so that one visitor takes neither the server's time nor its memory. POSIX only.
"""

import asyncio
import base64
import json
import signal
import sqlite3
import subprocess
import sys
import threading
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from legation.pipeline.web import sandbox_process
from legation.pipeline.web.sandbox_process import BIG_NUMBER, CRASH, GRACE, NO_MEMORY, TIMEOUT, TOO_LARGE

__all__ = ["BIG_NUMBER", "TIMEOUT", "Sandbox", "Sandboxes"]


class Sandbox:
    """One process at a time, for the thread that made it; `path` is the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._started()

    def ask(self, sql: str, values: Any, seconds: float, most: int | None) -> tuple[list[str], list[list[Any]]]:
        """Names of the columns, and at most `most` rows (None: all) of a query.

        Raises sqlite3.OperationalError: "interrupted" after `seconds`, else why the query cannot be answered.
        """
        try:
            pipe = self._started()
            pipe.send_bytes(json.dumps([sql, values, seconds, most]).encode())
            if not pipe.poll(seconds + 4 * GRACE):
                self._renew()
                raise sqlite3.OperationalError(TIMEOUT)
            answer = json.loads(pipe.recv_bytes())
        except (EOFError, OSError) as error:
            alarm = self._renew() == -signal.SIGALRM
            raise sqlite3.OperationalError(TIMEOUT if alarm else CRASH) from error
        if "error" in answer:
            if answer["error"] in (NO_MEMORY, TOO_LARGE):
                self._renew()  # what it holds is given back
            raise sqlite3.OperationalError(answer["error"])
        return answer["columns"], [[_plain(value) for value in row] for row in answer["rows"]]

    def _started(self) -> Connection:
        if self._pipe is None:
            ours, theirs = Pipe()
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", sandbox_process.__file__, str(theirs.fileno()), str(self._path)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the server
            )
            theirs.close()
            self._pipe = ours
        return self._pipe

    def _renew(self) -> int | None:
        """As stop; the next process starts at once, while nobody waits for it."""
        code = self.stop()
        self._started()
        return code

    def stop(self) -> int | None:
        """Kill the process; return its exit code, negative for a signal, None if there was none."""
        code = None
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            if self._process.poll() is None:
                try:
                    self._process.wait(timeout=GRACE)  # it may be ending already: then its own code counts
                except subprocess.TimeoutExpired:
                    self._process.kill()
            code = self._process.wait()
        self._pipe = self._process = None
        return code


class Sandboxes:
    """A sandbox for each of at most `threads` threads. More questions than that wait for their turn."""

    def __init__(self, path: Path, threads: int) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._path, self._mine = path, threading.local()
        self._all: list[Sandbox] = []
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sql")

    async def ask(self, sql: str, values: Any, seconds: float, most: int | None) -> tuple[list[str], list[list[Any]]]:
        """As Sandbox.ask."""

        def in_thread() -> tuple[list[str], list[list[Any]]]:
            if not hasattr(self._mine, "sandbox"):
                self._mine.sandbox = Sandbox(self._path)
                self._all.append(self._mine.sandbox)
            found: tuple[list[str], list[list[Any]]] = self._mine.sandbox.ask(sql, values, seconds, most)
            return found

        return await asyncio.get_running_loop().run_in_executor(self._threads, in_thread)

    def stop(self) -> None:
        """End the threads and their processes; no question may follow."""
        self._threads.shutdown()
        for sandbox in self._all:
            sandbox.stop()


def _plain(value: Any) -> Any:
    return base64.b64decode(value["blob"]) if isinstance(value, dict) else value
