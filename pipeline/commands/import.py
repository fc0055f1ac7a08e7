"""`legation import`."""  # noqa: N999 - the name of the command

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._terminal import utc_now

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", metavar="DATE", help="The day on which the list was right; default: today.")
def command(config: "Config", file: Path, as_of: str | None) -> int:
    """Load a list of missions from FILE as claims of their own provenance, to see what the news changes.

    FILE is CSV (UTF-8) with the columns sender, host, city, kind, status, date, source; city, kind, date and source may
    be empty. Status is open, limited, relocated, closed, suspended, evacuated, or a status of a claim.

    \b
    legation import missions.csv --as-of 2022-01-01
    """
    from legation.pipeline.known_list import import_list
    from legation.pipeline.places import day

    saved, problems = import_list(open_database(config, create=True), file, day(as_of or utc_now()[:10]), utc_now())
    click.echo(f"{saved.new} claims new, {saved.kept} known before, {saved.retired} no longer in the list")
    for problem in problems:
        click.echo(problem, err=True)
    return int(bool(problems))
