"""`legation sources`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config

COLUMNS = (
    "name", "kind", "state", "last_success", "listed", "new", "changed", "unchanged", "failed", "failures", "zeros",
    "faults", "last_error",
)  # fmt: skip


@click.command()
@config_option
@click.option(
    "--unpark", "names", multiple=True, metavar="SOURCE", help="Let a parked or waiting source be asked again."
)
@format_option
def command(config: "Config", names: tuple[str, ...], form: str) -> None:
    """List the sources with their health and what their last run gave.

    \b
    legation sources
    legation sources --unpark gazette    ask it again in the next run, its failed pages too
    """
    from legation.pipeline.operations import source_rows, unpark

    db = open_database(config, create=True)
    unpark(db, names)
    print_rows(source_rows(db, config), COLUMNS, form)
