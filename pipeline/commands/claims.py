"""`legation claims`."""

from typing import TYPE_CHECKING, Any

import click

from legation.pipeline.commands._options import claim_filters, config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config

_ORDER = "Oldest first; or those that wait for a reviewer, what would teach the reader most first."


@click.command()
@config_option
@claim_filters
@click.option("--order", type=click.Choice(("age", "teaching")), default="age", show_default=True, help=_ORDER)
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@format_option
def command(
    config: "Config", sender: str | None, host: str | None, region: str | None, form: str, order: str, **filters: Any
) -> None:
    """List the claims in the database, as they are after review.

    The column `reader` says who read a claim: the small reader, the second reader (llm:<model>), two readers, or a
    reviewer. JSON Lines and CSV give it as the database holds it: small, llm:<model>, small+llm:<model>, reviewer.

    \b
    legation claims --in Kyiv --modality fact
    legation claims --of France --review unreviewed --limit 20
    legation claims --order teaching --limit 20
    legation claims --format jsonl > claims.jsonl
    """
    from legation.pipeline.claim_rows import CLAIM_COLUMNS, list_claims, teaching_first
    from legation.pipeline.second.report import reader_label

    db = open_database(config)
    limit = filters.pop("limit") if order == "teaching" else None
    rows = list_claims(db, sender, host, filters, region)
    if order == "teaching":
        rows = teaching_first(db, rows, limit)
    if form == "table":
        rows = [row | {"reader": reader_label(row["reader"], short=True)} for row in rows]
    print_rows(rows, CLAIM_COLUMNS, form)
