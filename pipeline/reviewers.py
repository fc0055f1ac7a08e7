"""What reviewers did and how far they agree, as rows for the command and the page."""

import json
from typing import TYPE_CHECKING, Any

from legation.db import remarks, review_queue
from legation.db.transactions import raw
from legation.pipeline.sentences import sentence

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

PEOPLE = (
    "reviewer", "decisions", "approve", "reject", "correct", "added", "undone", "overruled", "opinions", "unsure",
    "days", "seconds", "last",
)  # fmt: skip
AGREEMENT = ("one", "other", "claims", "same", "share", "kappa")
DISAGREEMENTS = ("claim", "at", "one", "says", "other", "says_too", "sentence")


def people_rows(db: "sqlite3.Connection | Database") -> list[dict[str, Any]]:
    """What db.remarks.people gives."""
    return remarks.people(db)


def agreement_rows(db: "sqlite3.Connection | Database") -> list[dict[str, Any]]:
    """Every two reviewers: claims judged by both, how many alike, the share of those, and kappa (None: not defined)."""
    return [
        {
            "one": row.one, "other": row.other, "claims": row.claims, "same": row.same,
            "share": round(row.same / row.claims, 2), "kappa": None if row.kappa is None else round(row.kappa, 2),
        }
        for row in remarks.agreement(raw(db))
    ]  # fmt: skip


def disagreement_rows(db: "sqlite3.Connection | Database", limit: int = 500) -> list[dict[str, Any]]:
    """Claims on which two reviewers differ, at most `limit`, newest first, with what each said."""
    connection = raw(db)
    rows = []
    for one, other in remarks.disagreements(connection)[:limit]:
        claim = _standing(connection, one.thread)
        shown = review_queue.context(connection, claim, around=0)
        rows.append(
            {
                "claim": claim, "at": max(one.at, other.at), "one": one.reviewer, "says": _said(one),
                "other": other.reviewer, "says_too": _said(other),
                "sentence": sentence({**shown.read, "sender_text": shown.sender_text}) if shown else "",
            }
        )  # fmt: skip
    return rows


def _standing(connection: "sqlite3.Connection", thread: int) -> int:
    row = connection.execute(
        "SELECT id FROM claims WHERE thread = ? ORDER BY retired IS NOT NULL, id DESC LIMIT 1", (thread,)
    ).fetchone()
    return int(row[0])


def _said(judged: remarks.Judgement) -> str:
    """A judgement in words: "reject: old news", "correct: city Lviv"."""
    more = judged.reason or ""
    if judged.fields:
        more = ", ".join(f"{name} {value or 'not stated'}" for name, value in json.loads(judged.fields).items())
    return judged.verdict + (f": {more}" if more else "") + (f" ({judged.note})" if judged.note else "")
