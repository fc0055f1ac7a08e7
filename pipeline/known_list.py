"""`legation import`: a known list of missions becomes claims of its own provenance.

Each source named in the list becomes an article, whose text is the source's lines as they stand in the file; each line
is a claim that quotes it. So a list is held against the news by the same rules, and reviewed like it.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.db.articles import live_article, save_article, text_hash
from legation.db.claims import Saved, save_extraction
from legation.db.transactions import immediate, raw
from legation.db.vocabulary import KINDS, STATUSES
from legation.pipeline.cleaning.control_characters import CONTROL
from legation.pipeline.date_parsing import parse_mission_date
from legation.pipeline.errors import UsageProblem
from legation.pipeline.user_input import parse_country, state_label

if TYPE_CHECKING:
    from sqlite_utils import Database

COLUMNS = ("sending_state", "receiving_state", "city", "mission", "status", "date", "source")
OLD_NAMES = {"sender": "sending_state", "host": "receiving_state", "kind": "mission"}  # of columns, until version 0.2
VERSION = "list 1"
CONFIDENCE = 0.9  # a list is made with care, but nobody here has checked it
# What lists say for a state -> the status of the claim.
STATES = {"open": "remained_open", "limited": "reduced"} | {status: status for status in STATUSES}
KIND_WORDS = {
    "": "mission", "high commission": "embassy", "nunciature": "embassy", "apostolic nunciature": "embassy",
    "consulate general": "consulate", "liaison office": "office", "interests section": "office",
} | {kind: kind for kind in KINDS}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the list: its number, its own text, its values; `short`: it has fewer cells than the header."""

    number: int
    text: str
    values: dict[str, str]
    short: bool = False


def import_list(db: "Database", path: Path, as_of: str, now: str) -> tuple[Saved, list[str]]:
    """Store the list at `path` as known on the day `as_of`; return what changed, and a line for each record refused.

    The same list again changes nothing; a newer version of it retires what it no longer says. UsageProblem if the file
    cannot be read, lacks a column or says nothing that can be used: then what was known before stays.
    """
    groups: dict[str, list[tuple[Line, dict[str, Any]]]] = {}
    problems = []
    lines = list(lines_of(path, COLUMNS, OLD_NAMES))
    for line in lines:
        try:
            fields = _fields(line.values, now)
        except UsageProblem as error:
            problems += [f"{path}: line {line.number}: {problem}" for problem in error.problems]
        else:
            groups.setdefault(line.values["source"] or path.stem, []).append((line, fields))
    if not groups:
        raise UsageProblem(*problems, nothing_in(path))
    with immediate(db):
        changes = [store_source(db, path.stem, source, group, as_of, now) for source, group in groups.items()]
        dropped = dropped_articles(db, path.stem, groups.keys())
        changes += [save_extraction(db, article, VERSION, [], now) for article in dropped]
    return Saved(*(sum(getattr(saved, n) for saved in changes) for n in ("new", "kept", "retired"))), problems


def nothing_in(path: Path) -> str:
    """What to say of a list of which no line can be used."""
    return f"{path}: it has no line that can be used; what was known from this list before stays"


