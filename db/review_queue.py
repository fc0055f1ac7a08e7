"""What a reviewer sees: the next claim, its words in context, its mission, its rivals, the day's progress.

Plain functions over a plain connection, for the terminal and the web desk alike.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from legation.db.claims import FIELDS
from legation.db.claims_as_of import statements_about
from legation.db.decisions import twins_of
from legation.db.mission_matching import Mission, group_by_mission
from legation.db.publishers import publisher_name
from legation.db.refresh import capitals, setting
from legation.db.review_order import CHANGES, CONTRADICTS, REST, UNSURE
from legation.db.second_requests import counterpart
from legation.db.statements import Statement
from legation.db.status import counts, partition
from legation.db.status_queries import Question, Status, status_on

WHY = {
    CHANGES: "would change a published status",
    CONTRADICTS: "contradicts other claims",
    UNSURE: "low confidence",
    REST: "not yet reviewed",
}
OVERDUE = "announced for {}: did it happen?"
_CLAIM_OF = "claims AS c ON c.id = q.claim"
_LATE = """
    SELECT claim FROM period_claims
    WHERE due < date('now') AND (settled IS NULL OR settled > date('now'))
"""
_OVERDUE = """
    SELECT min(due) FROM period_claims
    WHERE claim = ? AND due < date('now') AND (settled IS NULL OR settled > date('now'))
"""

_BOUNDS = {
    "min_confidence": "c.confidence >= :min_confidence",
    "max_confidence": "c.confidence <= :max_confidence",
    "rank": "q.rank = :rank",
    "among": "q.claim IN (SELECT value FROM json_each(:among))",
}
ORDERS = ("consequence", "teaching")
# What the reader would learn most from: see `queue`.
_TEACHING = """
    WITH seen AS MATERIALIZED (
        SELECT d.status, d.modality, substr(d.rule, 1, instr(d.rule, ':')) AS row, count(*) AS number
        FROM reviews AS r JOIN claims AS d ON d.id = r.claim WHERE r.state <> 'unreviewed' GROUP BY 1, 2, 3
    )
    SELECT q.claim FROM queue AS q JOIN claims AS c ON c.id = q.claim
    LEFT JOIN seen ON seen.status = c.status AND seen.modality = c.modality
        AND seen.row = substr(c.rule, 1, instr(c.rule, ':'))
    WHERE {terms}
    ORDER BY (1 - abs(c.confidence - :threshold)) / sqrt(1 + coalesce(seen.number, 0)) DESC, q.claim LIMIT :limit
"""
# Claims decided on in an older version of the article about the same pair of States, the newest first.
_BEFORE = """
    SELECT o.id, r.state, d.reviewer, d.at, o.quote FROM articles AS a
    JOIN claims AS o ON o.article = a.id AND o.retired IS NOT NULL
    JOIN reviews AS r ON r.thread = o.thread AND r.state <> 'unreviewed' JOIN decisions AS d ON d.id = r.decision
    WHERE a.replaced_by = :article AND o.sending_state IS :sender AND o.receiving_state IS :receiver
      AND o.status = :status ORDER BY d.id DESC LIMIT 1
"""
_CAME = """
    SELECT noted_at, title, text FROM replacements WHERE article = ? AND verdict IS NULL ORDER BY noted_at DESC LIMIT 1
