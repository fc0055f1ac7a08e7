"""`legation history`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("sender")
@click.argument("host")
@click.option("--known", metavar="DATE", help="By what was recorded and decided here by the end of this day (UTC).")
@click.option("--quotes", is_flag=True, help="Show the claims that each period rests on.")
@format_option
def command(config: "Config", sender: str, host: str, known: str | None, quotes: bool, form: str) -> None:
    """Show every period of SENDER's missions in HOST, oldest first.

    \b
    legation history FR UA
    legation history France Kyiv --quotes
    legation history FR UA --known 2022-04-18
    """
    from legation.pipeline.ask import PERIOD_COLUMNS, history_rows, quote_lines

    rows = history_rows(open_database(config), sender, host, known)
    print_rows(rows, PERIOD_COLUMNS, form)
    for line in quote_lines(rows) if quotes and form == "table" else ():
        click.echo(line)
