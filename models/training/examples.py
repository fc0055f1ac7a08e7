"""A text with the claims that a careful reader finds in it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legation.models.claim import Text

FOLDS = 3


@dataclass(frozen=True)
class Gold:
    """A claim: each label field lists what a fair judge accepts, the best first. `quote` None: anywhere in the text.

    `must` False: may be found, need not be. `receiving_states` holds None where the text does not tell. `unknown`:
    details that the gold does not speak of; one that is None and not unknown is not told in the text.
    """

    sending_state: str | None
    receiving_states: tuple[str | None, ...]
    missions: tuple[str, ...]
    statuses: tuple[str, ...]
    modalities: tuple[str, ...]
    city: str | Sequence[str] | None = None
    date: str | Sequence[str] | None = None
    relocated_to: str | Sequence[str] | None = None
    attribution: str | Sequence[str] | None = None
    quote: str | None = None
    must: bool = True
    unknown: frozenset[str] = frozenset()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Gold":
        """From a row of a gold file, see docs/reading.md."""

        def several(name: str) -> tuple[Any, ...]:
            value = row.get(name)
            return tuple(value) if isinstance(value, list) else (value,)

        return cls(
            row["sending_state"],
            several("receiving_state"),
            several("mission"),
            several("status"),
            several("modality"),
            row.get("city"),
            row.get("date"),
            row.get("relocated_to"),
            row.get("attribution"),
            row.get("quote"),
            row.get("must", True),
            frozenset(name for name in ("city", "date", "relocated_to", "attribution") if name not in row),
        )


@dataclass(frozen=True)
class Example:
    """`complete` False: only `claims` and `wrong`, claims that a reviewer rejected, are known of the text; the rest of
    it teaches nothing. `group`: what must not stand on two sides of a cross-validation (a month of news, a group of
    contrasts). `weight`: how much its rows count. `tune`: thresholds are set on it (real texts, not made ones)."""

    id: str
    text: Text
    claims: Sequence[Gold]
    group: str
    weight: float = 1.0
    tune: bool = True
    complete: bool = True
    wrong: Sequence[Gold] = ()

    @property
    def fold(self) -> int:
        """0 to FOLDS - 1, by the group's digest: the same in every run."""
        return int(hashlib.sha1(self.group.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS
