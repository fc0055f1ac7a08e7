"""Rows of words, read from data/*.toml and checked: unknown keys are refused, ids are unique."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from legation.models.errors import ModelError

DATA = Path(__file__).with_name("data")
GAP = "…"  # in a form: the verb and its particle may stand apart


@dataclass(frozen=True)
class MissionRow:
    """Words for a mission or what stands for one; see the head of missions.toml."""

    id: str
    theme: str
    kind: str
    words: tuple[str, ...]
    plural: tuple[str, ...] = ()
    needs: str | None = None
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventRow:
    """A word family for what happens to a mission; see the head of events.toml."""

    id: str
    forms: tuple[str, ...]
    object: Mapping[str, str] = field(default_factory=dict)
    subject: Mapping[str, str] = field(default_factory=dict)
    needs: str | None = None
    bare: str | None = None
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()


Row = TypeVar("Row", MissionRow, EventRow)


def _read(name: str, row_class: type[Row]) -> tuple[Row, ...]:
    rows = tomllib.loads(_text(name))["row"]
    allowed = {f.name for f in fields(row_class)}
    for row in rows:
        if unknown := set(row) - allowed:
            raise ModelError(
                f"models/data/{name}: row {row.get('id')}: unknown key {sorted(unknown)[0]}; allowed: {sorted(allowed)}"
            )
    if len({row["id"] for row in rows}) < len(rows):
        raise ModelError(f"models/data/{name}: an id stands twice")
    made = ({key: tuple(value) if isinstance(value, list) else value for key, value in row.items()} for row in rows)
    build: Callable[..., Row] = row_class
    return tuple(build(**row) for row in made)


def _text(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


@cache
def mission_rows() -> tuple[MissionRow, ...]:
    """The words for missions and what belongs to them, as data/missions.toml has them."""
    return _read("missions.toml", MissionRow)


@cache
def event_rows() -> tuple[EventRow, ...]:
    """The words for what happens to missions, as data/events.toml has them."""
    return _read("events.toml", EventRow)


def row_statuses(row_id: str, themes: Collection[str]) -> set[str]:
    """The statuses that a row of events.toml names for any of `themes`."""
    row = _events_by_id()[row_id]
    found = {part[theme] for part in (row.object, row.subject) for theme in themes if theme in part}
    return found | {row.bare} if row.bare else found


@cache
def _events_by_id() -> dict[str, EventRow]:
    return {row.id: row for row in event_rows()}


@cache
def table(name: str) -> dict[str, Any]:
    """A data file that holds plain lists of words under headings."""
    return tomllib.loads(_text(name))


@cache
def words(name: str) -> frozenset[str]:
    """One list of words.toml."""
    return frozenset(table("words.toml")[name])


@cache
def cues() -> dict[str, list[tuple[str, list[str]]]]:
    """The words of modality.toml by their first one: heading and words of each."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for lists in table("modality.toml").values():
        for heading, forms in lists.items():
            for parts in map(str.split, forms):
                found.setdefault(parts[0], []).append((heading, parts))
    return found


def feature_names(name: str) -> tuple[str, ...]:
    """The dense features of one table of features.toml, in the order of their columns."""
    return tuple(table("features.toml")[name])
