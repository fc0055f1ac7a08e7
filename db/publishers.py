"""What publishers call themselves, where that is known; claims and articles have their domains."""

import json
import sqlite3
from collections.abc import Iterable

_NAMES = "SELECT site, name FROM publishers WHERE site IN (SELECT value FROM json_each(?))"


def publisher_names(connection: sqlite3.Connection, sites: Iterable[str]) -> dict[str, str]:
    """Names of the publishers at these domains; those of which none is known are left out."""
    return dict(connection.execute(_NAMES, (json.dumps(sorted(set(sites))),)).fetchall())


def publisher_name(connection: sqlite3.Connection, site: str | None) -> str | None:
    """A publisher's name; its domain where no name is known. None: of an article without a known site."""
    return publisher_names(connection, [site]).get(site, site) if site else None