"""
_REVIEW = "SELECT state, revision, claim, fields FROM reviews WHERE thread = ?"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which claims of the queue; None: any. `min_confidence` and `max_confidence` are inclusive.

    `rank` as in db/review_order.py; `among`: only these claims.
    """

    sending_state: str | None = None
    receiving_state: str | None = None
    status: str | None = None
    publisher: str | None = None
    min_confidence: float | None = None
    max_confidence: float | None = None
    rank: int | None = None
    among: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Why a claim waits again although it was decided on: `why` in words.

    `came`: (title, text) of what stands at the article's address by now, where a reviewer has not yet said whether the
    stored version holds; None: its article has a new version already.
    """

    why: str
    came: tuple[str | None, str] | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """A claim as a reviewer needs it.

    `fields` are as they stand after review, `read` as the machine read them; `before` and `after` the text around the
    quote; `marks` (label, start, end) count in the whole text. `rank` None: not waiting. `twins` wait in copies.
    `publisher_name`: as the publisher calls itself, else its domain, which is `publisher`.
    `reader`: who found it (db/joined_readings.py); `gloss`: the quote in English, None: it is; `other_reader`: who read
    the article too and did not find it, None: nobody.
    `again`: why it waits although it was decided on; None: it does not.
    `overdue` is the last day of a plan that has passed, and nobody has said what became of it; None: no such plan.
    """

    claim: int
    thread: int
    review: str
    revision: int
    rank: int | None
    fields: dict[str, str | None]
    read: dict[str, str | None]
    attribution: str | None
    sender_text: str | None
    quote: str
    before: str
    after: str
    start: int
    end: int
    marks: tuple[tuple[str, int, int], ...]
    confidence: float
    rule: str
    version: str
    article: int
    title: str | None
    url: str
    publisher: str | None
    publisher_name: str | None
    published: str | None
    twins: tuple[int, ...]
    reader: str
    gloss: str | None
    other_reader: str | None
    overdue: str | None = None
    again: Again | None = None

    @property
    def why(self) -> str:
        """Why it waits, in words."""
        if self.again:
            return self.again.why
        return OVERDUE.format(_in_words(self.overdue)) if self.overdue else WHY[self.rank or REST]


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the log of a claim, oldest first. `undone` tells that a later one took it back."""

    id: int
    revision: int
    reviewer: str
    at: str
    verdict: str
    reason: str | None
    note: str | None
    fields: str | None
    undone: bool


@dataclass(frozen=True, slots=True)
class Rival:
    """Another claim about the same mission; `role` is rests, dissents or announces in today's period, else other."""

    claim: int
    role: str
    review: str
    status: str
    modality: str
    date: str | None
    publisher: str | None
    published: str | None
    confidence: float
    quote: str
    publisher_name: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """`waiting` by rank (1 to 4); `decided` on the day by verdict, undone ones included."""

    waiting: dict[int, int]
    decided: dict[str, int]


def next_claim(
    connection: sqlite3.Connection, *, skip: Iterable[int] = (), only: Filter | None = None, order: str = ORDERS[0]
) -> int | None:
    """The claim to look at next, in the order of `queue`; None: none waits.

    `skip` are claims that the reviewer has put off.
    """
    found = queue(connection, skip=skip, only=only, limit=1, order=order)
    return found[0] if found else None


def queue(
    connection: sqlite3.Connection,
    *,
    skip: Iterable[int] = (),
    only: Filter | None = None,
    limit: int = 50,
    order: str = ORDERS[0],
) -> list[int]:
    """The first `limit` waiting claims (-1: all), in one of ORDERS.

    consequence: announcements whose day has passed (today, UTC), then by rank, oldest first. teaching: by what the
    reader would learn most from, (1 - distance of the confidence from the threshold) / sqrt(1 + reviewed claims like
    it). The threshold is the confidence from which unreviewed claims count ([status] unreviewed), or 0.5; alike are
    claims with the same status, modality and row of the event. Equal ones: oldest first.
    """
    terms, values = _terms(only)
    values["limit"] = limit
    skipped = set(map(int, skip))
    if order == "teaching":
        return _teaching(connection, skipped, terms, values)
    first = _waiting(connection, skipped, terms, values, overdue=True)
    found = [*first, *_waiting(connection, skipped | set(first), terms, values)]
    return found if limit < 0 else found[:limit]


