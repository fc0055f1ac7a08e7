"""legation ingest"""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, log_format_option

if TYPE_CHECKING:
    from legation.pipeline.commands._voice import Voice
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.option("--only", multiple=True, metavar="SOURCE", help="Only this source, even if it waits or is parked.")
@click.option("--max-pages", type=click.IntRange(min=0), help="Ask for no more than so many pages.")
@click.option("--max-seconds", type=click.FloatRange(min=0), help="Begin nothing after so many seconds.")
@click.option("--dry-run", is_flag=True, help="Ask the sources, print the pages that are new, store nothing.")
@log_format_option
@click.option("--heartbeat-url", metavar="URL", help="Ask for this address after a run that was not interrupted.")
def command(
    config: "Config",
    only: tuple[str, ...],
    max_pages: int | None,
    max_seconds: float | None,
    dry_run: bool,
    voice: "Voice",
    heartbeat_url: str | None,
) -> int:
    """Fetch, clean and read what the sources have that is new.

    \b
    legation ingest                           what a timer runs
    legation ingest --only bbc --max-pages 5  try one source
    legation ingest --dry-run                 see what would be fetched
    """
    from legation.pipeline.ingest_command import plan_ingest, run_ingest
    from legation.pipeline.run_context import Options, Surroundings, log

    if dry_run:
        worst = 0
        for found in plan_ingest(config, only, Surroundings()):
            worst = max(worst, found.code)
            if found.problem:
                log.warning("%s: %s", found.source, found.text)
            else:
                voice.say(f"{found.source}: {found.text}", source=found.source, address=found.text)
        return worst
    code, record = run_ingest(config, Options(only, max_pages, max_seconds), heartbeat_url)
    for line in record.summary() if voice.form == "lines" else ["the run has ended"]:
        voice.say(line, **record.as_json(), code=code)
    return code
