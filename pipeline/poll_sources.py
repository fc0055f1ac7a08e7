"""Step 1, source -> wanted pages: ask the sources that are due, store what they name, note their health."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from legation.db import pages, sources
from legation.pipeline.article_faults import contained
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.host_queues import by_host, fetch_many
from legation.pipeline.fetch.retry import backoff, is_due, stamp
from legation.pipeline.run_context import Run, log
from legation.pipeline.sources.settings import AnySource, FilesSource, StdinSource, WarcSource
from legation.pipeline.sources.web import Asker, Found

if TYPE_CHECKING:
    from legation.pipeline.config import Config

LOCAL = (FilesSource, StdinSource, WarcSource)


def chosen_sources(config: "Config", only: tuple[str, ...]) -> list[AnySource]:
    """The sources of a run: those named, else all that are not paused. Standard input is read only when it is named.

    Raises UsageProblem for unknown names.
    """
    known = {source.name: source for source in config.sources}
    unknown = [name for name in only if name not in known]
    if unknown:
        there_are = ", ".join(known) or "none"
        raise UsageProblem(*(f"--only {name}: no such source; there are: {there_are}" for name in unknown))
    if only:
        return [known[name] for name in only]
    return [source for source in config.sources if not isinstance(source, StdinSource) and not source.paused]


def poll_sources(run: Run, chosen: list[AnySource]) -> None:
    """Ask those of `chosen` that are on the web and due, several hosts at once; store each answer as it comes."""
    rows = sources.know_sources(run.db, ((s.name, s.kind, s.address) for s in run.config.sources))
    due = [s for s in chosen if not isinstance(s, LOCAL) and may_poll(run, rows[s.name], bool(run.options.only))]
    asker = Asker(
        run.fetcher,
        run.worker,
        sources.known_listings(run.db),
        run.config.fetch.max_listing_bytes,
        run.now[:10],
        run.config.fetch.first_year,
    )
    queues = by_host(due, lambda source: getattr(source, "url", source.name))
    results = fetch_many(
        queues,
        lambda source: _asked(asker, source),
        lambda source, found: _kept(run, source, rows[source.name], found),
        threads=run.config.fetch.hosts_at_once,
        stop=run.around.stop,
        proceed=lambda: not run.over,
    )
    deque(results, maxlen=0)


def may_poll(run: Run, row: Mapping[str, Any], by_name: bool) -> bool:
    """Whether a source is neither parked nor waiting; one that the user named is asked in any case."""
    if by_name or (not row["parked"] and is_due(row["retry_at"], run.around.clock())):
        return True
    outcome = "parked" if row["parked"] else "waiting"
    log.info("%s: %s (%s)", row["name"], outcome, row["last_error"])
    sources.save_source_run(run.db, run.id, row["name"], _source_run(outcome, problem=row["last_error"]))
    return False


def _asked(asker: Asker, source: AnySource) -> Found:
    """What the source names. An answer that our code stumbles over fails this source, and does not end the run."""
    try:
        return asker.ask(source)
    except Exception as error:
        return Found("failed", reason=f"{source.address}: {contained(error)}")


def _kept(run: Run, source: AnySource, row: Mapping[str, Any], found: Found) -> None:
    """Store what a source answered; where that cannot be stored, that it failed."""
    try:
        _keep(run, source, row, found)
    except Exception as error:
        reason = f"{source.address}: not stored: {contained(error)}"
        _keep(run, source, row, Found("failed", reason=reason, answers=found.answers))


def _keep(run: Run, source: AnySource, row: Mapping[str, Any], found: Found) -> None:
    """Store the entries first, then what makes the listing recognisable: a kill between the two only asks again."""
    found = _waits(found)
    entries, cut = _room(run, source, found)
    new = pages.want(run.db, source.name, map(asdict, entries), run.id, run.now)
    for entry in entries:
        if entry.note:
            run.note(f"{source.name}: {entry.url}: its date is not believed: {entry.note}")
    if found.outcome != "failed" and not cut:
        sources.save_listings(run.db, source.name, found.listings, run.now)
    sources.save_hosts(run.db, run.fetcher.hosts.take_changed())
    problems = [text for text in (found.reason, cut, _too_few(source, found, new)) if text]
    state = health_after(row, found, problems, run)
    problems += _silence(row, state)
    seconds = sum(answer.seconds for answer in found.answers)
    run_row = _source_run(found.outcome, found.listed or 0, seconds, "; ".join([*problems, *found.notes]) or None)
    sources.save_source_run(run.db, run.id, source.name, run_row)
    sources.save_source_state(run.db, source.name, state)
    _count(run, found, new)
    for note in found.notes:
        run.note(f"{source.name}: {note}")
    for text in problems:
        if source.may_fail or found.outcome == "waiting":
            log.warning("%s: %s", source.name, text)
        else:
            run.problem(f"{source.name}: {text}")


def _waits(found: Found) -> Found:
    """A host that asked us to wait is no failure of the source."""
    never_asked = found.outcome == "failed" and found.answers and not any(a.requests for a in found.answers)
    refused = any(a.outcome == "refused" for a in found.answers)
    return replace(found, outcome="waiting") if never_asked and not refused else found


def _room(run: Run, source: AnySource, found: Found) -> tuple[list[Any], str | None]:
    known = pages.known_urls(run.db, (entry.url for entry in found.entries))
    new = [entry for entry in found.entries if entry.url not in known]
    if len(new) <= source.max_new:
        return new, None
    return new[: source.max_new], f"{len(new)} new pages, more than max_new; the rest is left to the next run"


def _too_few(source: AnySource, found: Found, new: int) -> str | None:
    if source.min_new and found.outcome == "listed" and new < source.min_new:
        return f"{new} new pages, fewer than min_new = {source.min_new}"
    return None


def _silence(row: Mapping[str, Any], state: Mapping[str, Any]) -> list[str]:
    if state["zeros"] >= sources.SILENT_AFTER and state["zeros"] > row["zeros"]:
        return [f"answered {state['zeros']} times in a row without naming a page"]
    return []


def health_after(row: Mapping[str, Any], found: Found, problems: list[str], run: Run) -> dict[str, Any]:
    """A source's stored state after an answer: failures in a row lengthen the wait, too many park it."""
    state = dict(row)
    now = run.around.clock()
    if problems or found.notes:
        state.update(last_error="; ".join([*problems, *found.notes]), last_error_at=stamp(now))
    if found.outcome == "failed":
        failures = row["failures"] + 1
        wish = max((a.retry_at for a in found.answers if a.retry_at), default="")
        retry = max(stamp(backoff(failures, now, run.around.jitter())), wish)
        return {
            **state,
            "failures": failures,
            "retry_at": retry,
            "parked": int(failures >= run.config.fetch.park_after),
        }
    if found.outcome == "waiting":
        return {**state, "retry_at": max(a.retry_at or "" for a in found.answers) or None}
    # "not modified" says the same as the answer before it: nothing, if that named nothing
    silent = row["zeros"] > 0 if found.listed is None else not found.listed
    zeros = row["zeros"] + 1 if silent else 0
    return {**state, "failures": 0, "zeros": zeros, "retry_at": None, "parked": 0, "last_success": stamp(now)}