def _waiting(
    connection: sqlite3.Connection, skip: set[int], terms: list[str], values: dict[str, Any], *, overdue: bool = False
) -> list[int]:
    """The waiting claims without `skip`, most consequential first: the overdue plans, or else all."""
    skipped = _without(skip)
    # the queue's own order must come from its index, so it is the outer loop, unless few claims are asked for
    table = f"queue AS q CROSS JOIN {_CLAIM_OF}"
    if "among" in values:
        table = f"json_each(:among) AS w CROSS JOIN queue AS q ON q.claim = w.value CROSS JOIN {_CLAIM_OF}"
    if overdue:
        found = {row[0] for row in connection.execute(_LATE)}  # asked alone, so that the index on the day finds them
        values = {**values, "late": json.dumps(sorted(found))}
        table = f"json_each(:late) AS o CROSS JOIN queue AS q ON q.claim = o.value CROSS JOIN {_CLAIM_OF}"
    rows = connection.execute(
        f"SELECT q.claim FROM {table} WHERE {' AND '.join([*terms, *skipped]) or '1'} "  # noqa: S608
        "ORDER BY q.rank, q.since, q.claim LIMIT :limit",
        values,
    )
    return [row[0] for row in rows]


def _teaching(
    connection: sqlite3.Connection, skip: set[int], terms: list[str], values: dict[str, Any]
) -> list[int]:  # fmt: skip
    threshold = setting(connection)
    values["threshold"] = 0.5 if threshold is None else threshold
    where = " AND ".join([*terms, *_without(skip)]) or "1"
    return [row[0] for row in connection.execute(_TEACHING.format(terms=where), values)]


def _without(skip: set[int]) -> list[str]:
    return [f"q.claim NOT IN ({', '.join(map(str, sorted(skip)))})"] if skip else []


def of_article(connection: sqlite3.Connection, article: int) -> list[int]:
    """The standing claims of an article, in the order of their quotes."""
    rows = connection.execute(
        "SELECT id FROM claims WHERE article = ? AND retired IS NULL ORDER BY start, id", (article,)
    )
    return [row[0] for row in rows]


def changed(connection: sqlite3.Connection) -> set[int]:
    """Standing claims of articles at whose address another text has come, on which no reviewer has said which holds."""
    rows = connection.execute(
        "SELECT c.id FROM replacements AS r JOIN claims AS c ON c.article = r.article AND c.retired IS NULL "
        "WHERE r.verdict IS NULL"
    )
    return {row[0] for row in rows}


def count(connection: sqlite3.Connection, only: Filter | None = None) -> int:
    """How many waiting claims there are, or of these, in a part of the queue."""
    terms, values = _terms(only)
    if not terms:  # without a condition SQLite counts by pages, not by rows
        return int(connection.execute("SELECT count(*) FROM queue").fetchone()[0])
    sql = f"SELECT count(*) FROM queue AS q JOIN claims AS c ON c.id = q.claim WHERE {' AND '.join(terms)}"  # noqa: S608
    return int(connection.execute(sql, values).fetchone()[0])


def _terms(only: Filter | None) -> tuple[list[str], dict[str, Any]]:
    """The conditions that a filter puts on a claim `c` of the queue, and their values."""
    given = {name: getattr(only, name) for name in Filter.__dataclass_fields__} if only else {}
    values = {name: value for name, value in given.items() if value is not None}
    if "among" in values:
        values["among"] = json.dumps(sorted(values["among"]))
    return [_BOUNDS.get(name, f"c.{name} = :{name}") for name in values], values


def context(connection: sqlite3.Connection, claim: int, *, around: int = 400) -> Context | None:
    """The claim with `around` characters of text on either side of its quote; None: there is no such claim."""
    row = _row(connection, "SELECT * FROM claims WHERE id = ?", claim)
    if row is None:
        return None
    article = _row(connection, "SELECT title, url, text FROM articles WHERE id = ?", row["article"]) or {}
    review = _row(connection, _REVIEW, row["thread"]) or {}
    queued = _row(connection, "SELECT rank FROM queue WHERE claim = ?", claim)
    text = article["text"]
    late = connection.execute(_OVERDUE, (claim,)).fetchone()
    marks = connection.execute('SELECT label, start, "end" FROM evidence WHERE claim = ? ORDER BY start', (claim,))
    return Context(
        claim=claim,
        thread=row["thread"],
        review=review.get("state", "unreviewed"),
        revision=review.get("revision", 0),
        rank=queued["rank"] if queued else None,
        fields=_fields(connection, row, review),
        read={name: row[name] for name in FIELDS},
        before=text[max(0, row["start"] - around) : row["start"]],
        after=text[row["end"] : row["end"] + around],
        marks=tuple(marks.fetchall()),
        title=article["title"],
        url=article["url"],
        publisher_name=publisher_name(connection, row["publisher"]),
        twins=tuple(twins_of(connection, claim)),
        other_reader=counterpart(connection, claim),
        overdue=late[0] if late else None,
        again=_again(connection, row, review),
        **{
            n: row[n]
            for n in ("attribution", "sender_text", "quote", "start", "end", "confidence", "rule", "version", "article")
        },
        **{n: row[n] for n in ("publisher", "published", "reader", "gloss")},
    )


