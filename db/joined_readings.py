"""Two readers of one article: what the second one said, and what of both stands as claims.

The small reader comes with the program; the second one is a language model, llm:<model>. What stands for an article is
`joined` of what each read last, in any order. A claim that both found is one claim, of the reader
"small+llm:<model>", with the small reader's fields; one that only one found stands as that reader's, and where both can
read the language, the view readers_differ names it. Decisions stay with the thread, for both readers.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from legation.db.claims import GIVEN, SMALL, Saved, store
from legation.db.transactions import immediate, monotonic_now, raw

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = Mapping[str, Any]
BOTH = f"{SMALL}+"  # before the name of the second reader, where both found a claim
_SAME = ("sending_state", "receiving_state", "status", "modality")
_SMALL = 'SELECT * FROM claims WHERE article = ? AND retired IS NULL AND reader LIKE ? ORDER BY start, "end", id'


@dataclass(frozen=True, slots=True)
class Reading:
    """What a second reader said of one article, after the checks.

    `request`: key of the question; `reader`: llm:<model>; `version`: reader and prompt. `beside`: the small reader
    reads the language too. `claims` hold the columns GIVEN but confidence and rule, and "gloss"; `drops` counts, by
    reason, what was dropped of the answer. `alone`, `agreed`: confidence of a claim that only this reader found, and at
    least, of one that both found.
    """

    request: str
    reader: str
    version: str
    beside: bool
    claims: tuple[Row, ...]
    drops: Mapping[str, int] = field(default_factory=dict)
    alone: float = 0.45
    agreed: float = 0.9


def save_reading(db: "sqlite3.Connection | Database", article: int, reading: Reading, now: str) -> Saved:
    """Store what the second reader said of an article, and join it with what the small one found, in one transaction.

    It takes the place of what a second reader said of the article before.
    """
    from legation.db.refresh import refresh

    with immediate(db) as connection:
        now = monotonic_now(connection, now)
        small = _small(connection, article)
        connection.execute(
            "INSERT OR REPLACE INTO second_readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article, reading.request, reading.reader, reading.version, now, int(reading.beside),
                json.dumps([dict(claim) for claim in reading.claims], ensure_ascii=False),
                json.dumps(dict(reading.drops)), reading.alone, reading.agreed,
            ),
        )  # fmt: skip
        saved, changed = store(connection, article, join_readings(small, reading), reading.version, now)
        live = connection.execute("SELECT id, thread FROM claims WHERE article = ? AND retired IS NULL", (article,))
        refresh(connection, [*changed, *({"id": row[0], "thread": row[1]} for row in live.fetchall())])
    return saved


def reading_of(db: "sqlite3.Connection | Database", article: int) -> Reading | None:
    """What a second reader said last of an article; None if none has read it."""
    row = (
        raw(db)
        .execute(
            "SELECT request, reader, version, beside, claims, drops, alone, agreed FROM second_readings "
            "WHERE article = ?",
            (article,),
        )
        .fetchone()
    )
    if row is None:
        return None
    claims, drops = tuple(json.loads(row[4])), json.loads(row[5])
    return Reading(row[0], row[1], row[2], bool(row[3]), claims, drops, row[6], row[7])


def join_readings(small: Iterable[Row], reading: Reading | None) -> list[Row]:
    """What stands for an article: the small reader's claims, those of the second reader, each that both found once."""
    if reading is None:
        return list(small)
    left = list(reading.claims)
    found: list[Row] = []
    for claim in small:
        other = min((c for c in left if claims_agree(claim, c)), key=lambda c: _distance(claim, c), default=None)
        if other is None:
            found.append(claim)
        else:
            left.remove(other)
            found.append(_both(claim, other, reading))
    return found + [_second(claim, reading) for claim in left]


def claims_agree(one: Row, other: Row) -> bool:
    """Whether two claims of one article say the same; a city, a kind of mission or a date that one leaves open fits."""
    kinds, cities = {one["mission"], other["mission"]}, {one["city"], other["city"]}
    dates = [claim["date"] for claim in (one, other) if claim["date"]]
    return (
        all(one[name] == other[name] for name in _SAME)
        and (len(kinds) == 1 or "mission" in kinds)
        and (len(cities) == 1 or None in cities)
        and (len(dates) < 2 or dates[0].startswith(dates[1]) or dates[1].startswith(dates[0]))
    )


def _distance(one: Row, other: Row) -> tuple[int, int]:
    """How far two claims that agree are apart: fields that one leaves open, then characters between the quotes."""
    open_fields = sum(one[name] != other[name] for name in ("mission", "city", "date", "relocated_to"))
    return open_fields, abs(one["start"] - other["start"])


def _both(small: Row, second: Row, reading: Reading) -> Row:
    own = small["confidence"] if small.get("small_confidence") is None else small["small_confidence"]
    marks = [*small.get("marks", ()), ("quote", second["start"], second["end"])]
    return {
        **small,
        "marks": marks,
        "reader": f"{BOTH}{reading.reader}",
        "small_confidence": own,
        "confidence": max(own, reading.agreed),
        "gloss": second.get("gloss"),
    }


def _second(claim: Row, reading: Reading) -> Row:
    given = {"confidence": reading.alone, "rule": reading.version, "version": reading.version}
    return {**claim, **given, "reader": reading.reader}


def _small(connection: sqlite3.Connection, article: int) -> list[Row]:
    """What the small reader found in an article, as it found it, with the evidence."""
    cursor = connection.execute(_SMALL, (article, f"{SMALL}%"))
    names = [column[0] for column in cursor.description]
    return [_as_read(connection, dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _as_read(connection: sqlite3.Connection, row: dict[str, Any]) -> Row:
    own = row["confidence"] if row["small_confidence"] is None else row["small_confidence"]
    marks = connection.execute('SELECT label, start, "end" FROM evidence WHERE claim = ?', (row["id"],)).fetchall()
    return {**{name: row[name] for name in GIVEN}, "confidence": own, "version": row["version"], "marks": marks}
