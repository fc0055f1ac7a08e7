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
@click.argument("what", nargs=-1, type=click.Choice(["claims", "status", "periods", "changes"]))
@click.option(
    "--format", "form", default="csv", show_default=True, help="GeoJSON puts each row at its city.",
    type=click.Choice(["csv", "jsonl", "parquet", "geojson", "datapackage", "quickstatements"]),
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File; for a data package a folder.")
@click.option("--on", metavar="DATE", help="The day of `status`, the last of `changes`; default: today.")
@claim_filters
def command(
    config: "Config", what: tuple[str, ...], form: str, output: Path | None, on: str | None, sender: str | None,
    host: str | None, region: str | None, **filters: Any,
) -> None:  # fmt: skip
    """Write claims, status, periods or changes for other programs.

    Cells that a spreadsheet would run are made harmless. The format quickstatements takes no table and no filter: it
    gives reviewed openings and closings of missions with an item of Wikidata, for a person to look at and submit.

    The options that choose claims choose a status, a period or a change by the claims that it rests on.

    \b
    legation export status --on 2022-04-20 > status.csv
    legation export changes --region Africa > changes.csv
    legation export claims --in Kyiv --review approved > kyiv.csv
    legation export claims --format parquet -o claims.parquet
    legation export status --format geojson -o status.geojson
    legation export claims status periods --format datapackage -o package
    legation export --format quickstatements > statements.tsv
    """
    from legation.pipeline.claim_rows import select
    from legation.pipeline.export import export

    db = open_database(config)
    export(db, what, form, output, on, sys.stdout, select(db, sender, host, filters, region))
