"""A limit on the processor time that a block of Python may take."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ARTICLE_SECONDS = 30.0  # for reading one article, where the configuration says nothing else


class TooLong(Exception):
    """The block took longer than it may. The message says how long that is."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooLong inside the block when this process has computed for `seconds` since it began.

    Processor time is counted, so that a busy machine makes no article fail. SIGVTALRM does it, which Python delivers to
    the main thread of a process alone: in another thread, such as a worker of Dask that runs on threads, the block has
    no limit. Code that is not Python is interrupted when it returns. The signal comes again each second, in case a
    library catches the first.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_alarm(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGVTALRM, on_alarm)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
