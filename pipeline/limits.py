"""A limit on the time that a block of Python may take."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(Exception):
    """The block took longer than it may. The message says how long that is."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooLong inside the block when it has taken `seconds` of wall-clock time.

    The alarm comes again each second, in case a library catches the first. Only the main thread of a process can be
    interrupted; in another one there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_alarm(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
