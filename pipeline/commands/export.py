"""`legation export`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import claim_filters, config_option, open_database

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
@click.option("--on", metavar="DATE", help="The day of `status`; without it today.")
@claim_filters
def command(
    config: "Config", what: tuple[str, ...], form: str, output: Path | None, on: str | None, sender: str | None,
    host: str | None, **filters: Any,
) -> None:  # fmt: skip
    """Write claims, status or periods for other programs; cells that a spreadsheet would run are made harmless.

    The options that choose claims choose a status or a period by the claims that it rests on.

    \b
    legation export status --on 2022-04-20 > status.csv
    legation export claims --in Kyiv --review approved > kyiv.csv
    legation export claims --format parquet -o claims.parquet
    legation export status --format geojson -o status.geojson
    legation export claims status periods --format datapackage -o package
    """
    from legation.pipeline.export import export
    from legation.pipeline.listing import only

    db = open_database(config)
    export(db, what, form, output, on, sys.stdout, only(db, sender, host, filters))
