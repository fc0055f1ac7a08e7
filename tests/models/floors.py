"""Floors of the extraction's figures: measured anew, raised, and lowered only on demand.

    python -m tests.models.floors                  write what rose
    python -m tests.models.floors --allow-lower    write what fell too

A floor is a figure cut to two decimals; for a share of the claims found, which moves with their number, SLACK less.
Those of the development set stay as they are where it is not at hand.
"""

import argparse
import math
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from legation.pipeline.extract import Reader
from legation.pipeline.scoring import CHECKS
from tests.conftest import MODEL
from tests.models.measure import (
    CASES,
    DEVELOPMENT,
    Figures,
    cases_figures,
    development,
    development_figures,
    fields_figures,
    joined,
    measure,
)

PATH = Path(__file__).with_name("floors.toml")
HEAD = "# Figures below which the extraction must not fall. Written by `python -m tests.models.floors`.\n"
SLACK = 0.02
Floors = dict[str, Figures]


def read(path: Path = PATH) -> Floors:
    """The floors by section; none where the file is missing."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def measured(reader: Reader) -> Floors:
    """All figures as they are now, cut to two decimals."""
    cases = {path.stem: measure(path, path, reader) for path in CASES}
    figures = {f"cases-{name}": cases_figures(found) for name, found in cases.items()}
    figures["fields"] = fields_figures(joined(list(cases.values())))
    if DEVELOPMENT.exists():
        figures["development"] = development_figures(development(reader))
    return {section: {name: cut(name, share) for name, share in found.items()} for section, found in figures.items()}


def cut(name: str, share: float) -> float:
    """A figure as it stands in the file, never rounded up."""
    lower = SLACK if name in CHECKS else 0
    return math.floor((share - lower) * 100 + 1e-9) / 100


def fallen(before: Floors, after: Floors) -> Iterator[str]:
    """What is lower than its floor, a line each."""
    for section, floors in before.items():
        for name, floor in floors.items():
            now = after.get(section, {}).get(name)
            if now is not None and now < floor:
                yield f"{section}: {name}: {now:.2f}, the floor is {floor:.2f}"


def merged(before: Floors, after: Floors, *, allow_lower: bool) -> Floors:
    """The new floors: the higher of both, or the new ones where lowering is allowed."""
    kept: Floors = {}
    for section in {**before, **after}:
        old, new = before.get(section, {}), after.get(section, {})
        higher = {name: max(old.get(name, share), share) for name, share in new.items()}
        kept[section] = {**old, **(new if allow_lower else higher)}
    return kept


def text(floors: Mapping[str, Figures]) -> str:
    """The file."""
    parts = [HEAD]
    for section in sorted(floors):
        parts.append(f"\n[{section}]\n")
        parts += [f"{name} = {share:.2f}\n" for name, share in floors[section].items()]
    return "".join(parts)


def main() -> int:
    """Measure, tell what fell, write the file. Returns 1, and writes nothing, where something fell and must not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--allow-lower", action="store_true", help="write floors that are lower than before")
    arguments = parser.parse_args()
    before, after = read(), measured(Reader(MODEL))
    lower = list(fallen(before, after))
    print(*lower, sep="\n", end="\n" if lower else "")
    if lower and not arguments.allow_lower:
        print("nothing written; --allow-lower writes lower floors")
        return 1
    PATH.write_text(text(merged(before, after, allow_lower=arguments.allow_lower)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
