"""Articles: the cleaned texts that every quote points into. A text never changes; another version is another row."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from legation.db.transactions import immediate, raw

if TYPE_CHECKING:
    from sqlite_utils import Database

COLUMNS = (
    "key",
    "url",
    "body",
    "outcome",
    "reason",
    "title",
    "author",
    "site",
    "language",
    "published",
    "posts",
    "text",
    "text_sha256",
    "fingerprint",
    "origin",
    "cleaner",
    "cleaned_at",
)
_INSERT = f"INSERT INTO articles ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + c for c in COLUMNS)})"  # noqa: S608


def text_hash(text: str) -> str:
    """sha256 of the text as UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def live_article(db: "Database", url: str) -> dict[str, Any] | None:
    """The latest version of the article at `url`, without its text; None when there is none."""
    rows = db.query(
        """SELECT id, key, url, title, outcome, reason, published, text_sha256, fingerprint, origin FROM articles
           WHERE url = ? AND replaced_by IS NULL ORDER BY id DESC LIMIT 1""",
        [url],
    )
    return next(iter(rows), None)


def save_article(db: "Database", article: Mapping[str, Any], *, page: int | None, replaces: int | None) -> int:
    """Store an article (COLUMNS without key and text_sha256; posts may be left out), as a newer version of `replaces`
    if that is given, and as what `page`'s body was cleaned to. Returns its id."""
    sha256 = text_hash(article["text"])
    with immediate(db) as connection:
        again = connection.execute(
            "SELECT count(*) FROM articles WHERE url = ? AND text_sha256 = ?", (article["url"], sha256)
        ).fetchone()[0]
        key = article_key(article["url"], article["text"], again)
        stored = int(
            connection.execute(_INSERT, {"posts": None, **article, "key": key, "text_sha256": sha256}).lastrowid or 0
        )
        if replaces is not None:
            connection.execute("UPDATE articles SET replaced_by = ? WHERE id = ?", (stored, replaces))
        if page is not None:
            link_page(db, page, stored, article["reason"])
    return stored


def article_key(url: str, text: str, again: int = 0) -> str:
    """Identity by content: 16 hex digits of sha256 over address and text, parted by NUL; `again` counts how often that
    text stood there before."""
    parts = [url, text, *([str(again)] if again else [])]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def link_page(db: "Database", page: int, article: int, reason: str | None = None) -> None:
    """Note that the page's present body is cleaned, to this article. `reason`: why it could not be parsed this time."""
    with immediate(db) as connection:
        connection.execute(
            "UPDATE pages SET article = ?, cleaned = body, reason = 'unparsed: ' || ? WHERE id = ?",
            (article, reason, page),
        )


def relatives(db: "Database", url: str, earliest: str, latest: str) -> list[dict[str, Any]]:
    """Live articles at other addresses, published (else cleaned) from day `earliest` to `latest`: possible copies."""
    return list(
        db.query(
            """SELECT id, url, fingerprint, origin FROM articles
               WHERE outcome = 'cleaned' AND replaced_by IS NULL AND url <> ?
                   AND coalesce(published, substr(cleaned_at, 1, 10)) BETWEEN ? AND ? ORDER BY id""",
            [url, earliest, latest],
        )
    )


def address_of(db: "Database", article: int) -> str:
    """The address of one article."""
    return str(raw(db).execute("SELECT url FROM articles WHERE id = ?", (article,)).fetchone()[0])


def article_text(db: "Database", article: int) -> str:
    """The text of one article."""
    return str(raw(db).execute("SELECT text FROM articles WHERE id = ?", (article,)).fetchone()[0])


def day_at(posts: str | None, start: int) -> str | None:
    """The date of the part of an article in which character `start` stands; None: it has no date of its own. `posts`:
    the column of that name."""
    return next((day for first, end, day in json.loads(posts or "[]") if first <= start < end), None)


def unread_articles(db: "Database", version: str | None) -> Iterator[dict[str, Any]]:
    """Live, cleaned articles without an extraction by `version`, or without any if that is None; oldest first.

    Those that `version` could not read are left out; if it is None, those that any version could not. Rows are those of
    `article_to_read`.
    """
    ids = raw(db).execute(
        """SELECT id FROM articles AS a WHERE outcome = 'cleaned' AND replaced_by IS NULL
               AND NOT EXISTS (SELECT 1 FROM extractions WHERE article = a.id AND version = coalesce(:version, version))
               AND NOT EXISTS (SELECT 1 FROM faults WHERE article = a.id AND version = coalesce(:version, version))
           ORDER BY id""",
        {"version": version},
    )
    for (article,) in ids.fetchall():
        yield article_to_read(db, article)


def article_to_read(db: "Database", article: int) -> dict[str, Any]:
    """id, url, title, published, posts, language and text of one article, and a source that brought it (None: given as
    text)."""
    query = """
        SELECT id, url, title, published, posts, language, text,
               (SELECT source FROM pages WHERE article = a.id LIMIT 1) AS source
        FROM articles AS a WHERE id = ?
    """
    return next(iter(db.query(query, [article])))


def is_unread(db: "Database", article: int, version: str) -> bool:
    """Whether there is text in it, and `version` neither read it nor failed to."""
    query = """
        SELECT outcome = 'cleaned'
           AND NOT EXISTS (SELECT 1 FROM extractions WHERE article = a.id AND version = :version)
           AND NOT EXISTS (SELECT 1 FROM faults WHERE article = a.id AND version = :version)
        FROM articles AS a WHERE id = :article
    """
    return bool(raw(db).execute(query, {"version": version, "article": article}).fetchone()[0])
