"""What a claim rests on, from the words of the article to the page that came over the wire, and what became of it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from legation.db import review_queue
from legation.db.transactions import raw
from legation.pipeline.errors import UsageProblem
from legation.pipeline.render import printable
from legation.pipeline.user_input import state_label

if TYPE_CHECKING:
    from sqlite_utils import Database

_COPIES = """
    SELECT DISTINCT a.id AS article, a.site, a.published, a.url FROM articles AS a
    WHERE a.id <> :article AND (a.origin = :origin OR a.id = :origin) ORDER BY a.id
"""
_PAGES = """
    SELECT p.id AS page, p.source, p.url, p.final_url, p.fetched_at, p.body AS sha256
    FROM pages AS p JOIN articles AS a ON a.id = :article WHERE p.url = a.url OR p.body = a.body ORDER BY p.id
"""
_READINGS = """
    SELECT id AS claim, article, version, rule, recorded_at, retired, quote FROM claims
    WHERE thread = :thread ORDER BY id
"""
_PERIODS = """
    SELECT r.role, p.sending_state, p.receiving_state, p.kind, p.city, p.state, p.since, p.until
    FROM period_claims AS r JOIN periods AS p ON p.id = r.period WHERE r.claim = :claim ORDER BY p.since
"""


def provenance(db: "Database", claim: str) -> dict[str, Any]:
    """Everything about a claim, given by its id or key; UsageProblem if there is none."""
    connection = raw(db)
    row = connection.execute(
        "SELECT id, article, origin, thread FROM claims WHERE key = :claim OR id = :claim", {"claim": claim}
    ).fetchone()
    shown = review_queue.context(connection, row[0]) if row else None
    if shown is None:
        raise UsageProblem(f"{claim}: no claim of this id or key; `legation claims` lists them")
    values = dict(zip(("claim", "article", "origin", "thread"), row, strict=True))
    found = {
        name: list(db.query(sql, values))
        for name, sql in (("pages", _PAGES), ("copies", _COPIES), ("readings", _READINGS), ("periods", _PERIODS))
    }
    return {
        "claim": asdict(shown),
        **found,
        "decisions": [asdict(d) for d in review_queue.log(connection, shown.claim)],
    }


def provenance_lines(found: dict[str, Any], form: str) -> Iterator[str]:
    """`provenance` as one JSON object, or as lines for people."""
    if form == "json":
        yield json.dumps(found, ensure_ascii=False, indent=2)
        return
    yield from map(printable, _lines(found))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    claim, f = found["claim"], found["claim"]["fields"]
    sender, host = state_label(f["sending_state"]), state_label(f["receiving_state"])
    yield f"claim {claim['claim']}: {sender} in {host}, {f['mission']}"
    yield f"  {f['status']}, {f['modality']}, {f['date'] or 'date not stated'}; {claim['review']}"
    yield f"  “{claim['quote']}”"
    yield f"  characters {claim['start']} to {claim['end']}, rule {claim['rule']}, confidence {claim['confidence']:g}"
    yield f"article {claim['article']}: {claim['title'] or ''}"
    yield f"  {claim['publisher'] or 'unknown publisher'}, {claim['published'] or 'undated'}, {claim['url']}"
    for page in found["pages"]:
        yield f"page {page['page']} of {page['source']}: fetched {page['fetched_at']}, body {page['sha256']}"
    for copy in found["copies"]:
        yield f"copy: article {copy['article']}, {copy['site']}, {copy['published']}, {copy['url']}"
    for reading in found["readings"]:
        state = f"retired {reading['retired']}" if reading["retired"] else "stands"
        yield f"reading {reading['claim']}: {reading['version']}, {reading['recorded_at']}, {state}"
    for d in found["decisions"]:
        why = " ".join(filter(None, (d["reason"], d["note"], d["fields"])))
        yield f"decision {d['id']}: {d['at']} {d['reviewer']}: {d['verdict']} {why}{' (undone)' if d['undone'] else ''}"
    for p in found["periods"]:
        began, ended = p["since"] or "the beginning", p["until"] or "now"
        yield f"{p['role']}: {p['state']} from {began} to {ended}, {p['city'] or 'city not known'}"
