"""Names of States, their people, governments and cities, as they stand in models/data.

Everything is read once, on first use. Names are compared without accents and with straight apostrophes.

    countries.toml    what pycountry lacks (its names and codes are merged in)
    governments.toml  ministries, palaces and other words for a government
    cities.tsv        made by legation.models.build_cities from GeoNames
"""

import csv
import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pycountry

from legation.models.fold import key
from legation.models.lexicon import words

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class State:
    """One State, territory or union. `capitals`: first the capital, then other seats; in each the usual name first."""

    code: str
    alpha3: str | None
    name: str
    names: tuple[str, ...]
    demonyms: tuple[str, ...]
    capitals: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class City:
    """A city by its usual English name; `country` as State.code; degrees north and east; people; other spellings."""

    name: str
    country: str
    latitude: float
    longitude: float
    capital: bool
    population: int = 0
    aliases: tuple[str, ...] = ()


@cache
def states() -> dict[str, State]:
    """Every State by its code: ISO 3166-1 alpha-2, and EU, UN, XK."""
    extra = tomllib.loads((DATA / "countries.toml").read_text("utf-8"))
    known = {country.alpha_2: country for country in pycountry.countries}
    return {code: _state(code, known.get(code), extra.get(code, {})) for code in sorted(known.keys() | extra.keys())}


def _state(code: str, country: Any, row: dict[str, Any]) -> State:
    iso = [getattr(country, part, None) for part in ("common_name", "name", "official_name")] if country else []
    plain = [_without_article(name) for name in iso if name and "," not in name and "(" not in name]
    name = row.get("name") or plain[0]
    names = tuple(dict.fromkeys([name, *row.get("names", []), *plain]))
    demonyms = tuple(dict.fromkeys(form for word in row.get("demonyms", []) for form in _numbers(word)))
    capitals = [row["capital"], *row.get("seats", [])] if "capital" in row else []
    alpha3 = country.alpha_3 if country else None
    return State(code, alpha3, name, names, demonyms, tuple(tuple(spellings) for spellings in capitals))


def _without_article(name: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if first in words("definite") else name


def _numbers(demonym: str) -> Iterator[str]:
    yield demonym
    if not demonym.lower().endswith(tuple(words("invariable_endings"))):
        yield demonym + "s"


@cache
def governments() -> dict[str, str]:
    """Words that stand for a government -> its State's code."""
    return {name: row["code"] for row in _government_rows() for name in row["names"]}


@cache
def shared_governments() -> frozenset[str]:
    """Those of the words that are another State's with that State's name before them."""
    return frozenset(name for row in _government_rows() if row.get("others_too") for name in row["names"])


def _government_rows() -> list[dict[str, Any]]:
    return list(tomllib.loads((DATA / "governments.toml").read_text("utf-8"))["government"])


@cache
def cities() -> tuple[City, ...]:
    """Every city of cities.tsv, in its order."""
    path = DATA / "cities.tsv"
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return tuple(_city(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _city(row: dict[str, str]) -> City:
    aliases = tuple(row["aliases"].split("|")) if row["aliases"] else ()
    place = float(row["latitude"]), float(row["longitude"])
    return City(row["name"], row["country"], *place, row["capital"] == "1", int(row["population"]), aliases)


@cache
def _city_index() -> dict[str, list[City]]:
    index: dict[str, list[City]] = {}
    for city in cities():
        for name in (city.name, *city.aliases):
            index.setdefault(key(name), []).append(city)
    return {name: sorted(found, key=_rank) for name, found in index.items()}


def _rank(city: City) -> tuple[bool, int, str]:
    return (not city.capital, -city.population, city.country)


@cache
def _state_index() -> dict[str, str]:
    """Lower-case folded name -> code; of two States with the same word the better kind of name wins."""
    index: dict[str, str] = {}
    for kind in ("codes", "names", "demonyms", "capitals"):
        for state in states().values():
            for word in _words(state, kind):
                index.setdefault(key(word), state.code)
    for word, code in governments().items():
        index.setdefault(key(word), code)
    return index


def _words(state: State, kind: str) -> Iterator[str]:
    if kind == "codes":
        yield from filter(None, (state.code, state.alpha3))
    elif kind == "capitals":
        yield from (spelling for seat in state.capitals for spelling in seat)
    else:
        yield from getattr(state, kind)


def find_state(name: str) -> str | None:
    """The code of the State that `name` means: code, name, demonym, capital or government; None if it means none."""
    plain = key(name)
    return _state_index().get(_without_article(plain)) or _state_index().get(plain)


def nearest_names(name: str, limit: int = 3) -> list[str]:
    """Known names that look like `name`, best first, for a message; at most `limit`, none if nothing is near."""
    shown = {key(word): word for state in reversed(states().values()) for word in _shown(state)}
    return [shown[near] for near in difflib.get_close_matches(key(name), shown, n=limit, cutoff=0.7)]


def _shown(state: State) -> Iterator[str]:
    yield from (spelling for seat in state.capitals for spelling in seat)
    yield from state.demonyms
    yield from state.names


def state_name(code: str) -> str:
    """The usual English name of a State; KeyError for a code that is none."""
    return states()[code].name


def demonyms(code: str) -> tuple[str, ...]:
    """The adjective first, then words for the people; empty where English has none."""
    return states()[code].demonyms


def capital_of(code: str) -> str | None:
    """The capital by its usual English name; None for a territory without one."""
    capitals = states()[code].capitals
    return capitals[0][0] if capitals else None


def find_city(name: str, country: str | None = None) -> City | None:
    """The city that `name` means: in `country` if given, else a capital, else the largest. None if there is none."""
    found = _city_index().get(key(name), [])
    return next((city for city in found if country in (None, city.country)), None)


def seats_of(code: str) -> tuple[str, ...]:
    """The cities in which a State has embassies, the capital first, by their usual English names."""
    state = states().get(code)
    return tuple(seat[0] for seat in state.capitals) if state is not None else ()
