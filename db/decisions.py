"""Decisions of reviewers: which steps are allowed, and the one way to write them.

Used alike by the terminal and the web desk. Every write takes the database first (BEGIN IMMEDIATE), then compares the
revision that the reviewer saw with the thread's own: two reviewers never overwrite each other. The machine's claim is
never changed; a correction stands beside it, and an undo is a decision too.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legation.db.claims import FIELDS, REVIEWER
from legation.db.claims_as_of import STATE_OF, Decided, decision_that_holds
from legation.db.corrections import corrected
from legation.db.errors import Refused, Stale
from legation.db.refresh import refresh
from legation.db.transactions import immediate, monotonic_now
from legation.db.vocabulary import REASONS

if TYPE_CHECKING:
    from sqlite_utils import Database

# Where a thread stands -> what may be decided next. All allowed steps; what is not here is refused.
STEPS = {
    "unreviewed": ("approve", "reject", "correct"),
    "approved": ("reject", "correct", "undo"),
    "rejected": ("approve", "correct", "undo"),
    "corrected": ("approve", "reject", "correct", "undo"),
}
_INSERT = """
    INSERT INTO decisions (id, thread, claim, revision, batch, reviewer, at, verdict, reason, note, fields, undoes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_THREAD = """
    SELECT c.id, c.thread, c.retired, coalesce(r.state, 'unreviewed') AS state, coalesce(r.revision, 0) AS revision,
           (SELECT id FROM claims AS live WHERE live.thread = c.thread AND live.retired IS NULL) AS live
    FROM claims AS c LEFT JOIN reviews AS r ON r.thread = c.thread WHERE c.id = ?
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says: approve, reject or correct.

    `reason` is one of db.words.REASONS or None; a rejection needs one, and "other" needs a `note`. `fields` are the
    corrected ones only (names in db.claims.FIELDS), against the machine's reading; None unless the verdict is correct.
    """

    verdict: str
    reason: str | None = None
    note: str | None = None
    fields: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was written: ids of the decisions (the claim's own first), and how the claim stands now."""

    decisions: tuple[int, ...]
    state: str
    revision: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Decisions made together: the claims decided on, and those that were left out, with the reason of each."""

    decided: tuple[int, ...]
    left: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Thread:
    id: int
    thread: int
    retired: str | None
    state: str
    revision: int
    live: int | None


def decide(
    db: "sqlite3.Connection | Database",
    claim: int,
    verdict: Verdict,
    *,
    revision: int,
    reviewer: str,
    now: str,
    together: bool = False,
) -> Outcome:
    """Decide on a claim; with `together` also on its unreviewed twins in copies of the article (db.desk.twins).

    `revision` is the one the reviewer saw (0: undecided), `now` UTC. In one transaction with everything that follows
    from it. Raises Stale if the claim has been decided or read anew since, Refused for a step that is not allowed.
    """
    with immediate(db) as connection:
        thread = _open(connection, claim, revision, reviewer)
        fields = _checked(connection, thread, verdict)
        twins = [_thread(connection, twin) for twin in twins_of(connection, claim)] if together else []
        rows = _append(connection, [thread, *twins], verdict, fields, reviewer, now)
        return _settle(connection, thread, rows)


def decide_all(
    db: "sqlite3.Connection | Database",
    seen: Iterable[tuple[int, int]],
    verdict: Verdict,
    *,
    reviewer: str,
    now: str,
    together: bool = False,
) -> Batch:
    """Decide alike on many claims, (claim, revision seen) each, in one transaction; one undo takes all of it back.

    A claim on which somebody else has decided meanwhile, or for which the step is not allowed, is left out and named.
    Raises Refused for a correction, and where the verdict is not well formed.
    """
    if verdict.verdict not in ("approve", "reject"):
        raise Refused(f"many claims are approved or rejected together; {verdict.verdict} is for one claim at a time")
    if not reviewer.strip():
        raise Refused("a decision needs the name of its reviewer")
    _well_formed(verdict)
    threads: dict[int, _Thread] = {}
    left = []
    with immediate(db) as connection:
        for claim, revision in seen:
            try:
                thread = _open(connection, claim, revision, reviewer)
                _checked(connection, thread, verdict)
            except (Refused, Stale) as error:
                left.append((claim, str(error)))
                continue
            twins = [_thread(connection, twin) for twin in twins_of(connection, claim)] if together else []
            for one in (thread, *twins):
                threads.setdefault(one.thread, one)
        if threads:
            rows = _append(connection, list(threads.values()), verdict, None, reviewer, now)
            _settle(connection, rows[0][1], rows)
    return Batch(tuple(thread.id for thread in threads.values()), tuple(left))


def undo(
    db: "sqlite3.Connection | Database", claim: int, *, revision: int, reviewer: str, now: str
) -> Outcome:  # fmt: skip
    """Take back the decision that holds for a claim, and with it all that were made together with it.

    What held before it holds again. Raises as `decide` does.
    """
    with immediate(db) as connection:
        thread = _open(connection, claim, revision, reviewer)
        if "undo" not in STEPS[thread.state]:
            raise Refused(f"claim {claim}: nothing to undo: it is {thread.state}")
        batch = connection.execute(
            "SELECT batch FROM decisions JOIN reviews ON decision = decisions.id WHERE reviews.thread = ?",
            (thread.thread,),
        ).fetchone()[0]
        held = dict(
            connection.execute(
                "SELECT r.thread, d.id FROM decisions AS d "
                "JOIN reviews AS r ON r.thread = d.thread AND r.decision = d.id WHERE d.batch = ?",
                (batch,),
            )
        )
        others = sorted(held.keys() - {thread.thread})
        threads = [thread, *(_thread(connection, _live_of(connection, other)) for other in others)]
        rows = _append(connection, threads, Verdict("undo"), None, reviewer, now, held)
        return _settle(connection, thread, rows)


def twins_of(connection: sqlite3.Connection, claim: int) -> list[int]:
    """Unreviewed claims of copies of the same first publication with the same quote and fields, without `claim`."""
    same = " AND ".join(f"b.{name} IS a.{name}" for name in (*FIELDS, "quote"))
    rows = connection.execute(
        f"SELECT b.id FROM claims AS a JOIN claims AS b ON b.origin = a.origin AND b.id <> a.id AND {same} "  # noqa: S608
        "LEFT JOIN reviews AS r ON r.thread = b.thread "
        "WHERE a.id = ? AND b.retired IS NULL AND coalesce(r.state, 'unreviewed') = 'unreviewed' ORDER BY b.id",
        (claim,),
    )
    return [row[0] for row in rows]


def _thread(connection: sqlite3.Connection, claim: int) -> _Thread:
    row = connection.execute(_THREAD, (claim,)).fetchone()
    if row is None:
        raise Refused(f"claim {claim}: no such claim")
    return _Thread(*row)


def _live_of(connection: sqlite3.Connection, thread: int) -> int:
    row = connection.execute(
        "SELECT id FROM claims WHERE thread = ? ORDER BY retired IS NOT NULL, id DESC LIMIT 1", (thread,)
    ).fetchone()
    return int(row[0])


def _open(connection: sqlite3.Connection, claim: int, revision: int, reviewer: str) -> _Thread:
    """The claim's thread, if it is as the reviewer saw it."""
    if not reviewer.strip():
        raise Refused("a decision needs the name of its reviewer")
    thread = _thread(connection, claim)
    if thread.retired and thread.live:
        raise Stale(f"claim {claim}: read anew as claim {thread.live}; look at that")
    if thread.retired:
        raise Refused(f"claim {claim}: retired: its article no longer says so")
    if thread.revision != revision:
        raise Stale(f"claim {claim}: is {thread.state} (revision {thread.revision}, not {revision}); look again")
    return thread


def _checked(connection: sqlite3.Connection, thread: _Thread, verdict: Verdict) -> dict[str, str | None] | None:
    """The corrected fields, complete; Refused if the step is not allowed or the verdict not well formed."""
    if verdict.verdict == "undo" or verdict.verdict not in STEPS[thread.state]:
        allowed = ", ".join(STEPS[thread.state])
        raise Refused(f"claim {thread.id}: is {thread.state}: {verdict.verdict} is not allowed, only {allowed}")
    _well_formed(verdict, f"claim {thread.id}: ")
    if (verdict.verdict == "correct") != (verdict.fields is not None):
        raise Refused(f"claim {thread.id}: corrected fields belong to the verdict 'correct', and it needs them")
    return corrected(connection, thread.id, verdict.fields) if verdict.fields is not None else None


def _well_formed(verdict: Verdict, place: str = "") -> None:
    """Refused for a reason that is none, a rejection without one, and "other" without a note."""
    if verdict.reason is not None and verdict.reason not in REASONS:
        raise Refused(f"{verdict.reason}: no such reason; it is one of: {', '.join(REASONS)}")
    if verdict.verdict == "reject" and verdict.reason is None:
        raise Refused(f"{place}a rejection needs a reason, one of: {', '.join(REASONS)}")
    if verdict.reason == "other" and not (verdict.note or "").strip():
        raise Refused(f"{place}the reason 'other' needs a note")


def _append(
    connection: sqlite3.Connection, threads: list[_Thread], verdict: Verdict, fields: Mapping[str, str | None] | None,
    reviewer: str, now: str, held: Mapping[int, int] | None = None,
) -> list[tuple[int, _Thread]]:  # fmt: skip
    """Write one decision for each thread, in one batch; `held` gives the decision that an undo takes back."""
    first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM decisions").fetchone()[0]
    at = monotonic_now(connection, now)
    text = None if fields is None else json.dumps(fields, sort_keys=True, ensure_ascii=False)
    rows = list(enumerate(threads, start=first))
    connection.executemany(
        _INSERT,
        [
            (number, t.thread, t.id, t.revision + 1, first, reviewer, at, verdict.verdict, verdict.reason, verdict.note,
             text, held[t.thread] if held else None)
            for number, t in rows
        ],
    )  # fmt: skip
    if fields:
        _pairs(connection, fields, threads)
    return rows


def _pairs(connection: sqlite3.Connection, fields: Mapping[str, str | None], threads: list[_Thread]) -> None:
    """Note the pair of States that a correction makes each thread be about."""
    for t in threads:
        read = connection.execute("SELECT receiving_state, sending_state FROM claims WHERE id = ?", (t.id,)).fetchone()
        pair = (fields.get("receiving_state", read[0]), fields.get("sending_state", read[1]))
        if all(pair):
            connection.execute("INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)", (*pair, t.thread))


def _settle(connection: sqlite3.Connection, thread: _Thread, rows: list[tuple[int, _Thread]]) -> Outcome:
    """Bring `reviews` and what follows from it up to date; return how the thread itself stands."""
    for _, t in rows:
        settle(connection, t.thread)
    _withdraw(connection, [t.thread for _, t in rows])
    refresh(connection, [{"id": t.id, "thread": t.thread} for _, t in rows])
    state, revision = connection.execute(
        "SELECT state, revision FROM reviews WHERE thread = ?", (thread.thread,)
    ).fetchone()
    return Outcome(tuple(number for number, _ in rows), state, revision)


def _withdraw(connection: sqlite3.Connection, threads: Iterable[int]) -> None:
    """Retire claims that a reviewer added and whose addition was taken back: no reader has found them."""
    connection.executemany(
        "UPDATE claims SET retired = (SELECT max(at) FROM decisions WHERE decisions.thread = claims.thread) "
        "WHERE thread = ? AND reader = ? AND retired IS NULL "
        "AND EXISTS (SELECT 1 FROM reviews AS r WHERE r.thread = claims.thread AND r.state = 'unreviewed')",
        [(thread, REVIEWER) for thread in threads],
    )


def settle(connection: sqlite3.Connection, thread: int) -> None:
    """Write the row of `reviews` that follows from the thread's decisions."""
    log = connection.execute(
        "SELECT id, claim, verdict, fields, undoes, revision FROM decisions WHERE thread = ? ORDER BY revision",
        (thread,),
    ).fetchall()
    held = decision_that_holds(Decided(*row[:5]) for row in log)
    state = STATE_OF[held.verdict] if held else "unreviewed"
    connection.execute(
        "INSERT OR REPLACE INTO reviews (thread, claim, state, revision, decision, fields) VALUES (?, ?, ?, ?, ?, ?)",
        (thread, held.claim if held else log[-1][1], state, log[-1][5], held.id if held else None,
         held.fields if held else None),
    )  # fmt: skip
