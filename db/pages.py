"""Pages and their bodies: the frontier of what is wanted, and what came back."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from legation.db.transactions import immediate, raw

if TYPE_CHECKING:
    from sqlite3 import Connection

    from sqlite_utils import Database

DUE = """
    SELECT * FROM pages
    WHERE source IN (SELECT value FROM json_each(:sources)) AND url LIKE 'http%' AND (
        state = 'wanted'
        OR (state IN ('failed', 'robots-blocked') AND (retry_at <= :now OR retry_at > :latest))
        OR (state IN ('fetched', 'unchanged') AND wanted_at >= :recheck_from
            AND (fetched_at <= :recheck_before OR fetched_at > :now)))
    ORDER BY state <> 'wanted', state IN ('fetched', 'unchanged'), id
"""


def want(db: "Database", source: str, entries: Iterable[Mapping[str, Any]], run: int, now: str) -> int:
    """Store pages as wanted unless they are known; `entries` hold url, title, published, announces (None, "publication"
    or "change": what the date is of). Returns how many are new."""
    with immediate(db) as connection:
        before = connection.total_changes
        connection.executemany(
            """INSERT OR IGNORE INTO pages (url, source, state, title, published, announces, wanted_at, run)
               VALUES (:url, :source, 'wanted', :title, :published, :announces, :now, :run)""",
            [{**entry, "source": source, "run": run, "now": now} for entry in entries],
        )
        return connection.total_changes - before


def known_urls(db: "Database | Connection", urls: Iterable[str]) -> set[str]:
    """Those of `urls` that are pages already."""
    query = "SELECT url FROM pages WHERE url IN (SELECT value FROM json_each(?))"
    return {row[0] for row in raw(db).execute(query, (json.dumps(list(urls)),))}


def due_pages(db: "Database", times: Mapping[str, str], sources: str) -> list[dict[str, Any]]:
    """Pages to ask for now: the wanted first, then the failed whose time has come, then those to be checked again.

    `times`: now; latest, beyond which a stored time was written by a wrong clock; recheck_before and recheck_from,
    between which lies what is checked again. `sources`: JSON list of names.
    """
    return list(db.query(DUE, {**times, "sources": sources}))


def save_answer(db: "Database", page: Mapping[str, Any], answer: Mapping[str, Any], run: int, now: str) -> str:
    """Store what became of a request for `page` (a row with id, body and failures).

    `answer`: outcome, reason, status, final_url, content_type, etag, last_modified, retry_at, body (bytes).
    Returns "new", "changed", "unchanged" or "failed".
    """
    with immediate(db) as connection:
        if answer["outcome"] == "unchanged":
            return _confirm(connection, page, answer, run, now)
        if answer["outcome"] == "fetched":
            return _keep(connection, page, answer, run, now)
        return _fail(connection, page, answer, run)


def _confirm(connection: "Connection", page: Mapping[str, Any], answer: Mapping[str, Any], run: int, now: str) -> str:
    connection.execute(
        """UPDATE pages SET state = 'unchanged', reason = NULL, status = :status, fetched_at = :now, retry_at = NULL,
               failures = 0, run = :run, etag = coalesce(:etag, etag),
               last_modified = coalesce(:last_modified, last_modified)
           WHERE id = :id""",
        {**answer, "id": page["id"], "run": run, "now": now},
    )
    return "unchanged"


def _keep(connection: "Connection", page: Mapping[str, Any], answer: Mapping[str, Any], run: int, now: str) -> str:
    sha256 = keep_body(connection, answer["body"])
    same = page["body"] == sha256
    state = "unchanged" if same else "fetched"
    connection.execute(
        """UPDATE pages SET state = :state, reason = NULL, status = :status, final_url = :final_url,
               content_type = :content_type, etag = :etag, last_modified = :last_modified, body = :sha256,
               fetched_at = :now, retry_at = NULL, failures = 0, run = :run
           WHERE id = :id""",
        {
            **answer,
            "id": page["id"],
            "state": state,
            "sha256": sha256,
            "run": run,
            "now": now,
        },
    )
    if same:
        return "unchanged"
    return "changed" if page["body"] else "new"


def take_twin(db: "Database", page: int, sha256: str) -> int | None:
    """The same body under two addresses is one article: if another page's was cleaned, `page` gets its article.

    Returns that article's id.
    """
    with immediate(db) as connection:
        twin = connection.execute(
            """SELECT article, reason FROM pages AS p WHERE body = ? AND cleaned = body AND id <> ?
                   AND NOT EXISTS (SELECT 1 FROM faults WHERE page = p.id AND step = 'clean') LIMIT 1""",
            (sha256, page),
        ).fetchone()
        if twin is None:
            return None
        connection.execute("UPDATE pages SET article = ?, reason = ?, cleaned = body WHERE id = ?", (*twin, page))
    return int(twin[0])


def note_reason(db: "Database", page: int, reason: str) -> None:
    """Say on the page what became of its body."""
    with immediate(db) as connection:
        connection.execute("UPDATE pages SET reason = ? WHERE id = ?", (reason, page))


def _fail(connection: "Connection", page: Mapping[str, Any], answer: Mapping[str, Any], run: int) -> str:
    connection.execute(
        """UPDATE pages SET state = :outcome, reason = :reason, status = :status, retry_at = :retry_at,
               final_url = coalesce(:final_url, final_url), failures = failures + 1, run = :run
           WHERE id = :id""",
        {**answer, "id": page["id"], "run": run},
    )
    return "failed"


def keep_body(connection: "Connection", body: bytes) -> str:
    """Store a body once, compressed; returns its sha256."""
    sha256 = hashlib.sha256(body).hexdigest()
    connection.execute(
        """INSERT INTO bodies (sha256, body, bytes) VALUES (?, ?, ?)
           ON CONFLICT (sha256) DO UPDATE SET body = excluded.body WHERE body IS NULL""",
        (sha256, zlib.compress(body), len(body)),
    )
    return sha256


def read_body(db: "Database", sha256: str) -> bytes | None:
    """The bytes as they came, decoded; None when retention dropped them."""
    row = raw(db).execute("SELECT body FROM bodies WHERE sha256 = ?", (sha256,)).fetchone()
    return zlib.decompress(row[0]) if row and row[0] is not None else None


def pages_to_clean(db: "Database", version: str) -> Iterator[dict[str, Any]]:
    """Pages whose body is not cleaned yet, and those at which another version of the program failed, in the order in
    which they were wanted; without those at which `version` failed."""
    rows = raw(db).execute(
        """SELECT id FROM pages AS p WHERE body IS NOT cleaned AND NOT EXISTS (
               SELECT 1 FROM faults WHERE page = p.id AND body IS p.body AND version = :version)
           UNION SELECT page FROM faults AS f JOIN pages AS p ON p.id = f.page
           WHERE step <> 'read' AND version <> :version AND p.body IS f.body ORDER BY 1""",
        {"version": version},
    )
    ids = [row[0] for row in rows]
    for page in ids:
        yield get_page(db, page)


def get_page(db: "Database", page: int) -> dict[str, Any]:
    """The row with this id."""
    return next(iter(db.query("SELECT * FROM pages WHERE id = ?", [page])))


def page_at(db: "Database", url: str) -> dict[str, Any]:
    """The row with this address."""
    return next(iter(db.query("SELECT * FROM pages WHERE url = ?", [url])))


def prune_bodies(db: "Database", before: str) -> tuple[int, int]:
    """Drop bodies that no page has asked for since `before` and that are cleaned; everything else stays.

    Returns how many were dropped and their bytes before compression.
    """
    with immediate(db) as connection:
        dropped = connection.execute(
            """UPDATE bodies SET body = NULL WHERE body IS NOT NULL AND sha256 NOT IN (
                   SELECT body FROM pages WHERE body IS NOT NULL AND (fetched_at >= ? OR body IS NOT cleaned))
               RETURNING bytes""",
            (before,),
        ).fetchall()
    return len(dropped), sum(row[0] for row in dropped)
