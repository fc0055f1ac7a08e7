"""`legation release`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._terminal import utc_now

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("version")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("releases"), show_default=True,
    help="The folder in which the release gets a folder of its own.",
)  # fmt: skip
@click.option("--on", metavar="DATE", help="The day whose status is released; default: that of the last record.")
@click.option("--before", type=click.Path(path_type=Path), help="The release before, if it is in another folder.")
def command(config: "Config", version: str, output: Path, on: str | None, before: Path | None) -> None:
    """Write release VERSION (MAJOR.MINOR.PATCH) of the data: dated, immutable, ready to cite.

    It holds missions, periods, changes, claims, announcements, sources, coverage and agreement as CSV, JSON Lines and
    Parquet, GeoJSON, datapackage.json, the codebook, CITATION.cff, SHA256SUMS, and a changelog against the release
    before. The same database gives the same bytes; a version is never given to two contents.

    \b
    legation release 1.0.0
    legation release 1.1.0 --on 2024-06-30 -o releases
    """
    from legation.pipeline.errors import UsageProblem
    from legation.pipeline.release.write import write_release

    now = utc_now()
    if on and on > now[:10]:
        raise UsageProblem(f"--on: {on}: not yet come; give the day whose status is to be released")
    made = write_release(open_database(config).conn, version, output, config.release, on=on, before=before, now=now)
    rows = ", ".join(f"{number} {name}" for name, number in made.rows.items() if name not in ("coverage", "agreement"))
    click.echo(f"{made.folder}: {rows}; status on {made.day}")
    click.echo(f"sha256 of SHA256SUMS: {made.sums}")
