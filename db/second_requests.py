"""Questions to a second reader and their answers: asked once, kept, tried again after a failure."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legation.db.transactions import immediate, raw

if TYPE_CHECKING:
    from sqlite_utils import Database

LIMITED = "rate limit"  # how the reason of a failure begins after which nobody is asked before its time
_DUE = """
    SELECT m.article, m.language, a.title, a.published, a.text
    FROM mentions AS m JOIN articles AS a ON a.id = m.article
    WHERE a.outcome = 'cleaned' AND a.replaced_by IS NULL AND a.origin IS NULL
      AND NOT EXISTS (SELECT 1 FROM second_readings AS s WHERE s.article = m.article AND s.version = :version)
      AND m.language IN (SELECT value FROM json_each(:languages))
    ORDER BY m.article DESC
"""
_LEAST = """
    SELECT min(coalesce(c.small_confidence, c.confidence)) FROM claims AS c LEFT JOIN reviews AS r USING (thread)
    WHERE c.article = ? AND c.retired IS NULL AND c.reader LIKE 'small%'
      AND coalesce(r.state, 'unreviewed') = 'unreviewed'
"""
_UNREAD = """
    SELECT m.language, count(*) FROM mentions AS m JOIN articles AS a ON a.id = m.article
    WHERE m.language <> 'en' AND a.replaced_by IS NULL AND a.origin IS NULL
      AND NOT EXISTS (SELECT 1 FROM second_readings AS s WHERE s.article = m.article)
    GROUP BY m.language
"""


@dataclass(frozen=True, slots=True)
class Article:
    """An article that names a mission in `language` (ISO 639-1). `published` is YYYY-MM-DD, None: not known."""

    id: int
    language: str
    title: str | None
    published: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """A question as it stands: `state` sent, answered or failed; `answer` None: none, or too long to be kept."""

    key: str
    model: str
    prompt: str
    article: int
    state: str
    answer: str | None
    reason: str | None
    failures: int
    retry_at: str | None


@dataclass(frozen=True, slots=True)
class Spent:
    """What a day's questions cost: how many, and tokens in and out."""

    questions: int
    tokens: int


def note_mentions(db: "sqlite3.Connection | Database", found: Iterable[tuple[int, str]]) -> None:
    """Note articles that name a mission, with the language."""
    with immediate(db) as connection:
        connection.executemany("INSERT OR REPLACE INTO mentions VALUES (?, ?)", found)


def due_articles(db: "sqlite3.Connection | Database", version: str, languages: Iterable[str]) -> Iterator[Article]:
    """Live articles that name a mission in one of the languages and that this version has not read, newest first.

    Copies are left out: what stands in the first publication stands in them.
    """
    values = {"version": version, "languages": json.dumps(list(languages))}
    for row in raw(db).execute(_DUE, values).fetchall():
        yield Article(*row)


def article(db: "sqlite3.Connection | Database", number: int) -> Article:
    """One article as `due_articles` gives it; its language is en where it is not noted."""
    query = (
        "SELECT a.id, coalesce(m.language, 'en'), a.title, a.published, a.text FROM articles AS a "
        "LEFT JOIN mentions AS m ON m.article = a.id WHERE a.id = ?"
    )
    return Article(*raw(db).execute(query, (number,)).fetchone())


def least_confidence(db: "sqlite3.Connection | Database", article: int) -> float | None:
    """The small reader's lowest confidence among its unreviewed claims of an article; None: it has none."""
    found = raw(db).execute(_LEAST, (article,)).fetchone()[0]
    return None if found is None else float(found)


def has_claims(db: "sqlite3.Connection | Database", article: int) -> bool:
    """Whether the small reader found anything in an article."""
    query = "SELECT 1 FROM claims WHERE article = ? AND retired IS NULL AND reader LIKE 'small%' LIMIT 1"
    return raw(db).execute(query, (article,)).fetchone() is not None


def request(db: "sqlite3.Connection | Database", key: str) -> Request | None:
    """The question with that key; None: never asked."""
    query = (
        "SELECT key, model, prompt, article, state, answer, reason, failures, retry_at FROM second_requests "
        "WHERE key = ?"
    )
    row = raw(db).execute(query, (key,)).fetchone()
    return Request(*row) if row else None


def note_sent(
    db: "sqlite3.Connection | Database", sent: Iterable[tuple[str, str, str, int]], now: str
) -> None:  # fmt: skip
    """Note questions that stand in a file for a batch service: (key, model, prompt, article) each."""
    with immediate(db) as connection:
        connection.executemany(
            "INSERT INTO second_requests (key, model, prompt, article, state, batch, at) "
            "VALUES (?, ?, ?, ?, 'sent', 1, ?) "
            "ON CONFLICT (key) DO UPDATE SET state = 'sent', batch = 1, at = excluded.at, retry_at = NULL "
            "WHERE state = 'failed'",
            [(*row, now) for row in sent],
        )


