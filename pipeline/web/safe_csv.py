"""CSV of Datasette's pages without cells that a spreadsheet would run, as our own exports write it."""

import csv
from collections.abc import Iterable
from typing import Any

from datasette.views import base

from legation.pipeline.render import cell


class Csv:
    """What Datasette's pages use of the module csv: a writer, here one that makes formulas plain text."""

    def __init__(self, file: Any) -> None:
        self._writer = csv.writer(file)

    def writerow(self, row: Iterable[Any]) -> Any:
        """What the file's own `write` gives: Datasette's is awaited."""
        return self._writer.writerow([cell(value) for value in row])

    @staticmethod
    def writer(file: Any) -> "Csv":
        return Csv(file)


def install() -> None:
    """From now on Datasette writes CSV with our writer. It has no hook for that; a test fails if it changes."""
    base.csv = Csv
