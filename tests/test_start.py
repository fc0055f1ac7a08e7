"""A user who asks for help does not wait for spaCy."""

import subprocess
import sys

import pytest

HEAVY = ("datasette", "pydantic", "spacy", "sqlite_utils", "trafilatura", "feedparser", "httpx", "pycountry")


def test_help_loads_nothing_but_click() -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\nfrom legation.pipeline.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['click', 'legation']"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nonsense"]])
def test_heavy_libraries_are_not_imported(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom legation.pipeline.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
