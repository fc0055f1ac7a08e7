"""Many pages: several hosts at once, of each host one page at a time, in the order given."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import httpx

from legation.pipeline.fetch.urls import origin

Item = TypeVar("Item")
Result = TypeVar("Result")


def by_host(items: Iterable[Item], url_of: Callable[[Item], str]) -> dict[str, deque[Item]]:
    """Queues by origin, each in the order of `items`. An address that cannot be parsed has a queue of its own."""
    queues: dict[str, deque[Item]] = {}
    for item in items:
        url = url_of(item)
        try:
            host = origin(httpx.URL(url))
        except httpx.InvalidURL:
            host = url
        queues.setdefault(host, deque()).append(item)
    return queues


def fetch_many(
    queues: dict[str, deque[Item]],
    fetch: Callable[[Item], Result],
    keep: Callable[[Item, Result], None],
    *,
    threads: int,
    stop: threading.Event,
    proceed: Callable[[], bool] = lambda: True,
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result, as they come.

    `keep` stores a result, in the consumer's thread, before its host is asked again: a process that is killed loses
    what was in flight, one request for each host, and nothing else. `proceed` is asked before each request; after it
    said no, or `stop` was set, the requests in flight are still kept and yielded.
    """
    waiting = deque(queues.values())
    results: queue.SimpleQueue[tuple[deque[Item], Item, Result | BaseException]] = queue.SimpleQueue()
    running = 0

    def work(line: deque[Item], item: Item) -> None:
        try:
            results.put((line, item, fetch(item)))
        except BaseException as error:  # handed to the consumer's thread, where it is raised
            results.put((line, item, error))

    def fill() -> int:
        begun = 0
        while waiting and running + begun < threads and not stop.is_set() and proceed():
            line = waiting.popleft()
            pool.submit(work, line, line.popleft())
            begun += 1
        return begun

    with ThreadPoolExecutor(threads, thread_name_prefix="fetch") as pool:
        running += fill()
        while running:
            line, item, result = results.get()
            running -= 1
            if isinstance(result, BaseException):
                raise result
            keep(item, result)
            if line:
                waiting.append(line)
            running += fill()
            yield item, result
