"""Try a source before it is added: what is at an address, and what a run would take in from there.

An editor of the web pages makes the server ask addresses. That goes by the code of a run, with its limits: checked
addresses, robots.txt, one request at a time to a host with its pause, sizes, times, parsers in a process of their own.
No page, article or source is stored; what a host asks of its visitors is, so that the next run respects it too.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from protego import Protego

from legation.db import pages
from legation.pipeline.added import Known, free_name, made, with_added
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.addresses import Refused
from legation.pipeline.fetch.answer import Answer
from legation.pipeline.fetch.client import Fetcher
from legation.pipeline.fetch.politeness import Hosts
from legation.pipeline.fetch.retry import stamp
from legation.pipeline.fetch.urls import checked_url, origin, without_blanks
from legation.pipeline.run_context import utc_now
from legation.pipeline.sources.advice import advice
from legation.pipeline.sources.settings import AnySource, FilesSource, StdinSource, WarcSource
from legation.pipeline.sources.web import Asker, Entry
from legation.pipeline.worker import Worker, WorkerFailure

if TYPE_CHECKING:
    from legation.pipeline.config import Config

SAMPLES = 5  # pages that are fetched
SECONDS = 25.0  # of asking servers, after which a trial asks nothing more
PARSING = 60.0  # seconds more, after which it begins no other page
WHOLE = 15.0  # seconds, at most, for one page: somebody waits for it
MOST_SITEMAPS = 3  # of a robots.txt, that are offered


@dataclass(frozen=True, slots=True)
class Choice:
    """A feed or a sitemap that a site names; `title` None: it has none there."""

    url: str
    title: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A page that the source names, as it would be stored.

    `characters` of its text, None where there is none, for which `problem` gives the reason; `language`: the two
    letters that the page tells, None for none.
    """

    url: str
    title: str | None
    published: str | None
    characters: int | None = None
    language: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. `source` None: at the address is a page, and `choices` are the feeds that it names.

    `title` is the source's own; `through`: the page that named it, None where its address was given; `listed`: entries
    that it names; `new`: of them those that no run has taken in; `samples`: the first of these; `notes`: what is wrong.
    """

    address: str
    title: str | None = None
    source: AnySource | None = None
    through: str | None = None
    choices: tuple[Choice, ...] = ()
    listed: int = 0
    new: int = 0
    samples: tuple[Sample, ...] = ()
    notes: tuple[str, ...] = ()


class _Once:
    """Asks for each address once: what was looked at is then read as a source without another request.

    `stop` is set, and nothing more is asked, when asking has taken SECONDS; parsing does not count.
    """

    def __init__(self, fetcher: Fetcher, stop: threading.Event) -> None:
        self._fetcher, self._stop, self._left = fetcher, stop, SECONDS
        self._answers: dict[str, Answer] = {}

    def get(
        self, url: str, etag: str | None = None, last_modified: str | None = None, *, limit: int | None = None
    ) -> Answer:  # fmt: skip
        if url not in self._answers:
            begun = time.monotonic()
            timer = threading.Timer(max(0.0, self._left), self._stop.set)
            timer.daemon = True
            timer.start()
            try:
                self._answers[url] = self._fetcher.get(url, etag, last_modified, limit=limit)
            finally:
                timer.cancel()
                self._left -= time.monotonic() - begun
        return self._answers[url]


@dataclass(frozen=True, slots=True)
class Trier:
    """One trial: what asks, what parses, and the sources that are there already."""

    config: "Config"
    hosts: Hosts
    fetcher: _Once
    worker: Worker
    connection: sqlite3.Connection

    def address(self, text: str, through: str | None = None) -> Trial:
        """What is at an address. Raises UsageProblem: one line with what is wrong and what to do."""
        url = _whole(text)
        self._refuse_known(url)
        found = self._discovered(url)
        if found["kind"] == "page":
            return self._page(url, found, through)
        taken = [source.name for source in self.config.sources]
        keys = {"kind": found["kind"], "url": url, "language": found["language"]}
        source = made(free_name(found["title"], url, taken), keys)
        return replace(self.source(source), title=found["title"], through=through)

    def source(self, source: AnySource) -> Trial:
        """What a run would take in from a source now. Raises UsageProblem."""
        if isinstance(source, FilesSource | StdinSource | WarcSource):
            cure = "`legation ingest --dry-run` tells what is there"
            raise UsageProblem(f"{source.name}: it is read on this machine, and no server is asked; {cure}")
        settings = self.config.fetch
        today = stamp(utc_now())[:10]
        found = Asker(
            self.fetcher, self.worker, {}, settings.max_listing_bytes, today, settings.first_year
        ).ask(source)  # fmt: skip
        if found.outcome == "failed":
            raise _refused(found.reason or source.address)
        known = pages.known_urls(self.connection, (entry.url for entry in found.entries))
        new = [entry for entry in found.entries if entry.url not in known]
        notes = [*([found.reason] if found.reason else []), *found.notes]
        if not found.entries:
            notes.append("it names no page now; a run would ask it again and say so after three times")
        until = time.monotonic() + SECONDS + PARSING
        samples = tuple(self._sample(entry, today) for entry in new[:SAMPLES] if time.monotonic() < until)
        return Trial(
            source.address, source=source, listed=found.listed or len(found.entries), new=len(new), samples=samples,
            notes=tuple(notes),
        )  # fmt: skip

    def _refuse_known(self, url: str) -> None:
        same = Known(self.config.sources).at(url)
        if same:
            raise UsageProblem(f"{url}: this is the source {same} already; try it there")

    def _discovered(self, url: str) -> dict[str, Any]:
        limit = self.config.fetch.max_listing_bytes
        answer = self.fetcher.get(url, limit=limit)
        if answer.outcome != "fetched":
            raise _refused(f"{url}: {answer.reason}")
        at = answer.final_url or url
        try:
            found: dict[str, Any] = self.worker.run(
                "discover", answer.body, url=at, content_type=answer.content_type, limit=limit
            )
        except WorkerFailure as failure:
            raise _no_source(url, str(failure)) from failure
        return {**found, "at": at}

    def _page(self, url: str, found: dict[str, Any], through: str | None) -> Trial:
        """A page in place of a source: what it names instead; the one feed of a page is tried at once."""
        if through:
            cure = "give the feed's own address"
            raise UsageProblem(f"{url}: {through} names this as its feed, and it is a web page; {cure}")
        choices = [Choice(one["url"], one["title"], "feed") for one in found["feeds"]]
        if len(choices) == 1:
            return self.address(choices[0].url, through=url)
        choices += [] if choices else self._sitemaps(found["at"])
        if not choices:
            raise UsageProblem(
                f"{url}: this page names no feed; look on it for “RSS” and give that address, or describe the page in "
                'config.toml as kind = "list", which takes its links'
            )
        return Trial(url, title=found["title"], choices=tuple(choices))

    def _sitemaps(self, at: str) -> list[Choice]:
        """Those that the robots.txt of the page's host names, which was read before the page."""
        robots = self.hosts.get(origin(checked_url(at))).robots
        named = list(Protego.parse(robots).sitemaps) if robots else []
        return [Choice(url, None, "sitemap") for url in named if re.match(r"https?://", url)][:MOST_SITEMAPS]

    def _sample(self, entry: Entry, today: str) -> Sample:
        shown = Sample(entry.url, entry.title, entry.published)
        answer = self.fetcher.get(entry.url)
        if answer.outcome != "fetched":
            late = answer.reason == "interrupted"
            return replace(shown, problem="not asked: the time for trying was over" if late else answer.reason)
        try:
            found = self.worker.run(
                "clean", answer.body, url=answer.final_url or entry.url, content_type=answer.content_type, newest=today,
                first_year=self.config.fetch.first_year,
            )  # fmt: skip
        except WorkerFailure as failure:
            return replace(shown, problem=str(failure))
        shown = replace(
            shown, title=found.get("title") or shown.title, published=found.get("published") or shown.published,
            language=found.get("language"),
        )  # fmt: skip
        if "unparsed" in found:
            return replace(shown, problem=found["unparsed"])
        return replace(shown, characters=len(found["text"]))


