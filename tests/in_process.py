"""The program in this process: what `legation ARGUMENTS...` would print and return, without starting Python anew."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from legation.pipeline.cli import main


@dataclass(frozen=True)
class Done:
    """Exit code and output."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs a command in `folder`, where it writes a configuration with nothing but the database."""
    settings = '[database]\npath = "legation.db"\n\n[status]\nunreviewed = 0.5\n'
    (folder / "config.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(folder)

    def run(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run
