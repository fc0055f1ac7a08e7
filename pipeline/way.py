"""The whole way of an article in one run. No other file knows it.

    1  sources -> wanted pages     asking.py
    2  wanted page -> body         fetching.py
    3  body -> article             cleaning/store.py
    4  article -> claims           reading.py

Each step is stored before the next begins, and each begins with what is stored: whatever a killed run left behind, the
next one finds, and does not do again.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from db import pages, runs, sources
from pipeline.asking import ask_sources, chosen_sources
from pipeline.cleaning.store import clean_page, take_article
from pipeline.fetch.client import Fetcher
from pipeline.fetch.hosts import Hosts
from pipeline.fetching import fetch_pages, local_items
from pipeline.reading import Reading
from pipeline.record import Record
from pipeline.run import Options, Run, Surroundings
from pipeline.sources.local import LocalArticle
from pipeline.worker import Worker

if TYPE_CHECKING:
    from sqlite_utils import Database

    from pipeline.config import Config

EXIT_CODES = {"done": 0, "failures": 1, "interrupted": 130}


def ingest(config: "Config", options: Options, around: Surroundings) -> tuple[int, Record]:
    """Run the way once, alone on the database. Returns the exit code, 0, 1 or 130, and the run's record.

    Raises db.errors.Locked when another run is at it, other DatabaseError when the database cannot be written, and
    UsageProblem for options that name nothing.
    """
    from db.connect import connect

    with runs.only_run(config.database_path), runs.writing(config.database_path):
        return _run(config, options, around, connect(config.database_path))


def _run(config: "Config", options: Options, around: Surroundings, db: "Database") -> tuple[int, Record]:
    with ExitStack() as stack:
        hosts = Hosts(sources.known_hosts(db))
        fetcher = stack.enter_context(Fetcher(config.fetch, hosts, around.clock, around.stop, around.resolve))
        worker = stack.enter_context(Worker(config.fetch.clean_seconds, config.fetch.clean_bytes))
        record = Record()
        run = Run(0, config, db, options, around, fetcher, worker, record)
        chosen = chosen_sources(run)
        run = Run(runs.begin_run(db, run.now), config, db, options, around, fetcher, worker, record)
        _steps(run, chosen)
        outcome = "interrupted" if around.stop.is_set() else "failures" if record.problems else "done"
        runs.end_run(db, run.id, outcome, record.as_json(), run.now)
    return EXIT_CODES[outcome], record


def _steps(run: Run, chosen: list) -> None:
    reading = Reading(run)
    with run.record.timing("ask"):
        ask_sources(run, chosen)
    _finish(run, reading)
    for _, item in local_items(run, chosen):
        if isinstance(item, LocalArticle):
            take_article(run, item)
        else:
            clean_page(run, item)
        _after(run, reading)
    for page in fetch_pages(run, chosen):
        clean_page(run, page)
        _after(run, reading)
    reading.read_new()


def _finish(run: Run, reading: Reading) -> None:
    """What an earlier run fetched and did not come to clean."""
    for page in pages.pages_to_clean(run.db):
        if run.over:
            return
        clean_page(run, page)


def _after(run: Run, reading: Reading) -> None:
    reading.read_new()
    runs.note_run(run.db, run.id, run.record.as_json())
    run.around.observe(run.record)