@contextmanager
def trying(config: "Config", connection: sqlite3.Connection, hosts: Hosts) -> Iterator[Trier]:
    """What a trial needs, for its time; `hosts` are those of all trials, so that none of them is asked too often."""
    whole, _ = with_added(config, connection)
    fetch = config.fetch.model_copy(update={"whole_seconds": min(config.fetch.whole_seconds, WHOLE)})
    stop = threading.Event()
    with Fetcher(fetch, hosts, utc_now, stop) as fetcher, Worker(fetch.clean_seconds, fetch.clean_bytes) as worker:
        yield Trier(whole, hosts, _Once(fetcher, stop), worker, connection)


def _whole(text: str) -> str:
    """The address that was typed, with its scheme. Raises UsageProblem."""
    url = without_blanks(text)
    if not url:
        raise UsageProblem("an address is missing; give that of a feed, or of a page that names one")
    if not re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE):
        url = f"https://{url}"
    try:
        return str(checked_url(url))
    except Refused as error:
        raise _refused(f"{url[:200]}: {error}") from error


def _refused(reason: str) -> UsageProblem:
    """What went wrong and what to do, as one line."""
    return UsageProblem(f"{reason.rstrip('.')}. {advice(reason)}")


def _no_source(url: str, failure: str) -> UsageProblem:
    """What is there instead of a feed; most of these failures hold their own cure, behind a semicolon."""
    if re.search(r"not a (?:feed|sitemap)$", failure):
        failure += "; give the address of the site's feed, or of a page that names it"
    return UsageProblem(f"{url}: {failure}") if "; " in failure else _refused(f"{url}: {failure}")
