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
        from legation.db.errors import told
        from legation.pipeline.config import load_config

        config = load_config(config_path)
        try:
            return function(*args, config=config, **options)
        except sqlite3.Error as error:
            refused = told(error, config.database_path)
            if refused is None:
                raise
            raise refused from error

    return with_config


def open_database(config: "Config", *, create: bool = False) -> "Database":
    """The database that `config` names; with `create` it is made where missing, else that is refused.

    It is closed when the command ends. Raises legation.db.errors.DatabaseError.
    """
    from legation.db.connect import connect
    from legation.pipeline.reference import prepare

    db = connect(config.database_path, create=create)
    click.get_current_context().call_on_close(db.close)
    prepare(db, config.status.unreviewed)
    return db
