"""`legation search`: full-text search in articles and quotes."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from legation.db.transactions import raw
from legation.pipeline.claim_rows import with_state_names
from legation.pipeline.errors import UsageProblem

if TYPE_CHECKING:
    from sqlite_utils import Database

ARTICLE_COLUMNS = ("article", "published", "site", "title", "found", "claims", "url")
QUOTE_COLUMNS = ("claim", "sender", "receiver", "city", "status", "modality", "published", "publisher", "quote")

_ARTICLES = """
    SELECT a.id AS article, a.published, a.site, a.title, snippet(articles_fts, -1, '[', ']', '…', 16) AS found,
           (SELECT count(*) FROM claims AS c WHERE c.article = a.id AND c.retired IS NULL) AS claims, a.url
    FROM articles_fts JOIN articles AS a ON a.id = articles_fts.rowid
    WHERE articles_fts MATCH :words AND a.replaced_by IS NULL ORDER BY bm25(articles_fts), a.id LIMIT :limit
"""
_QUOTES = """
    SELECT c.id AS claim, c.sending_state, c.receiving_state, c.city, c.status, c.modality, c.published, c.publisher,
           c.review, c.quote, c.url
    FROM claims_fts JOIN claims_reviewed AS c ON c.id = claims_fts.rowid
    WHERE claims_fts MATCH :words ORDER BY bm25(claims_fts), c.id LIMIT :limit
"""


def search_articles(db: "Database", words: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Newest versions of articles that hold all words, best first; `found` shows them in [brackets]."""
    return _rows(db, _ARTICLES, {"words": match(words), "limit": limit})


def search_quotes(db: "Database", words: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Claims whose quote holds all words, best first."""
    return [with_state_names(row) for row in _rows(db, _QUOTES, {"words": match(words), "limit": limit})]


def match(words: Sequence[str]) -> str:
    """An FTS5 query for all of `words`, which may hold any characters; a final * is a prefix. UsageProblem for none."""
    terms = [f'"{word.rstrip("*").replace(chr(34), chr(34) * 2)}"' + "*" * word.endswith("*") for word in words]
    if not any(re.search(r"\w", term) for term in terms):
        raise UsageProblem("search: no word to search for; for example: legation search embassy Kyiv")
    return " ".join(term for term in terms if re.search(r"\w", term))


def _rows(db: "Database", sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = raw(db).execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
