"""What `legation ingest` does around the steps of a run: signals, progress, heartbeat, and what a run would do."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from legation.pipeline.added import with_added
from legation.pipeline.errors import LegationError
from legation.pipeline.fetch.client import Fetcher
from legation.pipeline.fetch.politeness import Hosts
from legation.pipeline.fetch.retry import stamp
from legation.pipeline.ingest import ingest, tools
from legation.pipeline.poll_sources import LOCAL, chosen_sources
from legation.pipeline.run_context import Options, Surroundings, log
from legation.pipeline.run_record import Record
from legation.pipeline.sources.local import local_files
from legation.pipeline.sources.settings import LocalSource, StdinSource
from legation.pipeline.sources.web import Asker

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.config import Config

Observe = Callable[[Record], None]


def run_ingest(config: "Config", options: Options, heartbeat_url: str | None = None) -> tuple[int, Record]:
    """One run, as a user or a timer starts it. Returns exit code and record.

    Ctrl-C and SIGTERM end it after the current page. Raises what legation.pipeline.ingest.ingest does.
    """
    stop = threading.Event()
    with stop_on_signals(stop), progress() as observe:
        around = Surroundings(stop=stop, observe=observe)
        code, run = ingest(config, options, around)
    if heartbeat_url and code != 130 and not send_heartbeat(config, around, heartbeat_url):
        code = 1
    return code, run.record


def send_heartbeat(config: "Config", around: Surroundings, url: str) -> bool:
    """Tell a dead man's switch that the run ended; its address is checked as any other. False: it did not answer."""
    with Fetcher(config.fetch, Hosts(), around.clock, around.stop, around.resolve) as fetcher:
        answer = fetcher.get(url, robots=False)
    if answer.outcome != "fetched":
        log.warning("heartbeat %s: %s: %s", url, answer.outcome, answer.reason)
    return answer.outcome == "fetched"


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run would take in from a source, or why it would not: `code` is then the exit code that it asks for."""

    source: str
    text: str
    problem: bool = False
    code: int = 0


def plan_ingest(config: "Config", only: tuple[str, ...], around: Surroundings) -> Iterator[Planned]:
    """What a run would take in now. Asks the sources, stores nothing."""
    from legation.db import pages

    db = _read_only(config)
    config, problems = with_added(config, db)
    for line in problems:
        log.warning("%s", line)
    chosen = chosen_sources(config, only)
    with tools(config, around, db) as (fetcher, worker):
        today = stamp(around.clock())[:10]
        asker = Asker(fetcher, worker, {}, config.fetch.max_listing_bytes, today, config.fetch.first_year)
        for source in chosen:
            if isinstance(source, LOCAL):
                yield _local(config, source)
                continue
            found = asker.ask(source)
            if found.reason:
                yield Planned(source.name, found.reason, problem=True, code=int(not source.may_fail))
            known = pages.known_urls(db, (entry.url for entry in found.entries))
            yield from (Planned(source.name, entry.url) for entry in found.entries if entry.url not in known)


def _local(config: "Config", source: LocalSource) -> Planned:
    """Whether the files of a source on this machine are there; nothing of them is read."""
    try:
        if not isinstance(source, StdinSource):
            next(iter(local_files(source, config.folder, (), config.fetch.max_body_bytes)), None)
    except LegationError as error:
        return Planned(source.name, str(error), problem=True, code=int(not source.may_fail))
    return Planned(source.name, f"{source.address} (read on this machine)")


def _read_only(config: "Config") -> "Database":
    """The stored database, not to be written to; an empty one in memory when there is none."""
    import sqlite3

    from sqlite_utils import Database

    from legation.db.connect import connect

    path = config.database_path
    if not path.exists():
        return connect(":memory:")
    connect(path, create=False).close()  # refuses what is not ours
    return Database(sqlite3.connect(f"file:{path}?mode=ro", uri=True))


def progress() -> AbstractContextManager[Observe]:
    """A bar on a terminal; nothing elsewhere."""
    return _bar() if sys.stderr.isatty() else nullcontext(lambda record: None)


@contextmanager
def _bar() -> Iterator[Observe]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("pages", total=None)

        def observe(record: Record) -> None:
            counts = record.counts
            bar.update(task, total=counts["due"] or None, completed=counts["asked"], description=_words(record))

        yield observe


def _words(record: Record) -> str:
    return f"{record.counts['articles read']} articles read, {record.counts['claims new']} new claims"


@contextmanager
def stop_on_signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C set `stop`; a second Ctrl-C interrupts at once, which loses no more than a kill does."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
