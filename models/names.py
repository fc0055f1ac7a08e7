"""Finds names of States, peoples, governments and cities in a text, without a tokenizer.

The text is folded (models.fold), each word that can begin a name is looked up, and the longest name from there wins.
A name with several meanings is decided by models.senses; a city that several States have, by the State named beside it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from legation.models import gazetteer, senses
from legation.models.fold import fold

LABELS = ("STATE", "DEMONYM", "GOVERNMENT", "CITY")
URL = re.compile(r"(?:https?://|www\.)[^\s)\]>]*|[\w.+-]+@[\w-]+\.[\w.-]+|@\w+|\b[\w-]+(?:\.[\w-]+)+/[^\s)\]>]*")
COMBINING = re.compile("[\u0300-\u036f]")  # accents that stand behind their letter, in text that is not composed
WORD = "[A-Za-z0-9]+"


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
Hit = tuple[int, int, tuple[Meaning, ...]]  # start, end, what the name there can mean


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
    for region, code in senses.regions():
        yield region, Meaning("REGION", code)
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
    """Capitals before other seats, so that of two States with one name the capital's comes first."""
    capitals = [(state.code, seat) for state in gazetteer.states().values() for seat in state.capitals[:1]]
    seats = [(state.code, seat) for state in gazetteer.states().values() for seat in state.capitals[1:]]
    for code, seat in capitals + seats:
        yield from ((spelling, Meaning("CITY", code, seat[0])) for spelling in seat)


def _forms(name: str, meaning: Meaning) -> Iterator[str]:
    plain = fold(name)
    yield plain
    if meaning.label != "CITY" or len(plain) > 3:
        yield plain.upper()
    if "'" in plain and meaning.label == "CITY":
        yield plain.replace("'", "")


def find_names(text: str) -> list[Name]:
    """The names in `text`, in order, none overlapping. Addresses of pages and mail are passed over."""
    if not COMBINING.search(text):
        return _find(text)
    kept = [place for place, letter in enumerate(text) if not COMBINING.match(letter)]
    kept_or_end = [*kept, len(text)]
    found = _find("".join(text[place] for place in kept))
    return [replace(name, start=kept[name.start], end=kept_or_end[name.end]) for name in found]


def _find(text: str) -> list[Name]:
    plain = fold(text)
    raw = [hit for hit in _hits(plain) if not _in_address(plain, hit[0], hit[1])]
    return [name for name in _decide(plain, raw) if name.label in LABELS]


def _in_address(plain: str, start: int, end: int) -> bool:
    """Does an address of a page or of mail cover plain[start:end]? Only what stands between spaces is looked at."""
    left = plain.rfind(" ", 0, start) + 1
    right = plain.find(" ", end)
    around = plain[left : right if right >= 0 else len(plain)]
    if "/" not in around and "@" not in around and "www." not in around:
        return False
    return any(match.start() + left < end and start < match.end() + left for match in URL.finditer(around))


def _hits(plain: str) -> Iterator[Hit]:
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


def _decide(plain: str, raw: Sequence[Hit]) -> Iterator[Name]:
    """One meaning for each match."""
    for place, (start, end, meanings) in enumerate(raw):
        meaning = meanings[0]
        beside = _beside(plain, raw, place)
        if beside is not None:
            meaning = beside
        elif meaning.label == "CITY" and plain[start:end] in senses.weak() and not _place_due(plain, raw, place):
            meaning = NOTHING
        elif meaning.label in LABELS and (sense := senses.decide(plain, start, end, meaning.label)):
            meaning = _sensed(meanings, sense)
        yield Name(start, end, meaning.label, meaning.code, meaning.city if meaning.label == "CITY" else None)


def _sensed(meanings: Sequence[Meaning], sense: senses.Sense) -> Meaning:
    if not sense.code:
        return NOTHING
    meaning = _of(meanings, sense.code) or meanings[0]
    return Meaning(sense.label or meaning.label, sense.code, sense.city or meaning.city)


def _beside(plain: str, raw: Sequence[Hit], place: int) -> Meaning | None:
    """What a city or a government is by the State named right after it or right before it; None if none is."""
    label = raw[place][2][0].label
    if label == "GOVERNMENT":
        return _government_of(plain, raw, place)
    return (_city_in(plain, raw, place) or _city_of(plain, raw, place)) if label == "CITY" else None


def _government_of(plain: str, raw: Sequence[Hit], place: int) -> Meaning | None:
    """Pakistan's Foreign Office, the Canadian House of Commons: of the State before it, not the one it means alone."""
    if plain[raw[place][0] : raw[place][1]] not in gazetteer.shared_governments():
        return None
    gap = plain[raw[place - 1][1] : raw[place][0]] if place else ""
    owner = raw[place - 1][2][0]
    owned = owner.label in ("STATE", "DEMONYM") and bool(senses.expression("owned").fullmatch(gap))
    return replace(raw[place][2][0], code=owner.code) if owned else None


def _city_in(plain: str, raw: Sequence[Hit], place: int) -> Meaning | None:
    """Tripoli, Lebanon; Hyderabad (Pakistan); Paris, Texas."""
    if place + 1 == len(raw):
        return None
    gap = plain[raw[place][1] : raw[place + 1][0]]
    if not senses.expression("beside_after").fullmatch(gap):
        return None
    for near in raw[place + 1][2]:
        if near.label == "REGION" and gap.strip():
            return replace(raw[place][2][0], code=near.code)
        if near.label == "STATE" and (found := _of(raw[place][2], near.code)):
            return found
    return None


def _city_of(plain: str, raw: Sequence[Hit], place: int) -> Meaning | None:
    """Lebanon's Tripoli, the Lebanese city of Tripoli."""
    if not place or not senses.expression("beside_before").fullmatch(plain[raw[place - 1][1] : raw[place][0]]):
        return None
    owners = (near.code for near in raw[place - 1][2] if near.label in ("STATE", "DEMONYM"))
    return next((found for code in owners if (found := _of(raw[place][2], code))), None)


def _place_due(plain: str, raw: Sequence[Hit], place: int) -> bool:
    """Does a preposition, a kind of mission or another place in a list stand before the name?"""
    start = raw[place][0]
    if senses.expression("place_before").search(plain[max(0, start - 20) : start]):
        return True
    listed = place > 0 and senses.expression("listed").fullmatch(plain[raw[place - 1][1] : start])
    return bool(listed) and raw[place - 1][2][0].label in ("CITY", "STATE")


def _of(meanings: Iterable[Meaning], code: str) -> Meaning | None:
    return next((meaning for meaning in meanings if meaning.label == "CITY" and meaning.code == code), None)
