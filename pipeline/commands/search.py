"""`legation search`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database
from legation.pipeline.commands._tables import format_option, print_rows

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.argument("words", nargs=-1, required=True)
@click.option("--quotes", is_flag=True, help="Search the quotes of claims, not whole articles.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many.")
@format_option
def command(config: "Config", words: tuple[str, ...], quotes: bool, limit: int, form: str) -> None:
    """Find articles or quotes that hold all WORDS, best first; several words in one argument are a phrase.

    \b
    legation search embassy Kyiv
    legation search "reopened its embassy" --quotes
    legation search consul*
    """
    from legation.pipeline.search import ARTICLE_COLUMNS, QUOTE_COLUMNS, search_articles, search_quotes

    db = open_database(config)
    if quotes:
        print_rows(search_quotes(db, words, limit), QUOTE_COLUMNS, form)
    else:
        print_rows(search_articles(db, words, limit), ARTICLE_COLUMNS, form)
