"""Finds names of States, peoples, governments and cities in a text, without a tokenizer.

The text is folded (models.fold), each word that can begin a name is looked up, and the longest name from there wins.
A name with several meanings is decided by models.senses; a city that several States have, by the State named beside it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from models import gazetteer, senses
from models.fold import fold

LABELS = ("STATE", "DEMONYM", "GOVERNMENT", "CITY")
URL = re.compile(r"(?:https?://|www\.)[^\s)\]>]*|[\w.+-]+@[\w-]+\.[\w.-]+|@\w+|\b[\w-]+(?:\.[\w-]+)+/[^\s)\]>]*")
WORD = "[A-Za-z0-9]+"
BESIDE_BEFORE = re.compile(r"(?:'s?)?(?: (?:\w+ )?(?:city|port|town|capital)(?: of)?)?(?: |-|: )")
BESIDE_AFTER = re.compile(r",? ?\(?(?:in |in the )?")


@dataclass(frozen=True, slots=True)
class Name:
    """text[start:end] names State `code`; `city` is the usual name of the city for label CITY, else None."""

    start: int
    end: int
    label: str
    code: str
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name can mean: `label` one of LABELS, REGION (a part of a State, only ever context) or "" for no place."""

    label: str
    code: str
    city: str | None = None


NOTHING = Meaning("", "")


@dataclass(frozen=True, slots=True)
class Index:
    """`meanings` by name as it stands in a text, `lengths` of the names by their first word, longest first."""

    meanings: dict[str, tuple[Meaning, ...]]
    lengths: dict[str, tuple[int, ...]]
    heads: re.Pattern[str]


@cache
def index() -> Index:
    """All names with their meanings, the likeliest first."""
    meanings: dict[str, dict[Meaning, None]] = {}
    for name, meaning in _all():
        for form in _forms(name, meaning):
            meanings.setdefault(form, {})[meaning] = None
    lengths: dict[str, set[int]] = {}
    for form in meanings:
        lengths.setdefault(_head(form), set()).add(len(form))
    small = sorted({re.escape(head) for head in lengths if not head[0].isupper()}, key=len, reverse=True)
    heads = re.compile(rf"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z0-9]*|(?:{'|'.join(small)})(?![A-Za-z0-9]))")
    return Index(
        {form: tuple(found) for form, found in meanings.items()},
        {head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()},
        heads,
    )


def _head(form: str) -> str:
    match = re.match(WORD, form)
    return match.group() if match else form


def _all() -> Iterator[tuple[str, Meaning]]:
    for phrase, code, label in senses.phrases():
        yield phrase, Meaning(label if code else "", code)
    for label in ("STATE", "DEMONYM"):
        for state in gazetteer.states().values():
            for name in state.names if label == "STATE" else state.demonyms:
                yield name, Meaning(label, state.code)
    for name, code in gazetteer.governments().items():
        yield name, Meaning("GOVERNMENT", code)
    yield from _capitals()
    for city in sorted(gazetteer.cities(), key=lambda city: (not city.capital, -city.population)):
        for name in (city.name, *city.aliases):
            yield name, Meaning("CITY", city.country, city.name)


def _capitals() -> Iterator[tuple[str, Meaning]]:
    for place in (0, 1):
        for state in gazetteer.states().values():
            for seat in state.capitals[:1] if place == 0 else state.capitals[1:]:
                for spelling in seat:
                    yield spelling, Meaning("CITY", state.code, seat[0])


def _forms(name: str, meaning: Meaning) -> Iterator[str]:
    plain = fold(name)
    yield plain
    if meaning.label != "CITY" or len(plain) > 3:
        yield plain.upper()
    if "'" in plain and meaning.label == "CITY":
        yield plain.replace("'", "")


def find_names(text: str) -> list[Name]:
    """The names in `text`, in order, none overlapping. Addresses of pages and mail are passed over."""
    plain = fold(text)
    hidden = [match.span() for match in URL.finditer(plain)]
    raw = [hit for hit in _hits(plain) if not any(start < hit[1] and hit[0] < end for start, end in hidden)]
    return [name for name in _decide(plain, raw) if name.label in LABELS]


def _hits(plain: str) -> Iterator[tuple[int, int, tuple[Meaning, ...]]]:
    """Longest matches: start, end and the meanings, phrases that name nothing included."""
    known, reached = index(), 0
    for match in known.heads.finditer(plain):
        start = match.start()
        sizes = known.lengths.get(match.group())
        if sizes is None or start < reached:
            continue
        for size in sizes:
            form = plain[start : start + size]
            found = known.meanings.get(form)
            if found and _ends(plain, start + len(form)):
                reached = start + len(form)
                yield start, reached, found
                break


def _ends(plain: str, end: int) -> bool:
    following = plain[end : end + 1]
    return not (following.isalnum() or following == "$")


def _decide(plain: str, raw: list[tuple[int, int, tuple[Meaning, ...]]]) -> Iterable[Name]:
    """One meaning for each match."""
    names: list[Name] = []
    for place, (start, end, meanings) in enumerate(raw):
        meaning = meanings[0]
        if meaning.label == "CITY":
            meaning = _city(plain, raw, place)
        sense = senses.decide(plain, start, end, meaning.label, meaning.code)
        if sense is not None:
            label, city = sense.label or meaning.label, sense.city or meaning.city
            meaning = Meaning(label, sense.code, city) if sense.code else NOTHING
        names.append(Name(start, end, meaning.label, meaning.code, meaning.city if meaning.label == "CITY" else None))
    return names


def _city(plain: str, raw: list[tuple[int, int, tuple[Meaning, ...]]], place: int) -> Meaning:
    """The city of this name in the State named right after or right before it, else the likeliest."""
    start, end, meanings = raw[place]
    if place + 1 < len(raw) and BESIDE_AFTER.fullmatch(plain[end : raw[place + 1][0]]):
        for beside in raw[place + 1][2]:
            if beside.label == "REGION":
                return replace(meanings[0], code=beside.code) if beside.code else NOTHING
            if beside.label == "STATE" and (found := _of(meanings, beside.code)):
                return found
    if place and BESIDE_BEFORE.fullmatch(plain[raw[place - 1][1] : start]):
        for beside in raw[place - 1][2]:
            if beside.label in ("STATE", "DEMONYM") and (found := _of(meanings, beside.code)):
                return found
    return meanings[0]


def _of(meanings: Iterable[Meaning], code: str) -> Meaning | None:
    return next((meaning for meaning in meanings if meaning.label == "CITY" and meaning.code == code), None)
