"""Datasette with our plugin on the configured database, and the server around it."""

import asyncio
import gc
import hashlib
import secrets
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.pipeline.errors import UsageProblem
from legation.pipeline.logs import log_to_stderr
from legation.pipeline.web.table_titles import ABOUT, HIDDEN

if TYPE_CHECKING:
    import uvicorn

    from legation.pipeline.config import Config

HERE = Path(__file__).parent


def make_app(config: "Config", guest: str | None = None) -> Any:
    """The Datasette of `config`; `guest` is who the one-time link signs in. The database must be there and migrated.

    Raises UsageProblem where the packages of the extra `web` are missing.
    """
    try:
        from datasette.plugins import pm
    except ImportError as error:
        raise UsageProblem("serve: Datasette is missing; install it: pip install 'legation[web]'") from error
    from legation.pipeline.web import plugin, safe_csv
    from legation.pipeline.web.people import People
    from legation.pipeline.web.site import Site

    if not pm.is_registered(plugin):
        pm.register(plugin, name="legation")
        pm.unregister(name="datasette.handle_exception")  # prints all local variables at every wrong request
    safe_csv.install()
    path = config.database_path
    return plugin.Served(
        Site(config, path, People(config.serve, guest)),
        path,
        metadata=metadata(path),
        template_dir=str(HERE / "templates"),
        static_mounts=[("-/legation", str(HERE / "static"))],
        settings=settings(config.serve.sql_seconds),
        secret=secrets.token_hex(32),
    )


def settings(sql_seconds: float) -> dict[str, Any]:
    """Settings of Datasette: short queries, short answers, no download of the whole file."""
    return {
        "sql_time_limit_ms": int(sql_seconds * 1000), "max_returned_rows": 2000, "allow_download": False,
        "allow_csv_stream": True, "default_cache_ttl": 0, "facet_time_limit_ms": 300,
        "truncate_cells_html": 300,
    }  # fmt: skip


def metadata(path: Path) -> dict[str, Any]:
    """Titles and the meaning of each column, taken from the comments of the schema."""
    import sqlite3

    from legation.db.schema import relations

    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        found = relations(connection)
    finally:
        connection.close()
    tables: dict[str, Any] = {
        relation.name: {"columns": {column.name: column.meaning for column in relation.columns if column.meaning}}
        for relation in found
    }
    for name in HIDDEN:
        tables.setdefault(name, {})["hidden"] = True
    for name, (title, words) in ABOUT.items():
        tables.setdefault(name, {}).update(title=title, description=words)
    return {
        "title": "Legation",
        "description": "Which diplomatic missions work where, since when, and who says so.",
        "databases": {path.stem: {"tables": tables}},
    }


def hash_password(password: str) -> str:
    """What `password_hash` of a person is set to."""
    from datasette_auth_passwords.utils import hash_password as hashed

    return str(hashed(password))


def new_token() -> tuple[str, str]:
    """A fresh API token and what `token_sha256` of its person is set to."""
    token = secrets.token_urlsafe(32)
    return token, hashlib.sha256(token.encode()).hexdigest()


def warm() -> None:
    """Make what the first page would wait for: the gazetteer, and the land of the maps.

    What is there then stays, so that it is kept from the garbage collector, which would go through it while a reviewer
    waits.
    """
    from legation.pipeline.web.labels import countries
    from legation.pipeline.web.world_map import land

    countries()
    land()
    gc.collect()
    gc.freeze()


def server(datasette: Any) -> "uvicorn.Server":
    """The HTTP server around `datasette`, not started; it ends when its `should_exit` is set."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            datasette.app(),
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="on",
        )
    )


def listener(config: "Config") -> socket.socket:
    """The socket that [serve] names, bound and listening. Raises UsageProblem where that cannot be."""
    try:
        return socket.create_server((config.serve.host, config.serve.port))
    except OSError as error:
        place = f"{config.serve.host}:{config.serve.port}"
        raise UsageProblem(f"serve: {place}: {error.strerror}; choose another with --port or [serve] port") from error


def serve(config: "Config", guest: str | None, say: Callable[[str], None], form: str = "lines") -> None:
    """Serve until interrupted; `say` is told the address and the sign-in link once requests are answered. `form` of the
    server's own messages: "lines" or "json"."""
    datasette = make_app(config, guest)
    log_to_stderr(form, name="uvicorn")
    running = server(datasette)
    with listener(config) as bound:
        address = f"http://{config.serve.host}:{bound.getsockname()[1]}/"
        say(address)
        if guest:
            say(f"sign in as {guest}, once: {address}-/enter?token={datasette.legation.people.link}")
        threading.Thread(target=warm, daemon=True).start()
        try:
            asyncio.run(running.serve(sockets=[bound]))
        finally:
            datasette.stop()
