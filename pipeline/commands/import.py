"""`legation import`."""  # noqa: N999 - the name of the command

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, one_of, open_database
from legation.pipeline.commands._terminal import utc_now

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--wikidata", type=click.Path(path_type=Path), metavar="FILE", help="The result of the query in the docs."
)
@click.option("--on", metavar="DATE", help="The day on which the list was right; default: today.")
@click.option("--as-of", hidden=True, metavar="DATE", help="The older name of --on.")
def command(config: "Config", file: Path | None, wikidata: Path | None, on: str | None, as_of: str | None) -> int:
    """Load a list of missions from FILE as claims of their own provenance, to see what the news changes.

    FILE is CSV (UTF-8) with the columns sending_state, receiving_state, city, mission, status, date, source; city,
    mission, date and source may be empty. Status is open, limited, relocated, closed, suspended, evacuated, or a
    status of a claim. With --wikidata it is the result of the query in docs/wikidata.md: missions get their items,
    those of which there is no news are known too, and items that are ambiguous are listed and not used.

    \b
    legation import missions.csv --on 2022-01-01
    legation import --wikidata missions-of-wikidata.csv
    """
    from legation.pipeline.errors import UsageProblem
    from legation.pipeline.user_input import parse_day

    if (file is None) == (wikidata is None):
        raise UsageProblem("import: give a FILE, or --wikidata FILE")
    today = utc_now()[:10]
    right_on = parse_day(one_of("--on", as_of, on) or today)
    if right_on > today:
        raise UsageProblem(f"--on: {right_on}: not yet come; give the day on which the list was right")
    db = open_database(config, create=True)
    if wikidata:
        from legation.pipeline.wikidata import import_wikidata

        done = import_wikidata(db, wikidata, right_on, utc_now())
        saved, problems = done.claims, list(done.problems)
        click.echo(f"{done.items} items taken, {len(problems)} listed and not used")
    else:
        from legation.pipeline.known_list import import_list

        saved, problems = import_list(db, file or Path(), right_on, utc_now())
    click.echo(f"{saved.new} claims new, {saved.kept} known before, {saved.retired} no longer in the list")
    for problem in problems:
        click.echo(problem, err=True)
    return int(bool(problems))
