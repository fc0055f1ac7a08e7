"""What the page of the sources shows: each with its health, its last runs, and what can be done about an error."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Any

from legation.db import added
from legation.pipeline.added import as_section, with_added
from legation.pipeline.operations import source_state
from legation.pipeline.sources.advice import advice
from legation.pipeline.sources.settings import FilesSource, StdinSource, WarcSource

if TYPE_CHECKING:
    from legation.pipeline.config import Config
    from legation.pipeline.sources.settings import AnySource

RUNS = 24  # of the chart
STEP, HIGH, LOW = 7, 24, 8  # pixels: from bar to bar, above the line at most, below it
_KNOWN = "SELECT name, kind, address, failures, zeros, parked, retry_at, last_success, last_error FROM sources"
_RUNS = "SELECT id, started FROM runs ORDER BY id DESC LIMIT ?"
_SOURCE_RUNS = """
    SELECT source, run, outcome, new, problem FROM source_runs WHERE run IN (SELECT value FROM json_each(?))
"""
NEW = {
    "parked": 0, "failures": 0, "zeros": 0, "retry_at": None, "last_success": None, "last_error": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A run of the chart: where it stands, from `y` on `height` pixels down, what it was, and words for a reader.

    `kind`: "new" (pages came), "none" (it answered, nothing was new), "failed" or "waited" (it was not asked).
    """

    x: int
    y: int
    height: int
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The last runs of a source, the oldest first; `words` say the same in a line."""

    bars: tuple[Bar, ...]
    words: str
    width: int = RUNS * STEP
    line: int = HIGH
    height: int = HIGH + LOW


@dataclass(frozen=True, slots=True)
class Shown:
    """A source of the page. `state`: as `legation sources` says it; `health`: "well", "bad", "idle" or "off"; `link`:
    its address if a browser can open it; `error` and `cure`: what is wrong now, "" for nothing; `added`: who added it
    in the browser, None for config.toml; `aside`: config.toml has its name too, and counts.
    """

    name: str
    kind: str
    address: str
    link: str | None
    state: str
    health: str
    last_success: str | None
    error: str
    cure: str
    chart: Chart
    added: Mapping[str, Any] | None
    aside: bool
    paused: bool
    tryable: bool


def overview(connection: sqlite3.Connection, config: "Config") -> dict[str, Any]:
    """All sources, those of config.toml first; apart from them those that were one once."""
    whole, problems = with_added(config, connection)
    known = {row["name"]: row for row in _rows(connection, _KNOWN)}
    rows = {row["name"]: row for row in added.added_sources(connection)}
    written = {source.name for source in config.sources}
    charts = _charts(connection)
    none = Chart((), "not asked in the last runs")
    shown = [
        _shown(source, known.get(source.name, {}), charts.get(source.name, none), rows.get(source.name), written)
        for source in whole.sources
    ]
    names = {source.name for source in whole.sources}
    by_browser = [source for source in whole.sources if source.name not in written]
    return {
        "sources": shown,
        "worst": [one for one in shown if one.error],
        "active": sum(not one.paused for one in shown),
        "paused": sum(one.paused for one in shown),
        "former": [row for name, row in sorted(known.items()) if name not in names],
        "lines": "\n\n".join(map(as_section, by_browser)),
        "problems": problems,
        "runs": RUNS,
    }


def _shown(
    source: "AnySource", row: Mapping[str, Any], chart: Chart, mine: dict[str, Any] | None, written: set[str]
) -> Shown:  # fmt: skip
    state = source_state({**NEW, **row}, source)
    link = source.address if source.address.startswith(("http://", "https://")) and " " not in source.address else None
    error = _error({**NEW, **row}, state)
    health = "off" if source.paused else "bad" if error else "well" if state == "asked" else "idle"
    return Shown(
        source.name, source.kind, source.address, link, state, health, row.get("last_success"), error,
        advice(error) if error else "", chart, None if source.name in written else mine,
        source.name in written and mine is not None, source.paused,
        not isinstance(source, FilesSource | StdinSource | WarcSource),
    )  # fmt: skip


def _error(row: Mapping[str, Any], state: str) -> str:
    """What is wrong with a source now: of one that has answered well since, nothing."""
    if state == "paused":
        return ""
    if state == "silent":
        return f"it answered {row['zeros']} times in a row without naming a page"
    return (row["last_error"] or "it failed") if row["failures"] or row["parked"] else ""


def _charts(connection: sqlite3.Connection) -> dict[str, Chart]:
    import json

    runs = [(row["id"], row["started"]) for row in _rows(connection, _RUNS, RUNS)]
    runs.reverse()
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for row in _rows(connection, _SOURCE_RUNS, json.dumps([run for run, _ in runs])):
        found.setdefault(row["source"], {})[row["run"]] = row
    return {name: _chart(runs, rows) for name, rows in found.items()}


def _chart(runs: list[tuple[int, str]], rows: Mapping[int, Mapping[str, Any]]) -> Chart:
    from legation.pipeline.web.date_format import short_time

    bars = []
    first = RUNS - len(runs)
    for place, (run, started) in enumerate(runs, first):
        if row := rows.get(run):
            bars.append(_bar(place * STEP, row, short_time(started)))
    kinds = [bar.kind for bar in bars]
    new = sum(row["new"] for row in rows.values())
    parts = [
        f"answered {kinds.count('new') + kinds.count('none')} times",
        f"failed {kinds.count('failed')} times" if "failed" in kinds else "",
        f"waited {kinds.count('waited')} times" if "waited" in kinds else "",
        f"{new} new {'page' if new == 1 else 'pages'}",
    ]
    return Chart(tuple(bars), f"In the last {len(runs)} runs: {', '.join(filter(None, parts))}")


def _bar(x: int, row: Mapping[str, Any], when: str) -> Bar:
    if row["outcome"] == "failed":
        return Bar(x, HIGH, LOW, "failed", f"{when}: failed, {row['problem'] or 'no reason known'}")
    if row["outcome"] in ("waiting", "parked"):
        return Bar(x, HIGH, 2, "waited", f"{when}: not asked, it waited")
    if not row["new"]:
        return Bar(x, HIGH - 2, 2, "none", f"{when}: answered, nothing new")
    height = min(HIGH, 4 + round(3 * log2(1 + row["new"])))
    return Bar(x, HIGH - height, height, "new", f"{when}: {row['new']} new {'page' if row['new'] == 1 else 'pages'}")


def _rows(connection: sqlite3.Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
