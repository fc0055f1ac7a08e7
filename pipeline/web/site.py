"""What the pages share: configuration, people, who looks at what, and how to open the database."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db.connect import BUSY_SECONDS
from legation.pipeline.web.people import People
from legation.pipeline.web.presence import Presence
from legation.pipeline.web.trials import Trials

if TYPE_CHECKING:
    from legation.pipeline.config import Config

VERSION = version("legation")


@dataclass(slots=True)
class Site:
    """One server's state; `path` is the database."""

    config: "Config"
    path: Path
    people: People
    presence: Presence = field(default_factory=lambda: Presence(time.monotonic))
    trials: Trials = field(default_factory=Trials)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that cannot write, and sees the database as it was at its first question."""
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection for one write; the functions of db begin and end its transaction themselves."""
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        finally:
            connection.close()

    async def read(self, question: Callable[..., Any], *given: Any) -> Any:
        """question(connection, *given), in a thread of its own."""
        import asyncio

        def ask() -> Any:
            with self.reading() as connection:
                return question(connection, *given)

        return await asyncio.to_thread(ask)


def utc_now() -> str:
    """The UTC time as it is stored."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """The present day in UTC, as YYYY-MM-DD."""
    return utc_now()[:10]
