"""`legation claims`."""

from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import config_option, open_database, region_option
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.option("--of", "sender", metavar="COUNTRY", help="Missions of this sending State.")
@click.option("--in", "host", metavar="PLACE", help="Missions in this receiving State or city.")
@region_option
@click.option("--status", help="reopened, opened, remained_open, reduced, relocated, evacuated, suspended, closed.")
@click.option("--modality", help="fact, planned, possible, denied.")
@click.option("--review", help="unreviewed, approved, rejected, corrected.")
@click.option("--since", metavar="DATE", help="Published on or after this day.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Of the extractor, 0 to 1.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@format_option
def command(
    config: "Config", sender: str | None, host: str | None, region: str | None, form: str, **filters: Any
) -> None:
    """List the claims in the database, as they stand after review.

    \b
    legation claims --in Kyiv --modality fact
    legation claims --of France --review unreviewed --limit 20
    legation claims --format jsonl > claims.jsonl
    """
    from legation.pipeline.listing import CLAIM_COLUMNS, list_claims

    rows = list_claims(open_database(config), sender, host, filters, region)
    print_rows(rows, CLAIM_COLUMNS, form)
