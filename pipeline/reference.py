"""What the database needs before it can derive a status: names and capitals of States, and the threshold."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import legation.models

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

COUNTRIES = Path(legation.models.__path__[0]) / "data" / "countries.toml"


def prepare(db: "Database | sqlite3.Connection", unreviewed: float | None) -> bool:
    """Give `db` the States and [status] unreviewed; return whether periods had to be computed anew.

    Cheap if nothing is different since the last time: the gazetteer is then not even loaded.
    """
    from legation.db.refresh import configure, prepared

    digest = hashlib.sha256(COUNTRIES.read_bytes()).hexdigest()[:16]
    if prepared(db, unreviewed, digest):
        return False
    from legation.models.gazetteer import capital_of, states

    names = {code: (state.name, capital_of(code)) for code, state in states().items()}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    configure(db, unreviewed=unreviewed, states=names, digest=digest, now=now)
    return True
