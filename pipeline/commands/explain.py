"""`legation explain`: why an article gives the claims that it gives."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("path")
@click.option("--id", "article", metavar="ID", help="Which article of a .jsonl file, by id or address.")
@click.option("--published", metavar="DATE", help="Date of publication where the article has none, YYYY-MM-DD.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page instead of printing.")
@click.option("--model", default="en_core_web_sm", show_default=True, help="Installed spaCy pipeline to read with.")
def command(path: str, article: str | None, published: str | None, html: Path | None, model: str) -> None:
    """Show why an article gives the claims that it gives, and no others.

    Marked are senders, hosts, missions, events, cues of modality, dates and speakers. Then come the rules that fired
    and those that were overruled, each with the line to change. PATH is .jsonl, .html, .htm, .txt or -.

    \b
    legation explain story.txt --published 2022-04-19
    legation explain articles.jsonl --id kyiv-2022-04-19 --html why.html
    """
    from legation.pipeline.explain import explain
    from legation.pipeline.explain_views import terminal, write_page

    told = explain(path, article, published, model)
    if html is not None:
        write_page(told, html)
        click.echo(f"wrote {html}", err=True)
        return
    colour = sys.stdout.isatty()
    for line in terminal(told, colour=colour, width=0 if colour else 100):
        click.echo(line, color=colour)
