"""The wheel and the sdist: complete, and at home in an environment whose owner has a package `models` too."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.site_server import SITE_FOLDER

FOLDERS = ("pipeline", "models", "db")
BUILT_FROM = ("legation", *FOLDERS, "docs", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "MANIFEST.in")
IGNORED = re.compile(r"\.pyc$|/\.[^/]+$")  # compiled modules, files such as .keep
PAGE = SITE_FOLDER / "world" / "2022" / "kyiv-embassies-return.html"


def ours() -> set[str]:
    """The files of the three folders, as the package names them."""
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return {f"legation/{path.relative_to(ROOT)}" for path in files if path.is_file() and not IGNORED.search(str(path))}


def run(*command: str | Path, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run a command outside the source tree; fails with what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environment |= dict(options.pop("env", {}))  # type: ignore[call-overload]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return done  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel made from it."""
    source = tmp_path_factory.mktemp("source")
    for name in (*BUILT_FROM, "config.toml"):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / name)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", source / "dist", source)
    return source / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with the wheel, which sees the installed dependencies but not our source.

    A line in a .pth file adds the folder of dependencies; the .pth files in that folder, by which an editable
    installation is found, are not read.
    """
    folder = tmp_path_factory.mktemp("bare") / "env"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install(python, "--no-deps", str(wheel))
    return python


def install(python: Path, *arguments: str) -> None:
    """`pip install` into the environment of `python`, without network."""
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "--quiet")
    run(*pip, "install", "--no-index", "--ignore-installed", *arguments)


@pytest.fixture
def foreign(tmp_path: Path) -> dict[str, str]:
    """The environment of a project with packages `models`, `db` and `pipeline` of its own."""
    for name in FOLDERS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("FOREIGN = True\n", encoding="utf-8")
    return {"PYTHONPATH": str(tmp_path)}


def test_wheel_holds_every_file_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == ours() | {"legation/__init__.py", "legation/__main__.py", "legation/py.typed"}


def test_sdist_holds_the_packages_and_the_documents(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert ours() <= names
    assert {"LICENSE", "README.md", "CHANGELOG.md", "config.toml", "docs/commands.md"} <= names
    assert not [name for name in names if name.startswith("tests/")]


def test_spacy_beside_a_foreign_models_package(bare: Path, foreign: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import spacy, models, legation\n"
        "nlp = spacy.blank('en')\n"
        "nlp.add_pipe('legation_country_entities')\n"
        "print(models.FOREIGN, [ent.text for ent in nlp('The embassy in Kyiv').ents], legation.__file__)"
    )
    shown = run(bare, "-c", code, cwd=tmp_path, env=foreign).stdout
    assert shown.startswith("True ['Kyiv'] ")
    assert str(bare.parent.parent) in shown


def test_extract_beside_a_foreign_models_package(bare: Path, foreign: dict[str, str], tmp_path: Path) -> None:
    shutil.copy(PAGE, tmp_path / "page.html")
    shown = run(bare.parent / "legation", "extract", "page.html", cwd=tmp_path, env=foreign).stdout
    claims = [json.loads(line) for line in shown.splitlines()]
    assert {claim["receiving_state"] for claim in claims} >= {"UA"}
    assert all(claim["quote"] for claim in claims)


def test_extras_install_from_the_wheel(bare: Path, wheel: Path) -> None:
    """The wheel declares every extra, and pip finds what they ask for; nothing is changed."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pip = (sys.executable, "-m", "pip", "--python", bare, "--disable-pip-version-check")
    wanted = f"legation[{','.join(extras)}] @ {wheel.as_uri()}"
    done = run(*pip, "install", "--no-index", "--dry-run", wanted)
    assert "does not provide the extra" not in done.stderr