def _source_run(outcome: str, listed: int = 0, seconds: float = 0.0, problem: str | None = None) -> dict[str, Any]:
    return {"outcome": outcome, "listed": listed, "seconds": round(seconds, 3), "problem": problem}


def _count(run: Run, found: Found, new: int) -> None:
    run.record.counts.update({f"sources {found.outcome}": 1, "pages wanted": new})
    for answer in found.answers:
        run.record.counts.update(requests_of(answer))


def requests_of(answer: Any) -> dict[str, int]:
    """What one answer adds to the counters."""
    return {
        "requests": answer.requests,
        "conditional": int(answer.conditional and answer.requests > 0),
        "not modified": int(answer.outcome == "unchanged"),
        "bytes": len(answer.body),
    }


def due_pages(run: Run, chosen: list[AnySource]) -> list[dict[str, Any]]:
    """Pages to ask for: those wanted, those failed whose time has come, those to be checked again."""
    now, settings = run.around.clock(), run.config.fetch
    times = {
        "now": stamp(now),
        "latest": stamp(now + timedelta(days=7)),
        "recheck_before": stamp(now - timedelta(hours=settings.recheck_hours)),
        "recheck_from": stamp(now - timedelta(days=settings.recheck_days)),
    }
    return pages.due_pages(run.db, times, json.dumps([s.name for s in chosen if not isinstance(s, LOCAL)]))
