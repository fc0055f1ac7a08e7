"""`legation train`: fit the reader's weights to more texts, and to what reviewers decided."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, open_database

if TYPE_CHECKING:
    from legation.pipeline.config import Config

PATH = click.Path(path_type=Path)


@click.command()
@config_option
@click.argument("gold", nargs=-1, type=PATH)
@click.option("--to", required=True, type=PATH, help="Folder to write the weights to.")
@click.option("--reviewed", is_flag=True, help="Learn from the decisions in the database too.")
@click.option("--teacher", is_flag=True, help="Learn from the second reader's claims that are agreed or reviewed too.")
@click.option(
    "--weight", "weights", multiple=True, metavar="GOLD=W", help="How much each text of GOLD counts; default 1."
)
@click.option("--made", multiple=True, metavar="GOLD", help="A GOLD of texts made for training: sets no threshold.")
@click.option(
    "--readings", multiple=True, type=PATH, help="What encoders say of texts that they never saw, as JSON Lines."
)
def command(
    config: "Config",
    gold: tuple[Path, ...],
    to: Path,
    reviewed: bool,
    teacher: bool,
    weights: tuple[str, ...],
    made: tuple[str, ...],
    readings: tuple[Path, ...],
) -> None:
    """Fit the weights of the reader to texts whose claims are known, and write them to a folder.

    GOLD is a folder with articles.jsonl and gold.jsonl, or a file that holds both in each line; see `legation evaluate
    --help`. The report says how well the reader reads texts that its weights were not fitted on (three folds, by month
    and article), how often each decision is right, and which features weigh most. With --reviewed and GOLD it compares
    the weights fitted with and without the decisions of reviewers; with --teacher those fitted with and without the
    claims of the second reader that the small reader found too or a reviewer decided on. Only English articles teach.
    The shipped weights stay as they are: name the new folder as `weights` in the section [model] of config.toml to read
    with it.

    \b
    legation train gold/ --to weights
    legation train gold/ ours.jsonl --weight ours.jsonl=0.5 --made ours.jsonl --to weights
    legation train gold/ --reviewed --to weights
    legation train gold/ --teacher --to weights
    """
    from legation.pipeline.train import all_examples, out_of_fold_readings, train

    db = open_database(config) if reviewed or teacher else None
    examples = all_examples(gold, weights, made, db, reviewed=reviewed, teacher=teacher)

    def say(line: str) -> None:
        click.echo(line, err=True)

    known = "settled claims" if teacher else "decisions"
    for line in train(examples, out_of_fold_readings(readings), to, config.model.pipeline, say, known):
        click.echo(line)
