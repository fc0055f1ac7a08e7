"""`legation conflicts`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database, region_option
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.option("--of", "sender", metavar="COUNTRY", help="Missions of this sending State.")
@click.option("--in", "host", metavar="PLACE", help="Missions in this receiving State or city.")
@region_option
@click.option("--on", metavar="DATE", help="Only about what holds on this day.")
@format_option
def command(
    config: "Config", sender: str | None, host: str | None, region: str | None, on: str | None, form: str
) -> None:
    """List the claims that speak against what holds, with what holds.

    \b
    legation conflicts
    legation conflicts --in Ukraine --on 2022-04-20
    """
    from legation.pipeline.conflicts import CONFLICT_COLUMNS, conflict_rows

    print_rows(conflict_rows(open_database(config), sender, host, on, region), CONFLICT_COLUMNS, form)
