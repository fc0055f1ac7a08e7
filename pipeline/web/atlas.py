"""Where States are on the map: shapes of world-atlas (Natural Earth, 1:110 million) and capitals of the gazetteer."""

import json
from functools import cache
from pathlib import Path
from typing import Any

ATLAS = Path(__file__).parent / "static" / "countries-110m.json"
NO_MISSIONS = "010"  # Antarctica, left out because it would take a fifth of the picture


@cache
def shapes() -> dict[str, Any]:
    """The atlas as TopoJSON, `id` of each State its ISO 3166-1 numeric code."""
    atlas: dict[str, Any] = json.loads(ATLAS.read_text(encoding="utf-8"))
    countries = atlas["objects"]["countries"]
    countries["geometries"] = [shape for shape in countries["geometries"] if shape.get("id") != NO_MISSIONS]
    return atlas


@cache
def place(code: str) -> dict[str, Any] | None:
    """shape, longitude and latitude of a State; None: it has no capital that the gazetteer knows."""
    import pycountry

    from legation.models.gazetteer import capital_of, find_city, states

    capital = capital_of(code) if code in states() else None
    city = find_city(capital, code) if capital else None
    country = pycountry.countries.get(alpha_2=code)
    if city is None:
        return None
    return {"shape": country.numeric if country else None, "longitude": city.longitude, "latitude": city.latitude}
