"""Ask a source on the web for the addresses of its pages."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from legation.pipeline.fetch.answers import Answer
from legation.pipeline.fetch.client import Fetcher
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
    """A page that a source names: canonical address; title and day (YYYY-MM-DD) as announced, None if not."""

    url: str
    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a source answered. `outcome`: listed, unchanged or failed; `reason`: why it failed, or what was left out.

    `listed` counts entries before keywords and `match`; None when nothing was listed because nothing changed.
    `listings`: rows for the table of the same name; to be stored only once all entries are.
    """

    outcome: str
    entries: tuple[Entry, ...] = ()
    reason: str | None = None
    listed: int | None = None
    listings: tuple[Mapping[str, Any], ...] = ()
    answers: tuple[Answer, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs. Safe to use from several threads."""

    fetcher: Fetcher
    worker: Worker
    known: Known
    listing_bytes: int

    def ask(self, source: AnySource) -> Found:
        """The pages that `source` names now. A failure is in the result, not raised."""
        kinds: dict[type[Source], Callable[[Any], Found]] = {
            FeedSource: lambda s: self._one(s.url, "feed"),
            SitemapSource: self._sitemap,
            ListSource: lambda s: self._one(s.url, "links", match=s.match),
            PagesSource: lambda s: _found([{"url": url} for url in s.urls]),
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
        try:
            result = self.worker.run(task, answer.body, url=base, content_type=answer.content_type)
        except WorkerFailure as failure:
            return Found("failed", reason=f"{url}: {failure}", answers=(answer,))
        chosen = [entry for entry in result["entries"] if re.search(match, entry["url"])]
        return replace(_found(chosen, len(result["entries"])), listings=(_row(answer),), answers=(answer,))

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
            result = self.worker.run("sitemap", answer.body, limit=self.listing_bytes)
        except WorkerFailure as failure:
            return Found("failed", reason=f"{url}: {failure}", answers=(answer,)), []
        reason = f"{url}: only its first {len(result['entries'])} entries" if result["cut"] else None
        found = replace(_found(result["entries"]), reason=reason, listings=(_row(answer),), answers=(answer,))
        return found, result["sitemaps"]

    def _gdelt(self, source: GdeltSource) -> Found:
        query = {"query": source.query, "mode": "artlist", "format": "json", "maxrecords": 250, "sort": "datedesc"}
        answer = self._get(f"{source.url}?{urlencode(query)}")
        if answer.outcome != "fetched":
            return _without(answer)
        try:
            articles = json.loads(answer.body).get("articles", [])
            found = [{"url": a["url"], "title": a.get("title"), "published": _gdelt_day(a)} for a in articles]
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            return Found("failed", reason=f"{source.url}: {answer.body[:80]!r} is not its JSON", answers=(answer,))
        return replace(_found(found), answers=(answer,))


def _gdelt_day(article: Mapping[str, Any]) -> str | None:
    seen = re.match(r"(\d{4})(\d\d)(\d\d)T", str(article.get("seendate") or ""))
    return "-".join(seen.groups()) if seen else None


def _found(raw: list[dict[str, Any]], listed: int | None = None) -> Found:
    urls = ((canonical(entry["url"]), entry) for entry in raw)
    entries = {url: Entry(url, entry.get("title"), entry.get("published")) for url, entry in urls if url}
    return Found("listed", tuple(entries.values()), listed=len(raw) if listed is None else listed)


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
    )


def _keep(found: Found, keywords: tuple[str, ...]) -> Found:
    words = [word.casefold() for word in keywords]
    kept = (e for e in found.entries if not words or any(w in f"{e.url} {e.title or ''}".casefold() for w in words))
    return replace(found, entries=tuple(kept))
