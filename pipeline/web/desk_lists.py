"""The other pages of reviewers: the queue as a list, all claims of an article, a claim to add, who did what."""

import re
import sqlite3
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from legation.db import review_queue
from legation.db.claims import FIELDS
from legation.db.publishers import publisher_name
from legation.pipeline import claim_guess, sentences
from legation.pipeline.errors import UsageProblem
from legation.pipeline.sentences import sentence
from legation.pipeline.user_input import state_label
from legation.pipeline.web.desk import Filters, Paragraph, cities, paragraphs, without_title
from legation.pipeline.web.labels import Piece, marked_pieces

PAGE = 100  # claims on a page of the list
MOST = 1000  # claims that one press decides on
CHOSEN = 0.7  # confidence from which a claim of an article is ticked beforehand
LONGEST = 40_000  # characters of an article that are shown
_ARTICLE = "SELECT id, title, url, site, published, text, replaced_by, outcome FROM articles WHERE id = ?"


def listing(connection: sqlite3.Connection, filters: Filters, reviewer: str) -> dict[str, Any]:
    """The first claims of the queue that the filters let pass, and how many there are."""
    only = filters.only(connection, reviewer)
    waiting = review_queue.queue(connection, only=only, limit=PAGE, order=filters.ordered)
    rows = [row for claim in waiting if (row := _row(connection, claim))]
    number = review_queue.count(connection, only)
    return {"rows": rows, "number": number, "most": min(number, MOST), "free": only == review_queue.Filter()}


def _row(connection: sqlite3.Connection, claim: int) -> dict[str, Any] | None:
    shown = review_queue.context(connection, claim, around=0)
    if shown is None:
        return None
    told = sentence({**shown.fields, "sender_text": shown.sender_text})
    return {"claim": shown, "sentence": told, "waits": shown.rank is not None, "again": shown.again}


def next_article(connection: sqlite3.Connection, filters: Filters, reviewer: str, skip: set[int]) -> int | None:
    """The article of the next claim of the queue, without those that were put off; None: none waits."""
    only = filters.only(connection, reviewer)
    waiting = review_queue.queue(connection, only=only, limit=PAGE * 10, order=filters.ordered)
    for claim in waiting:
        article = connection.execute("SELECT article FROM claims WHERE id = ?", (claim,)).fetchone()[0]
        if article not in skip:
            return int(article)
    return None


def article_card(connection: sqlite3.Connection, number: int) -> dict[str, Any]:
    """An article with all its claims, numbered in the order of their quotes. LookupError: there is no such article."""
    article = _article(connection, number)
    rows = [row for claim in review_queue.of_article(connection, number) if (row := _row(connection, claim))]
    for place, row in enumerate(rows, start=1):
        shown = row["claim"]
        row |= {"place": place, "ticked": row["waits"] and shown.confidence >= CHOSEN and not shown.again}
    quotes = [(row["claim"].start, row["claim"].end, row["place"]) for row in rows]
    shown = without_title(numbered(article["text"][:LONGEST], quotes), article["title"])
    return {
        "article": article, "rows": rows, "waiting": sum(row["waits"] for row in rows), "paragraphs": shown,
        "cut": len(article["text"]) > LONGEST,
    }  # fmt: skip


def numbered(text: str, quotes: list[tuple[int, int, int]]) -> list[Paragraph]:
    """Paragraphs of a text in which every quote, (start, end, number), is marked and begins with its number.

    The numbers of a piece are its labels: those of the quotes that begin there.
    """
    cuts = sorted({0, len(text), *(min(place, len(text)) for start, end, _ in quotes for place in (start, end))})
    stream = [
        Piece(
            text[start:end],
            tuple(str(number) for first, _, number in quotes if first == start),
            any(first <= start and end <= last for first, last, _ in quotes),
        )
        for start, end in pairwise(cuts)
    ]
    return paragraphs(stream, 0)


def to_add(connection: sqlite3.Connection, number: int, start: int, end: int, words: str) -> dict[str, Any]:
    """The form of a claim to add: the article, the words that were marked, and a first guess of the fields.

    `words` instead of offsets are looked for in the article; UsageProblem if they are not there.
    """
    article = _article(connection, number)
    text = article["text"]
    if words.strip():
        start, end = find_words(text, words, number)
    quote = text[start:end].strip()
    start = text.index(quote, start) if quote else 0
    guessed: Mapping[str, str | None] = dict.fromkeys(FIELDS)
    if quote:
        before = text[max(0, start - 600) : start]
        guessed = claim_guess.guess(quote, (article["title"] or "", before)).fields
    fields = [(name, sentences.word("field", name), _written(name, guessed[name])) for name in FIELDS]
    shown = paragraphs(marked_pieces(text[:LONGEST], 0, (start, start + len(quote)), ()), 0)
    return {
        "article": article, "quote": quote, "start": start, "end": start + len(quote), "fields": fields,
        "paragraphs": without_title(shown, article["title"]), "cities": cities(guessed["receiving_state"]),
    }  # fmt: skip


def find_words(text: str, words: str, number: int) -> tuple[int, int]:
    """Where `words` stand in the text of an article, whatever spaces part them; UsageProblem if they do not."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    match = re.search(pattern, text)
    if match is None:
        raise UsageProblem(f"article {number}: these words are not in it; copy them exactly as they are there")
    return match.span()


def _written(name: str, value: str | None) -> str:
    return state_label(value) if value and name.endswith("_state") else value or ""


def _article(connection: sqlite3.Connection, number: int) -> dict[str, Any]:
    row = connection.execute(_ARTICLE, (number,)).fetchone()
    if row is None:
        raise LookupError(f"article {number}: no such article")
    names = ("id", "title", "url", "site", "published", "text", "replaced_by", "outcome")
    article = dict(zip(names, row, strict=True))
    article["text"] = article["text"] or ""
    article["publisher_name"] = publisher_name(connection, article["site"])
    article["link"] = article["url"] if article["url"].startswith(("https://", "http://")) else None
    return article
