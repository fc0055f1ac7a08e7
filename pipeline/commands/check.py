"""`legation check`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option

if TYPE_CHECKING:
    from legation.pipeline.config import Config


@click.command()
@config_option
def command(config: "Config") -> int:
    """Check the configuration, that the language model is installed, and all that must hold in the database.

    Each breach is one line on standard error; then the exit code is 1, or 2 where the model or database is of no use.

    \b
    legation check
    legation check --config /etc/legation/config.toml
    """
    from legation.pipeline.check import check

    worst = 0
    for line in check(config):
        worst = max(worst, line.code)
        click.echo(line.text, err=line.code > 0)
    return worst
