"""What one archive gave so far: a file of JSON lines, articles and marks of progress, written as the scan goes.

A line is {"article": ...}, {"problem": ...} or {"done": place of the last record, "counts": ...}. After a kill, what
comes after the last mark of progress is dropped and read again: the result is the same as without the kill.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self


class Journal:
    """Opened for writing; `start` is the place after which to go on (-1: at the beginning), `counts` those so far."""

    def __init__(self, path: Path) -> None:
        self.start, self.counts, end = _last_mark(path)
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._file.truncate(end)
        self._file.seek(end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, kind: str, value: Any) -> None:
        """Append an article or a problem."""
        self._write({kind: value})

    def mark(self, at: int, counts: dict[str, int]) -> None:
        """Note that all records up to the one at `at` are done."""
        self._write({"done": at, "counts": counts})
        self._file.flush()

    def sync(self) -> None:
        """Make sure that all of it is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def entries(path: Path, kind: str) -> Iterator[Any]:
    """The articles, or the problems, of a journal in their order."""
    with path.open("rb") as file:
        for line in file:
            row = json.loads(line)
            if kind in row:
                yield row[kind]


def _last_mark(path: Path) -> tuple[int, dict[str, int], int]:
    """Place and counts of the last whole mark, and where its line ends; -1, {}, 0 without one."""
    found: tuple[int, dict[str, int], int] = (-1, {}, 0)
    if not path.exists():
        return found
    with path.open("rb") as file:
        end = 0
        for line in file:
            end += len(line)
            if line.startswith(b'{"done": ') and line.endswith(b"\n"):
                row = json.loads(line)
                found = (row["done"], row["counts"], end)
    return found
