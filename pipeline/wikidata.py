"""Wikidata: its list of missions as a known list, and reviewed openings and closings as statements for it.

docs/wikidata.md gives the SPARQL query whose result (CSV) is read here. An item with a date of inception or dissolution
becomes a claim of the publisher wikidata.org, which quotes the line of the result; one without dates becomes no claim,
but is known as a mission of which there is no news.
"""

import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db.age import last_day
from legation.db.claims import Saved, save_extraction
from legation.db.refresh import capitals
from legation.db.transactions import immediate
from legation.db.wikidata_items import Item, matched, missions_of, save_items
from legation.pipeline.date_parsing import ParsedDate, parse_mission_date
from legation.pipeline.errors import UsageProblem
from legation.pipeline.known_list import (
    VERSION,
    Line,
    dropped_articles,
    lines_of,
    nothing_in,
    own_mission,
    store_source,
)
from legation.pipeline.user_input import parse_country

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.models.gazetteer import City

COLUMNS = (
    "item", "itemLabel", "kindLabel", "operator", "operatorLabel", "country", "countryLabel", "placeLabel",
    "coordinates", "inception", "dissolved",
)  # fmt: skip
SITE, LIST = "wikidata.org", "wikidata"
CONFIDENCE = 0.6  # anybody may edit it, and many statements have no source
KINDS = {
    "embassy": "embassy", "high commission": "embassy", "apostolic nunciature": "embassy", "nunciature": "embassy",
    "consulate general": "consulate", "consulate": "consulate", "consular agency": "consulate",
    "delegation of the european union": "delegation", "representative office": "office", "liaison office": "office",
    "interests section": "office", "de facto embassy": "office", "trade office": "office",
    "diplomatic mission": "mission",
}  # fmt: skip
_HONORARY = re.compile(r"\bhonorary\b", re.IGNORECASE)
_ITEM = re.compile(r"(?:https?://www\.wikidata\.org/entity/)?(Q[1-9]\d{0,11})")
_NUMBER = r"(-?\d{1,3}(?:\.\d*)?(?:E-?\d{1,2})?)"
_POINT = re.compile(rf"Point\(\s*{_NUMBER}\s+{_NUMBER}\s*\)", re.IGNORECASE)
NEAR_KM = 20  # a seat so near to a known city is in that city: Wikidata often names the district


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed: claims, items that belong to a mission, and a line for each item that was not taken."""

    claims: Saved
    items: int
    problems: tuple[str, ...]


def import_wikidata(db: "Database", path: Path, as_of: str, now: str) -> Imported:
    """Read the list at `path` as it was on the day `as_of`, in the place of any earlier one.

    Ambiguous items are listed and not used. UsageProblem if the file cannot be read, lacks a column, ends within a line
    or says nothing that can be used: then the list known before stays.
    """
    problems: list[str] = []
    read: dict[str, list[tuple[Line, Item]]] = defaultdict(list)
    capital = capitals(db.conn)
    for line in lines_of(path, COLUMNS):
        if line.short:
            raise UsageProblem(
                f"{path}: line {line.number}: fewer cells than the header; the result was cut off: get it again"
            )
        try:
            item = _item(line.values, as_of, capital)
        except UsageProblem as error:
            problems += [f"{path}: line {line.number}: {problem}" for problem in error.problems]
        else:
            read[item.item].append((line, item))
    one: dict[str, tuple[Line, Item]] = {}
    for number, rows in read.items():
        if len({replace(item, longitude=None, latitude=None) for _, item in rows}) > 1:
            where = ", ".join(str(line.number) for line, _ in rows)
            problems.append(f"{path}: {number}: lines {where} differ")
        else:
            one[number] = rows[0]
    taken, doubts = matched((item for _, item in one.values()), missions_of(db.conn))
    problems += [f"{path}: line {one[number][0].number}: {number}: {why}" for number, why in doubts.items()]
    sure = {item.item: item for item in taken.values()}
    if not sure:
        raise UsageProblem(*problems, nothing_in(path))
    group = [(one[number][0], fields) for number in sorted(sure) for fields in _claims(sure[number])]
    with immediate(db):
        save_items(db.conn, sure.values())
        changes = [store_source(db, LIST, SITE, group, as_of, now)] if group else []
        dropped = dropped_articles(db, LIST, {SITE} if group else set())
        changes += [save_extraction(db, article, VERSION, [], now) for article in dropped]
    saved = Saved(*(sum(getattr(change, name) for change in changes) for name in ("new", "kept", "retired")))
    return Imported(saved, len(sure), tuple(problems))


def _item(values: Mapping[str, str], as_of: str, capital: Mapping[str, str | None]) -> Item:
    """The item of a line; UsageProblem with a line for each value that cannot be meant."""
    problems = []
    found = _ITEM.fullmatch(values["item"])
    name = found[1] if found else values["item"] or "no item"
    codes = {}
    for column in ("operator", "country"):
        code = _state(values[column], values[f"{column}Label"])
        if code is None:
            told = values[column] or values[f"{column}Label"] or "none stated"
            problems.append(f"{name}: {column}: {told}: no State of today")
        else:
            codes[column] = code
    kind = _kind(values["kindLabel"])
    if found is None:
        problems.append(f"{name}: not an item of Wikidata")
    if kind is None:
        honorary = _HONORARY.search(values["kindLabel"]) or _HONORARY.search(values["itemLabel"])
        why = "honorary consulates are not counted" if honorary else "not a kind of mission that is counted"
        problems.append(f"{name}: {values['kindLabel'] or 'no kind'}: {why}")
    elif _HONORARY.search(values["itemLabel"]):
        problems.append(f"{name}: {values['itemLabel']}: honorary consulates are not counted")
    if len(codes) == 2 and codes["operator"] == codes["country"]:
        problems.append(f"{name}: {own_mission(codes['operator'])}")
    read = {column: _date(values[column]) for column in ("inception", "dissolved")}
    problems += [f"{name}: {column}: {values[column]}: {one.fault}" for column, one in read.items() if one.fault]
    dates = {column: one.date for column, one in read.items()}
    if dates["inception"] and dates["dissolved"] and last_day(dates["dissolved"]) < dates["inception"]:
        problems.append(f"{name}: dissolved in {dates['dissolved']}, before its inception in {dates['inception']}")
    point = _point(values["coordinates"])
    if values["coordinates"] and point is None:
        problems.append(f"{name}: coordinates: {values['coordinates']}: not a place on Earth")
    if problems or found is None or kind is None:
        raise UsageProblem(*problems)
    seat = capital.get(codes["country"]) if kind in ("embassy", "delegation") else None
    city = _city(values["placeLabel"], codes["country"], point, seat)
    longitude, latitude = point or (None, None)
    if codes["operator"] == "EU" and kind == "embassy":
        kind = "delegation"
    return Item(
        found[1], values["itemLabel"] or None, codes["operator"], codes["country"], kind, city,
        longitude, latitude, dates["inception"], dates["dissolved"], as_of,
    )  # fmt: skip


def _point(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of a point as the query service writes it; None: it is none, or not on Earth."""
    found = _POINT.fullmatch(text)
    if found is None:
        return None
    longitude, latitude = float(found[1]), float(found[2])
    return (longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else None


def _city(place: str, host: str, point: tuple[float, float] | None, seat: str | None) -> str | None:
    """The city of a mission; None: not told. `seat`: the capital, for a mission that is usually there.

    Wikidata often names the district or the suburb ("8th arrondissement of Paris"). So a mission that is usually in
    the capital is there if its coordinates are near. A place that the gazetteer does not know is the largest known city
    near its coordinates; without coordinates the city that its name contains, or else the capital. What is left stays
    as it is written.
    """
    from legation.models.gazetteer import cities, find_city

    near = [] if point is None else [city for city in cities() if city.country == host and _km(city, point) <= NEAR_KM]
    if seat is not None and seat in (city.name for city in near):
        return seat
    known = find_city(place, host) if place else None
    if known:
        return known.name
    if near:
        return max(near, key=lambda city: (city.capital, city.population, city.name)).name
    if place and point is None:
        words = " ".join(["", *re.findall(r"\w+", place.casefold()), ""])
        named = [city for city in cities() if city.country == host and f" {city.name.casefold()} " in words]
        return max(named, key=lambda city: len(city.name)).name if named else seat or place
    return place or seat


def _km(city: "City", point: tuple[float, float]) -> float:
    """Kilometres from the middle of a city to a point (longitude, latitude), as the crow flies."""
    longitude, latitude = map(math.radians, point)
    there = math.radians(city.latitude)
    half = math.sin((latitude - there) / 2) ** 2
    half += math.cos(latitude) * math.cos(there) * math.sin((longitude - math.radians(city.longitude)) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(min(1.0, half)))


def _state(code: str, label: str) -> str | None:
    """The State of a code; of a label only where ISO 3166 has no code, since labels name States of the past too."""
    try:
        found = parse_country(code or label or "(none)")
    except UsageProblem:
        return None
    return found if code or found in ("EU", "UN", "VA", "XK") else None


def _kind(label: str) -> str | None:
    word = " ".join(label.casefold().split())
    return KINDS.get(word)


def _date(text: str) -> ParsedDate:
    """YYYY, YYYY-MM or YYYY-MM-DD of a time of Wikidata; without date and fault: none is told, or an unknown one.

    The query service writes 1 January for what is known to the year only, so this day means the year.
    """
    if not text or text.startswith(("_:", "http", "t")):  # a value that Wikidata knows to be unknown
        return ParsedDate()
    day = text.removeprefix("+")[:10]
    if day.endswith("-01-01"):
        day = day[:4]
    return parse_mission_date(day, "")


def _claims(item: Item) -> Iterator[dict[str, Any]]:
    """The claims that follow from an item: opened, closed, or none."""
    for status, date in (("opened", item.inception), ("closed", item.dissolved)):
        if date:
            yield {
                "sending_state": item.sending_state, "receiving_state": item.receiving_state, "city": item.city,
                "mission": item.kind, "status": status, "modality": "fact", "date": date, "relocated_to": None,
                "attribution": "Wikidata", "sender_text": None, "confidence": CONFIDENCE,
                "rule": f"wikidata {item.item}", "marks": [],
            }  # fmt: skip


# QuickStatements: reviewed openings and closings, one statement a line, for a person to look at and submit.
_STATEMENTS = """
    SELECT ch.mission_id, c.status, c.date, c.quote, c.url, c.published, a.language
    FROM changes AS ch
    JOIN period_claims AS r ON r.period = ch.period AND r.role = 'rests'
    JOIN claims_reviewed AS c ON c.id = r.claim
    JOIN articles AS a ON a.id = c.article
    WHERE c.review IN ('approved', 'corrected') AND c.date IS NOT NULL AND c.publisher IS NOT 'wikidata.org'
      AND ((ch.after = 'closed' AND c.status = 'closed') OR (ch.after IN ('open', 'limited') AND c.status = 'opened'))
    ORDER BY ch.date, ch.change_id, c.id
"""
PROPERTY = {"opened": "P571", "closed": "P576"}


def quickstatements(connection: sqlite3.Connection) -> Iterator[str]:
    """Lines of QuickStatements (version 1, parted by tabs), one for each opening or closing of a mission with an item.

    Each has the date (P571, P576) and as its reference the URL (P854), day of publication (P577) and quote (P1683).
    """
    from legation.db.status_queries import Question
    from legation.db.wikidata_items import items_of_missions

    known = items_of_missions(connection, Question())
    seen = set()
    cursor = connection.execute(_STATEMENTS)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        item = known.get(row["mission_id"])
        told = item and {"opened": item.inception, "closed": item.dissolved}[row["status"]]
        if item is None or told or not row["url"].startswith(("https://", "http://")):
            continue  # nothing to add, or nothing to refer to
        if (item.item, row["status"], row["date"]) in seen:
            continue
        seen.add((item.item, row["status"], row["date"]))
        language = row["language"] if re.fullmatch(r"[a-z]{2,3}", row["language"] or "") else "en"
        parts = [item.item, PROPERTY[row["status"]], _time(row["date"]), "S854", _quoted(row["url"])]
        parts += ["S577", _time(row["published"])] if row["published"] else []
        yield "\t".join([*parts, "S1683", f"{language}:{_quoted(row['quote'])}"])


def _time(date: str) -> str:
    """A date as QuickStatements has it, with its precision: 11 day, 10 month, 9 year."""
    precision = {4: 9, 7: 10, 10: 11}[len(date)]
    return f"+{date}{'-00-00'[len(date) - 4 :]}T00:00:00Z/{precision}"


def _quoted(text: str) -> str:
    """A string for QuickStatements, which knows no escapes: without double quotes, tabs and line breaks."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return '"' + plain.replace('"', "”")[:1500] + '"'