def _again(connection: sqlite3.Connection, claim: dict[str, Any], review: dict[str, Any]) -> Again | None:
    """Why a claim waits although it, or what it was before its article changed, was decided on."""
    came = connection.execute(_CAME, (claim["article"],)).fetchone()
    state = review.get("state", "unreviewed")
    if came:
        decided = f"it was {state}" if state != "unreviewed" else "nobody has decided on it"
        return Again(
            f"another text came at the article's address on {_in_words(came[0])}; {decided}", (came[1], came[2])
        )
    if state != "unreviewed":
        return None
    given = {"article": claim["article"], "sender": claim["sending_state"], "receiver": claim["receiving_state"]}
    before = connection.execute(_BEFORE, {**given, "status": claim["status"]}).fetchone()
    if before is None:
        return None
    return Again(f"its article changed; claim {before[0]} of the older version was {before[1]} by {before[2]}")


def _in_words(day: str) -> str:
    """ "31 December 2024" for a day or a time."""
    at = date.fromisoformat(day[:10])
    return f"{at.day} {at:%B} {at.year:04}"


def log(connection: sqlite3.Connection, claim: int) -> list[Decision]:
    """Every decision on the claim's thread, oldest first."""
    rows = connection.execute(
        "SELECT d.id, d.revision, d.reviewer, d.at, d.verdict, d.reason, d.note, d.fields, "
        "EXISTS (SELECT 1 FROM decisions AS u WHERE u.undoes = d.id) "
        "FROM decisions AS d WHERE d.thread = (SELECT thread FROM claims WHERE id = ?) ORDER BY d.revision",
        (claim,),
    )
    return [Decision(*(*row[:8], bool(row[8]))) for row in rows]


def standing(connection: sqlite3.Connection, claim: int, day: str) -> Status | None:
    """How the mission of the claim stands on `day`; None: it is about no pair of States, or nothing counts."""
    found = _mission(connection, claim)
    if found is None:
        return None
    mission, _ = found
    asked = Question(receiving=mission.receiving_state, sending=mission.sending_state)
    there = status_on(connection, asked, day)
    return next((s for s in there if (s.kind, s.city) == (mission.kind, mission.city)), None)


def rivals(connection: sqlite3.Connection, claim: int, day: str, *, limit: int = 20) -> list[Rival]:
    """Other claims about the same mission: those of the period of `day` first, newest first within."""
    found = _mission(connection, claim)
    if found is None:
        return []
    now = standing(connection, claim, day)
    roles = {c: r for r in ("announces", "rests", "dissents") for c in getattr(now, r, ())}
    others = [said for said in found[1] if said.claim != claim]
    others.sort(key=lambda said: said.reported, reverse=True)
    others.sort(key=lambda said: ("dissents", "rests", "announces", "other").index(roles.get(said.claim, "other")))
    return [_rival(connection, said, roles.get(said.claim, "other")) for said in others[:limit]]


