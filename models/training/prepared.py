"""An example as the reader sees it, and what the stages of training said of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from legation.models.reading.article import HEADLINE, Article
from legation.models.reading.decide import FLOOR, Described
from legation.models.reading.encoder_features import DetailWords
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

    @property
    def detail_words(self) -> DetailWords:
        """What the encoder said of the sentences of the frames: who says so, when, in which city."""
        heard, text = DetailWords(), self.article.text
        numbers = {one.frame.sentence for one in self.described}
        sentences = {text.doc[text.bounds(n)[0]].idx: n for n in numbers if text.has(n)} | {-1: HEADLINE}
        for row in self.readings:
            if row["start"] in sentences:
                heard.add(sentences[row["start"]], row.get("details", ()))
        return heard

    def positive(self) -> list[tuple[Described, FrameLabel]]:
        """The frames that stand for a claim whose pair is known."""
        return [
            (one, label)
            for one, label in zip(self.described, self.labels, strict=True)
            if label.claim and label.pairs and one.chosen
        ]
