"""Store what an extractor read in an article, so that nothing said before is lost and nothing is asked twice.

A claim's *thread* joins its readings through newer extractors and newer versions of the article. A reading continues an
older one of the same article (or of an older version of it) if the fields are the same, or if the older one was decided
on and the quote is the same: a reviewer is asked again only if both changed. Decisions belong to the thread.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legation.db.articles import day_at
from legation.db.transactions import immediate, monotonic_now

if TYPE_CHECKING:
    from sqlite_utils import Database

SMALL = "small"  # the reader that comes with the program
REVIEWER = "reviewer"  # the reader of a claim that a reviewer added (db/added_claims.py)
FIELDS = ("sending_state", "receiving_state", "city", "mission", "status", "modality", "date", "relocated_to")
GIVEN = (*FIELDS, "attribution", "quote", "start", "end", "sender_text", "confidence", "rule")
READERS = ("reader", "small_confidence", "gloss")  # of a claim that does not say: the small reader, None, None
_STORED = (
    "id", "key", "thread", "article", "origin", "publisher", "published", *GIVEN, *READERS, "version", "recorded_at",
)  # fmt: skip
_INSERT = "INSERT INTO claims ({}) VALUES ({})".format(  # noqa: S608 - column names of our own
    ", ".join(f'"{c}"' for c in _STORED), ", ".join("?" * len(_STORED))
)
_LIVE = """
    SELECT claims.*, coalesce(reviews.state, 'unreviewed') <> 'unreviewed' AS decided
    FROM claims LEFT JOIN reviews USING (thread)
    WHERE retired IS NULL AND article IN (SELECT id FROM articles WHERE url = ? AND id <= ?)
    ORDER BY claims.id
"""
_ARTICLE = """
    SELECT a.id, a.key, a.url, a.published, a.posts, a.text,
           coalesce(o.id, a.id) AS origin, coalesce(o.site, a.site) AS publisher
    FROM articles AS a LEFT JOIN articles AS o ON o.id = a.origin WHERE a.id = ?
