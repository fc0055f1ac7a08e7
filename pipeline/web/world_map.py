"""Where States are on the map: the Equal Earth projection, land of world-atlas (Natural Earth, 1:110 million) as rows
of dots, and capitals of the gazetteer.

Dots show where land is and no borders, which a map of missions need not decide about. The map is cut in the Bering
Strait, where no land is, so that the islands of the Pacific lie together and inside its edge.
"""

import json
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import asin, cos, pi, radians, sin, sqrt
from pathlib import Path
from typing import Any

ATLAS = Path(__file__).parent / "static" / "countries-110m.json"
NO_MISSIONS = "010"  # Antarctica, left out because it would take a fifth of the picture
WIDTH, TOP, STEP = 1120.0, 16.0, 8.0  # pixels: of the map, above the northernmost land, between two dots
SIDE = 20.0  # pixels between the world and either edge of the map, for a bubble at the end of the world
MIDDLE = 11.0  # degrees of longitude in the middle of the map
NORTH = radians(83.7)
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796  # of the projection (Šavrič, Patterson and Jenny 2018)
Point = tuple[float, float]


def equal_earth(longitude: float, latitude: float) -> Point:
    """Degrees to the plane of the projection, y to the north."""
    t = asin(sqrt(3) / 2 * sin(radians(latitude)))
    t2, t6 = t * t, t**6
    x = 2 * sqrt(3) * radians(longitude) * cos(t) / (3 * (9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1))
    return x, t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))


SCALE = (WIDTH - 2 * SIDE) / (2 * equal_earth(180, 0)[0])
UPPER = equal_earth(0, NORTH * 180 / pi)[1]


def pixels(longitude: float, latitude: float) -> Point:
    """Where a place is on the map, in pixels from its upper left corner."""
    return _drawn(_from_middle(longitude), latitude)


def _from_middle(longitude: float) -> float:
    """Degrees east of the middle of the map, at least -180 and less than 180."""
    return (longitude - MIDDLE + 180) % 360 - 180


def _drawn(east: float, latitude: float) -> Point:
    x, y = equal_earth(east, latitude)
    return WIDTH / 2 + x * SCALE, TOP + (UPPER - y) * SCALE


@cache
def land() -> str:
    """All land but Antarctica as the data of a path, drawn with a round line cap: a dot at every 8 pixels."""
    rows: dict[int, list[float]] = {}
    for ring in _rings():
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
            for row in range(int(min(y1, y2) / STEP), int(max(y1, y2) / STEP) + 2):
                y = row * STEP
                if (y1 <= y) != (y2 <= y):
                    rows.setdefault(row, []).append(x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    return "".join(_dots(row, sorted(crossings)) for row, crossings in sorted(rows.items()))


def _dots(row: int, crossings: list[float]) -> str:
    """A row of dots: between every second pair of crossings there is land."""
    shift = STEP / 2 * (row % 2)
    columns = range(int(WIDTH / STEP) + 1)
    inside = [
        int(column * STEP + shift) for column in columns
        if sum(x <= column * STEP + shift for x in crossings) % 2
    ]  # fmt: skip
    if not inside:
        return ""
    return f"M{inside[0]} {int(row * STEP)}h0" + "".join(f"m{b - a} 0h0" for a, b in pairwise(inside))


def _rings() -> Iterator[list[Point]]:
    """The outlines of all States in pixels; an island on the edge of the map is drawn whole, on its eastern side."""
    topology: dict[str, Any] = json.loads(ATLAS.read_text(encoding="utf-8"))
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((_from_middle(x * kx + dx), y * ky + dy))
        arcs.append(points)
    for shape in topology["objects"]["countries"]["geometries"]:
        if shape.get("id") == NO_MISSIONS:
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            points = [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]
            cut = max(x for x, _ in points) - min(x for x, _ in points) > 180
            yield [_drawn(x + 360 if cut and x < 0 else x, y) for x, y in points]


@cache
def place(code: str) -> Point | None:
    """Where the capital of a State is on the map, in pixels; None: it has none that the gazetteer knows."""
    from legation.models.gazetteer import capital_of, find_city, states

    capital = capital_of(code) if code in states() else None
    city = find_city(capital, code) if capital else None
    return pixels(city.longitude, city.latitude) if city else None