def consequences(connection: sqlite3.Connection, claim: int, day: str) -> dict[str, str]:
    """State of the mission on `day`: "now", after "approve" and after "reject"; {} if the claim is about no mission."""
    found = _mission(connection, claim)
    if found is None:
        return {}
    others = [said for said in found[1] if said.claim != claim]
    own = [said for said in found[1] if said.claim == claim]
    threshold = setting(connection)
    approved = [replace(said, review="approved") for said in own]
    return {
        name: _state([said for said in there if counts(said, threshold)], day)
        for name, there in (("now", found[1]), ("approve", [*others, *approved]), ("reject", others))
    }


def done(connection: sqlite3.Connection, day: str, reviewer: str, only: Filter | None = None) -> int:
    """How many decisions of a reviewer on a UTC day hold, on claims that a filter lets pass; its rank is not asked."""
    narrow = replace(only, rank=None, among=None) if only else None
    terms, values = _terms(narrow)
    terms += ["d.reviewer = :reviewer", "d.at >= :day", "d.at < :day || 'U'", "d.verdict <> 'undo'"]
    sql = (
        "SELECT count(*) FROM decisions AS d JOIN claims AS c ON c.id = d.claim "  # noqa: S608
        "JOIN reviews AS r ON r.thread = d.thread AND r.decision = d.id "
        f"WHERE {' AND '.join(terms)}"
    )
    return int(connection.execute(sql, {**values, "reviewer": reviewer, "day": day}).fetchone()[0])


def progress(connection: sqlite3.Connection, day: str, reviewer: str | None = None) -> Progress:
    """The length of the queue and the decisions of a UTC day, by one reviewer (None: by all)."""
    waiting = dict(connection.execute("SELECT rank, count(*) FROM queue GROUP BY rank"))
    return Progress(waiting, decided(connection, day, reviewer))


def decided(connection: sqlite3.Connection, day: str, reviewer: str | None = None) -> dict[str, int]:
    """The decisions of a UTC day by verdict, undone ones included; by one reviewer, or by all (None)."""
    rows = connection.execute(
        "SELECT verdict, count(*) FROM decisions WHERE at >= :day AND at < :day || 'U' "
        "AND (:reviewer IS NULL OR reviewer = :reviewer) GROUP BY verdict",
        {"day": day, "reviewer": reviewer},
    )
    return dict(rows.fetchall())


def _rival(connection: sqlite3.Connection, said: Statement, role: str) -> Rival:
    quote = connection.execute("SELECT quote FROM claims WHERE id = ?", (said.claim,)).fetchone()[0]
    said_by = (said.publisher, said.published, said.confidence)
    name = publisher_name(connection, said.publisher)
    return Rival(said.claim, role, said.review, said.status, said.modality, said.date, *said_by, quote, name)


def _state(claims: list[Statement], day: str) -> str:
    periods = partition(claims)
    period = next(p for p in reversed(periods) if (p.since or "") <= day)
    return f"{period.state} ({period.works_from})" if period.works_from else period.state


def _mission(connection: sqlite3.Connection, claim: int) -> tuple[Mission, list[Statement]] | None:
    """The mission that a claim is about as it stands, and all claims about that mission, of any confidence."""
    fields = connection.execute(
        "SELECT receiving_state, sending_state FROM claims_reviewed WHERE id = ?", (claim,)
    ).fetchone()
    if fields is None or not all(fields):
        return None
    claims = statements_about(connection, receiving=fields[0], sending=fields[1])
    for mission, there in group_by_mission(claims, capitals(connection).get(fields[0])).items():
        if any(said.claim == claim for said in there):
            return mission, there
    return None


def _fields(connection: sqlite3.Connection, row: dict[str, Any], review: dict[str, Any]) -> dict[str, str | None]:
    decided = review and review["state"] != "unreviewed"
    base = (_row(connection, "SELECT * FROM claims WHERE id = ?", review["claim"]) if decided else row) or row
    corrected: dict[str, str | None] = json.loads(review.get("fields") or "{}")
    return {name: base[name] for name in FIELDS} | corrected


def _row(connection: sqlite3.Connection, sql: str, value: Any) -> dict[str, Any] | None:
    cursor = connection.execute(sql, (value,))
    row = cursor.fetchone()
    return None if row is None else dict(zip((column[0] for column in cursor.description), row, strict=True))
