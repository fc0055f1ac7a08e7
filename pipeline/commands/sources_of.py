"""`legation sources-of`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("claim")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How.")
def command(config: "Config", claim: str, form: str) -> None:
    """Show what CLAIM (its id or key) rests on: article, page, copies, readings, and every decision on it.

    \b
    legation sources-of 12
    legation sources-of 8808a3dc6c5d45c1 --format json
    """
    from legation.pipeline.provenance import provenance, provenance_lines

    for line in provenance_lines(provenance(open_database(config), claim), form):
        click.echo(line)
