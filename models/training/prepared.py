"""An example as the reader sees it, and what the stages of training said of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from legation.models.reading.article import Article
from legation.models.reading.decide import FLOOR, Described
from legation.models.reading.judge import Candidate
from legation.models.training.examples import Example
from legation.models.training.labels import FrameLabel


@dataclass
class Prepared:
    """An example as it was read, with what the frames stand for and what the stages said so far."""

    example: Example
    article: Article
    described: list[Described]
    labels: list[FrameLabel]
    candidates: list[Candidate] = field(default_factory=list)
    readings: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def kept(self) -> list[Described]:
        """The frames that the reader would look at further."""
        return [one for one in self.described if one.claim >= FLOOR and one.chosen]

    def positive(self) -> list[tuple[Described, FrameLabel]]:
        """The frames that stand for a claim whose pair is known."""
        return [
            (one, label)
            for one, label in zip(self.described, self.labels, strict=True)
            if label.claim and label.pairs and one.chosen
        ]
