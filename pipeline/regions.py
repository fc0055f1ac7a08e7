"""Regions of the world by the standard M49 of the United Nations: data/regions.tsv."""

import csv
from functools import cache
from pathlib import Path

from legation.pipeline.errors import UsageProblem

REGIONS = Path(__file__).parent / "data" / "regions.tsv"
KINDS = ("region", "subregion", "intermediate")
# What people call a region -> its name in M49.
OTHER_NAMES = {
    "america": "Americas", "latin america": "Latin America and the Caribbean", "north africa": "Northern Africa",
    "west africa": "Western Africa", "east africa": "Eastern Africa", "central africa": "Middle Africa",
    "east asia": "Eastern Asia", "south asia": "Southern Asia", "southeast asia": "South-eastern Asia",
    "west asia": "Western Asia", "north america": "Northern America", "subsaharan africa": "Sub-Saharan Africa",
}  # fmt: skip


@cache
def table() -> dict[str, tuple[str, str, str | None]]:
    """Code of a State -> region, subregion, intermediate region; None: the subregion is not divided."""
    with REGIONS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return {row["code"]: (row["region"], row["subregion"], row["intermediate"] or None) for row in rows}


@cache
def names() -> tuple[str, ...]:
    """Every region, subregion and intermediate region, by name."""
    return tuple(sorted({name for row in table().values() for name in row if name}))


def region(name: str) -> str:
    """The region of M49 that `name` means; UsageProblem with the nearest names where there is none."""
    from difflib import get_close_matches

    word = " ".join(name.casefold().split())
    by_name = {known.casefold(): known for known in names()}
    found = by_name.get(word) or OTHER_NAMES.get(word)
    if found is None:
        near = get_close_matches(word, by_name, 3) or sorted({row[0].casefold() for row in table().values()})
        raise UsageProblem(f"{name}: no such region; did you mean {', '.join(by_name[n] for n in near)}?")
    return found


def states_in(name: str) -> frozenset[str]:
    """The codes of the States in a region, subregion or intermediate region; UsageProblem for any other name."""
    wanted = region(name)
    return frozenset(code for code, row in table().items() if wanted in row)
