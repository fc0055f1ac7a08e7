"""`legation second-reader`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, log_format_option, open_database
from legation.pipeline.commands._terminal import utc_now

if TYPE_CHECKING:
    from collections import Counter

    from legation.pipeline.commands._voice import Voice
    from legation.pipeline.config import Config

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def command() -> None:
    """Let a language model read along: what the small reader is unsure of, and other languages than English.

    [second_reader] in config.toml names the model and sets the budget; `legation ingest` then asks it at the end of
    each run. The same by files costs half at most services, and needs no key here.

    \b
    legation second-reader status
    legation second-reader run --limit 20
    legation second-reader requests ask.jsonl     hand the file to a batch service
    legation second-reader answers answers.jsonl  what it gave back
    legation second-reader teach lessons.jsonl    its settled claims, for training
    """


@command.command()
@config_option
@click.option("--limit", type=click.IntRange(min=1), help="Ask at most so many questions.")
@log_format_option
def run(config: "Config", limit: int | None, voice: "Voice") -> int:
    """Ask the model about the articles that are due, within the day's budget.

    \b
    legation second-reader run
    legation second-reader run --limit 20
    """
    from legation.pipeline.second.run_second_reader import run_alone

    counts, problems = run_alone(config, limit, voice.complain)
    _tell(counts, voice)
    return int(problems > 0)


@command.command()
@config_option
@click.argument("file", type=_FILE)
@click.option(
    "--format", "form", type=click.Choice(["openai", "anthropic"]), default="openai", show_default=True, help="Form."
)
@click.option("--name", help="The model's name at the service; without it the last part of the configured name.")
@click.option("--limit", type=click.IntRange(min=1), help="Write at most so many questions.")
@click.option("--again", is_flag=True, help="Also questions that are in an earlier file and have no answer yet.")
@log_format_option
def requests(
    config: "Config", file: Path, form: str, name: str | None, limit: int | None, again: bool, voice: "Voice"
) -> None:
    """Write to FILE what would be asked, as JSON Lines in the form that batch services take.

    \b
    legation second-reader requests ask.jsonl
    legation second-reader requests ask.jsonl --format anthropic --limit 500
    """
    from legation.db.runs import only_run, writing
    from legation.pipeline.second.batch import needed, write_requests

    needed(config.second_reader)
    db = open_database(config)
    with only_run(config.database_path), writing(config.database_path):
        counts = write_requests(
            db, config.second_reader, file, form=form, name=name, limit=limit, again=again, now=utc_now()
        )
    voice.say(f"{counts['requests']} questions in {file}; {counts['known']} articles read from stored answers")


@command.command()
@config_option
@click.argument("file", type=_FILE)
@log_format_option
def answers(config: "Config", file: Path, voice: "Voice") -> int:
    """Read the answers of a batch service from FILE and store what passes the checks.

    A line is what the service gave back, or {"custom_id": ..., "answer": ...}. Repeating it changes nothing.

    \b
    legation second-reader answers answers.jsonl
    """
    from legation.db.runs import only_run, writing
    from legation.pipeline.second.batch import read_answers

    db = open_database(config)
    with only_run(config.database_path), writing(config.database_path):
        counts = read_answers(db, config.second_reader, file, voice.complain, utc_now)
    voice.say(
        f"{counts['answers']} answers, {counts['known']} known, {counts['failed']} refused by the service, "
        f"{counts['lines dropped']} lines dropped"
    )
    _tell(counts, voice)
    return int(counts["lines dropped"] + counts["failed"] > 0)


@command.command()
@config_option
def status(config: "Config") -> None:
    """Show what is due, what today cost, what was dropped, and how often each reader was right.

    \b
    legation second-reader status
    """
    from legation.pipeline.second.report import report

    for line in report(open_database(config, create=True), config.second_reader, utc_now()[:10]):
        click.echo(line)


@command.command()
@config_option
@click.argument("file", type=_FILE)
@click.option("--silent", is_flag=True, help="Also articles in which both readers found nothing.")
def teach(config: "Config", file: Path, silent: bool) -> None:
    """Write articles with the claims that both readers found or a reviewer decided, as gold for training.

    FILE has an article a line, with its text and its claims, as `legation evaluate` reads them.

    \b
    legation second-reader teach lessons.jsonl
    legation evaluate lessons.jsonl lessons.jsonl
    """
    from legation.pipeline.second.gold_export import write_gold

    click.echo(f"{write_gold(open_database(config), file, silent=silent)} articles in {file}")


def _tell(counts: "Counter[str]", voice: "Voice") -> None:
    from legation.pipeline.second.report import summary

    for line in summary(counts):
        voice.say(line)
