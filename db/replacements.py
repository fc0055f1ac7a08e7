"""Texts that came back at an article's address and are another text altogether. A reviewer says which of the two
holds."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from legation.db.articles import save_article, text_hash
from legation.db.transactions import immediate

if TYPE_CHECKING:
    from sqlite3 import Connection

    from sqlite_utils import Database


def texts_of(db: "Database", article: int) -> list[dict[str, Any]]:
    """text, text_sha256 and verdict of what came in place of `article` so far."""
    return list(
        db.query("SELECT text, text_sha256, verdict FROM replacements WHERE article = ? ORDER BY noted_at", [article])
    )


def save_replacement(db: "Database", article: int, found: Mapping[str, Any], page: int | None, now: str) -> None:
    """Note that `found` (title, text, body) came at the address of `article`, and queue the article's claims."""
    with immediate(db) as connection:
        connection.execute(
            """INSERT OR IGNORE INTO replacements (article, text_sha256, page, body, title, text, noted_at)
               VALUES (:article, :sha256, :page, :body, :title, :text, :now)""",
            {**found, "article": article, "sha256": text_hash(found["text"]), "page": page, "now": now},
        )
        _queue(connection, article)


def open_replacements(db: "Database") -> list[dict[str, Any]]:
    """What waits for a reviewer: article, url, old_title, title, text, noted_at, claims, approved; oldest first."""
    return list(
        db.query(
            """SELECT r.article, a.url, a.title AS old_title, r.title, r.text, r.noted_at,
                   (SELECT count(*) FROM claims AS c WHERE c.article = r.article AND c.retired IS NULL) AS claims,
                   (SELECT count(*) FROM claims AS c JOIN reviews AS v USING (thread) WHERE c.article = r.article
                        AND c.retired IS NULL AND v.state IN ('approved', 'corrected')) AS approved
               FROM replacements AS r JOIN articles AS a ON a.id = r.article
               WHERE r.verdict IS NULL ORDER BY r.noted_at, r.article"""
        )
    )


def keep_old(db: "Database", article: int, reviewer: str | None, now: str) -> bool:
    """The stored version of `article` holds. `reviewer` None: its page came back. False: nothing waits for it."""
    return _decide(db, article, "kept", reviewer, now) is not None


def take_new(db: "Database", article: int, fingerprint: str, reviewer: str, now: str) -> int | None:
    """What came last is the new version of `article`, which the next run reads. Returns its id; None: nothing waits."""
    with immediate(db) as connection:
        found = _decide(db, article, "taken", reviewer, now)
        if found is None:
            return None
        old = next(iter(db.query("SELECT * FROM articles WHERE id = ?", [article])))
        fields = {**old, **{name: found[name] for name in ("title", "text", "body")}}
        fields |= {
            "fingerprint": fingerprint,
            "outcome": "cleaned",
            "reason": None,
            "cleaned_at": now,
            "published": None,
            "posts": None,
            "origin": None,
        }
        stored = save_article(db, fields, page=found["page"], replaces=article)
        _queue(connection, article)
    return stored


def _decide(db: "Database", article: int, verdict: str, reviewer: str | None, now: str) -> dict[str, Any] | None:
    """Close what waits; returns the last of it."""
    with immediate(db) as connection:
        query = "SELECT * FROM replacements WHERE article = ? AND verdict IS NULL ORDER BY noted_at"
        rows = list(db.query(query, [article]))
        connection.execute(
            "UPDATE replacements SET verdict = ?, reviewer = ?, decided_at = ? WHERE article = ? AND verdict IS NULL",
            (verdict, reviewer, now, article),
        )
        _queue(connection, article)
    return rows[-1] if rows else None


def _queue(connection: "Connection", article: int) -> None:
    from legation.db.refresh import refresh

    rows = connection.execute("SELECT id, thread FROM claims WHERE article = ? AND retired IS NULL", (article,))
    refresh(connection, [dict(zip(("id", "thread"), row, strict=True)) for row in rows.fetchall()])
