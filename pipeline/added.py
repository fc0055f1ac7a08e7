"""How the sources of config.toml and those added in the browser live together.

The sections [[sources]] of config.toml are read first and are the truth: a source that was added in the browser under a
name of theirs is set aside. All commands that work with sources take `with_added(config, db)`.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from legation.db import added
from legation.db.errors import Refused as Refusal
from legation.db.transactions import immediate
from legation.pipeline.config_errors import describe_problems
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.addresses import Refused
from legation.pipeline.fetch.urls import canonical, checked_url
from legation.pipeline.sources.settings import AnySource

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.config import Config

LONGEST_NAME = 40  # characters of a name that we propose


def with_added(config: "Config", db: "Database | sqlite3.Connection") -> tuple["Config", list[str]]:
    """The configuration with the sources that were added in the browser, and what is wrong with those left out."""
    names = {source.name for source in config.sources}
    found: list[AnySource] = []
    problems: list[str] = []
    for row in added.added_sources(db):
        if row["name"] in names:
            problems.append(f"{row['name']}: config.toml has a source of this name, which counts; remove the other one")
            continue
        try:
            found.append(made(row["name"], {**row["settings"], "paused": row["paused_at"] is not None}))
        except UsageProblem as error:
            problems += [f"{row['name']}: added in the browser, and left out: {line}" for line in error.problems]
    return config.model_copy(update={"sources": (*config.sources, *found)}), problems


def made(name: str, settings: Mapping[str, Any]) -> AnySource:
    """The source of these keys. Raises UsageProblem with a line for each that is wrong."""
    from legation.pipeline.config import Config

    values = {"sources": [{"name": name, **settings}]}
    try:
        return Config.model_validate(values).sources[0]
    except ValidationError as error:
        raise UsageProblem(
            *(line.removeprefix("sources[0].") for line in describe_problems(error, values, Config))
        ) from error


class Known:
    """Names and addresses that are sources already."""

    def __init__(self, sources: Iterable[AnySource]) -> None:
        self.names: set[str] = set()
        self._addresses: dict[str, str] = {}
        for source in sources:
            self.note(source)

    def note(self, source: AnySource) -> None:
        """From now on this is one of them."""
        self.names.add(source.name)
        self._addresses.setdefault(canonical(source.address) or source.address, source.name)

    def at(self, url: str) -> str | None:
        """The name of the source that is asked at this address; None: there is none."""
        return self._addresses.get(canonical(url) or url)

    def refuse(self, source: AnySource) -> None:
        """Raise UsageProblem if the name or the address is taken, or the address is none that would be asked."""
        if source.name in self.names:
            raise UsageProblem(f"name: there is a source {source.name}; choose another name")
        if same := self.at(source.address):
            raise UsageProblem(f"url: this is the source {same} already; change that one, or remove it first")
        try:
            checked_url(source.address)
        except Refused as error:
            raise UsageProblem(f"url: {error}; copy the address anew from the browser") from error


def added_source(
    config: "Config", connection: sqlite3.Connection, name: str, settings: Mapping[str, Any], *, editor: str, now: str,
    paused: bool = False,
) -> None:  # fmt: skip
    """Add a source; `settings` are the keys of a section [[sources]] without its name. Raises UsageProblem for what no
    such section may hold, and for a name or an address that is a source already."""
    source = made(name, settings)
    Known(with_added(config, connection)[0].sources).refuse(source)
    added.add_source(connection, name, settings, editor=editor, now=now, paused=paused)


def added_feeds(
    config: "Config", connection: sqlite3.Connection, feeds: Iterable[Mapping[str, str | None]], *, editor: str,
    now: str, paused: bool = False,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Add each feed of a list, {"url", "title"}, under a name made of its title.

    Returns the names of those that were added, and a line for each that was not.
    """
    known = Known(with_added(config, connection)[0].sources)
    done: list[str] = []
    left: list[str] = []
    with immediate(connection):
        for feed in feeds:
            settings = {"kind": "feed", "url": feed["url"] or ""}
            try:
                source = made(free_name(feed["title"], settings["url"], known.names), settings)
                known.refuse(source)
                added.add_source(connection, source.name, settings, editor=editor, now=now, paused=paused)
            except (UsageProblem, Refusal) as error:
                left.append(f"{feed['title'] or feed['url']}: {str(error).removeprefix('url: ')}")
                continue
            known.note(source)
            done.append(source.name)
    return done, left


def free_name(title: str | None, url: str, taken: Iterable[str]) -> str:
    """A name for a source, of its title or else of its host, that none of `taken` is."""
    host = re.sub(r"^(?:www|feeds?|rss)\.", "", re.sub(r"^https?://|[/:?#].*$", "", url))
    words = re.sub(r"[^a-z0-9]+", "-", (title or "").casefold()).strip("-")
    base = words if len(words) > 2 else re.sub(r"[^a-z0-9]+", "-", host.casefold()).strip("-") or "source"
    base, known = base[:LONGEST_NAME].strip("-"), set(taken)
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, len(known) + 3))) if name not in known)


def as_section(source: AnySource) -> str:
    """The lines of a source for config.toml."""
    import json

    values = source.model_dump(mode="json", exclude_defaults=True)
    order = [
        *(key for key in ("name", "kind") if key in values),
        *(key for key in values if key not in ("name", "kind")),
    ]
    return "\n".join(["[[sources]]", *(f"{key} = {json.dumps(values[key], ensure_ascii=False)}" for key in order)])
