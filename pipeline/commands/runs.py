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
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="So many, the latest first.")
@click.option("--problems", is_flag=True, help="Print what failed in the last run, a line each, in place of the table.")
@format_option
def command(config: "Config", limit: int, problems: bool, form: str) -> None:
    """Show what the last runs did.

    \b
    legation runs
    legation runs --problems             what failed in the last run
    legation runs --limit 1 --format jsonl
    """
    from legation.pipeline.operations import last_problems, run_rows

    db = open_database(config)
    if problems:
        click.echo("\n".join(last_problems(db)))
        return
    print_rows(run_rows(db, limit), COLUMNS, form)