def note_answer(
    db: "sqlite3.Connection | Database",
    asked: tuple[str, str, str, int],
    answer: str | None,
    tokens: tuple[int, int],
    now: str,
) -> None:
    """Keep the answer to `asked`, (key, model, prompt, article); `tokens` in and out. None: too long to be kept."""
    with immediate(db) as connection:
        connection.execute(
            "INSERT INTO second_requests (key, model, prompt, article, state, answer, input_tokens, output_tokens, at) "
            "VALUES (?, ?, ?, ?, 'answered', ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "state = 'answered', answer = excluded.answer, reason = NULL, failures = 0, retry_at = NULL, "
            "at = excluded.at, input_tokens = input_tokens + excluded.input_tokens, "
            "output_tokens = output_tokens + excluded.output_tokens",
            (*asked, answer, *tokens, now),
        )


def note_failure(
    db: "sqlite3.Connection | Database", asked: tuple[str, str, str, int], reason: str, now: str, retry_at: str | None
) -> None:
    """Keep why a question was not answered, and from when it may be asked again."""
    with immediate(db) as connection:
        connection.execute(
            "INSERT INTO second_requests (key, model, prompt, article, state, reason, failures, at, retry_at) "
            "VALUES (?, ?, ?, ?, 'failed', ?, 1, ?, ?) ON CONFLICT (key) DO UPDATE SET state = 'failed', "
            "reason = excluded.reason, failures = failures + 1, at = excluded.at, retry_at = excluded.retry_at",
            (*asked, reason, now, retry_at),
        )


def limited_until(db: "sqlite3.Connection | Database", model: str, now: str) -> str | None:
    """Until when the model's service asked to be left alone; None: it may be asked."""
    query = "SELECT max(retry_at) FROM second_requests WHERE model = ? AND reason LIKE ? AND retry_at > ?"
    found = raw(db).execute(query, (model, f"{LIMITED}%", now)).fetchone()[0]
    return str(found) if found else None


def spent(db: "sqlite3.Connection | Database", day: str) -> Spent:
    """What was asked on a UTC day; files for batch services do not count."""
    query = (
        "SELECT count(*), coalesce(sum(input_tokens + output_tokens), 0) FROM second_requests "
        "WHERE batch = 0 AND at >= ? AND at < ? || 'U'"
    )
    return Spent(*raw(db).execute(query, (day, day)).fetchone())


def unread(db: "sqlite3.Connection | Database") -> dict[str, int]:
    """Articles in other languages than English that name a mission and that no second reader has read, by language."""
    return dict(raw(db).execute(_UNREAD).fetchall())


def dropped(db: "sqlite3.Connection | Database") -> Counter[str]:
    """Claims of second readers' last answers that did not stand up to the checks, by reason."""
    counts: Counter[str] = Counter()
    for (drops,) in raw(db).execute("SELECT drops FROM second_readings WHERE drops <> '{}'"):
        counts.update(json.loads(drops))
    return counts


def states(db: "sqlite3.Connection | Database") -> dict[tuple[str, str], int]:
    """How many questions there are by model and state."""
    rows = raw(db).execute("SELECT model, state, count(*) FROM second_requests GROUP BY model, state")
    return {(model, state): count for model, state, count in rows}


def measured(db: "sqlite3.Connection | Database") -> list[dict[str, Any]]:
    """Each kind of reader (small, llm:<model>, both) with its standing claims, how many were decided, and how.

    A claim counts as right if it was approved as it was read, as wrong if rejected or corrected.
    """
    rows = raw(db).execute(
        "SELECT c.reader, count(*), coalesce(sum(r.state = 'approved'), 0), coalesce(sum(r.state = 'corrected'), 0), "
        "coalesce(sum(r.state = 'rejected'), 0) FROM claims AS c "
        "LEFT JOIN reviews AS r ON r.thread = c.thread AND r.state <> 'unreviewed' "
        "WHERE c.retired IS NULL GROUP BY c.reader ORDER BY c.reader"
    )
    names = ("reader", "claims", "approved", "corrected", "rejected")
    return [dict(zip(names, row, strict=True)) for row in rows]


def differing(db: "sqlite3.Connection | Database") -> int:
    """How many standing claims one of two readers of the article did not find."""
    return int(raw(db).execute("SELECT count(*) FROM readers_differ").fetchone()[0])


def counterpart(db: "sqlite3.Connection | Database", claim: int) -> str | None:
    """The reader that read the claim's article as well and did not find the claim; None: there is none."""
    row = raw(db).execute("SELECT other FROM readers_differ WHERE claim = ?", (claim,)).fetchone()
    return str(row[0]) if row else None


def said_instead(db: "sqlite3.Connection | Database", claim: int) -> list[Mapping[str, Any]]:
    """What the other reader alone says in that article of the same pair of States: id, status, modality, quote."""
    rows = raw(db).execute(
        "SELECT o.id, o.status, o.modality, o.quote FROM claims AS c JOIN claims AS o ON o.article = c.article "
        "AND o.retired IS NULL AND o.reader <> c.reader AND instr(o.reader, '+') = 0 "
        "AND o.sending_state IS c.sending_state AND o.receiving_state IS c.receiving_state "
        "WHERE c.id = ? ORDER BY o.id",
        (claim,),
    )
    return [dict(zip(("id", "status", "modality", "quote"), row, strict=True)) for row in rows]
