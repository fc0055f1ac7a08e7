"""What the documents say is so: commands, configuration, files, and the Python that a reader would copy."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import click
import pytest
from cogapp import Cog

from legation.pipeline.cli import COMMANDS, legation
from legation.pipeline.config import load_config
from tests import cookbook
from tests.conftest import ROOT, skip_if_quick

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_help_with_an_example_and_stands_in_readme(name: str) -> None:
    command = legation.get_command(click.Context(legation), name)
    assert command is not None
    assert command.help
    assert re.search(rf"(?m)^\s*(\S.*\| )?legation {name}\b", command.help), "an example in --help"
    undescribed = [option.name for option in command.params if isinstance(option, click.Option) and not option.help]
    assert not undescribed
    assert f"legation {name}" in README


@pytest.mark.parametrize("page", ["README.md", "docs/commands.md", "docs/configuration.md", "docs/codebook.md"])
def test_reference_is_what_the_program_says(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if f"click=={metadata.version('click')} " not in (ROOT / "requirements.txt").read_text(encoding="utf-8"):
        pytest.skip("the pages show help as the click of requirements.txt prints it")
    monkeypatch.chdir(ROOT)
    assert Cog().main(["cog", "--check", "-P", page]) == 0, "run `make docs`"


def test_the_page_for_analysts_shows_what_the_commands_print(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    skip_if_quick("each command of the page is a process, and Cog takes a skip for an error")
    monkeypatch.chdir(ROOT)
    assert Cog().main(["cog", "--check", "-P", "-I", ".", "docs/analysts.md"]) == 0, "run `make docs`"


def test_the_cookbook_is_fresh() -> None:
    page = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert page == cookbook.document(), "run `python -m tests.cookbook > docs/cookbook.md`"


def test_every_key_of_the_configuration_is_explained() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    keys = re.findall(r"(?m)^\| `(\w+)` \| .* \|(.*)\|$", page)
    assert len(keys) > 20
    assert not [key for key, meaning in keys if not meaning.strip()]


def test_shipped_configuration_is_valid_and_gives_a_reason_for_each_source() -> None:
    config = load_config(ROOT / "config.toml")
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    assert len(config.sources) >= 25
    assert len(re.findall(r"(?m)^\[\[sources\]\]  # \S.*\S$", text)) == len(config.sources)


def test_defaults_shown_in_the_shipped_configuration_are_the_defaults(tmp_path: Path) -> None:
    shipped = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    default = load_config(tmp_path / "config.toml").model_dump(mode="json")
    del shipped["status"]["unreviewed"]  # shipped switched on, so that a new user sees an answer before any review
    for section in set(shipped) - {"sources"}:
        assert shipped[section].items() <= default[section].items()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_exist(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert not [link for link in links if not link.startswith("http") and not (document.parent / link).exists()]


def test_files_that_readme_names_exist() -> None:
    named = re.findall(r"`((?:pipeline|models|db|tests|docs|bench)/[\w./*-]*)`", README)
    assert named
    assert not [name for name in named if not list(ROOT.glob(name.rstrip("/")))]


@pytest.mark.slow("loads the reader anew")
def test_python_in_readme_prints_what_readme_shows(capsys: pytest.CaptureFixture[str]) -> None:
    [(code, shown)] = re.findall(r"(?ms)^```python\n(.*?)^```\n\n```text\n(.*?)^```", README)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == shown


@pytest.mark.slow("loads the reader anew, several times")
def test_python_in_the_page_on_pipelines_runs() -> None:
    """The blocks in order, as a reader would paste them into one program."""
    page = (ROOT / "docs" / "in-your-own-pipeline.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```", page)
    assert len(blocks) == page.count("```python")
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "in-your-own-pipeline.md", "exec"), names)


def test_what_the_page_on_renames_names_is_there() -> None:
    page = (ROOT / "docs" / "renames.md").read_text(encoding="utf-8")
    files = re.findall(r"(?m)^\| `([\w/]+\.\w+)` \| `([\w/]+\.\w+)` \|$", page)
    functions = re.findall(r"(?m)^\| `([\w.]+)` \| `(\w+)` \| `(\w+)` \|$", page)
    assert (len(files), len(functions)) > (50, 50)
    now = {new for _, new in files}
    assert not [new for new in now if not (ROOT / new).is_file()]
    assert not [old for old, _ in files if (ROOT / old).exists() and old not in now]
    for module, old, new in functions:
        file = ROOT / f"{module.removeprefix('legation.').replace('.', '/')}.py"
        code = file.read_text(encoding="utf-8")
        assert re.search(rf"(?m)^(?:async )?(?:def|class) {new}\b", code), (module, new)
        assert not re.search(rf"(?m)^(?:async )?(?:def|class) {old}\b", code), (module, old)
