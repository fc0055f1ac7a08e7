"""The terminal of a reviewer, and who sits at it."""

import getpass
from datetime import UTC, datetime

import click


class ClickTerminal:
    """Shows on standard output; keys come from the terminal, or character by character from a pipe."""

    def show(self, line: str) -> None:
        click.echo(line)

    def key(self) -> str:
        try:
            return click.getchar()
        except EOFError:
            return ""

    def line(self, prompt: str) -> str:
        return str(click.prompt(prompt, default="", show_default=False, prompt_suffix=""))


def user() -> str:
    """The name under which the user is logged in."""
    return getpass.getuser()


def utc_now() -> str:
    """The UTC time as it is stored."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
