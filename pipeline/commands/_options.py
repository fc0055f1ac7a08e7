"""Options that several commands share."""

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
        from legation.pipeline.config import load_config

        return function(*args, config=load_config(config_path), **options)

    return with_config


def region_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--region NAME`, passed as `region`: missions in the States of a region of UN M49."""
    return click.option(
        "--region", metavar="NAME", help="Missions in a region of UN M49, such as Africa or Western Africa."
    )(function)


def open_database(config: "Config", *, create: bool = False) -> "Database":
    """The database that `config` names; with `create` it is made where missing, else that is refused.

    It is closed when the command ends. Raises legation.db.errors.DatabaseError.
    """
    from legation.db.connect import connect
    from legation.pipeline.reference import prepare_for

    db = connect(config.database_path, create=create)
    click.get_current_context().call_on_close(db.close)
    prepare_for(db, config.status)
    return db
