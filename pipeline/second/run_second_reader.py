"""The second reader as a part of `legation ingest`, and alone."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from legation.db import second_requests
from legation.pipeline.errors import UsageProblem
from legation.pipeline.funnel.stages import NOT_READ
from legation.pipeline.second.batch import needed
from legation.pipeline.second.live_requests import LiveRequests

if TYPE_CHECKING:
    from legation.pipeline.config import Config
    from legation.pipeline.run_context import Run


def read_along(run: "Run") -> None:
    """The last step of a run: ask the second reader, if there is one, and count what nobody can read.

    A model that cannot be had is a problem of the run and does not end it.
    """
    if run.config.second_reader.model and not run.over:
        along = LiveRequests(
            run.db, run.config.second_reader, run.around.clock, run.around.jitter, run.around.stop, run.problem
        )
        try:
            with run.record.timing("second"):
                along.run()
        except UsageProblem as problem:
            run.problem(str(problem))
        run.record.counts.update(along.counts)
    for language, count in second_requests.unread(run.db).items():
        run.record.counts[f"{NOT_READ}{language}"] = count


def run_alone(config: "Config", limit: int | None, complain: Callable[[str], None]) -> tuple[Counter[str], int]:
    """`legation second-reader run`: what was counted, and how many problems there were.

    Ctrl-C and SIGTERM end it after the questions under way. Raises UsageProblem where no model is configured or to be
    had, DatabaseError as `legation ingest` does.
    """
    from legation.db.connect import connect
    from legation.db.runs import only_run, writing
    from legation.pipeline.ingest_command import stop_on_signals
    from legation.pipeline.reference_data import prepare
    from legation.pipeline.run_context import Surroundings

    needed(config.second_reader)
    problems: list[str] = []

    def problem(line: str) -> None:
        problems.append(line)
        complain(line)

    around, stop = Surroundings(), threading.Event()
    path = config.database_path
    with stop_on_signals(stop), only_run(path), writing(path):
        db = connect(path, create=False)
        prepare(db, config.status.unreviewed)
        along = LiveRequests(db, config.second_reader, around.clock, around.jitter, stop, problem, limit)
        along.run()
        db.close()
    return along.counts, len(problems)
