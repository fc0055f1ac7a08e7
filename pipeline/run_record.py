"""What a run did: counters and seconds by stage, and each problem by name."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from legation.models.languages import language_name
from legation.pipeline.funnel.stages import not_read
from legation.pipeline.second.report import summary as second_reader

NOT_IN = "articles not in "  # with the two letters of a language: a count of those not read because they are not in it
MOST_PROBLEMS = 200  # kept in the record; all are counted, and logged


@dataclass(slots=True)
class Record:
    """`counts` by name (see docs/operations.md), `seconds` by stage, `problems` as lines of the form `place: what`.

    `notes` are lines of the same form for what was left out or not believed, which is no failure.
    """

    counts: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: set[tuple[str, str]] = field(default_factory=set)
    """Address and step of each article that this run could not clean, store or read."""
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Add the time that the block takes to `stage`."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[stage] += time.monotonic() - begun  # type: ignore[assignment]

    def problem(self, line: str) -> None:
        """Note what makes the run end with 1."""
        self.counts["problems"] += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(line)

    def note(self, line: str) -> None:
        """Note what was left out or not believed."""
        self.counts["notes"] += 1
        if len(self.notes) < MOST_PROBLEMS:
            self.notes.append(line)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.started

    def summary(self) -> list[str]:
        """A few lines for a reader."""
        count = self.counts
        lines = [
            f"sources   {count['sources listed']} listed, {count['sources unchanged']} unchanged, "
            f"{count['sources failed']} failed",
            f"pages     {count['pages new']} new, {count['pages changed']} changed, "
            f"{count['pages unchanged']} unchanged, {count['pages failed']} failed",
            f"articles  {count['articles cleaned']} cleaned ({count['articles copies']} copies, "
            f"{count['articles versions']} newer versions), {count['articles unparsed']} unparsed, "
            f"{count['articles read']} read" + self._foreign(),
            f"claims    {count['claims new']} new, {count['claims kept']} kept, {count['claims retired']} retired",
            f"requests  {count['requests']}, {count['conditional']} conditional, {count['not modified']} not modified; "
            f"{self.elapsed:.1f} s",
        ]
        return lines + list(second_reader(count)) + list(filter(None, [not_read(count)]))

    def _foreign(self) -> str:
        """ " (2 not in English, 1 not in French)": articles that were not read for their language."""
        missed = sorted((name.removeprefix(NOT_IN), n) for name, n in self.counts.items() if name.startswith(NOT_IN))
        words = ", ".join(f"{number} not in {language_name(code)}" for code, number in missed if number)
        return f" ({words})" if words else ""

    def as_json(self) -> dict[str, Any]:
        """As the table runs keeps it."""
        seconds = {stage: round(time, 3) for stage, time in {**self.seconds, "whole": self.elapsed}.items()}
        return {"counts": dict(self.counts), "seconds": seconds, "problems": self.problems, "notes": self.notes}
