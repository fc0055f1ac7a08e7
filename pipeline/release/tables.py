"""The tables of a release: rows in SQL, and the type and meaning of each column. Public ids only, no numbers of rows.

`:day` is the day of the release. Lists are in one cell, parted by a space. NULL is an empty cell, and means: not known.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

LONGEST = 1 << 30  # characters of a cell: a period may rest on thousands of claims, and csv takes 131,072 by itself
Column = tuple[str, str, str]  # name, type (string, integer, number), meaning


@dataclass(frozen=True, slots=True)
class Table:
    """`key` is the column that names a row, None where none does; `refers`: column -> (table, column) it refers to."""

    name: str
    title: str
    sql: str
    columns: tuple[Column, ...]
    key: str | None
    refers: tuple[tuple[str, str, str], ...] = ()


_STATE: tuple[Column, ...] = (
    ("state", "string", "open, limited, relocated, closed, suspended, evacuated, unknown"),
    ("works_from", "string", "place it works from, if relocated"),
)
_MISSION: tuple[Column, ...] = (
    ("sending_state", "string", "ISO 3166-1 alpha-2 of the sending State, or EU, UN, XK, VA"),
    ("sending_name", "string", "its name"),
    ("receiving_state", "string", "ISO 3166-1 alpha-2 of the receiving State"),
    ("receiving_name", "string", "its name"),
    ("kind", "string", "embassy, consulate, delegation, office, mission"),
    ("city", "string", "seat of the mission"),
)
_REGION: tuple[Column, ...] = (
    ("region", "string", "UN M49 region of the receiving State"),
    ("subregion", "string", "UN M49 subregion of the receiving State"),
    ("intermediate", "string", "UN M49 intermediate region of the receiving State"),
)
_SINCE: tuple[Column, ...] = (
    ("since", "string", "first day, YYYY-MM-DD; empty: from the beginning"),
    ("precision", "string", "of since: day, month, year, reported (on that day at the latest)"),
)
_HELD = "julianday(p.last_confirmed) - julianday(coalesce(p.since, p.last_confirmed))"
_AGE = "max(0, julianday(:day) - julianday(p.last_confirmed))"


def _claims(role: str) -> str:
    ids = "SELECT 'clm-' || c.key AS id FROM period_claims AS r JOIN claims AS c ON c.id = r.claim"
    there = f"{ids} WHERE r.period = p.id AND r.role = '{role}' ORDER BY c.key"
    return f"(SELECT group_concat(id, ' ') FROM ({there})) AS {role}"  # noqa: S608 - words of our own


MISSIONS = Table(
    "missions", "Every mission, and its state on the day of the release",
    f"""
    SELECT p.mission_id, p.sending_state, p.sending_name, p.receiving_state, p.receiving_name, p.kind, p.city,
        p.region, p.subregion, p.intermediate, p.state, p.works_from, p.since, p.precision,
        p.last_confirmed, CAST({_AGE} AS INTEGER) AS age_days,
        CASE WHEN p.last_confirmed IS NULL THEN 'none' WHEN {_AGE} > a.confirmed_days THEN 'old'
             WHEN {_AGE} > a.confirmed_days / 4 THEN 'recent' ELSE 'fresh' END AS age,
        round(p.confidence * (a.half_life_days + {_HELD}) / (a.half_life_days + {_HELD} + {_AGE}), 3) AS confidence,
        p.publishers, p.basis, p.period_id,
        (SELECT count(*) FROM period_claims WHERE period = p.id AND due < :day
            AND (settled IS NULL OR settled > :day)) AS overdue
    FROM status_periods AS p LEFT JOIN ageing AS a ON a.state = p.state
    WHERE coalesce(p.since, '') <= :day AND (p.until IS NULL OR p.until > :day) ORDER BY p.mission_id
    """,  # noqa: S608 - no values in it
    (
        ("mission_id", "string", "public id, mis-"), *_MISSION, *_REGION, *_STATE, *_SINCE,
        ("last_confirmed", "string", "day of the newest claim that supports the state"),
        ("age_days", "integer", "days from then to the day of the release"),
        ("age", "string", "fresh, recent, old (not confirmed for long), none"),
        ("confidence", "number", "0 to 1, less by the age of the evidence"),
        ("publishers", "integer", "independent ones that the state rests on"),
        ("basis", "string", "none, reviewed, mixed, unreviewed: what reviewers have seen of its claims"),
        ("period_id", "string", "period that holds on the day"),
        ("overdue", "integer", "announcements whose day has passed, and nobody has said what became of them"),
    ),
    "mission_id", (("period_id", "periods", "period_id"),),
)  # fmt: skip
PERIODS = Table(
    "periods", "Every mission's whole history: one row for each stretch of time in one state",
    f"""
    SELECT p.period_id, p.mission_id, p.since, p.precision, p.until, p.state, p.works_from, p.confidence, p.publishers,
        p.basis, p.last_confirmed, {_claims("rests")}, {_claims("dissents")}, {_claims("announces")}
    FROM periods AS p ORDER BY p.mission_id, p.since
    """,  # noqa: S608 - no values in it
    (
        ("period_id", "string", "public id, per-"), ("mission_id", "string", "of which mission"), *_SINCE,
        ("until", "string", "first day of the next period; empty: it goes on"), *_STATE,
        ("confidence", "number", "0 to 1, when last confirmed"),
        ("publishers", "integer", "independent ones that it rests on"),
        ("basis", "string", "none, reviewed, mixed, unreviewed"),
        ("last_confirmed", "string", "day of the newest claim that supports it"),
        ("rests", "string", "claims that made or confirm it"),
        ("dissents", "string", "claims that speak against it"),
        ("announces", "string", "plans, wishes and denials of a change, meanwhile"),
    ),
    "period_id", (("mission_id", "missions", "mission_id"),),
)  # fmt: skip
CHANGES = Table(
    "changes", "Every change of status",
    """
    SELECT change_id, mission_id, period_id, date, precision, sending_state, sending_name, receiving_state,
        receiving_name, kind, city, region, subregion, intermediate, before, after, works_from, confidence, publishers,
        basis, claims, sources
    FROM changes ORDER BY date, change_id
    """,
    (
        ("change_id", "string", "public id, chg-"), ("mission_id", "string", "of which mission"),
        ("period_id", "string", "period that it began"), ("date", "string", "first day of the new state"),
        ("precision", "string", "of date: day, month, year, reported (on that day at the latest)"), *_MISSION, *_REGION,
        ("before", "string", "state before; unknown: nothing was known just before"),
        ("after", "string", "state from that date"), ("works_from", "string", "place it works from, if relocated"),
        ("confidence", "number", "0 to 1, when last confirmed"),
        ("publishers", "integer", "independent ones that it rests on"),
        ("basis", "string", "reviewed, mixed, unreviewed"), ("claims", "string", "claims that it rests on"),
        ("sources", "string", "publishers of these claims, by domain"),
    ),
    "change_id", (("mission_id", "missions", "mission_id"), ("period_id", "periods", "period_id")),
)  # fmt: skip
CLAIMS = Table(
    "claims", "Every claim that an article makes, with its quote, as it is after review",
    """
    SELECT claim_id, review, sending_state, receiving_state, city, mission AS kind, status, modality, date,
        relocated_to, attribution, quote, gloss, start, "end", reader, confidence, publisher, publisher_name, published,
        url, rule, version, recorded_at
    FROM claims_reviewed ORDER BY claim_id
    """,
    (
        ("claim_id", "string", "public id, clm-"),
        ("review", "string", "unreviewed, approved, rejected, corrected"),
        ("sending_state", "string", "code of the sending State; empty: a group without names"),
        ("receiving_state", "string", "code of the receiving State; empty: not stated"),
        ("city", "string", "empty: not stated"),
        ("kind", "string", "embassy, consulate, delegation, office, mission"),
        ("status", "string", "reopened, opened, remained_open, reduced, relocated, evacuated, suspended, closed"),
        ("modality", "string", "fact, planned, possible, denied"),
        ("date", "string", "YYYY, YYYY-MM or YYYY-MM-DD; empty: not stated"),
        ("relocated_to", "string", "place it works from"),
        ("attribution", "string", "who says so; empty: the reporter"),
        ("quote", "string", "the words of the article"),
        ("gloss", "string", "the quote in English; empty: it is English, or nobody gave it"),
        ("start", "integer", "first character of the quote"), ("end", "integer", "character after the quote"),
        ("reader", "string", "small, llm:<model>, small+llm:<model> (two readers), reviewer"),
        ("confidence", "number", "of the reader, 0 to 1"),
        ("publisher", "string", "domain of the first publication"), ("publisher_name", "string", "its name"),
        ("published", "string", "day of publication"), ("url", "string", "of the article"),
        ("rule", "string", "what the claim rests on"), ("version", "string", "extractor that first read it"),
        ("recorded_at", "string", "when it was first known here, UTC"),
    ),
    "claim_id",
)  # fmt: skip
ANNOUNCEMENTS = Table(
    "announcements", "Plans that have not come about by the day of the release",
    """
    SELECT c.claim_id, p.mission_id, p.state, c.status AS announced, c.date, r.due, r.settled,
        coalesce(r.due < :day AND (r.settled IS NULL OR r.settled > :day), 0) AS overdue
    FROM period_claims AS r JOIN periods AS p ON p.id = r.period JOIN claims_reviewed AS c ON c.id = r.claim
    WHERE r.role = 'announces' AND c.modality = 'planned'
      AND coalesce(p.since, '') <= :day AND (p.until IS NULL OR p.until > :day) ORDER BY c.claim_id
    """,
    (
        ("claim_id", "string", "the plan"), ("mission_id", "string", "of which mission"),
        ("state", "string", "its state on the day of the release"), ("announced", "string", "what was to happen"),
        ("date", "string", "when, as told"), ("due", "string", "last day of that date; empty: no date was told"),
        ("settled", "string", "from which day it was known what became of it"),
        ("overdue", "integer", "1: its day has passed, and nobody has said what became of it"),
    ),
    "claim_id", (("claim_id", "claims", "claim_id"), ("mission_id", "missions", "mission_id")),
)  # fmt: skip
SOURCES = Table(
    "sources", "Publishers of the claims, and how reviewers judged what was read in them",
    """
    SELECT coalesce(publisher, '(not known)') AS publisher, max(publisher_name) AS name, count(*) AS claims,
        sum(review IN ('approved', 'corrected')) AS upheld, sum(review = 'rejected') AS rejected,
        min(published) AS first, max(published) AS last
    FROM claims_reviewed GROUP BY publisher ORDER BY 1
    """,
    (
        ("publisher", "string", "registered domain"), ("name", "string", "as the publisher calls itself"),
        ("claims", "integer", "claims that rest on it"), ("upheld", "integer", "approved or corrected by reviewers"),
        ("rejected", "integer", "rejected by reviewers"), ("first", "string", "day of its first article with a claim"),
        ("last", "string", "day of its last article with a claim"),
    ),
    "publisher",
)  # fmt: skip
COVERAGE = Table(
    "coverage", "How much was read, and how much was not",
    "SELECT stage, what, number FROM coverage ORDER BY stage, what",
    (
        ("stage", "string", "page (asked for), article (cleaned), reading (by the extractor)"),
        ("what", "string", "what became of them"), ("number", "integer", "how many"),
    ),
    None,
)  # fmt: skip
AGREEMENT = Table(
    "agreement", "How far reviewers agree on claims that two or more of them decided on, and how far two readers do",
    """
    WITH own AS (
        SELECT d.thread, d.reviewer, d.verdict, row_number() OVER (PARTITION BY d.thread, d.reviewer
            ORDER BY d.revision DESC) AS place
        FROM decisions AS d WHERE d.verdict <> 'undo' AND NOT EXISTS (SELECT 1 FROM decisions AS u WHERE u.undoes = d.id
            AND u.reviewer = d.reviewer)
    ), pairs AS (
        SELECT a.thread, a.verdict AS one, b.verdict AS other FROM own AS a
        JOIN own AS b ON b.thread = a.thread AND b.reviewer > a.reviewer WHERE a.place = 1 AND b.place = 1
    ), chance AS (
        SELECT sum(share * share) AS expected FROM (
            SELECT 1.0 * count(*) / (SELECT 2 * count(*) FROM pairs) AS share
            FROM (SELECT one AS verdict FROM pairs UNION ALL SELECT other FROM pairs) GROUP BY verdict)
    ), found AS (
        SELECT instr(c.reader, '+') > 0 AS twice FROM second_readings AS s JOIN claims AS c ON c.article = s.article
        WHERE s.beside = 1 AND c.retired IS NULL AND c.reader <> 'reviewer'
    )
    SELECT 1 AS place, 'pairs of decisions' AS measure, 1.0 * count(*) AS number FROM pairs
    UNION ALL SELECT 2, 'same verdict, share', round(avg(one = other), 4) FROM pairs
    UNION ALL SELECT 3, 'by chance, share', round(expected, 4) FROM chance
    UNION ALL SELECT 4, 'Scott''s pi', round((avg(one = other) - max(expected)) / (1 - max(expected)), 4)
    FROM pairs, chance
    UNION ALL SELECT 5, 'claims in articles that two readers read', 1.0 * count(*) FROM found
    UNION ALL SELECT 6, 'found by both readers, share', round(avg(twice), 4) FROM found
    ORDER BY place
    """,
    (
        ("place", "integer", "order of the measures"),
        ("measure", "string", "verdicts are approve, reject, correct; each reviewer's last on a claim counts"),
        ("number", "number", "its value; empty: no claim was decided on twice, or no article read twice"),
    ),
    "place",
)  # fmt: skip
TABLES = (MISSIONS, PERIODS, CHANGES, CLAIMS, ANNOUNCEMENTS, SOURCES, COVERAGE, AGREEMENT)


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table of a release. OSError, csv.Error or UnicodeError if it cannot be read."""
    before = csv.field_size_limit(LONGEST)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    finally:
        csv.field_size_limit(before)
