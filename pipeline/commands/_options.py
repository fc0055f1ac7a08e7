"""Options that several commands share."""

import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.config import Config


def config_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config PATH` (default config.toml) to a command and pass it the loaded Config as `config`.

    Below @click.command, above the command's own options. A file that cannot be read or has mistakes ends the command
    with UsageProblem before its own code runs.
    """

    @click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        default=Path("config.toml"),
        show_default=True,
        help="The configuration file.",
    )
    @wraps(function)
    def with_config(*args: Any, config_path: Path, **options: Any) -> Any:
        from legation.db.errors import explain_error
        from legation.pipeline.config import load_config

        config = load_config(config_path)
        try:
            return function(*args, config=config, **options)
        except sqlite3.Error as error:
            refused = explain_error(error, config.database_path)
            if refused is None:
                raise
            raise refused from error

    return with_config


def log_format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--log-format` to a command, send the messages of the program to standard error in that form, and pass the
    Voice with which the command speaks as `voice`."""

    @click.option(
        "--log-format",
        type=click.Choice(["lines", "json"]),
        default="lines",
        show_default=True,
        help="Form of messages; json also for what is printed, a line each.",
    )
    @wraps(function)
    def with_voice(*args: Any, log_format: str, **options: Any) -> Any:
        from legation.pipeline.commands._voice import Voice
        from legation.pipeline.logs import log_to_stderr

        log_to_stderr(log_format)
        return function(*args, voice=Voice(log_format), **options)

    return with_voice


def region_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--region NAME`, passed as `region`: missions in the States of a region of UN M49."""
    return _REGION(function)


def one_of(name: str, place: str | None, option: str | None) -> str | None:
    """What was named as an argument or by its option; UsageProblem for both."""
    from legation.pipeline.errors import UsageProblem

    if place and option:
        raise UsageProblem(f"{name} {option}: {place} was named already; name one of them")
    return place or option


def claim_filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose claims, the same in every command: sender, host, region, status, modality, review,
    since, min_confidence."""
    for option in reversed(_CLAIM_FILTERS):
        function = option(function)
    return function


_REGION = click.option(
    "--region", metavar="NAME", help="Missions in a region of UN M49, such as Africa or Western Africa."
)
_CLAIM_FILTERS = (
    click.option("--of", "sender", metavar="COUNTRY", help="Missions of this sending State."),
    click.option("--in", "host", metavar="PLACE", help="Missions in this receiving State or city."),
    _REGION,
    click.option("--status", help="reopened, opened, remained_open, reduced, relocated, evacuated, suspended, closed."),
    click.option("--modality", help="fact, planned, possible, denied."),
    click.option("--review", help="unreviewed, approved, rejected, corrected."),
    click.option("--since", metavar="DATE", help="Published on or after this day."),
    click.option("--min-confidence", type=click.FloatRange(0, 1), help="Of the extractor, 0 to 1."),
)


def open_database(config: "Config", *, create: bool = False) -> "Database":
    """The database that `config` names; with `create` it is made where missing, else that is refused.

    It is closed when the command ends. Raises legation.db.errors.DatabaseError.
    """
    from legation.db.connect import connect
    from legation.pipeline.reference_data import prepare_for

    db = connect(config.database_path, create=create)
    click.get_current_context().call_on_close(db.close)
    prepare_for(db, config.status)
    return db
