"""What the second reader is sure of, as gold for training and evaluation: the form that `legation evaluate` reads.

An article is taken if something that stands for it is settled: found by both readers, or decided by a reviewer. A
claim that is not settled is left in with "must" false, so that it neither counts as missed nor as wrong.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db.transactions import raw
from legation.pipeline.errors import LegationError

if TYPE_CHECKING:
    from sqlite_utils import Database

_ARTICLES = """
    SELECT a.id, a.key, a.title, a.published, a.text, m.language
    FROM second_readings AS s JOIN articles AS a ON a.id = s.article LEFT JOIN mentions AS m ON m.article = a.id
    WHERE a.replaced_by IS NULL ORDER BY a.id
"""
_CLAIMS = "SELECT * FROM claims_reviewed WHERE article = ? ORDER BY start, id"
_LABELS = ("mission", "status", "modality")
_VALUES = ("sending_state", "receiving_state", "city", "date", "relocated_to", "attribution", "quote", "start", "end")


def settled_articles(db: "Database", *, silent: bool = False) -> Iterator[dict[str, Any]]:
    """One row an article: id, kind, title, published, text, claims. `silent`: also articles in which both readers found
    nothing."""
    connection = raw(db)
    for number, key, title, published, text, language in connection.execute(_ARTICLES).fetchall():
        cursor = connection.execute(_CLAIMS, (number,))
        names = [column[0] for column in cursor.description]
        claims = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        settled = [claim for claim in claims if _settled(claim)]
        if settled or (silent and not claims):
            rows = [_gold(claim) for claim in claims if claim["review"] != "rejected"]
            about = {"id": key, "kind": f"second-{language or 'en'}", "title": title, "published": published}
            yield {**about, "text": text, "claims": rows}


def _settled(claim: dict[str, Any]) -> bool:
    return claim["review"] != "unreviewed" or "+" in claim["reader"]


def _gold(claim: dict[str, Any]) -> dict[str, Any]:
    labels = {name: [claim[name]] for name in _LABELS}
    return {**{name: claim[name] for name in _VALUES}, **labels, "must": _settled(claim)}


def write_gold(db: "Database", path: Path, *, silent: bool = False) -> int:
    """Write the lessons to a file of JSON Lines; how many. Raises LegationError where it cannot be written."""
    count = 0
    try:
        with path.open("w", encoding="utf-8") as file:
            for row in settled_articles(db, silent=silent):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
    except OSError as error:
        raise LegationError(f"{path}: {error.strerror}; name a file that can be written") from error
    return count
