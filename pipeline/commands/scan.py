"""legation scan"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, log_format_option, open_database

if TYPE_CHECKING:
    from legation.pipeline.commands._voice import Voice
    from legation.pipeline.config import Config


@click.command()
@click.argument("paths", nargs=-1, required=True)
@config_option
@click.option("-o", "--output", type=click.Path(path_type=Path), default="scan", show_default=True, help="Folder.")
@click.option("--format", "form", type=click.Choice(["jsonl", "parquet"]), default="jsonl", help="Default: jsonl.")
@click.option("--into", is_flag=True, help="Also load what is found into the database.")
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True, help="Processes.")
@click.option("--foreign", is_flag=True, help="Keep articles in other languages that name a mission, unread.")
@click.option("--dask", metavar="ADDRESS", help='Run on the Dask cluster there; "local" starts one on this machine.')
@log_format_option
def command(
    config: "Config",
    paths: tuple[str, ...],
    output: Path,
    form: str,
    into: bool,
    jobs: int,
    foreign: bool,
    dask: str | None,
    voice: "Voice",
) -> int:
    """Read archives of web pages and write the articles that hold claims.

    PATHS are .warc or .warc.gz files, patterns such as "2024/*.warc.gz", or - for standard input. Each archive gives
    one file in the output folder. A scan that was stopped goes on where it was. With --foreign, articles in French,
    German, Spanish, Ukrainian, Russian and Arabic that name a mission come out too, without claims: a second reader
    can read them (`legation second-reader`).

    \b
    legation scan CC-NEWS-*.warc.gz -o found
    legation scan CC-NEWS-*.warc.gz -o found --format parquet --jobs 8
    legation scan news.warc.gz --into
    """
    from legation.pipeline.scan_command import scan, summary

    model = config.model
    results = scan(
        paths,
        output,
        form,
        model,
        processes=jobs,
        dask=dask,
        complain=voice.complain,
        foreign=foreign,
    )
    voice.say(summary(results))
    if into:
        from legation.pipeline.scan_command import load_all

        voice.say(f"{load_all(open_database(config, create=True), results)} claims new in the database")
    return int(any(result.problems for result in results))
