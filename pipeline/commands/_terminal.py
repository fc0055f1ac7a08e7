"""The terminal of a reviewer, and who sits at it."""

import getpass
import os
import sys
from datetime import UTC, datetime

import click


class ClickTerminal:
    """Shows on standard output; a key counts without Enter, and keys typed ahead are kept."""

    def show(self, line: str) -> None:
        click.echo(line)

    def key(self) -> str:
        try:
            import termios
            import tty
        except ImportError:  # Windows
            return click.getchar()
        place = sys.stdin.fileno()
        usual = termios.tcgetattr(place)
        try:
            tty.setcbreak(place, termios.TCSADRAIN)
            return os.read(place, 1).decode(errors="replace")
        finally:
            termios.tcsetattr(place, termios.TCSADRAIN, usual)

    def line(self, prompt: str) -> str:
        return str(click.prompt(prompt, default="", show_default=False, prompt_suffix=""))


def user() -> str:
    """The name under which the user is logged in."""
    return getpass.getuser()


def utc_now() -> str:
    """The UTC time as it is stored."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
