"""The shape that keeps the code readable: who may import whom, who prints, who exits, what is documented."""

import ast
import graphlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import LONGEST, NOT_QUICK_FILES, ROOT, TESTS

# package -> packages of ours that it may import
ARROWS = {"pipeline": {"pipeline", "models", "db"}, "models": {"models"}, "db": {"db"}}
OTHERS = {"tests", "bench"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Written in two parts, so that this file does not contain what it forbids.
UNWANTED = {
    "package registry": b"pypi" + rb"\.org|pythonhosted" + rb"\.org|npmjs" + rb"\.com",
    "path of a machine": rb"/(?<![\w.]/)(?:" + rb"root|home/[a-z]+|Users/[A-Za-z]+|opt/pypi|work/[a-z]+)/",
}


@cache
def sources(*packages: str) -> list[Path]:
    """The Python files of the packages, of all three without an argument."""
    return sorted(file for package in packages or ARROWS for file in (ROOT / package).rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def short(file: Path) -> str:
    """The file's path as it is shown: "db/status.py"."""
    return str(file.relative_to(ROOT))


def module(file: Path) -> str:
    """The name under which a file is imported: "legation.db.status"."""
    return ".".join(("legation", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


MODULES = {module(file) for file in sources()}


def is_script(file: Path) -> bool:
    """Whether it is a maintainer's tool, run by `python -m`, as models/build_cities.py."""
    return 'if __name__ == "__main__":' in file.read_text(encoding="utf-8")


def imports(node: ast.AST) -> Iterator[str]:
    """Every name that is imported anywhere in a tree, in full: "legation.db.status.day_before", "re"."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            assert child.level == 0, "imports are absolute"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def at_import(node: ast.AST) -> Iterator[str]:
    """What is imported when a module is: not what a function imports when it is called, nor what only mypy sees."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield from imports(child)
        elif not (
            isinstance(child, FUNCTIONS) or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test))
        ):
            yield from at_import(child)


def our_module(name: str, modules: set[str]) -> str | None:
    """The module of ours in which an imported name lies; None: it is not ours."""
    parts = name.split(".")
    return next((m for n in range(len(parts), 0, -1) if (m := ".".join(parts[:n])) in modules), None)


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle, the first one repeated at the end; empty where there is none."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_import_direction() -> None:
    wrong = []
    for file in sources():
        package = file.relative_to(ROOT).parts[0]
        for name in imports(tree(file)):
            parts = name.split(".")
            if parts[0] in OTHERS or (parts[0] == "legation" and parts[1] in ARROWS.keys() - ARROWS[package]):
                wrong.append(f"{short(file)} imports {name}")
    assert not wrong


def test_no_module_imports_itself_through_others() -> None:
    graph = {module(file): {m for n in at_import(tree(file)) if (m := our_module(n, MODULES))} for file in sources()}
    assert sum(map(len, graph.values())) > 300
    for name, imported in graph.items():
        imported.discard(name)
    assert not cycle(graph)


def test_a_cycle_is_found() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert not cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()})


def test_only_what_runs_at_import_counts_for_a_cycle() -> None:
    code = (
        "import a.one\nfrom b import two\n"
        "if TYPE_CHECKING:\n from c import three\n"
        "def f():\n from d import four\n"
        "try:\n from e import five\nexcept ImportError:\n pass\n"
        "class K:\n from f import six\n def m(self):\n  import g\n"
    )
    assert list(at_import(ast.parse(code))) == ["a.one", "b.two", "e.five", "f.six"]
    assert our_module("legation.db.status.day_before", MODULES) == "legation.db.status"
    assert our_module("legation.db.status", MODULES) == "legation.db.status"
    assert our_module("re.compile", MODULES) is None


def test_every_public_function_is_documented() -> None:
    bare = [
        f"{short(file)}: {node.name}"
        for file in sources()
        for node in tree(file).body
        if isinstance(node, FUNCTIONS) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not bare


def test_only_the_command_line_exits() -> None:
    wrong = [
        short(file)
        for file in sources()
        if file != ROOT / "pipeline" / "cli.py" and not is_script(file)
        if re.search(r"sys\.exit\(|raise SystemExit|os\._exit\(", file.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_only_commands_print() -> None:
    wrong = []
    for file in sources():
        if file.parent.name != "commands" and file.name != "cli.py" and not is_script(file):
            calls = {ast.unparse(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}
            wrong += [f"{short(file)}: {call}" for call in calls & {"print", "click.echo", "click.secho", "pprint"}]
    assert not wrong


def test_what_quick_leaves_out_is_there_and_has_a_reason() -> None:
    files = list(TESTS.rglob("test_*.py"))
    assert not NOT_QUICK_FILES.difference(files)
    assert not set(LONGEST).difference(file.name for file in files)
    marks = [mark for file in files for mark in re.findall(r"mark\.slow(.*)", file.read_text(encoding="utf-8"))]
    assert len(marks) > 10
    assert not [mark for mark in marks if not re.match(r'\("\w+ \w+', mark)]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("what", UNWANTED)
def test_repository_names_no(what: str) -> None:
    found = []
    for file in tracked():
        found += [f"{file.relative_to(ROOT)}: {hit[0]!r}" for hit in re.finditer(UNWANTED[what], file.read_bytes())]
    assert not found
