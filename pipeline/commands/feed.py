"""`legation feed`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import claim_filters, config_option, open_database

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="The newest so many.")
@claim_filters
def command(
    config: "Config", file: Path, limit: int, sender: str | None, host: str | None, region: str | None, **filters: Any
) -> None:  # fmt: skip
    """Write an Atom feed of the changes of status that reviewers approved to FILE.

    The options that choose claims choose a change by the claims that it rests on.

    \b
    legation feed changes.atom
    legation feed kyiv.atom --in Kyiv
    legation feed africa.atom --region Africa
    """
    from legation.pipeline.claim_rows import select
    from legation.pipeline.feed import write_feed

    db = open_database(config)
    changes = write_feed(db, file, limit, select(db, sender, host, filters, region))
    click.echo(f"{changes} {'change' if changes == 1 else 'changes'} in {file}")
