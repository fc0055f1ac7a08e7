"""legation ingest"""

from typing import Any

import click

from pipeline.commands._options import config_option


@click.command()
@config_option
@click.option(
    "--only", multiple=True, metavar="SOURCE", help="Only this source, even if it waits or is parked; repeatable."
)
@click.option("--max-pages", type=click.IntRange(min=0), help="Ask for no more than so many pages.")
@click.option("--max-seconds", type=click.FloatRange(min=0), help="Begin nothing after so many seconds.")
@click.option("--dry-run", is_flag=True, help="Ask the sources, print the pages that would be fetched, store nothing.")
@click.option(
    "--log-format", type=click.Choice(["lines", "json"]), default="lines", show_default=True, help="Form of messages."
)
@click.option("--heartbeat-url", metavar="URL", help="Ask for this address after a run that was not interrupted.")
def command(config: Any, **options: Any) -> int:
    """Fetch, clean and read what the sources have that is new.

    \b
    legation ingest                           what a timer runs
    legation ingest --only bbc --max-pages 5  try one source
    legation ingest --dry-run                 see what would be fetched
    """
    from pipeline.ingesting import ingest_command

    return ingest_command(config, **options)
