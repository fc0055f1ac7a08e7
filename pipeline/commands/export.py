"""`legation export`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("what", nargs=-1, required=True, type=click.Choice(["claims", "status", "periods"]))
@click.option(
    "--format", "form", default="csv", show_default=True, help="GeoJSON puts each row at its city.",
    type=click.Choice(["csv", "jsonl", "parquet", "geojson", "datapackage"]),
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File; for a data package a folder.")
@click.option("--on", metavar="DATE", help="The day of `status`; default: today.")
def command(config: "Config", what: tuple[str, ...], form: str, output: Path | None, on: str | None) -> None:
    """Write claims, status or periods for other programs; cells that a spreadsheet would run are made harmless.

    \b
    legation export status --on 2022-04-20 > status.csv
    legation export claims --format parquet -o claims.parquet
    legation export status --format geojson -o status.geojson
    legation export claims status periods --format datapackage -o package
    """
    from legation.pipeline.export import export

    export(open_database(config), what, form, output, on, sys.stdout)
