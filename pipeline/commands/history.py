"""`legation history`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, one_of, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("sender", required=False)
@click.argument("host", required=False)
@click.option("--of", metavar="COUNTRY", help="Missions of this sending State, as SENDER.")
@click.option("--in", "place", metavar="PLACE", help="Missions in this receiving State or city, as HOST.")
@click.option("--known", metavar="DATE", help="By what was recorded and decided here by the end of this day (UTC).")
@click.option("--quotes", is_flag=True, help="Show the claims that each period rests on.")
@format_option
def command(
    config: "Config", sender: str | None, host: str | None, of: str | None, place: str | None, known: str | None,
    quotes: bool, form: str,
) -> None:  # fmt: skip
    """Show every period of SENDER's missions in HOST, oldest first.

    \b
    legation history FR UA
    legation history France Kyiv --quotes
    legation history --of France --in Kyiv
    legation history FR UA --known 2022-04-18
    """
    from legation.pipeline.errors import UsageProblem
    from legation.pipeline.status_rows import PERIOD_COLUMNS, for_people, history_rows, quote_lines

    whose, where = one_of("--of", sender, of), one_of("--in", host, place)
    if not whose or not where:
        raise UsageProblem("history: name a sending and a receiving State; for example: legation history France Kyiv")
    rows = history_rows(open_database(config), whose, where, known)
    print_rows([for_people(row) for row in rows] if form == "table" else rows, PERIOD_COLUMNS, form)
    for line in quote_lines(rows) if quotes and form == "table" else ():
        click.echo(line)
