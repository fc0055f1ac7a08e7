"""The shape that keeps the code readable: which package may import which, sizes, who prints, who exits."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("pipeline", "models", "db", "tests", "bench")
# package -> packages of ours that it may import
ARROWS = {"pipeline": {"pipeline", "models", "db"}, "models": {"models"}, "db": {"db"}}
LINES_OF_FILE, LINES_OF_FUNCTION, MEDIAN_OF_FUNCTIONS, NESTING = 300, 50, 10, 3
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Written in two parts, so that this file does not contain what it forbids.
UNWANTED = {
    "package registry": "pypi" + r"\.org|pythonhosted" + r"\.org|npmjs" + r"\.com",
    "path of a machine": r"(?<![\w.])/(?:" + r"root|home/[a-z]+|Users/[A-Za-z]+|opt/pypi|work/[a-z]+)/",
}


def sources(*packages: str) -> list[Path]:
    return sorted(file for package in packages for file in (ROOT / package).rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def named(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=[str(file.relative_to(ROOT)) for file in files])


def is_script(file: Path) -> bool:
    """Whether it is a maintainer's tool, run by `python -m`, as models/build_cities.py."""
    return 'if __name__ == "__main__":' in file.read_text(encoding="utf-8")


def imports(file: Path) -> set[str]:
    """Packages of all that a file imports, wherever it does so; ours without `legation.`."""
    names: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            names.update(_package(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(_package(f"{node.module}.{alias.name}") for alias in node.names)
    return names


def _package(module: str) -> str:
    return module.removeprefix("legation.").split(".")[0]


def functions(file: Path) -> Iterator[tuple[str, int, int]]:
    """(name, lines without the docstring, deepest nesting of blocks) of each function."""
    for node in ast.walk(tree(file)):
        if isinstance(node, FUNCTIONS) and node.end_lineno:
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            docstring = first.lineno - node.body[0].lineno
            yield node.name, node.end_lineno - node.lineno + 1 - docstring, nesting(node)


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Depth of blocks below `node`; elif continues its if, a nested function starts anew."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deeper = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, nesting(child, depth + deeper))
    return deepest


@named(sources(*ARROWS))
def test_import_arrows(file: Path) -> None:
    package = file.relative_to(ROOT).parts[0]
    assert imports(file) & set(PACKAGES) <= ARROWS[package]


@named([*sources(*PACKAGES), *sorted((ROOT / "db").rglob("*.sql"))])
def test_file_is_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LINES_OF_FILE


@named(sources(*PACKAGES))
def test_functions_are_short_and_flat(file: Path) -> None:
    for name, lines, depth in functions(file):
        assert lines <= LINES_OF_FUNCTION, name
        assert depth <= NESTING, name


def test_most_functions_are_very_short() -> None:
    lines = [lines for file in sources(*ARROWS) for _, lines, _ in functions(file)]
    assert statistics.median(lines) <= MEDIAN_OF_FUNCTIONS


@named([file for file in sources(*ARROWS) if file != ROOT / "pipeline" / "cli.py" and not is_script(file)])
def test_only_the_command_line_exits(file: Path) -> None:
    assert "sys.exit(" not in file.read_text(encoding="utf-8")
    assert not re.search(r"raise SystemExit|os\._exit\(", file.read_text(encoding="utf-8"))


@named([f for f in sources(*ARROWS) if f.parent.name != "commands" and f.name != "cli.py" and not is_script(f)])
def test_only_commands_print(file: Path) -> None:
    calls = [ast.unparse(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    assert not {"print", "click.echo", "click.secho", "pprint"} & set(calls)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("what", UNWANTED)
def test_repository_names_no(what: str) -> None:
    found = []
    for file in tracked():
        text = file.read_bytes().decode("utf-8", errors="replace")
        found += [f"{file.relative_to(ROOT)}: {hit[0]}" for hit in re.finditer(UNWANTED[what], text)]
    assert not found


@pytest.mark.parametrize(
    ("code", "depth"),
    [
        ("def f():\n return 1", 0),
        ("def f():\n if a:\n  for b in c:\n   pass", 2),
        ("def f():\n if a:\n  pass\n elif b:\n  pass\n else:\n  with c:\n   pass", 2),
        ("def f():\n try:\n  pass\n except E:\n  while a:\n   if b:\n    pass", 3),
    ],
)
def test_nesting_is_counted(code: str, depth: int) -> None:
    assert nesting(ast.parse(code).body[0]) == depth
