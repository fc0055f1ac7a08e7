"""`legation extract`: articles in, claims out, no database."""

import click


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--published", metavar="DATE", help="Date of publication where an article has none, YYYY-MM-DD.")
@click.option("--model", default="en_core_web_sm", show_default=True, help="Installed spaCy pipeline to read with.")
def command(paths: tuple[str, ...], published: str | None, model: str) -> int:
    """Read articles and print their claims, one JSON object a line.

    PATHS are .jsonl (an article a line), .html, .htm, .txt, or - for JSON Lines on standard input.

    \b
    legation extract page.html
    legation extract --published 2022-04-19 story.txt
    trafilatura --json -u URL | legation extract -
    """
    from legation.pipeline.extract import print_claims

    def complain(line: str) -> None:
        click.echo(line, err=True)

    with click.open_file("-", "w", encoding="utf-8") as out:
        return print_claims(paths, published, model, out=out, complain=complain)
