"""`legation backup`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
def command(config: "Config", target: Path) -> None:
    """Copy the database to FILE while others may write to it.

    \b
    legation backup backups/legation-$(date +%F).db
    """
    from legation.pipeline.operations import backup

    click.echo(backup(open_database(config), target))
