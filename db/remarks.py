"""What reviewers say about a claim without deciding on it: a second opinion, that they are unsure, whom they ask.

A second opinion is given without seeing the first verdict, so that agreement can be measured. A question to a colleague
is open until that colleague has decided on the claim or remarked on it.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legation.db.corrections import corrected
from legation.db.decisions import Verdict
from legation.db.errors import Refused, Stale
from legation.db.transactions import immediate, raw
from legation.db.vocabulary import REASONS

if TYPE_CHECKING:
    from sqlite_utils import Database

_INSERT = (
    "INSERT INTO remarks (thread, claim, revision, reviewer, at, kind, verdict, reason, fields, note, asked) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_THREAD = """
    SELECT c.thread, coalesce(r.state, 'unreviewed'), coalesce(r.revision, 0), d.reviewer, d.verdict, d.fields,
           c.retired
    FROM claims AS c LEFT JOIN reviews AS r ON r.thread = c.thread LEFT JOIN decisions AS d ON d.id = r.decision
    WHERE c.id = ?
"""
_LIVE = "JOIN claims AS c ON c.thread = m.thread AND c.retired IS NULL"
_ASKED = f"""
    SELECT DISTINCT c.id FROM remarks AS m {_LIVE}
    WHERE m.asked = :reviewer
      AND NOT EXISTS (SELECT 1 FROM decisions AS d WHERE d.thread = m.thread AND d.reviewer = :reviewer
                      AND d.revision > m.revision)
      AND NOT EXISTS (SELECT 1 FROM remarks AS n WHERE n.thread = m.thread AND n.reviewer = :reviewer AND n.id > m.id)
"""  # noqa: S608 - no values in it
_UNSURE = f"""
    SELECT DISTINCT c.id FROM remarks AS m {_LIVE} LEFT JOIN reviews AS r ON r.thread = m.thread
    WHERE m.kind = 'unsure' AND m.revision = coalesce(r.revision, 0)
"""  # noqa: S608 - no values in it
_PUT_OFF = f"""
    SELECT DISTINCT c.id FROM remarks AS m {_LIVE} LEFT JOIN reviews AS r ON r.thread = m.thread
    WHERE m.kind = 'unsure' AND m.reviewer = :reviewer AND m.revision = coalesce(r.revision, 0)
      AND NOT EXISTS (SELECT 1 FROM remarks AS n WHERE n.thread = m.thread AND n.id > m.id)
"""  # noqa: S608 - no values in it
# Decided by others, and this reviewer has not given an opinion on what holds. The key is a digest: no order of ours.
_SECOND = """
    SELECT c.id FROM reviews AS r JOIN decisions AS d ON d.id = r.decision
    JOIN claims AS c ON c.thread = r.thread AND c.retired IS NULL
    WHERE r.state <> 'unreviewed' AND d.reviewer <> :reviewer AND c.reader <> 'reviewer'
      AND NOT EXISTS (SELECT 1 FROM decisions AS o WHERE o.thread = r.thread AND o.reviewer = :reviewer)
      AND NOT EXISTS (SELECT 1 FROM remarks AS m WHERE m.thread = r.thread AND m.reviewer = :reviewer
                      AND m.kind IN ('opinion', 'unsure') AND m.revision = r.revision)
      AND c.id NOT IN (SELECT value FROM json_each(:skip))
    ORDER BY c.key LIMIT :limit
"""
# The last judgement of each reviewer on each claim; blind: given without seeing the others'.
_JUDGED = """
    WITH told AS (
        SELECT d.thread, d.reviewer, d.verdict, d.reason, d.fields, d.note, d.at, 0 AS blind FROM decisions AS d
        WHERE d.verdict <> 'undo' AND NOT EXISTS (SELECT 1 FROM decisions AS u WHERE u.undoes = d.id)
          AND d.thread IN (SELECT thread FROM remarks WHERE kind = 'opinion')
        UNION ALL
        SELECT thread, reviewer, verdict, reason, fields, note, at, 1 FROM remarks WHERE kind = 'opinion'
    )
    SELECT thread, reviewer, verdict, reason, fields, note, at, blind FROM (
        SELECT *, row_number() OVER (PARTITION BY thread, reviewer ORDER BY at DESC, blind DESC) AS place FROM told
    ) WHERE place = 1 ORDER BY thread, reviewer
