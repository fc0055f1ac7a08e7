"""Handlers of the sources: look at them, try an address, add, pause, remove, and lists of feeds as OPML."""

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from legation.db import added
from legation.db.errors import DatabaseError
from legation.db.sources import unpark
from legation.models.languages import language_name
from legation.pipeline.added import added_feeds, added_source, with_added
from legation.pipeline.errors import UsageProblem
from legation.pipeline.sources.opml import as_opml
from legation.pipeline.web import sources
from legation.pipeline.web.reply import Request, data, file, go, page
from legation.pipeline.web.site import Site, utc_now
from legation.pipeline.worker import WorkerFailure

SAID = {
    "added": "{} is added; the next run asks it.",
    "added-paused": "{} is added and paused; no run asks it before you resume it.",
    "pause": "{} is paused; runs leave it out.",
    "resume": "{} is asked again from the next run on.",
    "remove": "{} is removed; its pages and claims stay.",
    "again": "{} is asked again in the next run, and so are its failed pages.",
}
KINDS = {
    "feed": "feed", "sitemap": "sitemap", "list": "list page", "pages": "single pages", "files": "files",
    "warc": "archive", "stdin": "standard input", "gdelt": "GDELT query",
}  # fmt: skip
LONGEST = 4096  # characters of a field; an address may have half as many


async def listing(site: Site, asked: Request) -> Any:
    """All sources with their health."""
    said, of = asked.args.get("said") or "", (asked.args.get("of") or "")[:60]
    return await _listing(site, asked, said=SAID[said].format(of) if said in SAID else "")


async def _listing(site: Site, asked: Request, status: int = 200, **more: Any) -> Any:
    found = await site.read(sources.overview, site.config)
    values = {"said": "", "failed": "", "wrong": "", "typed": "", "kinds": KINDS, **found, **more}
    return await page(asked, "sources.html", status, **values)


async def attempt(site: Site, asked: Request) -> Any:
    """Try an address, or a source that is there, by its name."""
    form = await asked.form()
    name, address = form.get("name", ""), form.get("address", "")[:LONGEST]
    try:
        if name:
            trial = await site.trials.run(site, lambda trier: trier.source(_named(trier.config, name)))
        else:
            trial = await site.trials.run(site, lambda trier: trier.address(address))
    except UsageProblem as error:
        if asked.wants_json:
            return data({"error": str(error)}, 422)
        words = {"failed": str(error)} if name else {"wrong": str(error), "typed": address}
        return await _listing(site, asked, 422, **words)
    if asked.wants_json:
        return data(_as_data(trial))
    languages = {sample.language: language_name(sample.language) for sample in trial.samples if sample.language}
    return await page(asked, "sources_try.html", trial=trial, there=name, languages=languages, kinds=KINDS)


def _named(config: Any, name: str) -> Any:
    found = next((source for source in config.sources if source.name == name), None)
    if found is None:
        raise UsageProblem(f"{name}: no such source; it may have been removed")
    return found


def _as_data(trial: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(trial), "source": trial.source.model_dump(mode="json") if trial.source else None}


async def add(site: Site, asked: Request) -> Any:
    """Add a source, as it was tried or with another name, language and keywords."""
    form = await asked.form()
    name, paused = form.get("name", "").strip(), form.get("paused") == "1"
    settings: dict[str, Any] = {"kind": form.get("kind", "feed"), "url": form.get("url", "").strip()[:LONGEST]}
    if settings["kind"] not in ("feed", "sitemap"):
        raise UsageProblem("kind: in the browser a feed or a sitemap can be added; write other kinds into config.toml")
    if language := form.get("language", "").strip().lower():
        settings["language"] = language
    if words := [word.strip() for word in form.get("keywords", "")[:LONGEST].split(",") if word.strip()]:
        settings["keywords"] = words
    await asyncio.to_thread(_added, site, name, settings, asked.reviewer, paused)
    return data({"added": name}) if asked.wants_json else _back("added-paused" if paused else "added", name)


def _added(site: Site, name: str, settings: Mapping[str, Any], editor: str, paused: bool) -> None:
    with site.writing() as connection:
        added_source(site.config, connection, name, settings, editor=editor, now=utc_now(), paused=paused)


async def change(site: Site, asked: Request) -> Any:
    """Pause, resume or remove a source that was added in the browser, or let any be asked again at once."""
    form = await asked.form()
    name, act = form.get("name", ""), form.get("act", "")
    await asyncio.to_thread(_change, site, name, act, asked.reviewer)
    return data({act: name}) if asked.wants_json else _back(act, name)


def _change(site: Site, name: str, act: str, editor: str) -> None:
    written = name in {source.name for source in site.config.sources}
    if written and act in ("pause", "resume"):
        raise UsageProblem(f"{name}: it is in config.toml; write paused = {str(act == 'pause').lower()} there")
    with site.writing() as connection:
        if act in ("pause", "resume"):
            added.pause_source(connection, name, act == "pause", editor=editor, now=utc_now())
        elif act == "remove":
            _remove(connection, name, written)
        elif act == "again":
            if not unpark(connection, name):
                raise UsageProblem(f"{name}: no run has asked it yet, so there is nothing to ask again")
        else:
            raise UsageProblem(f"{act[:40]}: a source can be paused, resumed, removed, or asked again")


def _remove(connection: sqlite3.Connection, name: str, written: bool) -> None:
    try:
        added.remove_source(connection, name)
    except DatabaseError as error:
        if written:
            raise UsageProblem(f"{name}: it is in config.toml; take its section out there") from error
        raise


def _back(said: str, name: str) -> Any:
    return go(f"/-/sources?{urlencode({'said': said, 'of': name})}")


async def export(site: Site, asked: Request) -> Any:
    """The feeds among the sources as OPML."""
    whole, _ = await site.read(lambda connection: with_added(site.config, connection))
    return file(as_opml(whole.sources, "Sources of Legation"), "text/x-opml; charset=utf-8", "sources.opml")


async def take(site: Site, asked: Request) -> Any:
    """Add the feeds of an OPML file; what cannot be added is told, line by line."""
    form = await asked.form()
    body = form.get("opml", "").encode()
    if not body.strip():
        raise UsageProblem("the list is missing; choose the OPML file of the other program, or paste its text")
    try:
        found = await site.trials.run(site, lambda trier: trier.worker.run("opml", body))
    except WorkerFailure as failure:
        raise UsageProblem(f"the list: {failure}") from failure
    paused = form.get("paused") == "1"
    done, left = await asyncio.to_thread(_taken, site, found["feeds"], asked.reviewer, paused)
    if found["left"]:
        left.append(f"{found['left']} more feeds than one file may have; divide it")
    if asked.wants_json:
        return data({"added": done, "left": left})
    return await page(asked, "sources_taken.html", done=done, left=left, paused=paused)


def _taken(site: Site, feeds: list[dict[str, str | None]], editor: str, paused: bool) -> tuple[list[str], list[str]]:
    with site.writing() as connection:
        return added_feeds(site.config, connection, feeds, editor=editor, now=utc_now(), paused=paused)
