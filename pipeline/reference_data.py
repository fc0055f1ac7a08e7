"""What the database must be told before it can say a status: States with regions, publishers, and the thresholds."""

import csv
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import legation.models
from legation.db.age import CONFIRMED_DAYS, HALF_LIFE_DAYS
from legation.pipeline.regions import REGIONS

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

    from legation.pipeline.config import StatusConfig

COUNTRIES = Path(legation.models.__path__[0]) / "data" / "countries.toml"
PUBLISHERS = Path(__file__).parent / "data" / "publishers.tsv"


def prepare(
    db: "Database | sqlite3.Connection", unreviewed: float | None, confirmed_days: int = CONFIRMED_DAYS
) -> bool:
    """Give `db` the States, the publishers and [status]; return whether periods had to be computed anew.

    Cheap if nothing is different since the last time: the gazetteer is then not even loaded.
    """
    from legation.db.refresh import RULES, configure, prepared

    parts = [COUNTRIES.read_bytes(), REGIONS.read_bytes(), PUBLISHERS.read_bytes()]
    parts.append(repr((RULES, confirmed_days, HALF_LIFE_DAYS)).encode())
    digest = hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
    if prepared(db, unreviewed, digest):
        return False
    from legation.models.gazetteer import capital_of, states
    from legation.pipeline.regions import table

    regions = table()
    rows = {
        code: (state.name, capital_of(code), *regions.get(code, (None, None, None))) for code, state in states().items()
    }
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    configure(
        db, unreviewed=unreviewed, states=rows, publishers=publishers(), confirmed_days=confirmed_days,
        digest=digest, now=now,
    )  # fmt: skip
    return True


def prepare_for(db: "Database | sqlite3.Connection", status: "StatusConfig") -> bool:
    """`prepare` as the section [status] says."""
    return prepare(db, status.unreviewed, status.confirmed_days)


def publishers() -> dict[str, str]:
    """Site -> name of the publishers whose names are known."""
    with PUBLISHERS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return {row["site"]: row["name"] for row in rows}