"""


@dataclass(frozen=True, slots=True)
class Remark:
    """One row of `remarks`, as a card shows it."""

    reviewer: str
    at: str
    kind: str
    verdict: str | None
    reason: str | None
    note: str | None
    asked: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reviewer said of a claim; `blind`: without seeing the others'. `fields`: corrected ones, as JSON."""

    thread: int
    reviewer: str
    verdict: str
    reason: str | None
    fields: str | None
    note: str | None
    at: str
    blind: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two reviewers who judged the same claims, one of them blind: how many, how many alike, and Cohen's kappa.

    `kappa` None: all their verdicts are the same word, so that chance alone would agree.
    """

    one: str
    other: str
    claims: int
    same: int
    kappa: float | None


def opine(
    db: "sqlite3.Connection | Database", claim: int, verdict: Verdict, *, revision: int, reviewer: str, now: str
) -> bool:
    """Note a second opinion on a decided claim; whether it is the same as what holds. Nothing is decided by it.

    Raises Stale if the claim has been decided on since `revision`, Refused for an opinion on one's own decision, on a
    claim that nobody has decided on, and for a verdict that is not well formed.
    """
    with immediate(db) as connection:
        thread, state, held, first, said, fields, retired = _thread(connection, claim)
        if held != revision or retired:
            raise Stale(f"claim {claim}: was decided on since; look again")
        if state == "unreviewed":
            raise Refused(f"claim {claim}: nobody has decided on it; the first verdict is a decision")
        if first == reviewer:
            raise Refused(f"claim {claim}: the first verdict is yours; a second opinion is somebody else's")
        if verdict.verdict not in ("approve", "reject", "correct"):
            raise Refused(f"claim {claim}: an opinion approves, rejects or corrects")
        if verdict.verdict == "reject" and verdict.reason not in REASONS:
            raise Refused(f"claim {claim}: a rejection needs a reason, one of: {', '.join(REASONS)}")
        own = corrected(connection, claim, verdict.fields or {}) if verdict.verdict == "correct" else None
        text = None if own is None else json.dumps(own, sort_keys=True, ensure_ascii=False)
        row = (thread, claim, revision, reviewer, now, "opinion", verdict.verdict, verdict.reason, text, verdict.note)
        connection.execute(_INSERT, (*row, None))
    return bool(verdict.verdict == said and text == fields)


def unsure(
    db: "sqlite3.Connection | Database", claim: int, *, reviewer: str, now: str, note: str | None, asked: str | None
) -> None:
    """Note that a reviewer cannot decide, why, and whom they ask; it waits on, for the others. Raises Refused."""
    _remark(db, [claim], "unsure", reviewer, now, note, asked)


def ask(
    db: "sqlite3.Connection | Database", claims: Iterable[int], *, asked: str, reviewer: str, now: str,
    note: str | None = None,
) -> int:  # fmt: skip
    """Ask a reviewer to look at claims; how many. Raises Refused without a name, and for a claim that is not there."""
    if not asked.strip():
        raise Refused("whom do you ask? give the name of a reviewer")
    return _remark(db, claims, "ask", reviewer, now, note, asked)


def remarks_on(connection: sqlite3.Connection, claim: int) -> list[Remark]:
    """Every remark on the claim's thread, oldest first."""
    rows = connection.execute(
        "SELECT reviewer, at, kind, verdict, reason, note, asked FROM remarks "
        "WHERE thread = (SELECT thread FROM claims WHERE id = ?) ORDER BY id",
        (claim,),
    )
    return [Remark(*row) for row in rows]


def asked_of(connection: sqlite3.Connection, reviewer: str) -> set[int]:
    """Standing claims that somebody asked this reviewer to look at, and that still wait for an answer."""
    return {row[0] for row in connection.execute(_ASKED, {"reviewer": reviewer})}


def unsure_about(connection: sqlite3.Connection) -> set[int]:
    """Standing claims about which somebody is unsure, and which nobody has decided on since."""
    return {row[0] for row in connection.execute(_UNSURE)}


def put_off(connection: sqlite3.Connection, reviewer: str) -> set[int]:
    """Those about which this reviewer is unsure, and nobody has said anything since: they are not offered again."""
    return {row[0] for row in connection.execute(_PUT_OFF, {"reviewer": reviewer})}


def to_judge_again(
    connection: sqlite3.Connection, reviewer: str, *, skip: Iterable[int] = (), limit: int = 1
) -> list[int]:
    """Claims that others decided on and this reviewer has not seen, in the order of their keys, which is by chance."""
    given = {"reviewer": reviewer, "skip": json.dumps(list(skip)), "limit": limit}
    return [row[0] for row in connection.execute(_SECOND, given)]


def judgements(connection: sqlite3.Connection) -> dict[int, list[Judgement]]:
    """The last judgement of each reviewer, by thread, for the threads with a second opinion."""
    found: dict[int, list[Judgement]] = {}
    for thread, reviewer, verdict, reason, fields, note, at, blind in connection.execute(_JUDGED):
        judged = Judgement(thread, reviewer, verdict, reason, fields, note, at, bool(blind))
        found.setdefault(judged.thread, []).append(judged)
    return found


def agreement(connection: sqlite3.Connection) -> list[Agreement]:
    """Every two reviewers who judged the same claims, at least one of them blind; those with most claims first."""
    pairs: dict[tuple[str, str], list[tuple[Judgement, Judgement]]] = {}
    for one, other in _pairs(connection):
        pairs.setdefault((one.reviewer, other.reviewer), []).append((one, other))
    found = [
        Agreement(*names, len(rows), sum(_same(*row) for row in rows), kappa([(a.verdict, b.verdict) for a, b in rows]))
        for names, rows in pairs.items()
    ]
    return sorted(found, key=lambda row: (-row.claims, row.one, row.other))


