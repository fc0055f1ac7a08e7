"""`legation runs`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config

COLUMNS = (
    "run", "started", "outcome", "seconds", "requests", "not modified", "pages new", "pages changed", "pages failed",
    "articles read", "claims new", "problems",
)  # fmt: skip


@click.command()
@config_option
@click.option("--limit", type=click.IntRange(1), help="So many, the latest first; 10, with --problems 1.")
@click.option("--problems", is_flag=True, help="Print what failed, a line each, in place of the table.")
@format_option
def command(config: "Config", limit: int | None, problems: bool, form: str) -> None:
    """Show what the last runs did.

    \b
    legation runs
    legation runs --problems             what failed in the last run
    legation runs --problems --limit 20  what failed in the last 20 runs
    legation runs --limit 1 --format jsonl
    """
    from legation.pipeline.operations import problem_rows, run_rows
    from legation.pipeline.render import printable

    db = open_database(config)
    if not problems:
        print_rows(run_rows(db, limit or 10), COLUMNS, form)
    elif form != "table":
        print_rows(problem_rows(db, limit or 1), ("run", "started", "problem"), form)
    elif not (rows := problem_rows(db, limit or 1)):
        click.echo("Nothing failed.", err=True)
    else:
        for row in rows:
            run = f"run {row['run']}, {row['started']}: " if limit else ""
            click.echo(printable(f"{run}{row['problem']}"))
