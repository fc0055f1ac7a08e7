"""Rows as a table for people, JSON Lines for programs, CSV for spreadsheets. Values may be hostile text."""

import csv
import io
import json
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
FORMATS = ("table", "jsonl", "csv")
NARROW = 120  # characters; in fewer, a table that does not fit is given as blocks
# A spreadsheet runs a cell that begins with one of these (OWASP, "CSV Injection").
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def lines(rows: Iterable[Row], columns: Sequence[str], form: str, width: int = 0) -> Iterator[str]:
    """`rows` in one of FORMATS, line by line.

    A table shows `columns`, `width` characters wide (0: as the terminal); CSV every column that holds no list.
    """
    rows = list(rows)
    if form == "jsonl":
        yield from (json.dumps(dict(row), ensure_ascii=False) for row in rows)
    elif form == "csv":
        every = [name for name, value in rows[0].items() if not isinstance(value, list)] if rows else columns
        yield from csv_lines(rows, every)
    else:
        yield from table(rows, columns, width)


def csv_lines(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[str]:
    """RFC 4180 with a header; cells that a spreadsheet would run are made text by a leading apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in (columns, *([cell(row.get(c)) for c in columns] for row in rows)):
        writer.writerow(row)
        yield buffer.getvalue().removesuffix("\r\n")
        buffer.seek(0)
        buffer.truncate()


def cell(value: Any) -> Any:
    """A value as a CSV cell: lists as JSON, text neutralised, None empty, numbers as they are."""
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(RUNS):
        return f"'{value}"
    return value


def table(rows: Iterable[Row], columns: Sequence[str], width: int = 0) -> Iterator[str]:
    """A plain table; a cell is folded, control characters (which could steer the terminal) become spaces.

    Where fewer than NARROW characters are wide enough for no table, each row is a block of lines "column  value".
    """
    rows, width = list(rows), width or shutil.get_terminal_size().columns
    if width < NARROW and _natural(rows, columns) > width:
        yield from _blocks(rows, columns, width)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        shown.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        shown.add_row(*(Text(printable(row.get(c))) for c in columns))
    console = Console(width=width or None, file=io.StringIO(), highlight=False)
    with console.capture() as capture:
        console.print(shown)
    yield from (line.rstrip() for line in capture.get().splitlines())


def _natural(rows: Sequence[Row], columns: Sequence[str]) -> int:
    """Characters that the table takes if no cell is folded."""
    return sum(3 + max([len(c), *(len(printable(row.get(c))) for row in rows)]) for c in columns) - 3


def _blocks(rows: Sequence[Row], columns: Sequence[str], width: int) -> Iterator[str]:
    """Each row as lines "column  value", with a blank line between two rows; empty values are left out."""
    label = max(map(len, columns)) + 2
    for number, row in enumerate(rows):
        if number:
            yield ""
        for column in columns:
            told = textwrap.wrap(printable(row.get(column)), max(width - label, 20))
            for place, part in enumerate(told):
                yield f"{'' if place else column.replace('_', ' '):<{label}}{part}"


def printable(value: Any) -> str:
    """`value` on one line, without control, bidirectional and other characters that are no print."""
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return "".join(char if char.isprintable() else " " for char in text)