def disagreements(connection: sqlite3.Connection) -> list[tuple[Judgement, Judgement]]:
    """Pairs of judgements of one claim that differ, in the verdict or in what was corrected; newest first."""
    found = [(one, other) for one, other in _pairs(connection) if not _same(one, other)]
    return sorted(found, key=lambda pair: max(pair[0].at, pair[1].at), reverse=True)


def kappa(verdicts: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of pairs of verdicts: 1 always alike, 0 no more than by chance. None: chance alone would agree."""
    if not verdicts:
        return None
    number = len(verdicts)
    alike = sum(one == other for one, other in verdicts) / number
    first, second = (Counter(pair[side] for pair in verdicts) for side in (0, 1))
    chance = sum(first[word] * second[word] for word in first) / number**2
    return None if chance == 1 else (alike - chance) / (1 - chance)


def _pairs(connection: sqlite3.Connection) -> list[tuple[Judgement, Judgement]]:
    return [
        (one, other)
        for told in judgements(connection).values()
        for place, one in enumerate(told)
        for other in told[place + 1 :]
        if one.blind or other.blind
    ]


def _same(one: Judgement, other: Judgement) -> bool:
    return (one.verdict, one.fields) == (other.verdict, other.fields)


def _remark(
    db: "sqlite3.Connection | Database", claims: Iterable[int], kind: str, reviewer: str, now: str, note: str | None,
    asked: str | None,
) -> int:  # fmt: skip
    with immediate(db) as connection:
        rows = []
        for claim in claims:
            thread, _, revision, *_, retired = _thread(connection, claim)
            if retired:
                raise Refused(f"claim {claim}: retired: its article no longer says so")
            rows.append((thread, claim, revision, reviewer, now, kind, None, None, None, note, asked))
        connection.executemany(_INSERT, rows)
    return len(rows)


def _thread(connection: sqlite3.Connection, claim: int) -> Any:
    row = connection.execute(_THREAD, (claim,)).fetchone()
    if row is None:
        raise Refused(f"claim {claim}: no such claim")
    return row


def people(db: "sqlite3.Connection | Database") -> list[dict[str, Any]]:
    """What each reviewer did, as rows with reviewer, decisions, approve, reject, correct, undone, overruled, opinions,
    unsure, added, notes, first, last (UTC; None: no decision), days, seconds (median between two decisions, without
    pauses of more than five minutes; None: too few).

    `undone` counts decisions taken back, `overruled` those that another reviewer's decision replaced.
    """
    connection = raw(db)
    cursor = connection.execute(_PEOPLE)
    names = [column[0] for column in cursor.description]
    counts = ("approve", "reject", "correct", "undone", "overruled", "added")
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    rows = [row | {name: int(row[name]) for name in counts} for row in rows]
    return [row | {"seconds": _pace(connection, row["reviewer"])} for row in rows]


_PEOPLE = """
    WITH own AS (
        SELECT d.*, EXISTS (SELECT 1 FROM decisions AS u WHERE u.undoes = d.id) AS taken_back,
               (SELECT n.reviewer FROM decisions AS n WHERE n.thread = d.thread AND n.revision = d.revision + 1
                AND n.verdict <> 'undo') AS after
        FROM decisions AS d WHERE d.verdict <> 'undo'
    )
    SELECT p.reviewer, count(o.id) AS decisions, total(o.verdict = 'approve') AS approve,
           total(o.verdict = 'reject') AS reject, total(o.verdict = 'correct') AS correct,
           total(o.taken_back) AS undone, total(o.after IS NOT NULL AND o.after <> o.reviewer) AS overruled,
           (SELECT count(*) FROM remarks AS m WHERE m.kind = 'opinion' AND m.reviewer = p.reviewer) AS opinions,
           (SELECT count(*) FROM remarks AS m WHERE m.kind = 'unsure' AND m.reviewer = p.reviewer) AS unsure,
           total(o.revision = 1 AND c.reader = 'reviewer') AS added, count(o.note) AS notes,
           min(o.at) AS first, max(o.at) AS last, count(DISTINCT substr(o.at, 1, 10)) AS days
    FROM (SELECT reviewer FROM decisions UNION SELECT reviewer FROM remarks) AS p
    LEFT JOIN own AS o ON o.reviewer = p.reviewer LEFT JOIN claims AS c ON c.id = o.claim
    GROUP BY p.reviewer ORDER BY decisions DESC, p.reviewer
"""
_PACE = """
    SELECT (julianday(at) - julianday(lag(at) OVER (ORDER BY at, id))) * 86400 AS seconds
    FROM decisions WHERE reviewer = ? AND id = batch
"""


def _pace(connection: sqlite3.Connection, reviewer: str) -> int | None:
    waits = sorted(round(row[0]) for row in connection.execute(_PACE, (reviewer,)) if row[0] is not None)
    short = [seconds for seconds in waits if seconds <= 300]
    return short[len(short) // 2] if len(short) >= 5 else None
