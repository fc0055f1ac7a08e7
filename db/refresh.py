"""Write what follows from claims and decisions, in the transaction that changed them: tables `periods` and `queue`.

SQL readers and commands see the same, because both come from db/status.py; rows that are still right stay as they are.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from legation.db.age import CONFIRMED_DAYS, HALF_LIFE_DAYS
from legation.db.claims_as_of import statements_about
from legation.db.mission_matching import Mission, group_by_mission
from legation.db.public import note_ids, period_ids
from legation.db.review_order import CHANGES, CONTRADICTS, low, ranks
from legation.db.statements import Statement
from legation.db.status import Period, counts, partition
from legation.db.transactions import immediate, raw

if TYPE_CHECKING:
    from sqlite_utils import Database

Pair = tuple[str, str]  # receiving State, sending State
_DIFFER = "SELECT claim FROM readers_differ WHERE claim IN (SELECT value FROM json_each(?))"
Role = tuple[int, str, str | None, str | None]  # claim, role, due, settled
_MISSION = "receiving_state, sending_state, kind, city"
_PERIOD = (
    f"{_MISSION}, since, until, precision, state, works_from, confidence, publishers, basis, last_confirmed, "
    "mission_id, period_id, change_id"
)
_COLUMNS = tuple(_PERIOD.split(", "))
RULES = "4"  # of what follows from claims; raised when it changes, so that databases compute it anew


def refresh(connection: sqlite3.Connection, changed: Iterable[Mapping[str, Any]]) -> None:
    """Compute anew the missions that the changed claims are about; each needs id and thread. Within a transaction."""
    pairs: set[Pair] = set()
    for row in changed:
        about = connection.execute(
            "SELECT receiving_state, sending_state FROM pairs WHERE thread = ?", (row["thread"],)
        ).fetchall()
        pairs.update(about)
        _refresh_loose(connection, row["id"])
    unreviewed = setting(connection)
    for pair in sorted(pairs):
        _refresh_pair(connection, pair, unreviewed)


def refresh_all(db: "sqlite3.Connection | Database") -> int:
    """Compute anew every mission and the queue; return how many pairs of States there are."""
    with immediate(db) as connection:
        pairs = connection.execute("SELECT DISTINCT receiving_state, sending_state FROM pairs").fetchall()
        unreviewed = setting(connection)
        for pair in pairs:
            _refresh_pair(connection, pair, unreviewed)
        loose = connection.execute("SELECT id FROM claims WHERE receiving_state IS NULL OR sending_state IS NULL")
        for (claim,) in loose.fetchall():
            _refresh_loose(connection, claim)
    return len(pairs)


def setting(db: "sqlite3.Connection | Database", known: str | None = None) -> float | None:
    """From which confidence unreviewed claims count, now or at the UTC time `known`; None: never."""
    value = _setting(raw(db), "unreviewed", known)
    return float(value) if value else None


def prepared(db: "sqlite3.Connection | Database", unreviewed: float | None, digest: str) -> bool:
    """Whether `configure` was last called with these."""
    connection = raw(db)
    now = (_setting(connection, "unreviewed", None), _setting(connection, "states", None))
    return now == (_written(unreviewed), digest)


def configure(
    db: "sqlite3.Connection | Database",
    *,
    unreviewed: float | None,
    states: Mapping[str, Sequence[str | None]],
    publishers: Mapping[str, str] | None = None,
    confirmed_days: int = CONFIRMED_DAYS,
    digest: str = "",
    now: str = "",
) -> None:
    """Set what `periods` and the views depend on beside claims, and compute them anew; `now` is UTC.

    `unreviewed` is as in `setting`; `states` gives name, capital and perhaps region, subregion and intermediate region
    by code; `publishers` names by site; after `confirmed_days` evidence is called old; `digest` names the version of
    all these.
    """
    with immediate(db) as connection:
        for name, value in (("unreviewed", _written(unreviewed)), ("states", digest)):
            old = _setting(connection, name, None)
            if value != old:
                since = "" if old is None else now
                connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", (name, since, value))
        connection.execute("DELETE FROM states")
        connection.executemany(
            "INSERT INTO states VALUES (?, ?, ?, ?, ?, ?)",
            [(code, *(*state, None, None, None)[:5]) for code, state in sorted(states.items())],
        )
        connection.execute("DELETE FROM ageing")
        connection.executemany(
            "INSERT INTO ageing VALUES (?, ?, ?)",
            [(state, days, confirmed_days) for state, days in HALF_LIFE_DAYS.items()],
        )
        connection.execute("DELETE FROM publishers")
        connection.executemany("INSERT INTO publishers VALUES (?, ?)", sorted((publishers or {}).items()))
        refresh_all(connection)


def confirmed_days(db: "sqlite3.Connection | Database") -> int:
    """After how many days evidence is called old."""
    row = raw(db).execute("SELECT max(confirmed_days) FROM ageing").fetchone()
    return CONFIRMED_DAYS if row[0] is None else int(row[0])


def _setting(connection: sqlite3.Connection, name: str, known: str | None) -> str | None:
    row = connection.execute(
        "SELECT value FROM settings WHERE name = ? AND since <= coalesce(?, '9999') ORDER BY since DESC LIMIT 1",
        (name, known),
    ).fetchone()
    return None if row is None else str(row[0])


def _written(unreviewed: float | None) -> str:
    return "" if unreviewed is None else repr(float(unreviewed))


def missions(
    claims: Iterable[Statement], unreviewed: float | None, capitals: Mapping[str, str | None]
) -> dict[Mission, list[Period]]:
    """The periods of every mission that the counting claims are about. Pure; what the table `periods` is made of."""
    pairs: dict[Pair, list[Statement]] = {}
    for said in claims:
        if counts(said, unreviewed):
            pairs.setdefault((said.receiving_state, said.sending_state), []).append(said)
    return {
        mission: partition(group)
        for (receiving, _), there in pairs.items()
        for mission, group in group_by_mission(there, capitals.get(receiving)).items()
    }


def capitals(connection: sqlite3.Connection) -> dict[str, str | None]:
    """Capital by code of the State."""
    return dict(connection.execute("SELECT code, capital FROM states"))


def _refresh_pair(connection: sqlite3.Connection, pair: Pair, unreviewed: float | None) -> None:
    claims = statements_about(connection, receiving=pair[0], sending=pair[1])
    row = connection.execute("SELECT capital FROM states WHERE code = ?", (pair[0],)).fetchone()
    capital = row[0] if row else None
    found = missions(claims, unreviewed, {pair[0]: capital})
    rows = {
        (_period_row(mission, period, ids), _roles(period))
        for mission, periods in found.items()
        for period, ids in zip(periods, period_ids(mission, periods), strict=True)
    }
    _write_periods(connection, pair, rows)
    rank = ranks(claims, unreviewed, capital, (period for periods in found.values() for period in periods))
    rank |= {claim: min(rank[claim], CONTRADICTS) for claim in _differing(connection, rank)}
    rank |= dict.fromkeys(_doubted(connection, pair) & {said.claim for said in claims}, CHANGES)
    asked = {(said.claim, rank[said.claim], said.recorded_at, *pair) for said in claims if said.claim in rank}
    _write_queue(connection, pair, asked)


def _doubted(connection: sqlite3.Connection, pair: Pair) -> set[int]:
    """Claims, reviewed or not, of articles at whose address another text has come that nobody has looked at."""
    if connection.execute("SELECT 1 FROM replacements WHERE verdict IS NULL LIMIT 1").fetchone() is None:
        return set()
    rows = connection.execute(
        "SELECT c.id FROM replacements AS r JOIN claims AS c ON c.article = r.article AND c.retired IS NULL "
        "JOIN pairs AS p ON p.thread = c.thread AND p.receiving_state = ? AND p.sending_state = ? "
        "WHERE r.verdict IS NULL",
        pair,
    )
    return {row[0] for row in rows}


def _differing(connection: sqlite3.Connection, claims: Iterable[int]) -> list[int]:
    """Those of the claims that one of two readers of the article did not find."""
    if connection.execute("SELECT 1 FROM second_readings LIMIT 1").fetchone() is None:
        return []
    chosen = json.dumps(list(claims))
    return [row[0] for row in connection.execute(_DIFFER, (chosen,))]


def _period_row(mission: Mission, period: Period, ids: tuple[str, str, str | None]) -> tuple[Any, ...]:
    return (
        mission.receiving_state, mission.sending_state, mission.kind, mission.city, period.since, period.until,
        period.precision, period.state, period.works_from, period.confidence, period.publishers, period.basis,
        period.last_confirmed, *ids,
    )  # fmt: skip


def _roles(period: Period) -> frozenset[Role]:
    groups = (("rests", period.rests), ("dissents", period.dissents), ("announces", period.announces))
    dated = {plan.claim: (plan.due, plan.settled) for plan in period.plans}
    return frozenset(
        (said.claim, role, *(dated.get(said.claim, (None, None)) if role == "announces" else (None, None)))
        for role, claims in groups
        for said in claims
    )


def _write_periods(connection: sqlite3.Connection, pair: Pair, wanted: set[Any]) -> None:
    """Make the rows of the pair those wanted: (columns of _PERIOD, roles); equal ones keep their id."""
    there = {
        row[0]: row[1:]
        for row in connection.execute(
            f"SELECT id, {_PERIOD} FROM periods WHERE receiving_state = ? AND sending_state = ?",  # noqa: S608
            pair,
        )
    }
    roles: dict[int, set[Role]] = {number: set() for number in there}
    for period, *role in connection.execute(
        "SELECT period, claim, role, due, settled FROM period_claims WHERE period IN "
        "(SELECT id FROM periods WHERE receiving_state = ? AND sending_state = ?)",
        pair,
    ):
        roles[period].add(tuple(role))
    stored = {(columns, frozenset(roles[number])): number for number, columns in there.items()}
    stale = [(number,) for row, number in stored.items() if row not in wanted]
    connection.executemany("DELETE FROM period_claims WHERE period = ?", stale)
    connection.executemany("DELETE FROM periods WHERE id = ?", stale)
    for columns, claims in sorted(wanted - stored.keys(), key=repr):
        marks = ", ".join("?" * len(columns))
        cursor = connection.execute(f"INSERT INTO periods ({_PERIOD}) VALUES ({marks})", columns)  # noqa: S608
        connection.executemany(
            "INSERT INTO period_claims VALUES (?, ?, ?, ?, ?)",
            [(cursor.lastrowid, *role) for role in sorted(claims, key=lambda role: role[:2])],
        )
    _write_ids(connection, list(there.values()), [columns for columns, _ in wanted])


def _write_ids(connection: sqlite3.Connection, old: list[Any], new: list[Any]) -> None:
    """Note which public ids came and went."""
    before, after = _with_before(old), _with_before(new)
    had = {row["period_id"] for row in before} | {row["change_id"] for row in before}
    has = {row["period_id"] for row in after} | {row["change_id"] for row in after}
    came = [row for row in after if not {row["period_id"], row["change_id"]} <= had]
    went = [row for row in before if not {row["period_id"], row["change_id"]} <= has]
    if came or went:
        note_ids(connection, came, went, after)


def _with_before(rows: list[Any]) -> list[dict[str, Any]]:
    """Rows of periods by column, with the state of the mission before each; None: it is the first."""
    named = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    ends = {(row["mission_id"], row["until"]): row["state"] for row in named}
    return [row | {"before": ends.get((row["mission_id"], row["since"])) if row["since"] else None} for row in named]


def _write_queue(connection: sqlite3.Connection, pair: Pair, wanted: set[tuple[Any, ...]]) -> None:
    rows = connection.execute(
        "SELECT claim, rank, since, receiving_state, sending_state FROM queue "
        "WHERE receiving_state = ? AND sending_state = ?",
        pair,
    )
    stored = set(rows)
    connection.executemany("DELETE FROM queue WHERE claim = ?", [row[:1] for row in stored - wanted])
    connection.executemany("INSERT OR REPLACE INTO queue VALUES (?, ?, ?, ?, ?)", sorted(wanted - stored))


def _refresh_loose(connection: sqlite3.Connection, claim: int) -> None:
    """Put a claim without a pair of States into the queue, or take it out; what has a pair is ranked with its pair."""
    connection.execute("DELETE FROM queue WHERE claim = ?", (claim,))
    row = connection.execute(
        "SELECT c.confidence, c.recorded_at, c.receiving_state, c.sending_state FROM claims AS c "
        "LEFT JOIN reviews AS r USING (thread) WHERE c.id = ? AND c.retired IS NULL "
        "AND coalesce(r.state, 'unreviewed') = 'unreviewed' AND (c.receiving_state IS NULL OR c.sending_state IS NULL)",
        (claim,),
    ).fetchone()
    if row:
        rank = CONTRADICTS if _differing(connection, [claim]) else low(row[0])
        connection.execute("INSERT INTO queue VALUES (?, ?, ?, ?, ?)", (claim, rank, *row[1:]))
