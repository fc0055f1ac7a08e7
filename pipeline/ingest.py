"""The steps of a run, from sources to claims, in their order. No other file knows them all.

    1  sources -> wanted pages     poll_sources.py
    2  wanted page -> body         fetch_pages.py
    3  body -> article             cleaning/store.py
    4  article -> claims           read_articles.py
    5  article -> second reader    second/run_second_reader.py, if one is configured

Each step is stored before the next begins, and each begins with what is stored: the next run goes on where a killed one
stopped, and does nothing twice.
"""

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from legation.db import pages, runs, sources
from legation.pipeline.added import with_added
from legation.pipeline.article_faults import PROGRAM, note_standing
from legation.pipeline.cleaning.store import clean_page, take_article
from legation.pipeline.fetch.client import Fetcher
from legation.pipeline.fetch.politeness import Hosts
from legation.pipeline.fetch.retry import stamp
from legation.pipeline.fetch_pages import fetch_pages, local_items
from legation.pipeline.poll_sources import chosen_sources, poll_sources
from legation.pipeline.read_articles import Reading
from legation.pipeline.run_context import Options, Run, Surroundings
from legation.pipeline.run_record import Record
from legation.pipeline.second.run_second_reader import read_along
from legation.pipeline.sources.local import LocalArticle
from legation.pipeline.sources.settings import AnySource
from legation.pipeline.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlite_utils import Database

    from legation.pipeline.config import Config

EXIT_CODES = {"done": 0, "failures": 1, "interrupted": 130}


def ingest(config: "Config", options: Options, around: Surroundings) -> tuple[int, Run]:
    """Run the way once, alone on the database. Returns the exit code, 0, 1 or 130, and the run with its record.

    Raises Locked when another run is at it, other DatabaseErrors when the database cannot be used, and
    UsageProblem for options that name nothing.
    """
    from legation.db.connect import connect
    from legation.pipeline.reference_data import prepare_for

    path = config.database_path
    with runs.only_run(path), runs.writing(path):
        db = connect(path)
        prepare_for(db, config.status)
        whole, problems = with_added(config, db)
        return _ingest(whole, options, around, db, problems)


def _ingest(
    config: "Config", options: Options, around: Surroundings, db: "Database", problems: list[str]
) -> tuple[int, Run]:  # fmt: skip
    with tools(config, around, db) as (fetcher, worker):
        chosen = chosen_sources(config, options.only)
        run = Run(runs.begin_run(db, stamp(around.clock())), config, db, options, around, fetcher, worker, Record())
        outcome = "failures"
        for line in problems:
            run.note(line)
        try:
            _steps(run, chosen)
            outcome = "interrupted" if around.stop.is_set() else "failures" if run.record.problems else "done"
        finally:
            with suppress(sqlite3.OperationalError):  # where not even this can be written, the next run notes a kill
                runs.end_run(db, run.id, outcome, run.record.as_json(), run.now)
    return EXIT_CODES[outcome], run


@contextmanager
def tools(config: "Config", around: Surroundings, db: "Database") -> "Iterator[tuple[Fetcher, Worker]]":
    """What asks servers and what parses their answers, as configured; both are shut down at the end."""
    hosts = Hosts(sources.known_hosts(db))
    with (
        Fetcher(config.fetch, hosts, around.clock, around.stop, around.resolve) as fetcher,
        Worker(config.fetch.clean_seconds, config.fetch.clean_bytes) as worker,
    ):
        yield fetcher, worker


def _steps(run: Run, chosen: list[AnySource]) -> None:
    reading = Reading(run)
    _take_up(run, reading)
    with run.record.timing("ask"):
        poll_sources(run, chosen)
    for item in local_items(run, chosen):
        article = take_article(run, item) if isinstance(item, LocalArticle) else clean_page(run, item)
        _read(run, reading, article)
    for page in fetch_pages(run, chosen):
        _read(run, reading, clean_page(run, page))
    reading.read_all(again=True)
    read_along(run)
    note_standing(run)


def _take_up(run: Run, reading: Reading) -> None:
    """Finish what an earlier run fetched and did not come to clean or read."""
    for page in pages.pages_to_clean(run.db, PROGRAM):
        if run.over:
            return
        clean_page(run, page)
    reading.read_all(again=False)


def _read(run: Run, reading: Reading, article: int | None) -> None:
    reading.read(article)
    runs.note_run(run.db, run.id, run.record.as_json())
    run.around.observe(run.record)
