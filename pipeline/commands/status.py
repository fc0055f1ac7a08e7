"""`legation status`."""

from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import config_option, one_of, open_database, region_option
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("place", required=False)
@click.option("--of", metavar="COUNTRY", help="Missions of this sending State.")
@click.option("--in", "host", metavar="PLACE", help="Missions in this receiving State or city, as PLACE.")
@region_option
@click.option("--on", metavar="DATE", help="The status on this day; default: today.")
@click.option("--known", metavar="DATE", help="By what was recorded and decided here by the end of this day (UTC).")
@click.option("--unreviewed", type=click.FloatRange(0, 1), help="Count unreviewed claims from this confidence.")
@click.option("--reviewed-only", is_flag=True, help="Count approved and corrected claims only.")
@click.option("--overdue", is_flag=True, help="Only missions with an announcement whose day has passed.")
@click.option("--quotes", is_flag=True, help="Show the claims that each status rests on.")
@format_option
def command(config: "Config", form: str, quotes: bool, place: str | None, host: str | None, **asked: Any) -> None:
    """Say which missions work in PLACE, a city or a receiving State, since when, and how well that is known.

    A state that nobody has confirmed for long says so, and its confidence falls with the age of the evidence. An
    announcement whose day has passed without a word of what became of it is marked overdue.

    \b
    legation status Kyiv
    legation status Kyiv --on 2022-04-20 --quotes
    legation status Ukraine --of France
    legation status --of France
    legation status --region "Western Africa" --overdue
    legation status Kyiv --on 2022-04-20 --known 2022-04-18
    """
    from legation.pipeline.status_rows import STATUS_COLUMNS, for_people, quote_lines, status_rows

    rows = status_rows(open_database(config), one_of("--in", place, host), **asked)
    print_rows([for_people(row) for row in rows] if form == "table" else rows, STATUS_COLUMNS, form)
    for line in quote_lines(rows) if quotes and form == "table" else ():
        click.echo(line)
