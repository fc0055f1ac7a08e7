"""Ask a source on the web for the addresses of its pages."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from legation.pipeline.cleaning.control_characters import strip_control_characters, whole
from legation.pipeline.date_parsing import FIRST_YEAR, parse_date
from legation.pipeline.fetch.answer import Answer
from legation.pipeline.fetch.urls import canonical
from legation.pipeline.sources.settings import (
    AnySource,
    FeedSource,
    GdeltSource,
    ListSource,
    PagesSource,
    SitemapSource,
    Source,
)
from legation.pipeline.worker import Worker, WorkerFailure

Known = Mapping[str, Mapping[str, Any]]  # address of a listing -> its stored row, with etag and last_modified


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that a source names: canonical address; title and date (YYYY-MM-DD or YYYY-MM) as announced, None if not.

    `announces`: whether the date is of the "publication" or of a "change". `note`: why its date is not believed.
    """

    url: str
    title: str | None = None
    published: str | None = None
    announces: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a source answered. `outcome`: listed, unchanged or failed; `reason`: why it failed, or what was lost.
    `notes`: entries left out that name no page.

    `listed` counts entries before keywords and `match`; None when nothing was listed because nothing changed.
    `listings`: rows for the table of the same name; to be stored only once all entries are.
    """

    outcome: str
    entries: tuple[Entry, ...] = ()
    reason: str | None = None
    listed: int | None = None
    listings: tuple[Mapping[str, Any], ...] = ()
    answers: tuple[Answer, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()


class Gets(Protocol):
    """What asks servers: a Fetcher, or something in its place that keeps its answers."""

    def get(self, url: str, etag: str | None, last_modified: str | None, *, limit: int) -> Answer:
        """As Fetcher.get."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs. Safe to use from several threads."""

    fetcher: Gets
    worker: Worker
    known: Known
    listing_bytes: int
    newest: str
    """Today in UTC, YYYY-MM-DD: no page is younger."""
    first_year: int = FIRST_YEAR

    def ask(self, source: AnySource) -> Found:
        """The pages that `source` names now. A failure is in the result, not raised."""
        kinds: dict[type[Source], Callable[[Any], Found]] = {
            FeedSource: lambda s: self._one(s.url, "feed"),
            SitemapSource: self._sitemap,
            ListSource: lambda s: self._one(s.url, "links", match=s.match),
            PagesSource: lambda s: _found([{"url": url} for url in s.urls], named=True),
            GdeltSource: self._gdelt,
        }
        return _keep(kinds[type(source)](source), source.keywords)

    def _get(self, url: str) -> Answer:
        row = self.known.get(url, {})
        return self.fetcher.get(url, row.get("etag"), row.get("last_modified"), limit=self.listing_bytes)

    def _one(self, url: str, task: str, match: str = "") -> Found:
        answer = self._get(url)
        if answer.outcome != "fetched":
            return _without(answer)
        base = answer.final_url or url
        dates = {"newest": self.newest, "first_year": self.first_year} if task == "feed" else {}
        try:
            result = self.worker.run(task, answer.body, url=base, content_type=answer.content_type, **dates)
        except WorkerFailure as failure:
            return Found("failed", reason=f"{url}: {failure}", answers=(answer,))
        chosen = [entry for entry in result["entries"] if re.search(match, entry["url"])]
        return _listed(url, answer, result, _found(chosen, len(result["entries"]), named=task == "feed"))

    def _sitemap(self, source: SitemapSource) -> Found:
        """Breadth first through indexes, each address once, so that an index that names itself ends."""
        waiting, seen, parts = [source.url], {source.url}, list[Found]()
        left_out = 0
        while waiting:
            part, below = self._one_sitemap(waiting.pop(0), source)
            parts.append(part)
            fresh = [url for url in dict.fromkeys(below) if url not in seen]
            room = source.max_sitemaps - (len(seen) - 1)
            left_out += len(fresh[room:])
            waiting += fresh[:room]
            seen.update(fresh[:room])
        return _joined(parts, f"{left_out} sitemaps left out" if left_out else None)

    def _one_sitemap(self, url: str, source: SitemapSource) -> tuple[Found, list[str]]:
        """What one sitemap names: pages, and sitemaps below it. An unchanged index names those known of it."""
        answer = self._get(url)
        if answer.outcome != "fetched":
            known = [below for below, row in self.known.items() if row["source"] == source.name and below != url]
            return _without(answer), known if answer.outcome == "unchanged" and url == source.url else []
        try:
            result = self.worker.run(
                "sitemap",
                answer.body,
                limit=self.listing_bytes,
                url=answer.final_url or url,
                content_type=answer.content_type,
                newest=self.newest,
                first_year=self.first_year,
            )
        except WorkerFailure as failure:
            return Found("failed", reason=f"{url}: {failure}", answers=(answer,)), []
        if result["cut"]:
            result["problem"] = result["problem"] or f"only its first {len(result['entries'])} entries"
        return _listed(url, answer, result, _found(result["entries"], named=True)), result["sitemaps"]

    def _gdelt(self, source: GdeltSource) -> Found:
        query = {"query": source.query, "mode": "artlist", "format": "json", "maxrecords": 250, "sort": "datedesc"}
        answer = self._get(f"{source.url}?{urlencode(query)}")
        if answer.outcome != "fetched":
            return _without(answer)
        try:
            articles = json.loads(answer.body).get("articles", [])
            found = [self._gdelt_entry(article) for article in articles]
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            return Found("failed", reason=f"{source.url}: {answer.body[:80]!r} is not its JSON", answers=(answer,))
        return replace(_found(found, named=True), answers=(answer,))

    def _gdelt_entry(self, article: Any) -> dict[str, Any]:
        """An item that is no article, or has no address, is an entry without an address."""
        if not isinstance(article, dict):
            return {"url": ""}
        seen = parse_date(article.get("seendate"), self.newest, self.first_year)
        url, title = article.get("url"), article.get("title")
        return {
            "url": whole(url) if isinstance(url, str) else "",
            "title": whole(title) if isinstance(title, str) else None,
            "published": seen.date,
            "announces": "publication" if seen.date else None,
            "note": seen.fault,
        }


