"""The option --format and the printing of rows."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def format_option(function: F) -> F:
    """Add `--format`, passed as `form`."""
    return click.option(
        "--format", "form", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True,
        help="A table for people, JSON Lines for programs, CSV for spreadsheets.",
    )(function)  # fmt: skip


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str) -> None:
    """Print `rows`; prints a line for people if there are none."""
    from legation.pipeline.render import lines

    if not rows and form == "table":
        click.echo("Nothing found.", err=True)
        return
    for line in lines(rows, columns, form, width=0 if sys.stdout.isatty() else 200):
        click.echo(line)
