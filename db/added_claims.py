"""Claims that the reader missed and a reviewer added: stored, decided and audited like any other.

Such a claim has the reader "reviewer" and is approved in the same transaction. It stays while its quote stands in the
article; a reader that finds it later continues its thread, so the approval holds for that reading too. An undo of the
approval withdraws it.
"""

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING

from legation.db.claims import FIELDS, GIVEN, READERS, REVIEWER, article_facts, insert
from legation.db.corrections import value_problem
from legation.db.decisions import Outcome, Verdict, decide
from legation.db.errors import Refused
from legation.db.transactions import immediate, monotonic_now

if TYPE_CHECKING:
    from sqlite_utils import Database

LONGEST = 2000  # characters of a quote
_SAME = " AND ".join(f"{name} IS :{name}" for name in FIELDS)


def add_claim(
    db: "sqlite3.Connection | Database",
    article: int,
    quote: tuple[int, int],
    fields: Mapping[str, str | None],
    *,
    reviewer: str,
    now: str,
    attribution: str | None = None,
    note: str | None = None,
) -> tuple[int, Outcome]:
    """Store what a reviewer read in an article, and approve it; return the claim's id and what was decided.

    `quote` are the half-open offsets of its words in the text, `fields` all of db.claims.FIELDS. Raises Refused for
    words that are not there, values that cannot be, an older version of an article, and what is claimed already.
    """
    with immediate(db) as connection:
        try:
            told = article_facts(connection, article)
        except KeyError as error:
            raise Refused(str(error.args[0])) from None
        start, end = quote
        words = (told["text"] or "")[start:end]
        _check(connection, article, words, quote, fields)
        given = {**dict.fromkeys((*GIVEN, *READERS)), **{name: fields[name] for name in FIELDS}}
        if given["status"] != "relocated":
            given["relocated_to"] = None
        given |= {"quote": words, "start": start, "end": end, "attribution": attribution, "reader": REVIEWER}
        given |= {"confidence": 1.0, "rule": f"{REVIEWER}: added by {reviewer}", "marks": ()}
        rows = insert(connection, told, [(given, None)], REVIEWER, monotonic_now(connection, now))
        claim = int(rows[0]["id"])
        return claim, decide(connection, claim, Verdict("approve", note=note), revision=0, reviewer=reviewer, now=now)


def _check(
    connection: sqlite3.Connection, article: int, words: str, quote: tuple[int, int], fields: Mapping[str, str | None]
) -> None:
    """Raise Refused for what cannot be added."""
    row = connection.execute("SELECT outcome, replaced_by FROM articles WHERE id = ?", (article,)).fetchone()
    if row[0] != "cleaned" or row[1] is not None:
        newer = f"; article {row[1]} is its newer version" if row[1] else ""
        raise Refused(f"article {article}: claims are added to the newest version only{newer}")
    if not words.strip() or quote[0] < 0 or len(words) != quote[1] - quote[0]:
        raise Refused(f"article {article}: no words at {quote[0]} to {quote[1]}; mark the sentence that says it")
    if len(words) > LONGEST:
        raise Refused(f"article {article}: {len(words)} characters are marked; mark the sentence, at most {LONGEST}")
    missing = [name for name in FIELDS if name not in fields]
    if missing:
        raise Refused(f"{missing[0]}: not given")
    for name in FIELDS:
        if problem := value_problem(name, fields[name]):
            raise Refused(f"{name}: {problem}")
    twin = connection.execute(
        f"SELECT id FROM claims WHERE article = :article AND retired IS NULL AND {_SAME}",  # noqa: S608 - own names
        {"article": article, **{name: fields[name] for name in FIELDS}},
    ).fetchone()
    if twin:
        raise Refused(f"claim {twin[0]} says this already; decide on that one")
