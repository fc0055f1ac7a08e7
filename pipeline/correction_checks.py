"""What is strange about a correction, or about a claim that somebody adds: the reviewer is asked first, since one wrong
letter makes another mission."""

import difflib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from legation.db.claims import FIELDS
from legation.db.corrections import is_date
from legation.pipeline.errors import UsageProblem
from legation.pipeline.user_input import state_label

OLDEST = "1815"  # a year: the ranks of diplomats were agreed on then; anything before is a slip of a finger
WIDE = ("EU", "UN")  # unions receive missions in cities of States
NEAR = 0.72  # how alike two names must be, 0 to 1, for one to be suggested for the other
_CITIES = "SELECT DISTINCT city FROM claims WHERE city IS NOT NULL AND retired IS NULL AND receiving_state IS ?"

Fields = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """`field` is the corrected one, `words` ask about it, `instead` are values that were probably meant, best first."""

    field: str
    words: str
    instead: tuple[str, ...] = ()


class Doubtful(UsageProblem):
    """A correction, or a new claim (None), that is to be confirmed."""

    def __init__(self, claim: int | None, doubts: list[Doubt]) -> None:
        place = "the new claim" if claim is None else f"claim {claim}"
        super().__init__(*(f"{place}: {doubt.words}" for doubt in doubts))
        self.claim, self.doubts = claim, doubts


def doubts(connection: sqlite3.Connection, claim: int, fields: Fields) -> list[Doubt]:
    """What to ask about before `fields` correct a claim; [] if nothing is strange, or the claim is not there.

    Values that cannot be stored at all are not reported here: they are refused when the decision is written.
    """
    names = ", ".join((*FIELDS, "coalesce(published, substr(recorded_at, 1, 10))"))
    row = connection.execute(f"SELECT {names} FROM claims WHERE id = ?", (claim,)).fetchone()  # noqa: S608 - own names
    if row is None:
        return []
    whole = {**dict(zip(FIELDS, row[:-1], strict=True)), **fields}
    return [doubt for doubt in doubts_of_new(connection, whole, row[-1]) if _asked(doubt.field, fields)]


def doubts_of_new(connection: sqlite3.Connection, whole: Fields, published: str) -> list[Doubt]:
    """What to ask about before a claim with these fields (all of them) is added to an article of this day."""
    return [*_states(whole), *_date(whole, published), *_city(connection, whole), *_moved(connection, whole)]


def _asked(field: str, fields: Fields) -> bool:
    """Whether the correction touches what the doubt is about; what the machine read is not asked about."""
    touched = {
        "receiving_state": ("receiving_state", "sending_state"), "sending_state": ("sending_state",),
        "date": ("date", "modality"), "city": ("city", "receiving_state"), "mission": ("mission", "sending_state"),
        "relocated_to": ("relocated_to", "status", "city"),
    }  # fmt: skip
    return any(name in fields for name in touched[field])


def _states(whole: Fields) -> Iterator[Doubt]:
    from legation.models.gazetteer import states

    sender, host = whole["sending_state"], whole["receiving_state"]
    for name, code in (("sending_state", sender), ("receiving_state", host)):
        if code is not None and code not in states():
            yield Doubt(name, f"{code}: no State has this code")
    if sender is not None and sender == host:
        yield Doubt("receiving_state", f"{state_label(sender)} would have a mission in its own country")
    if whole["mission"] == "delegation" and sender not in (None, "EU"):
        yield Doubt("mission", f"delegations are of the European Union, not of {state_label(sender)}", ("embassy",))
    if whole["mission"] == "embassy" and sender == "EU":
        yield Doubt("mission", "the European Union has delegations, not embassies", ("delegation",))


def _date(whole: Fields, published: str) -> Iterator[Doubt]:
    day = whole["date"]
    if day is None or not is_date(day):
        return
    if day[:4] < OLDEST:
        yield Doubt("date", f"{day} is long ago: before {OLDEST} there were no such missions")
    elif whole["modality"] == "fact" and day > published[: len(day)]:
        yield Doubt("date", f"{day} is after the article of {published}, which reports it as a fact; planned?")


def _city(connection: sqlite3.Connection, whole: Fields) -> Iterator[Doubt]:
    from legation.models.gazetteer import find_city

    city, host = whole["city"], whole["receiving_state"]
    if city is None:
        return
    there = find_city(city, host) if host and host not in WIDE else find_city(city)
    elsewhere = find_city(city)
    if there is not None:
        if there.name != city:
            yield Doubt("city", f"{city} is written {there.name} in other claims", (there.name,))
    elif elsewhere is not None and elsewhere.name == city and not _used(connection, city, host):
        yield Doubt("city", f"{city} is in {state_label(elsewhere.country)}, not in {state_label(host)}")
    elif not _used(connection, city, host):
        near = _near(connection, city, host)
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        yield Doubt("city", f"{city}: no city of this name is known in {state_label(host)}{meant}", near)


def _moved(connection: sqlite3.Connection, whole: Fields) -> Iterator[Doubt]:
    from legation.models.gazetteer import find_city, find_state

    place = whole["relocated_to"]
    if place is None:
        return
    if whole["status"] != "relocated":
        yield Doubt("relocated_to", f"{place} is left out, because the status is not relocated")
    elif place == whole["city"]:
        yield Doubt("relocated_to", f"{place} is the city that it left")
    elif find_city(place) is None and find_state(place) is None:
        near = _near(connection, place, None)
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        yield Doubt("relocated_to", f"{place}: no such place is known{meant}", near)


def _used(connection: sqlite3.Connection, city: str, host: str | None) -> bool:
    """Whether another claim names this very city in this State."""
    return (
        connection.execute(
            "SELECT 1 FROM claims WHERE city = ? AND receiving_state IS ? AND retired IS NULL LIMIT 1", (city, host)
        ).fetchone()
        is not None
    )


def _near(connection: sqlite3.Connection, name: str, host: str | None) -> tuple[str, ...]:
    """Names of cities that look like `name`: those of the State first, with those that claims name."""
    from legation.models.gazetteer import cities

    def alike(known: dict[str, str]) -> list[str]:
        return [known[near] for near in difflib.get_close_matches(name.casefold(), known, n=3, cutoff=NEAR)]

    there = {alias.casefold(): c.name for c in cities() if c.country == host for alias in (c.name, *c.aliases)}
    there |= {city.casefold(): city for (city,) in connection.execute(_CITIES, (host,))} if host else {}
    found = alike(there)
    if not found:
        found = alike({alias.casefold(): c.name for c in cities() for alias in (c.name, *c.aliases)})
    return tuple(dict.fromkeys(found))
