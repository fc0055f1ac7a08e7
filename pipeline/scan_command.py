"""What `legation scan` does, between its options and the scan itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from legation.pipeline.funnel.stages import not_read
from legation.pipeline.scan.job import Result, total
from legation.pipeline.scan.parallel import jobs_of, run_jobs

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.config import ModelConfig
    from legation.pipeline.funnel.stages import not_read
from legation.pipeline.scan.job import Job

STAGES = ("pages", "bytes", "look", "cleaned", "text", "articles", "claims", "broken")
Tell = Callable[[str], None]


def scan(
    paths: tuple[str, ...],
    output: Path,
    form: str,
    model: "str | ModelConfig",
    *,
    processes: int,
    dask: str | None,
    complain: Tell,
    foreign: bool = False,
) -> list[Result]:
    """Scan the archives, with a progress bar on standard error; what cannot be read is named there at once."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    jobs = jobs_of(paths, output, form, model, foreign=foreign)
    sizes = {job: Path(job.source).stat().st_size if job.source != "-" else 0 for job in jobs}
    results = []
    columns = ("{task.description}", BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"{len(jobs)} archives", total=sum(sizes.values()) or None)
        done = 0

        def observe(job: "Job", at: int) -> None:
            bar.update(task, completed=done + at)

        for result in run_jobs(jobs, processes=processes, dask=dask, observe=observe):
            done += sizes[result.job]
            bar.update(task, completed=done)
            for problem in result.problems:
                complain(problem)
            results.append(result)
    return results


def summary(results: list[Result]) -> str:
    """One line: what each stage let through."""
    counts = total(results)
    unread = not_read(counts)
    parts = [f"{counts[stage]} {stage}" for stage in STAGES if stage in counts] + ([unread] if unread else [])
    return ", ".join(parts) or "nothing to read"


def load_all(db: "Database", results: list[Result]) -> int:
    """Load what the scans wrote into the database; returns how many claims are new."""
    from legation.pipeline.fetch.retry import stamp
    from legation.pipeline.scan.load import load

    files = (Path(result.job.output) for result in results)
    return load(db, [file for file in files if file.exists()], stamp(datetime.now(UTC)))
