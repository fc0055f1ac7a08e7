"""What must hold in every database of ours, proven row by row; each breach is one line."""

import hashlib
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from legation.db.claims_as_of import STATE_OF, Decided, decision_that_holds
from legation.db.decisions import STEPS
from legation.db.status_queries import Question, history

REBUILD = "restore the last backup, or give the index the command 'rebuild' of FTS5"
_HEX = re.compile("[0-9a-fA-F]+")
# What a row means -> a query that must find none.
_NEVER = {
    "claim {}: its quote is not at its place in the article": """
        SELECT c.id FROM claims AS c JOIN articles AS a ON a.id = c.article
        WHERE substr(a.text, c.start + 1, c."end" - c.start) <> c.quote""",
    "claim {}: its evidence ends behind the article": """
        SELECT c.id FROM evidence AS e JOIN claims AS c ON c.id = e.claim JOIN articles AS a ON a.id = c.article
        WHERE e."end" > length(a.text)""",
    "claim {}: its thread does not begin with a claim": """
        SELECT c.id FROM claims AS c LEFT JOIN claims AS f ON f.id = c.thread AND f.thread = f.id
        WHERE f.id IS NULL OR f.id > c.id""",
    "thread {}: two readings stand": """
        SELECT thread FROM claims WHERE retired IS NULL GROUP BY thread HAVING count(*) > 1""",
    "claim {}: its pair of States is not noted": """
        SELECT c.id FROM claims AS c LEFT JOIN pairs AS p ON p.receiving_state = c.receiving_state
            AND p.sending_state = c.sending_state AND p.thread = c.thread
        WHERE p.thread IS NULL AND c.receiving_state IS NOT NULL AND c.sending_state IS NOT NULL""",
    "decision {}: it is on no claim of its thread": """
        SELECT d.id FROM decisions AS d LEFT JOIN claims AS c ON c.id = d.claim WHERE c.thread IS NOT d.thread""",
    "remark {}: it is on no claim of its thread": """
        SELECT m.id FROM remarks AS m LEFT JOIN claims AS c ON c.id = m.claim WHERE c.thread IS NOT m.thread""",
    "decision {}: the one before is later": """
        SELECT id FROM (SELECT id, at, lag(at) OVER (ORDER BY id) AS last FROM decisions) WHERE last > at""",
    "decision {}: it takes back what is not a decision before it on its thread": """
        SELECT d.id FROM decisions AS d LEFT JOIN decisions AS o ON o.id = d.undoes
        WHERE d.undoes IS NOT NULL AND (o.thread IS NOT d.thread OR o.revision >= d.revision)""",
    "thread {}: a reviewed claim is orphaned: no reading of it stands": """
        SELECT r.thread FROM reviews AS r WHERE r.state <> 'unreviewed'
        AND NOT EXISTS (SELECT 1 FROM claims AS c WHERE c.thread = r.thread AND c.retired IS NULL)
        AND NOT EXISTS (SELECT 1 FROM claims AS c JOIN articles AS a ON a.id = c.article
                        JOIN articles AS b ON b.url = a.url AND b.id > a.id WHERE c.thread = r.thread)""",
    "thread {}: decided, but no review is noted": """
        SELECT DISTINCT thread FROM decisions WHERE thread NOT IN (SELECT thread FROM reviews)""",
    "thread {}: a review is noted, but no decision": """
        SELECT thread FROM reviews WHERE thread NOT IN (SELECT thread FROM decisions)""",
    "claim {}: waits, but is not to be reviewed": """
        SELECT q.claim FROM queue AS q JOIN claims AS c ON c.id = q.claim LEFT JOIN reviews AS r ON r.thread = c.thread
        WHERE c.retired IS NOT NULL OR coalesce(r.state, 'unreviewed') <> 'unreviewed'
        AND c.article NOT IN (SELECT article FROM replacements WHERE verdict IS NULL)""",
    "claim {}: unreviewed, but does not wait": """
        SELECT c.id FROM claims AS c LEFT JOIN reviews AS r ON r.thread = c.thread
        WHERE c.retired IS NULL AND coalesce(r.state, 'unreviewed') = 'unreviewed'
        AND c.id NOT IN (SELECT claim FROM queue)""",
}


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """Every breach found; none if all is well. Reads the whole database."""
    yield from _integrity(connection)
    yield from _indexes(connection)
    yield from _bodies(connection)
    yield from _articles(connection)
    yield from _backlog(connection)
    for meaning, sql in _NEVER.items():
        yield from (meaning.format(row[0]) for row in connection.execute(sql))
    yield from _log(connection)
    yield from _periods(connection)


def _integrity(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"integrity: {line}"
    for table, row, target, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} row {row}: refers to a row of {target} that is not there"
    for index in ("articles_fts", "claims_fts"):
        try:
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")  # noqa: S608
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise  # the index is sound, as far as anybody knows
            yield f"{index}: {error}"
    connection.rollback()


def _indexes(connection: sqlite3.Connection) -> Iterator[str]:
    """Rows that search would not find. FTS5's own check does not look for them where the text is in another table."""
    for table in ("articles", "claims"):
        rows = connection.execute(
            f"SELECT id FROM {table} WHERE id NOT IN (SELECT id FROM {table}_fts_docsize)"  # noqa: S608 - own names
        )
        for (number,) in rows:
            yield f"{table[:-1]} {number}: is missing in {table}_fts, so that search does not find it; {REBUILD}"


