"""`legation claims`."""

from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import claim_filters, config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@claim_filters
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
