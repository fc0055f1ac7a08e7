"""What `extract` reads: JSON Lines, web pages, cleaned text, standard input. Each problem names file and line."""

import codecs
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from legation.models.claim import Text
from legation.pipeline.cleaning.control_characters import SURROGATE
from legation.pipeline.date_parsing import ARCHIVE_YEAR, parse_date, whole_day

LONGEST = 500_000  # characters, as in pipeline/cleaning/page.py; the longest real articles have a tenth of it


@dataclass(frozen=True, slots=True)
class Input:
    """One article: the id that its claims carry, its text, and the address that it names as its own.

    `published`: YYYY-MM-DD or YYYY-MM; `text` has it only if it is a day. `note`: a line about what is not believed of
    it. `place`: file and line.
    """

    article: str
    text: Text
    url: str | None = None
    published: str | None = field(default=None, compare=False)
    note: str | None = field(default=None, compare=False)
    place: str = field(default="", compare=False)
    is_id: bool = field(default=False, compare=False)
    """Whether `article` is the id that the article was given, which another file may give as well."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read: one line with the place, the reason and the cure."""

    message: str


def read_inputs(paths: tuple[str, ...], published: str | None) -> Iterator[Input | Problem]:
    """The articles of all paths in order. `published` (YYYY-MM-DD) stands in where an article has no date."""
    for path in paths:
        try:
            yield from _read(path, published)
        except OSError as error:
            yield Problem(f"{path}: {error.strerror}; name a file that exists and can be read")


def _read(path: str, published: str | None) -> Iterator[Input | Problem]:
    if path == "-":
        yield from json_lines(sys.stdin.buffer, "-", published)
        return
    suffix = Path(path).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        with open(path, "rb") as file:
            yield from json_lines(file, path, published)
    elif suffix in (".html", ".htm"):
        yield _page(path, published)
    elif suffix == ".txt":
        yield _plain(path, published)
    else:
        yield Problem(
            f"{path}: unknown kind of file; give .jsonl, .html, .htm, .txt, or - for JSON Lines on standard input"
        )


def json_lines(
    lines: Iterable[bytes | str], path: str, published: str | None = None, first_year: int = ARCHIVE_YEAR
) -> Iterator[Input | Problem]:
    """The articles of JSON Lines; `path` names them in problems. One whose date is not believed is given without it,
    and has a note."""
    empty = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if number == 1 and isinstance(line, bytes) and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield Problem(f"{path}: UTF-16; save it as UTF-8")
            return
        empty = False
        yield _article(line, f"{path}:{number}", published, first_year)
    if empty:
        yield Problem(f"{path}: empty; give one JSON object a line")


def _article(line: bytes | str, place: str, published: str | None, first_year: int) -> Input | Problem:
    try:
        row = json.loads(line.removeprefix(codecs.BOM_UTF8) if isinstance(line, bytes) else line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        return Problem(f"{place}: {not_json(error)}; give one JSON object a line")
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return Problem(f'{place}: no "text"; give an object with "text" and optionally "id", "url", "title", "date"')
    when = parse_date(row.get("published") or row.get("date"), _today(), first_year)
    day = when.date or published
    note = f'{place}: "date" is no date to believe: {when.fault}; write YYYY-MM-DD' if when.fault else None
    url = _string(row.get("url")) or _string(row.get("source"))
    name = row.get("id") or url or place
    given = bool(row.get("id"))
    if fault := _fault(f"{name}{row['text']}{row.get('title')}"):
        return Problem(f"{place}: {fault}")
    text = Text(row["text"], _string(row.get("title")), whole_day(day))
    return Input(str(name), text, url, day, note, place, given)


def not_json(error: ValueError | RecursionError) -> str:
    """Why a line is no JSON, in words for who wrote it."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start + 1})"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return "not JSON (nested too deep)" if isinstance(error, RecursionError) else "not JSON"


def _fault(text: str) -> str | None:
    """Why a text cannot be read; None: it can."""
    if len(text) > LONGEST:
        return f"over {LONGEST} characters; split it into articles"
    if SURROGATE.search(text):
        return "holds half of a character (a lone surrogate, U+D800 to U+DFFF); write UTF-8"
    return None


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _plain(path: str, published: str | None) -> Input | Problem:
    raw = Path(path).read_bytes()
    if not raw.strip():
        return Problem(f"{path}: empty; nothing to read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(f"{path}: not UTF-8 text (byte {error.start}); convert it, or name a page .html")
    fault = _fault(text)
    return Problem(f"{path}: {fault}") if fault else Input(path, Text(text, None, published), None, published)


def _page(path: str, published: str | None) -> Input | Problem:
    from legation.pipeline.cleaning.page import clean

    raw = Path(path).read_bytes()
    if not raw.strip():
        return Problem(f"{path}: empty; nothing to read")
    page = clean(raw, None, None, newest=_today())
    if "unparsed" in page:
        return Problem(f"{path}: unparsed: {page['unparsed']}; what it says of missions is unknown")
    day = page.get("published") or published
    note = f"{path}: its date is not believed: {page['date_note']}" if page.get("date_note") else None
    text = Text(page["text"], page.get("title"), whole_day(day), tuple(page.get("posts", ())))
    return Input(page.get("canonical") or path, text, None, day, note, path)
