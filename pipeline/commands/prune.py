"""`legation prune`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.option("--raw-older-than", metavar="AGE", required=True, help="12h, 90d or 8w: since a page last had that body.")
def command(config: "Config", raw_older_than: str) -> None:
    """Drop the raw bodies of pages; articles, quotes, claims and decisions stay.

    \b
    legation prune --raw-older-than 90d
    """
    from legation.pipeline.operations import age, prune
    from legation.pipeline.run_context import utc_now

    click.echo(prune(config, open_database(config), age(raw_older_than), utc_now()))
