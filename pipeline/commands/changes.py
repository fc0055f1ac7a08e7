"""`legation changes`."""

from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import config_option, one_of, open_database, region_option
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("place", required=False)
@click.option("--of", metavar="COUNTRY", help="Missions of this sending State only.")
@click.option("--in", "host", metavar="PLACE", help="Missions in this receiving State or city, as PLACE.")
@region_option
@click.option("--since", metavar="DATE", help="Changes on or after this day.")
@click.option("--until", metavar="DATE", help="Changes before this day.")
@click.option("--reviewed-only", "reviewed", is_flag=True, help="Only those that rest on reviewed claims alone.")
@click.option("--known-before", is_flag=True, help="Without those before which nothing was known of the mission.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@format_option
def command(config: "Config", form: str, place: str | None, host: str | None, **asked: Any) -> None:
    """List changes of status of missions in PLACE (a city, a receiving State; without it everywhere), newest first.

    The state before, the state after, the sources and whether reviewers have seen the claims; JSON Lines also give the
    public ids of the claims. Where nothing was known before, the state before is `unknown`.

    \b
    legation changes --region Africa --since 2023-01-01 --until 2024-01-01
    legation changes Kyiv --reviewed-only
    legation changes --of France --format csv > changes.csv
    """
    from legation.pipeline.changes import CHANGE_COLUMNS, Wanted, changes, for_people

    wanted = Wanted(one_of("--in", place, host), **asked)
    rows = changes(open_database(config).conn, wanted)
    print_rows([for_people(row) for row in rows] if form == "table" else rows, CHANGE_COLUMNS, form)
