"""How a command says what it did and what failed, in the form that the user wishes."""

from dataclasses import dataclass
from typing import Any

import click

from legation.pipeline.logs import json_line


@dataclass(frozen=True, slots=True)
class Voice:
    """What a command says, in the form "lines" or "json"."""

    form: str = "lines"

    def say(self, line: str, **more: Any) -> None:
        """A line of results, to standard output; `more` stands beside it in JSON."""
        click.echo(json_line(line, **more) if self.form == "json" else line)

    def complain(self, line: str) -> None:
        """A line about what failed, to standard error."""
        click.echo(json_line(line, level="warning") if self.form == "json" else line, err=True)
