"""Which mission a claim is about.

A mission is (sending State, receiving State, kind, city). Texts leave out the city and say "mission" for an embassy:

1. Kind. The missions of the EU are delegations. The unspecified `mission` is the mission of any kind that the pair has
   in that city, the embassy first; where there is none, or no city is told: the embassy (EU: delegation), or the office
   where the pair has an office and no embassy; but a `mission` in a city other than the capital stays one of its own.
2. City. Where none is told: the capital of the receiving State if a mission of that kind is known there; else the only
   city known for that kind; else, of several, the one named most often (then the first by alphabet); else, where none
   is known, the capital for an embassy, delegation or office, and no city for a consulate.
3. Move. A mission that moved back to its own seat is not relocated: it works there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from legation.db.statements import Statement

HEADS = ("embassy", "delegation", "office")
_RANK = {kind: rank for rank, kind in enumerate(("embassy", "delegation", "office", "consulate", "mission"))}


@dataclass(frozen=True, slots=True)
class Mission:
    """Whose, where, which kind; `city` None: not known."""

    sending_state: str
    receiving_state: str
    kind: str
    city: str | None


def group_by_mission(claims: Iterable[Statement], capital: str | None) -> dict[Mission, list[Statement]]:
    """The claims of one pair of States by mission; their order does not matter. `capital` None: not known."""
    claims = list(claims)
    kinds = _kinds(claims, capital)
    cities = _cities(zip(claims, kinds, strict=True))
    missions: dict[Mission, list[Statement]] = defaultdict(list)
    for said, kind in zip(claims, kinds, strict=True):
        city = said.city or _usual_city(kind, cities.get(kind, Counter()), capital)
        missions[Mission(said.sending_state, said.receiving_state, kind, city)].append(at_its_seat(said, city))
    return dict(missions)


def at_its_seat(said: Statement, city: str | None) -> Statement:
    """The claim as it counts for a mission in that city: one that "moved" to its own seat works there from now on."""
    if said.status == "relocated" and city is not None and said.relocated_to == city:
        return replace(said, status="opened", relocated_to=None)
    return said


def _kinds(claims: Sequence[Statement], capital: str | None) -> list[str]:
    told = {(_kind_told(said), said.city) for said in claims if said.kind != "mission"}
    return [_kind_meant(said, told, capital) if said.kind == "mission" else _kind_told(said) for said in claims]


def _kind_told(said: Statement) -> str:
    return "delegation" if said.sending_state == "EU" and said.kind == "embassy" else said.kind


def _kind_meant(said: Statement, told: set[tuple[str, str | None]], capital: str | None) -> str:
    """What the word `mission` means, given the kinds and cities told elsewhere."""
    here = sorted((kind for kind, city in told if said.city and city == said.city), key=_RANK.__getitem__)
    if here:
        return here[0]
    if said.city and capital and said.city != capital:
        return "mission"
    if said.sending_state == "EU":
        return "delegation"
    kinds = {kind for kind, _ in told}
    return "office" if "office" in kinds and "embassy" not in kinds else "embassy"


def _cities(claims: Iterable[tuple[Statement, str]]) -> dict[str, Counter[str]]:
    cities: dict[str, Counter[str]] = defaultdict(Counter)
    for said, kind in claims:
        if said.city:
            cities[kind][said.city] += 1
    return cities


def _usual_city(kind: str, cities: Counter[str], capital: str | None) -> str | None:
    if capital in cities:
        return capital
    if cities:
        return min(cities, key=lambda city: (-cities[city], city))
    return capital if kind in HEADS else None
