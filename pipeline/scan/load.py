"""Files of a scan -> the database, in batches. The same file loaded again changes nothing."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db import articles
from legation.db.claims import save_extractions
from legation.db.second_requests import note_mentions
from legation.db.transactions import immediate
from legation.models.languages import ENGLISH
from legation.pipeline.batches import batches
from legation.pipeline.cleaning.duplicates import article_address, copy_window, find_original
from legation.pipeline.cleaning.live_blog import posts_to_json
from legation.pipeline.cleaning.page import CLEANER
from legation.pipeline.date_parsing import parse_date
from legation.pipeline.fetch.urls import publisher
from legation.pipeline.scan.outputs import read

if TYPE_CHECKING:
    from sqlite_utils import Database

BATCH = 200  # articles in one transaction: three times as fast as one each, and no other writer waits long


def load(db: "Database", files: Iterable[Path], now: str) -> int:
    """Store the articles of the files with their claims; returns how many claims are new."""
    new = 0
    for file in files:
        for batch in batches(read(file), BATCH):
            with immediate(db):
                stored = [(store(db, row, now), row["version"], _claims(row)) for row in batch]
                new += sum(saved.new for saved in save_extractions(db, stored, now))
                languages = (ENGLISH if row["claims"] else row["language"] or ENGLISH for row in batch)
                note_mentions(db, zip((article for article, *_ in stored), languages, strict=True))
    return new


def store(db: "Database", row: dict[str, Any], now: str) -> int:
    """Store one article; returns its id."""
    url = article_address(row["url"], None, row["canonical"])
    live = articles.live_article(db, url)
    if live and live["text_sha256"] == articles.text_hash(row["text"]):
        return int(live["id"])
    return articles.save_article(db, _fields(db, url, row, now), page=None, replaces=live["id"] if live else None)


def _fields(db: "Database", url: str, row: dict[str, Any], now: str) -> dict[str, Any]:
    published = parse_date(row["published"], now[:10]).date
    related = articles.relatives(db, url, *copy_window(published or row["fetched"]))
    return {
        **{name: row[name] for name in ("title", "author", "language", "text", "fingerprint")},
        "url": url,
        "published": published,
        "posts": posts_to_json([_values(post) for post in row.get("posts") or ()]),
        "body": None,
        "outcome": "cleaned",
        "reason": None,
        "site": publisher(url),
        "origin": find_original(row["text"], row["fingerprint"], related, lambda i: articles.article_text(db, i)),
        "cleaner": CLEANER,
        "cleaned_at": now,
    }


def _claims(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for claim in row["claims"]:
        yield {**claim, "marks": [_values(mark) for mark in claim["marks"]]}


def _values(record: dict[str, Any] | list[Any]) -> tuple[Any, ...]:
    """A record as its values: Parquet has them named, JSON Lines in a list."""
    return tuple(record.values() if isinstance(record, dict) else record)
