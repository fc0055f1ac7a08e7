"""Step 2, wanted page -> stored body: ask for the pages that are due, and take in those of local sources."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from legation.db import pages, sources
from legation.pipeline.article_faults import contained
from legation.pipeline.errors import LegationError
from legation.pipeline.fetch.answer import Answer
from legation.pipeline.fetch.host_queues import by_host, fetch_many
from legation.pipeline.fetch.retry import backoff, stamp
from legation.pipeline.inputs import Problem
from legation.pipeline.poll_sources import LOCAL, due_pages, requests_of
from legation.pipeline.run_context import Run, log
from legation.pipeline.sources.local import LeftOut, LocalArticle, LocalFile, LocalPage, local_files
from legation.pipeline.sources.settings import AnySource, LocalSource

Page = dict[str, Any]


def fetch_pages(run: Run, chosen: list[AnySource]) -> Iterator[Page]:
    """Yield each page whose body is new or changed, once it is stored."""
    due = due_pages(run, chosen)
    run.record.counts["due"] = len(due)

    def proceed() -> bool:
        if run.over:
            return False
        run.record.counts["asked"] += 1
        return True

    def ask(page: Page) -> Answer:
        try:
            return run.fetcher.get(page["url"], page["etag"], page["last_modified"])
        except Exception as error:  # one page's fault must not end the run
            return Answer(page["url"], "failed", contained(error), requests=1)

    def keep(page: Page, answer: Answer) -> None:
        try:
            page["is"] = _keep(run, page, answer)
        except Exception as error:
            page["is"] = _keep(run, page, Answer(page["url"], "failed", f"not stored: {contained(error)}", requests=1))

    answers = fetch_many(
        by_host(due, lambda page: page["url"]),
        ask,
        keep,
        threads=run.config.fetch.hosts_at_once,
        stop=run.around.stop,
        proceed=proceed,
    )
    for page, _ in answers:
        if page["is"] in ("new", "changed"):
            yield pages.get_page(run.db, page["id"])


def _keep(run: Run, page: Page, answer: Answer) -> str | None:
    """Store one answer; None when the page was not asked for after all, and stays as it was."""
    sources.save_hosts(run.db, run.fetcher.hosts.take_changed())
    run.record.counts.update(requests_of(answer))
    run.record.seconds["fetch"] += answer.seconds  # type: ignore[assignment]
    if answer.outcome == "failed" and not answer.requests:
        log.debug("%s: not asked: %s", page["url"], answer.reason)
        return None
    retry_at = _retry_at(run, page, answer)
    what = pages.save_answer(run.db, page, {**_columns(answer), "retry_at": retry_at}, run.id, run.now)
    sources.count_page(run.db, run.id, page["source"], what)
    run.record.counts[f"pages {what}"] += 1
    if what == "failed":
        _name_failure(run, page, answer)
    return what


def _columns(answer: Answer) -> dict[str, Any]:
    names = ("outcome", "reason", "status", "final_url", "content_type", "etag", "last_modified", "body")
    return {name: getattr(answer, name) for name in names}


def _retry_at(run: Run, page: Mapping[str, Any], answer: Answer) -> str | None:
    """When a failed page is asked for again by itself; None: never, or as long as it has not failed."""
    failures = page["failures"] + 1
    if not answer.temporary or failures >= run.config.fetch.park_after:
        return None
    return max(stamp(backoff(failures, run.around.clock(), run.around.jitter())), answer.retry_at or "")


def _name_failure(run: Run, page: Mapping[str, Any], answer: Answer) -> None:
    """A page that robots.txt forbids is left alone, and that is no failure."""
    run.record.counts[f"pages {answer.outcome}"] += answer.outcome != "failed"
    if answer.outcome == "robots-blocked" and not answer.temporary:
        log.info("%s: %s", page["url"], answer.reason)
    else:
        run.problem(f"{page['url']}: {answer.outcome}: {answer.reason}")


def local_items(run: Run, chosen: list[AnySource]) -> Iterator[Page | LocalArticle]:
    """Yield the new pages (stored) and the articles of local sources; a file that is as it was is not opened."""
    known = sources.known_listings(run.db)
    for source in chosen:
        if not isinstance(source, LOCAL):
            continue
        problem = None
        try:
            for file in _new_files(run, source, known):
                yield from _file_items(run, source, file)
        except LegationError as error:
            problem = str(error)
            _complain(run, source, f"{source.name}: {problem}")
        _note_health(run, source, problem)


def _complain(run: Run, source: AnySource, line: str) -> None:
    """Name a failure of a source; it is none of the run's where the source may fail."""
    (run.note if source.may_fail else run.problem)(line)


def _note_health(run: Run, source: LocalSource, problem: str | None) -> None:
    """How a source on this machine fares, as `legation sources` shows it; None: its files could be read."""
    row = sources.state_of(run.db, source.name)
    if problem:
        row |= {"failures": row["failures"] + 1, "last_error": problem, "last_error_at": run.now}
    else:
        row |= {"failures": 0, "last_success": run.now}
    sources.save_source_state(run.db, source.name, row)


def _new_files(run: Run, source: LocalSource, known: Mapping[str, Any]) -> Iterator[LocalFile]:
    """Standard input has no token: what comes from there is always new."""
    stdin = run.around.stdin or sys.stdin
    limits = run.config.fetch
    for file in local_files(source, run.config.folder, stdin, limits.max_body_bytes, limits.first_year):
        if not file.token or known.get(file.address, {}).get("etag") != file.token:
            yield file


def _file_items(run: Run, source: AnySource, file: LocalFile) -> Iterator[Page | LocalArticle]:
    """The file is remembered after its last item only: a killed run's successor reads it again and knows most items."""
    for item in file.items:
        if run.over:
            return
        if isinstance(item, Problem):
            _complain(run, source, item.message)
            sources.count_page(run.db, run.id, source.name, "failed")
            continue
        if isinstance(item, LeftOut):
            run.note(item.message)
            continue
        run.record.counts["asked"] += 1
        if isinstance(item, LocalArticle):
            if item.note:
                _complain(run, source, item.note)
            yield item
        elif page := _keep_local(run, source, item):
            yield page
    if file.token:
        row = {"url": file.address, "etag": file.token, "last_modified": None}
        sources.save_listings(run.db, source.name, [row], run.now)


def _keep_local(run: Run, source: AnySource, item: LocalPage) -> Page | None:
    entry = {"url": item.url, "title": None, "published": None, "announces": None}
    pages.want(run.db, source.name, [entry], run.id, run.now)
    page = pages.page_at(run.db, item.url)
    answer = Answer(item.url, "fetched", final_url=item.url, content_type=item.content_type, body=item.body)
    what = pages.save_answer(run.db, page, {**_columns(answer), "retry_at": None}, run.id, run.now)
    sources.count_page(run.db, run.id, source.name, what)
    run.record.counts.update({f"pages {what}": 1, "bytes": len(item.body)})
    return pages.get_page(run.db, page["id"]) if what in ("new", "changed") else None
