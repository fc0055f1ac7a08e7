"""What `legation ingest` does around the way: signals, messages, progress, heartbeat."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from pipeline.run import Options, Surroundings
from pipeline.way import ingest

if TYPE_CHECKING:
    from pipeline.config import Config


def ingest_command(
    config: "Config",
    *,
    only: tuple[str, ...],
    max_pages: int | None,
    max_seconds: float | None,
    dry_run: bool,
    log_format: str,
    heartbeat_url: str | None,
) -> int:
    """Run once; returns the exit code."""
    stop = threading.Event()
    with stopping(stop):
        code, record = ingest(config, Options(only, max_pages, max_seconds), Surroundings(stop=stop))
    print(record.as_json())
    return code


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
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
