"""`legation report`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, one_of, open_database, region_option
from legation.pipeline.commands._terminal import utc_now

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("place", required=False, default="")
@click.option("--of", default="", metavar="COUNTRY", help="Missions of this sending State.")
@click.option("--in", "host", metavar="PLACE", help="Missions in this receiving State or city, as PLACE.")
@region_option
@click.option("--on", default="", metavar="DATE", help="The status on this day; default: today.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The HTML file to write.")
def command(
    config: "Config", place: str, of: str, host: str | None, on: str, output: Path, region: str | None
) -> None:  # fmt: skip
    """Write the status board of PLACE, a city or a receiving State, as one self-contained HTML file.

    \b
    legation report Kyiv --on 2022-04-20 -o report.html
    legation report --of France -o france.html
    legation report --region Africa -o africa.html
    """
    from legation.pipeline.web.report import write_report

    where = one_of("--in", place, host) or ""
    missions = write_report(
        open_database(config), output, where, of, on, utc_now(), region or "", config.release.licence
    )
    click.echo(f"{missions} missions in {output}")
