"""Many archives: in this process, in several, or on a Dask cluster. Each gives a file; results come in any order."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from glob import glob
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.pipeline.errors import LegationError, UsageProblem
from legation.pipeline.scan.job import Job, Result, run_job
from legation.pipeline.scan.outputs import check

if TYPE_CHECKING:
    from legation.pipeline.config import ModelConfig

Observe = Callable[[Job, int], None]


def jobs_of(
    paths: tuple[str, ...], output: Path, form: str, model: "str | ModelConfig", *, foreign: bool = False
) -> list[Job]:
    """One job an archive, in the order given. Raises UsageProblem for patterns without match and missing extras."""
    check(form)
    sources = dict.fromkeys(source for path in paths for source in _sources(path))
    output.mkdir(parents=True, exist_ok=True)
    return [Job(source, str(output / f"{_name(source)}.{form}"), model, foreign) for source in sources]


def _sources(path: str) -> list[str]:
    if path == "-":
        return ["-"]
    found = sorted(glob(path, recursive=True)) if any(c in path for c in "*?[") else [path]
    if missing := [name for name in found if not Path(name).is_file()] or ([path] if not found else []):
        raise UsageProblem(
            *(f"{name}: no such archive; name a file, a pattern that matches some, or -" for name in missing)
        )
    return [str(Path(name).resolve()) for name in found]


def _name(source: str) -> str:
    """The archive's own name, and a few digits of its path, since two folders may hold the same name."""
    if source == "-":
        return "stdin"
    return f"{Path(source).name.split('.warc')[0]}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


def run_jobs(
    jobs: list[Job], *, processes: int, dask: str | None = None, observe: Observe = lambda job, at: None
) -> Iterator[Result]:
    """Run all jobs; yields each result as it is there. `dask`: address of a scheduler, "local" starts one here."""
    alone = dask is None and (processes == 1 or len(jobs) == 1)
    here = [job for job in jobs if alone or job.source == "-"]  # only this process has its standard input
    for job in here:
        yield run_job(job, lambda at, job=job: observe(job, at))  # type: ignore[misc]
    if jobs := [job for job in jobs if job not in here]:
        yield from _elsewhere(jobs, processes, dask)


def _elsewhere(jobs: list[Job], processes: int, dask: str | None) -> Iterator[Result]:
    with _executor(min(processes, len(jobs)), dask) as executor:
        waiting = [executor.submit(run_job, job) for job in jobs]
        try:
            yield from (done.result() for done in as_completed(waiting))
        except BrokenProcessPool as error:
            raise LegationError(
                "scan: a process was killed; the same command again goes on where it stopped"
            ) from error


@contextmanager
def _executor(processes: int, dask: str | None) -> Iterator[Executor]:
    if dask is None:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as executor:
            yield executor
        return
    with _client(processes, dask) as client:
        yield client.get_executor(pure=False, retries=3)


def _client(processes: int, dask: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise UsageProblem("--dask: dask is not installed; pip install 'legation[dask]'") from None
    if dask != "local":
        return Client(dask)  # type: ignore[no-untyped-call]
    quiet = {"dashboard_address": ":0", "memory_limit": 0, "host": "127.0.0.1"}
    return Client(n_workers=processes, threads_per_worker=1, **quiet)  # type: ignore[no-untyped-call]
