"""Trials of sources that editors ask for: few at a time, apart from the threads that answer pages."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from legation.db import sources
from legation.pipeline.fetch.politeness import Hosts

if TYPE_CHECKING:
    from legation.pipeline.trying import Trier
    from legation.pipeline.web.site import Site

AT_ONCE = 2  # others wait for their turn
Answer = TypeVar("Answer")


class Trials:
    """Those of one server. What the hosts ask for is kept between them, and shared with the runs by the database."""

    def __init__(self) -> None:
        self._hosts = Hosts()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="trial")

    async def run(self, site: "Site", question: Callable[["Trier"], Answer]) -> Answer:
        """question(trier) in a thread of its own; raises what it raises."""

        def in_thread() -> Answer:
            from legation.pipeline.trying import trying

            with site.reading() as connection:
                self._hosts.recall(sources.known_hosts(connection))
                try:
                    with trying(site.config, connection, self._hosts) as trier:
                        return question(trier)
                finally:
                    if changed := self._hosts.take_changed():
                        with site.writing() as other:
                            sources.save_hosts(other, changed)

        return await asyncio.get_running_loop().run_in_executor(self._threads, in_thread)
