"""One archive in, one file out. Can be run again at any time, anywhere: what is done is not done again."""

import fcntl
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from legation.pipeline.scan.journal import Journal, entries
from legation.pipeline.scan.outputs import write
from legation.pipeline.scan.scanner import Scanner
from legation.pipeline.scan.warc import items
from legation.pipeline.worker import Worker

if TYPE_CHECKING:
    from legation.pipeline.config import ModelConfig

CLEAN_SECONDS, CLEAN_BYTES = 30.0, 2_000_000_000  # as [fetch] has them by default


@dataclass(frozen=True, slots=True)
class Job:
    """`source`: path of an archive, or "-" for standard input; `output`: the file to write, by its ending; `foreign`:
    articles in other languages that name a mission are kept too."""

    source: str
    output: str
    model: "str | ModelConfig"
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a job came to: `problems` are lines for the user, `counts` what each stage let through."""

    job: Job
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def run_job(job: Job, observe: Callable[[int], None] = lambda at: None) -> Result:
    """Scan one archive. `observe` hears how far it is, in bytes. Raises nothing for what the archive holds.

    Where another process is at the same output, perhaps left over from a scan that was killed, it is waited for.
    """
    output = Path(job.output)
    with output.with_name(f".{output.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _known(job) or _run(job, observe)


def _beside(job: Job, what: str) -> Path:
    output = Path(job.output)
    return output.with_name(f".{output.name}.{what}")


def _known(job: Job) -> Result | None:
    """The result of a job that was done before; None for a stream, which is another each time."""
    if job.source == "-" or not (Path(job.output).exists() and _beside(job, "done").exists()):
        return None
    done = json.loads(_beside(job, "done").read_text(encoding="utf-8"))
    if done.get("foreign", False) != job.foreign:
        return None
    return Result(job, done["counts"], tuple(done["problems"]))


def _run(job: Job, observe: Callable[[int], None]) -> Result:
    journal = _beside(job, "journal")
    if job.source == "-":
        journal.unlink(missing_ok=True)  # a stream cannot be taken up
    try:
        counts = _scan(job, journal, observe)
    except OSError as error:
        return Result(job, {}, (f"{job.source}: {error.strerror or error}; name an archive that can be read",))
    problems = tuple(f"{job.source}: {problem}" for problem in entries(journal, "problem"))
    write(Path(job.output), entries(journal, "article"))
    done = {"counts": counts, "problems": problems} | ({"foreign": True} if job.foreign else {})
    _beside(job, "done").write_text(json.dumps(done, ensure_ascii=False), encoding="utf-8")
    journal.unlink()
    return Result(job, counts, problems)


def _scan(job: Job, path: Path, observe: Callable[[int], None]) -> dict[str, int]:
    source: Path | IO[bytes] = sys.stdin.buffer if job.source == "-" else Path(job.source)
    with Journal(path) as journal, Worker(CLEAN_SECONDS, CLEAN_BYTES) as worker:
        scanner = Scanner(job.model, worker, foreign=job.foreign)
        scanner.counts.update(journal.counts)
        at = journal.start
        found = items(source, max(at, 0))
        if at >= 0:
            next(found, None)  # done before
        for at, articles in scanner.parts(found, _complain(journal)):
            for article in articles:
                journal.add("article", article)
            journal.mark(at, dict(scanner.counts))
            observe(at)
        journal.sync()
        return dict(scanner.counts)


def _complain(journal: Journal) -> Callable[[int, str], None]:
    return lambda at, reason: journal.add("problem", f"byte {at}: {reason}")


def total(results: list[Result]) -> Counter[str]:
    """The counts of all."""
    return sum((Counter(result.counts) for result in results), Counter())