def _listed(url: str, answer: Answer, result: Mapping[str, Any], found: Found) -> Found:
    """With what the parser says of the listing. One that names nothing, or that is broken, is asked for anew and not
    conditionally, because a server that answers "not modified" would make it look healthy."""
    problem = result.get("problem")
    sound = not problem and (found.listed or result.get("sitemaps"))
    return replace(
        found,
        reason=f"{url}: {problem}" if problem else None,
        notes=(*(f"{url}: {note}" for note in result.get("notes", ())), *found.notes),
        listings=(_row(answer) if sound else {"url": answer.url, "etag": None, "last_modified": None, "forget": True},),
        answers=(answer,),
    )


_FIELDS = ("published", "announces", "note")


def _found(raw: list[dict[str, Any]], listed: int | None = None, *, named: bool = False) -> Found:
    """The entries with an address of the web, each once; with `named` the others are counted in a note."""
    entries: dict[str, Entry] = {}
    wrong: list[str] = []
    for entry in raw:
        url = canonical(entry["url"])
        if url is None:
            wrong.append(repr(entry["url"][:80]))
        elif url not in entries:
            entries[url] = Entry(
                url, strip_control_characters(entry.get("title")), *(entry.get(name) for name in _FIELDS)
            )
    note = (
        f"{len(wrong)} of {len(raw)} entries left out, because {wrong[0]} is no address of a web page" if wrong else ""
    )
    return Found(
        "listed",
        tuple(entries.values()),
        listed=len(raw) if listed is None else listed,
        notes=(note,) if named and note else (),
    )


def _without(answer: Answer) -> Found:
    if answer.outcome == "unchanged":
        return Found("unchanged", listings=(_row(answer),), answers=(answer,))
    return Found("failed", reason=f"{answer.url}: {answer.reason}", answers=(answer,))


def _row(answer: Answer) -> dict[str, Any]:
    return {"url": answer.url, "etag": answer.etag, "last_modified": answer.last_modified}


def _joined(parts: list[Found], note: str | None) -> Found:
    """One failed sitemap fails the source, but what the others named counts."""
    outcomes = {part.outcome for part in parts}
    outcome = next(kind for kind in ("failed", "listed", "unchanged") if kind in outcomes)
    reasons = [part.reason for part in parts if part.reason] + ([note] if note else [])
    counts = [part.listed for part in parts if part.listed is not None]
    return Found(
        outcome,
        entries=tuple(dict.fromkeys(entry for part in parts for entry in part.entries)),
        reason="; ".join(reasons) or None,
        listed=sum(counts) if counts else None,
        listings=tuple(row for part in parts for row in part.listings if outcome != "failed"),
        answers=tuple(answer for part in parts for answer in part.answers),
        notes=tuple(note for part in parts for note in part.notes),
    )


def _keep(found: Found, keywords: tuple[str, ...]) -> Found:
    words = [word.casefold() for word in keywords]
    kept = (e for e in found.entries if not words or any(w in f"{e.url} {e.title or ''}".casefold() for w in words))
    return replace(found, entries=tuple(kept))