def lines_of(path: Path, columns: Sequence[str], old_names: Mapping[str, str] | None = None) -> Iterator[Line]:
    """The records of a CSV file that has these columns; UsageProblem if it cannot be read or lacks one.

    `old_names`: other names that a column may have -> its name in `columns`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageProblem(f"{path}: {error.strerror}; name another file") from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8") from error
    raw_lines = list(io.StringIO(CONTROL.sub("", text), newline=""))
    reader = csv.reader(raw_lines, strict=True)
    try:
        own_names = {name.lower(): name for name in columns} | dict(old_names or {})
        header = [own_names.get(name.strip().lower(), name.strip().lower()) for name in next(reader, [])]
        missing = [name for name in columns if name not in header]
        if missing:
            cure = "part its cells by commas" if ";" in "".join(header) else f"the columns are {', '.join(columns)}"
            some = len(missing) < len(columns)
            fault = f"no column {', '.join(missing)}" if some else "not the header of such a list"
            raise UsageProblem(f"{path}: line 1: {fault}; {cure}")
        before = reader.line_num
        for record in reader:
            own = "".join(raw_lines[before : reader.line_num]).strip("\r\n")
            if record:
                values = dict(zip(header, (value.strip() for value in record), strict=False))
                cells = {name: values.get(name, "") for name in {*columns, *header}}
                yield Line(before + 1, own, cells, len(record) < len(header))
            before = reader.line_num
    except csv.Error as error:
        raise UsageProblem(f"{path}: line {reader.line_num}: {error}") from error


def _fields(values: dict[str, str], now: str) -> dict[str, Any]:
    """The fields of a record's claim; UsageProblem with a line for each value that cannot be meant."""
    problems = []
    codes: dict[str, str] = {}
    for name in ("sending_state", "receiving_state"):
        if not values[name]:
            problems.append(f"{name}: empty; name a State")
            continue
        try:
            codes[name] = parse_country(values[name])
        except UsageProblem as error:
            problems.append(f"{name}: {error}")
    if len(codes) == 2 and codes["sending_state"] == codes["receiving_state"]:
        problems.append(own_mission(codes["sending_state"]))
    status, kind = STATES.get(values["status"].lower().replace(" ", "_")), KIND_WORDS.get(values["mission"].lower())
    if status is None:
        problems.append(f"status: {values['status'] or 'empty'}: none of {', '.join(STATES)}")
    if kind is None:
        problems.append(f"mission: {values['mission']}: none of {', '.join(filter(None, KIND_WORDS))}")
    since = parse_mission_date(values["date"], now)
    if since.fault:
        problems.append(f"date: {values['date']}: {since.fault}; write YYYY-MM-DD, YYYY-MM or YYYY")
    if problems:
        raise UsageProblem(*problems)
    return {
        **codes, "city": city_of(values["city"], codes["receiving_state"]), "mission": kind,
        "status": status, "modality": "fact", "date": since.date,
        "relocated_to": (values.get("relocated_to") or None) if status == "relocated" else None,
        "attribution": values["source"] or None, "sender_text": values["sending_state"], "confidence": CONFIDENCE,
        "rule": "list", "marks": [],
    }  # fmt: skip


def own_mission(code: str) -> str:
    """What to say of a mission of a State in itself."""
    return f"{state_label(code)} is sender and receiver; a State has no mission in itself"


def city_of(name: str, host: str) -> str | None:
    """The usual name of a city; an unknown one stays as it is written; None for ""."""
    from legation.models.gazetteer import find_city

    city = find_city(name, host) if name else None
    return city.name if city else name or None


def dropped_articles(db: "Database", name: str, sources: Set[str]) -> list[int]:
    """Articles of an older version of the list for sources that it no longer names."""
    kept = {_url(name, source) for source in sources}
    rows = raw(db).execute(
        "SELECT id, url FROM articles WHERE url > ? AND url < ? AND replaced_by IS NULL",
        (_url(name, ""), _url(name, "\U0010ffff")),
    )
    return [article for article, url in rows if url not in kept]


def _url(name: str, source: str) -> str:
    return f"list:{name}#{source}"


def store_source(
    db: "Database", name: str, source: str, group: list[tuple[Line, dict[str, Any]]], as_of: str, now: str
) -> Saved:
    """Store the claims of one source of the list `name` as an article of their own; each quotes its line."""
    text = ""
    claims = []
    seen: list[dict[str, Any]] = []
    for line, fields in group:
        if fields in seen:  # one article gives one claim for each fact
            continue
        seen.append(fields)
        claims.append(fields | {"quote": line.text, "start": len(text), "end": len(text) + len(line.text)})
        text += line.text + "\n"
    url = _url(name, source)
    old = live_article(db, url)
    if old and old["text_sha256"] == text_hash(text):
        article = old["id"]
    else:
        fields = _article(url, source, text, as_of, now)
        article = save_article(db, fields, page=None, replaces=old["id"] if old else None)
    return save_extraction(db, article, VERSION, claims, now)


def _article(url: str, source: str, text: str, as_of: str, now: str) -> dict[str, Any]:
    return {
        "url": url, "body": None, "outcome": "cleaned", "reason": None, "title": f"List of missions: {source}",
        "author": None, "site": source, "language": None, "published": as_of, "text": text, "fingerprint": None,
        "origin": None, "cleaner": VERSION, "cleaned_at": now,
    }  # fmt: skip
