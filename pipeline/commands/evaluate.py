"""`legation evaluate`: how well the extraction reads, by articles whose claims are known."""

from pathlib import Path

import click


@click.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.argument("articles", type=click.Path(path_type=Path))
@click.option("--errors", is_flag=True, help="List each claim that was extra or missed, with its rule.")
@click.option("--model", default="en_core_web_sm", show_default=True, help="Installed spaCy pipeline to read with.")
def command(gold: Path, articles: Path, errors: bool, model: str) -> None:
    """Compare the claims of articles with those that a careful reader found.

    GOLD has an article a line: {"id", "kind", "claims": [{"sending_state", "receiving_state", "status", "modality",
    "mission", "city", "date", "attribution", "must"}]}. Labels may be lists, the best first; "must" false marks a claim
    that may be found and need not be. ARTICLES are what `legation extract` reads, with the same ids; it may be the
    same file.

    \b
    legation evaluate gold.jsonl articles.jsonl --errors
    legation evaluate tests/cases/events.jsonl tests/cases/events.jsonl
    """
    from legation.pipeline.evaluate import evaluate

    for line in evaluate(gold, articles, model, errors=errors):
        click.echo(line)
