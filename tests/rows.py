"""Articles and claims for tests of the database, made with as few words as possible."""

import hashlib
import shutil
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from legation.db.claims import Saved, save_extraction
from legation.db.connect import connect
from legation.db.refresh import configure
from legation.db.transactions import immediate, raw

NOW = "2022-05-01T12:00:00Z"
STATES: dict[str, tuple[str, str | None, str | None, str | None, str | None]] = {
    "FR": ("France", "Paris", "Europe", "Western Europe", None),
    "NO": ("Norway", "Oslo", "Europe", "Northern Europe", None),
    "PL": ("Poland", "Warsaw", "Europe", "Eastern Europe", None),
    "UA": ("Ukraine", "Kyiv", "Europe", "Eastern Europe", None),
    "US": ("United States", "Washington", "Americas", "Northern America", None),
    "EU": ("European Union", None, None, None, None),
}


@cache
def _template(folder: str) -> Path:
    path = Path(folder) / "legation.db"
    connect(path).close()
    return path


_FOLDER = tempfile.TemporaryDirectory()


def fresh(path: Path, *, unreviewed: float | None = None) -> Database:
    """An empty database of the present schema at `path`, in which unreviewed claims count from that confidence."""
    shutil.copyfile(_template(_FOLDER.name), path)
    db = connect(path)
    configure(db, unreviewed=unreviewed, states=STATES)
    return db


def article(
    db: Database | sqlite3.Connection, text: str, *, site: str = "example.org", published: str = "2022-04-19",
    url: str | None = None, origin: int | None = None,
) -> int:  # fmt: skip
    """Store an article and return its id; its URL follows from site and text unless given."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    url = url or f"https://{site}/{digest[:8]}"
    key = hashlib.sha256(f"{url}\0{text}".encode()).hexdigest()[:16]
    values = (key, url, "cleaned", site, published, text, digest, origin, "test", NOW)
    columns = "key, url, outcome, site, published, text, text_sha256, origin, cleaner, cleaned_at"
    with immediate(db) as connection:
        row = connection.execute(
            f"INSERT INTO articles ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id", values
        ).fetchone()
    return int(row[0])


def claim(text: str, quote: str | None = None, **fields: Any) -> dict[str, Any]:
    """A claim whose quote is found in `text` (default: all of it); by default a fact of the French embassy in Kyiv."""
    quote = quote or text
    start = text.index(quote)
    given: dict[str, Any] = {
        "sending_state": "FR", "receiving_state": "UA", "city": "Kyiv", "mission": "embassy", "status": "reopened",
        "modality": "fact", "date": None, "relocated_to": None, "attribution": None, "quote": quote, "start": start,
        "end": start + len(quote), "sender_text": None, "confidence": 0.9, "rule": "test", "marks": [],
    }  # fmt: skip
    return given | fields


def tell(
    db: Database | sqlite3.Connection, text: str, *, site: str = "example.org", published: str = "2022-04-19",
    now: str = NOW, origin: int | None = None, **fields: Any,
) -> int:  # fmt: skip
    """Store an article with one claim; return the claim's id."""
    number = article(db, text, site=site, published=published, origin=origin)
    save_extraction(db, number, "v1", [claim(text, **fields)], now)
    found = raw(db).execute("SELECT id FROM claims WHERE article = ? AND retired IS NULL", (number,)).fetchone()
    return int(found[0])


def save(
    db: Database | sqlite3.Connection, number: int, *claims: dict[str, Any], version: str = "v1", now: str = NOW
) -> Saved:
    """save_extraction with the usual version and time."""
    return save_extraction(db, number, version, claims, now)