def _bodies(connection: sqlite3.Connection) -> Iterator[str]:
    """Each raw body unpacks to what its sha256 and its length say."""
    cure = "restore the last backup, or let the page be fetched again; articles and claims do not need it"
    for sha256, packed, size in connection.execute("SELECT sha256, body, bytes FROM bodies WHERE body IS NOT NULL"):
        try:
            body = zlib.decompress(packed)
        except (zlib.error, TypeError):
            yield f"body {str(sha256)[:16]}: cannot be unpacked; {cure}"
            continue
        if len(body) != size or hashlib.sha256(body).hexdigest() != sha256:
            yield f"body {str(sha256)[:16]}: is not the one that was stored; {cure}"


def _articles(connection: sqlite3.Connection) -> Iterator[str]:
    """Values of articles that reading and comparing would stumble over."""
    cure = "restore the last backup"
    rows = connection.execute("SELECT id, published, posts, fingerprint, text, text_sha256 FROM articles")
    for number, published, posts, fingerprint, text, digest in rows:
        if published is not None and not _is_date(published):
            yield f"article {number}: published {str(published)[:40]!r} is no day or month; {cure}"
        if posts is not None and not _are_posts(posts, len(text)):
            yield f"article {number}: posts {str(posts)[:40]!r} are no parts of its text; {cure}"
        if fingerprint is not None and not _HEX.fullmatch(str(fingerprint)):
            yield f"article {number}: fingerprint {str(fingerprint)[:40]!r} is no hexadecimal number; {cure}"
        if text is not None and digest is not None and hashlib.sha256(text.encode()).hexdigest() != digest:
            yield f"article {number}: its text is not the one that was stored; {cure}"


def _is_date(text: object) -> bool:
    """Whether it is a day or a month of the calendar, YYYY-MM-DD or YYYY-MM."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text):
        return False
    try:
        date.fromisoformat(f"{text}-01"[:10])
    except ValueError:
        return False
    return True


def _are_posts(text: str, length: int) -> bool:
    """Whether the column `posts` holds parts of a text of so many characters."""
    try:
        posts = [(start, end, day) for start, end, day in json.loads(text)]
        return all(0 <= start < end <= length and _is_date(day) for start, end, day in posts)
    except (ValueError, TypeError):
        return False


def _backlog(connection: sqlite3.Connection) -> Iterator[str]:
    """Articles that a run which ended should have read, and that nobody ever did."""
    number = connection.execute(
        """SELECT count(*) FROM articles AS a WHERE outcome = 'cleaned' AND replaced_by IS NULL
           AND cleaned_at < (SELECT max(started) FROM runs WHERE outcome IN ('done', 'failures'))
           AND NOT EXISTS (SELECT 1 FROM extractions AS e WHERE e.article = a.id)"""
    ).fetchone()[0]
    if number:
        words = "1 article was" if number == 1 else f"{number} articles were"
        yield f"{words} not read by the last run; `legation runs --problems` says why, `legation ingest` tries again"


def _log(connection: sqlite3.Connection) -> Iterator[str]:
    """The log of each thread: revisions 1, 2, 3 ..., allowed steps only, and `reviews` is what follows from it."""
    rows = connection.execute(
        "SELECT thread, id, claim, verdict, fields, undoes, revision FROM decisions ORDER BY thread, revision"
    )
    reviews = {r[0]: r[1:] for r in connection.execute("SELECT thread, state, revision, decision, fields FROM reviews")}
    for thread, group in groupby(rows, key=lambda row: row[0]):
        log: list[Decided] = []
        state = "unreviewed"
        for place, row in enumerate(group, start=1):
            if row[6] != place:
                yield f"decision {row[1]}: revision {row[6]}, but it is number {place} of its thread"
            if row[3] not in STEPS[state]:
                yield f"decision {row[1]}: {row[3]} is not allowed where a claim is {state}"
            log.append(Decided(*row[1:6]))
            held = decision_that_holds(log)
            state = STATE_OF[held.verdict] if held else "unreviewed"
        held = decision_that_holds(log)
        follows = (state, len(log), held.id if held else None, held.fields if held else None)
        if reviews.get(thread) != follows:
            yield f"thread {thread}: its review is not what follows from its decisions"


def _periods(connection: sqlite3.Connection) -> Iterator[str]:
    """Each mission's periods partition time, and they are what follows from the claims now."""
    stored = history(connection, Question())
    computed = history(connection, Question(known="9999-12-31T23:59:59Z"))
    for mission in sorted({_mission(s) for s in {*stored} ^ {*computed}}, key=repr):
        yield f"{mission}: its periods are not what follows from its claims"
    for mission, group in groupby(stored, key=_mission):
        periods = list(group)
        edges = [p.until for p in periods[:-1]] == [p.since for p in periods[1:]]
        if periods[0].since or periods[-1].until or not edges:
            yield f"{mission}: its periods have a gap or an overlap"


def _mission(status: object) -> str:
    names = ("sending_state", "receiving_state", "kind", "city")
    return json.dumps([getattr(status, name) for name in names])
