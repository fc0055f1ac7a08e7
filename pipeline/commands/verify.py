"""`legation verify`."""

from pathlib import Path

import click


@click.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--cited", multiple=True, metavar="ID", help="Show the row with this public id, as it was released.")
@click.option("--config", "config_path", type=click.Path(path_type=Path),
              help="Also say what the ids name today in the database of this configuration.")  # fmt: skip
def command(release: Path, cited: tuple[str, ...], config_path: Path | None) -> int:
    """Check that the folder RELEASE is as it was released: files, tables, ids, references.

    Each breach is one line on standard error, and the exit code is 1.

    \b
    legation verify releases/legation-1.0.0
    legation verify releases/legation-1.0.0 --cited chg-0123456789abcdef
    legation verify releases/legation-1.0.0 --config config.toml
    """
    import json

    from legation.pipeline.release import verify as check

    head, problems = check.verify(release)
    click.echo(head)
    for problem in problems:
        click.echo(problem, err=True)
    for public in cited:
        click.echo(json.dumps(check.cited(release, public), ensure_ascii=False))
    if config_path:
        from legation.pipeline.commands._options import open_database
        from legation.pipeline.config import load_config

        for line in check.today(open_database(load_config(config_path)).conn, release):
            click.echo(line)
    click.echo("not as released" if problems else "as released", err=bool(problems))
    return int(bool(problems))
