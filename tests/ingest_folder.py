"""Run the way in this process, over a scripted server, with the language model loaded once."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from legation.pipeline.config import load_config
from legation.pipeline.ingest import ingest
from legation.pipeline.run_context import Options, Surroundings, utc_now
from legation.pipeline.run_record import Record
from tests.in_process import kept_worker, shared_reader
from tests.scripted_server import Script


class IngestFolder:
    """A folder with a configuration and, after the first run, a database."""

    def __init__(self, folder: Path, server: Script) -> None:
        self.folder, self.server = folder, server
        self.now: Callable[[], datetime] = utc_now

    def configure(self, sources: str = "", fetch: str = "recheck_hours = 0", host: str = "delay_seconds = 0") -> Path:
        """Write config.toml: the server's feed, or `sources` in TOML."""
        sources = sources or f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{self.server.url}/feed.xml"'
        allowed = f'allow_private = ["{self.server.host}"]'
        path = self.folder / "config.toml"
        path.write_text(f"[fetch]\n{host}\n{allowed}\n{fetch}\n{sources}\n", encoding="utf-8")
        return path

    def run(self, sources: str = "", fetch: str = "recheck_hours = 0", **options: Any) -> tuple[int, Record]:
        """One run; `around` entries: stop, observe, stdin, resolve, jitter, reader."""
        names = ("stop", "observe", "stdin", "resolve", "jitter", "reader")
        around = {"reader": shared_reader, **{name: options.pop(name) for name in names if name in options}}
        config = load_config(self.configure(sources, fetch))
        with kept_worker():
            code, run = ingest(config, Options(**options), Surroundings(clock=self.now, **around))
        return code, run.record

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database."""
        with closing(sqlite3.connect(self.folder / "legation.db")) as db:
            return db.execute(query, values).fetchall()
