"""`legation serve`."""

from typing import TYPE_CHECKING

import click

from legation.pipeline.commands._options import config_option, log_format_option, open_database
from legation.pipeline.commands._terminal import user

if TYPE_CHECKING:
    from legation.pipeline.commands._voice import Voice
    from legation.pipeline.config import Config


@click.command()
@config_option
@click.option("--port", type=click.IntRange(0, 65535), help="Listen there; 0: any free port.")
@click.option("--as", "guest", metavar="NAME", help="Who the sign-in link is for; without it the name of the user.")
@click.option("--no-link", is_flag=True, help="Print no sign-in link: only the people of the configuration sign in.")
@click.option("--hash-password", is_flag=True, help="Ask for a password, print its hash for the configuration, end.")
@click.option("--new-token", is_flag=True, help="Print a new API token and its hash for the configuration, end.")
@log_format_option
def command(
    config: "Config", port: int | None, guest: str | None, no_link: bool, hash_password: bool, new_token: bool,
    voice: "Voice",
) -> None:  # fmt: skip
    """Open the review desk and the status board in a browser, until Ctrl-C.

    \b
    legation serve
    legation serve --port 8080 --as maria
    legation serve --no-link
    legation serve --hash-password
    """
    from legation.pipeline.web import serve

    if hash_password or new_token:
        _print_secret(hash_password)
        return
    if port is not None:
        config = config.model_copy(update={"serve": config.serve.model_copy(update={"port": port})})
    open_database(config).close()
    serve.serve(config, None if no_link else guest or user(), voice.say, voice.form)


def _print_secret(password: bool) -> None:
    from legation.pipeline.web import serve

    if password:
        asked = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        click.echo(f'password_hash = "{serve.hash_password(asked)}"')
    else:
        token, digest = serve.new_token()
        click.echo(f'token: {token}\ntoken_sha256 = "{digest}"')