"""

Row = Mapping[str, Any]
Read = tuple[int, str, Iterable[Row]]  # id of an article, version of the extractor, claims


@dataclass(frozen=True, slots=True)
class Saved:
    """What storing an extraction changed: claims new, found again, and no longer found."""

    new: int
    kept: int
    retired: int


def save_extraction(
    db: "sqlite3.Connection | Database",
    article_id: int,
    version: str,
    claims: Iterable[Row],
    now: str,
    *,
    follow: bool = True,
) -> Saved:
    """Store the claims that extractor `version` read in an article, in one transaction; the same again changes nothing.

    Each claim holds the columns GIVEN and "marks", (label, start, end) each. Claims of the article, or of an older
    version of it, that are not found any more are retired; but what a reviewer decided on stays as long as its quote
    stands in the text. Where a second reader has read the article, the claims of both are joined
    (db/joined_readings.py). The status of the missions concerned is computed anew; with `follow` False that is left to
    the caller, who ends a bulk load with db.refresh.refresh_all in the same transaction. Raises KeyError for an unknown
    article.
    """
    return save_extractions(db, [(article_id, version, claims)], now, follow=follow)[0]


def save_extractions(
    db: "sqlite3.Connection | Database", read: Iterable[Read], now: str, *, follow: bool = True
) -> list[Saved]:
    """The same for several articles, all of them in one transaction, what follows from them computed once."""
    from legation.db.refresh import refresh

    with immediate(db) as connection:
        now = monotonic_now(connection, now)
        saved = [_save(connection, *one, now) for one in read]
        if follow:
            refresh(connection, [row for _, changed in saved for row in changed])
    return [counts for counts, _ in saved]


def _save(
    connection: sqlite3.Connection, article_id: int, version: str, claims: Iterable[Row], now: str
) -> tuple[Saved, list[Row]]:
    """What changed, and the rows that did."""
    from legation.db.joined_readings import join_readings, reading_of

    saved, changed = store(
        connection, article_id, join_readings(list(claims), reading_of(connection, article_id)), version, now
    )
    connection.execute(
        "INSERT OR IGNORE INTO extractions (article, version, at, claims) VALUES (?, ?, ?, ?)",
        (article_id, version, now, saved.new + saved.kept),
    )
    return saved, changed


def store(
    connection: sqlite3.Connection, article_id: int, claims: Iterable[Row], version: str, now: str
) -> tuple[Saved, list[Row]]:
    """Make `claims` what stands for an article, within a transaction; what changed, and the rows that did.

    A claim with a "version" of its own keeps that.
    """
    article = article_facts(connection, article_id)
    live = _all(connection, _LIVE, article["url"], article_id)
    kept, fresh = _compare(article, live, [{**dict.fromkeys(READERS), "reader": SMALL, **c} for c in claims])
    rows = insert(connection, article, fresh, version, now)
    gone = [row for row in live if row["id"] not in kept and not _stands(row, article, {r["thread"] for r in rows})]
    connection.executemany("UPDATE claims SET retired = ? WHERE id = ?", [(now, row["id"]) for row in gone])
    return Saved(new=len(rows), kept=len(kept), retired=len(gone)), [*rows, *gone]


def article_facts(connection: sqlite3.Connection, article: int) -> Row:
    """id, key, url, published, text, origin and publisher of an article, as its claims need them; KeyError: none."""
    return _one(connection, _ARTICLE, article)


def key_of(article_key: str, claim: Row, again: int = 0) -> str:
    """Identity by content: 16 hex digits of sha256 over article, fields and offsets, parted by NUL.

    `again` counts how often it was retired before: a claim that is found anew is a new row, so that what was known at
    any time stays answerable.
    """
    parts = [article_key, *("" if claim[f] is None else str(claim[f]) for f in FIELDS), claim["start"], claim["end"]]
    if again:
        parts.append(again)
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


def _compare(article: Row, live: list[Row], claims: list[Row]) -> tuple[set[int], list[tuple[Row, Row | None]]]:
    """Ids of the live rows found again, and the claims to insert, each with the row it continues."""
    here = {_identity(row): row for row in live if row["article"] == article["id"]}
    found = {_identity(c): c for c in claims}
    kept = {row["id"] for identity, row in here.items() if identity in found}
    open_rows = [row for row in live if row["id"] not in kept]
    fresh: list[tuple[Row, Row | None]] = []
    waiting = [c for identity, c in found.items() if identity not in here]
    for same in (_same_both, _same_fields, _same_quote):
        waiting = _match(waiting, open_rows, fresh, same)
    return kept, fresh + [(claim, None) for claim in waiting]


def _match(waiting: list[Row], rows: list[Row], fresh: list[tuple[Row, Row | None]], same: Any) -> list[Row]:
    """Pair claims with rows one to one; append the pairs to `fresh`, take the rows out, return the claims left."""
    left = []
    for claim in waiting:
        row = next((row for row in rows if same(row, claim)), None)
        if row is None:
            left.append(claim)
        else:
            rows.remove(row)
            fresh.append((claim, row))
    return left


def _identity(claim: Row) -> tuple[Any, ...]:
    return (*(claim[f] for f in FIELDS), claim["start"], claim["end"], claim["reader"])


def _same_fields(row: Row, claim: Row) -> bool:
    return all(row[f] == claim[f] for f in FIELDS)


def _same_quote(row: Row, claim: Row) -> bool:
    return bool(row["decided"]) and row["quote"] == claim["quote"]


def _same_both(row: Row, claim: Row) -> bool:
    return _same_fields(row, claim) and row["quote"] == claim["quote"]


def _stands(row: Row, article: Row, continued: set[int]) -> bool:
    """Whether a row that was not found again stays: a reviewer decided on it, and its quote is still in the text."""
    return bool(row["decided"]) and row["thread"] not in continued and row["quote"] in article["text"]


def insert(
    connection: sqlite3.Connection, article: Row, fresh: list[tuple[Row, Row | None]], version: str, now: str
) -> list[dict[str, Any]]:
    """Write claims, their evidence and their pairs of States; return the rows."""
    first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM claims").fetchone()[0]
    rows = []
    for number, (claim, old) in enumerate(fresh, start=first):
        row = {c: claim[c] for c in (*GIVEN, *READERS)} | {c: article[c] for c in ("origin", "publisher")}
        row["published"] = day_at(article["posts"], claim["start"]) or article["published"]
        row |= {"id": number, "article": article["id"], "version": claim.get("version", version), "recorded_at": now}
        row |= {"thread": number if old is None else old["thread"], "key": _free_key(connection, article["key"], claim)}
        rows.append(row)
    connection.executemany(_INSERT, [[row[c] for c in _STORED] for row in rows])
    marks = [(n, *mark) for n, (claim, _) in enumerate(fresh, start=first) for mark in claim.get("marks", ())]
    connection.executemany("INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?)", marks)
    connection.executemany(
        "INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)",
        [pair for r in rows if all(pair := (r["receiving_state"], r["sending_state"], r["thread"]))],
    )
    return rows


def _free_key(connection: sqlite3.Connection, article_key: str, claim: Row) -> str:
    again = 0
    while True:
        key = key_of(article_key, claim, again)
        if connection.execute("SELECT 1 FROM claims WHERE key = ?", (key,)).fetchone() is None:
            return key
        again += 1


def _all(connection: sqlite3.Connection, sql: str, *values: Any) -> list[Row]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _one(connection: sqlite3.Connection, sql: str, *values: Any) -> Row:
    rows = _all(connection, sql, *values)
    if not rows:
        raise KeyError(f"no article {values[0]}")
    return rows[0]
