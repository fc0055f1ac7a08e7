"""A user who asks for help does not wait for spaCy."""

import resource
import subprocess
import sys

import pytest

HEAVY = ("datasette", "pydantic", "spacy", "sqlite_utils", "trafilatura", "feedparser", "httpx", "pycountry")
SECONDS = 0.4


def cpu_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_is_quick() -> None:
    spent = []
    for _ in range(3):  # the first may have to write the compiled modules
        before = cpu_seconds_of_children()
        command = [sys.executable, "-m", "legation", "--help"]
        subprocess.run(command, check=True, capture_output=True)
        spent.append(cpu_seconds_of_children() - before)
    assert min(spent) < SECONDS


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nonsense"]])
def test_heavy_libraries_are_not_imported(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom legation.pipeline.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
