"""`legation feed`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database, region_option

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="The newest so many.")
@click.option("--in", "place", metavar="PLACE", help="Missions in this receiving State or city.")
@region_option
def command(config: "Config", file: Path, limit: int, place: str | None, region: str | None) -> None:
    """Write an Atom feed of the changes of status that reviewers approved to FILE.

    \b
    legation feed changes.atom
    legation feed africa.atom --region Africa
    """
    from legation.pipeline.feed import write_feed

    click.echo(f"{write_feed(open_database(config), file, limit, place, region)} changes in {file}")
