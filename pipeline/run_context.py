"""What every step of a run shares."""

import logging
import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from legation.pipeline.fetch import addresses
from legation.pipeline.fetch.retry import stamp
from legation.pipeline.run_record import Record

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.config import Config, ModelConfig
    from legation.pipeline.extract import Reader
    from legation.pipeline.fetch.client import Fetcher
    from legation.pipeline.worker import Worker

log = logging.getLogger("legation")


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def load_reader(model: "ModelConfig") -> "Reader":
    """The reader that the section [model] describes. Raises ModelError."""
    from legation.pipeline.extract import Reader

    return Reader(model)


@dataclass(frozen=True, slots=True)
class Options:
    """What a call of `legation ingest` may ask for. `only`: names of sources, empty for all. None: no limit."""

    only: tuple[str, ...] = ()
    max_pages: int | None = None
    max_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run takes from the outside, so that it can be given otherwise.

    `stop` is set when the run is to end after the current page. `observe` is called with the record after each page.
    `jitter` gives numbers from 0 to 1, which spread retries. `reader` loads what the section [model] names.
    """

    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    resolve: addresses.Resolve = addresses.resolve
    stdin: Iterable[str] = ()
    observe: Callable[[Record], None] = lambda record: None
    jitter: Callable[[], float] = random.SystemRandom().random
    reader: Callable[["ModelConfig"], "Reader"] = load_reader


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `legation ingest`. `id` is its row in the table runs."""

    id: int
    config: "Config"
    db: "Database"
    options: Options
    around: Surroundings
    fetcher: "Fetcher"
    worker: "Worker"
    record: Record

    @property
    def now(self) -> str:
        """The time of day, as stored."""
        return stamp(self.around.clock())

    @property
    def over(self) -> bool:
        """Whether nothing more is to be begun: a stop is wished, or a limit is reached."""
        pages, seconds = self.options.max_pages, self.options.max_seconds
        counts = self.record.counts
        return (
            self.around.stop.is_set()
            or (pages is not None and counts["asked"] >= pages)
            or (seconds is not None and self.record.elapsed >= seconds)
        )

    def note(self, line: str) -> None:
        """Say what was left out or not believed, as `place: what`: to the operator, and in the record. No failure."""
        log.warning("%s", line)
        self.record.note(line)

    def problem(self, line: str) -> None:
        """Name a failure, as `place: what`: to the operator, and in the record."""
        log.warning("%s", line)
        self.record.problem(line)
