"""A scripted server, and fetchers that may ask it."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from legation.pipeline.fetch.addresses import resolve
from legation.pipeline.fetch.client import Fetcher
from legation.pipeline.fetch.politeness import Hosts
from legation.pipeline.fetch.settings import FetchConfig
from tests.scripted_server import Script, scripted

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
QUICK = {
    "delay_seconds": 0,
    "whole_seconds": 1.0,
    "read_seconds": 0.6,
    "connect_seconds": 0.6,
    "max_body_bytes": 100_000,
}

Make = Callable[..., Fetcher]


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted() as script:
        yield script


@pytest.fixture
def fetcher(server: Script) -> Iterator[Make]:
    """Make a Fetcher that may ask the server; settings by keyword."""
    made: list[Fetcher] = []

    def make(hosts: Hosts | None = None, now: datetime = NOW, resolve: object = resolve, **settings: object) -> Fetcher:
        config = FetchConfig.model_validate({**QUICK, "allow_private": [server.host], **settings})
        made.append(Fetcher(config, hosts or Hosts(), lambda: now, threading.Event(), resolve))  # type: ignore[arg-type]
        return made[-1].__enter__()

    yield make
    for one in made:
        one.__exit__(None, None, None)
