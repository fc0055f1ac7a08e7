"""Keep what follows from claims and decisions up to date."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any


def refresh(connection: sqlite3.Connection, changed: Iterable[Mapping[str, Any]]) -> None:
    """Compute anew the missions that the changed claims are about."""
