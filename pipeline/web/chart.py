"""What the pictures show, as Vega-Lite specifications: plain data in, plain data out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Spec = dict[str, Any]
BASE = "https://page.invalid/"  # stands before links in a specification: Vega makes every link absolute

# White letters are readable on each of them (WCAG AA), and neighbours differ in lightness too.
COLOUR = {
    "open": "#1a7f4b", "limited": "#8a6100", "relocated": "#1f5fb8", "evacuated": "#a3480c", "suspended": "#7b3f86",
    "closed": "#b3261e", "unknown": "#646d76",
}  # fmt: skip
SHAPE = {
    "reopened": "triangle-up", "opened": "triangle-up", "remained_open": "circle", "reduced": "diamond",
    "relocated": "square", "evacuated": "triangle-down", "suspended": "triangle-down", "closed": "cross",
}  # fmt: skip
SEEN = {False: 1.0, True: 0.3}  # opacity of a bar, and of one whose evidence is old
WIDTH, ROW = 640, 24  # pixels
LETTER, LEAST = 6.5, 45  # pixels: of a letter of the labels in bars; of a bar that gets one, since each takes 1 ms
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_CONFIG = {"font": "sans-serif", "view": {"stroke": None}, "axis": {"labelLimit": 0}}


@dataclass(frozen=True, slots=True)
class Bar:
    """A mission in one state from `since` to before `until`, both YYYY-MM-DD; `old`: not confirmed for long."""

    row: str
    since: str
    until: str
    state: str
    words: str
    old: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A claim; `link` is where it leads, `words` what it says."""

    row: str
    day: str
    status: str
    modality: str
    link: str
    words: str


def timeline(bars: Sequence[Bar], dots: Sequence[Dot], on: str, ends: tuple[str, str]) -> Spec:
    """One row for each mission, bars by state, a mark for each claim, a line at the day `on`."""
    rows = list(dict.fromkeys([bar.row for bar in bars] + [dot.row for dot in dots]))
    y = {"field": "row", "type": "nominal", "sort": rows, "title": None,
         "scale": {"domain": rows}, "axis": {"ticks": False, "domain": False}}  # fmt: skip
    day = {"type": "temporal", "scale": {"domain": list(ends)}, "title": None}
    return {
        "$schema": _SCHEMA, "config": _CONFIG, "background": None, "width": WIDTH, "height": {"step": ROW},
        "layer": [_bars(bars, y, day), _line(on, day), _labels(bars, y, day, ends), _dots(dots, y, day)],
    }  # fmt: skip


def _bars(bars: Sequence[Bar], y: Spec, day: Spec) -> Spec:
    values = [
        {"row": b.row, "since": b.since, "until": b.until, "state": b.state, "words": b.words, "seen": SEEN[b.old]}
        for b in bars
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "bar", "height": 17},
        "encoding": {
            "y": y, "x": {**day, "field": "since", "axis": {"grid": True}}, "x2": {"field": "until"},
            "color": state_colour(), "description": {"field": "words"},
            "opacity": {"field": "seen", "type": "quantitative", "scale": None, "legend": None},
        },
    }  # fmt: skip


def _labels(bars: Sequence[Bar], y: Spec, day: Spec, ends: tuple[str, str]) -> Spec:
    """The state in words within each bar that has room, so that colour is not all that tells."""
    values = [{"row": b.row, "since": b.since, "label": label} for b in bars if (label := _label(b, ends))]
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 11, "color": "#ffffff", "aria": False},
        "encoding": {"y": y, "x": {**day, "field": "since"}, "text": {"field": "label"}},
    }


def _label(bar: Bar, ends: tuple[str, str]) -> str:
    if bar.old:  # white letters cannot be read on a faded bar
        return ""
    first, last = map(date.fromisoformat, ends)
    shown = date.fromisoformat(bar.until) - max(first, date.fromisoformat(bar.since))
    room = WIDTH * (shown / max(last - first, timedelta(days=1))) - 12
    return bar.state if max(len(bar.state) * LETTER, LEAST) <= room else ""


def _dots(dots: Sequence[Dot], y: Spec, day: Spec) -> Spec:
    values = [
        {"row": d.row, "day": d.day, "status": d.status, "kind": "fact" if d.modality == "fact" else "not a fact",
         "link": BASE + d.link, "words": d.words}
        for d in dots
    ]  # fmt: skip
    return {
        "data": {"values": values},
        "mark": {"type": "point", "size": 75, "filled": True, "strokeWidth": 1.5, "opacity": 1},
        "encoding": {
            "y": y, "x": {**day, "field": "day"}, "href": {"field": "link"}, "description": {"field": "words"},
            "shape": {"field": "status", "type": "nominal", "title": "claim",
                      "scale": {"domain": list(SHAPE), "range": list(SHAPE.values())}},
            "fill": {"field": "kind", "type": "nominal", "title": None,
                     "scale": {"domain": ["fact", "not a fact"], "range": ["#111111", "#ffffff"]}},
            "stroke": {"field": "kind", "type": "nominal", "title": None, "legend": None,
                       "scale": {"domain": ["fact", "not a fact"], "range": ["#ffffff", "#111111"]}},
        },
    }  # fmt: skip


def _line(on: str, day: Spec) -> Spec:
    return {
        "data": {"values": [{"on": on}]},
        "mark": {"type": "rule", "color": "#d1242f", "strokeWidth": 2, "aria": False},
        "encoding": {"x": {**day, "field": "on"}},
    }


def state_colour() -> Spec:
    return {"field": "state", "type": "nominal", "title": "state",
            "scale": {"domain": list(COLOUR), "range": list(COLOUR.values())}}  # fmt: skip


def world(atlas: Mapping[str, Any], values: Sequence[Mapping[str, Any]], colour: Spec) -> Spec:
    """States of the world by `colour`, and a circle at each capital, so that small ones are seen and reached.

    `values` have shape (numeric code in the atlas, or None), longitude, latitude, link, words, what colour needs, and
    perhaps `old`, true where the evidence is.
    """
    land = {"values": atlas, "format": {"type": "topojson", "feature": "countries"}}
    field = colour["field"]
    shapes = [dict(value) for value in values if value["shape"]]
    points = [{**value, "link": BASE + value["link"]} for value in values]
    lookup = {"lookup": "id", "from": {"data": {"values": shapes}, "key": "shape", "fields": [field, "old"]}}
    return {
        "$schema": _SCHEMA, "config": _CONFIG, "background": None, "width": 760, "height": 380,
        "projection": {"type": "equalEarth"},
        "layer": [
            {"data": land, "mark": {"type": "geoshape", "fill": "#d4dae0", "stroke": "#ffffff", "aria": False}},
            {"data": land, "transform": [lookup, {"filter": f"isValid(datum.{field})"}],
             "mark": {"type": "geoshape", "stroke": "#ffffff", "aria": False},
             "encoding": {"color": colour, "opacity": _seen()}},
            {"data": {"values": points},
             "mark": {"type": "circle", "size": 60, "stroke": "#111111", "strokeWidth": 1, "opacity": 1},
             "encoding": {
                 "longitude": {"field": "longitude", "type": "quantitative"},
                 "latitude": {"field": "latitude", "type": "quantitative"},
                 "color": colour, "href": {"field": "link"}, "description": {"field": "words"},
                 "opacity": _seen()}},
        ],
    }  # fmt: skip


def _seen() -> Spec:
    """Opacity: less where the evidence is old; full where a value does not say."""
    return {"condition": {"test": "datum.old === true", "value": 0.45}, "value": 1}
