"""[second_reader] of config.toml."""

from typing import Annotated, Any, Literal

from pydantic import Field

from legation.models.languages import languages
from legation.pipeline.config_section import Section

Share = Annotated[float, Field(ge=0, le=1)]


class SecondReaderConfig(Section):
    model: str = ""
    """Name of a model as `llm models` lists it; empty: no second reader, and nothing leaves this machine."""

    articles: Literal["unsure", "all", "foreign"] = "unsure"
    """Which articles that name a mission. "unsure": those of which the small reader is unsure, and those in other
    languages; "all"; "foreign": only those in other languages."""

    languages: tuple[str, ...] = tuple(languages())
    """Languages beside English that it reads, two letters each."""

    sure: Share = 0.9
    """The small reader is unsure of an article with a claim below this confidence, or with none although its title
    names a mission."""

    articles_a_day: Annotated[int, Field(ge=0)] = 200
    """At most so many questions a day (UTC)."""

    tokens_a_day: Annotated[int, Field(ge=0)] = 1_000_000
    """At most so many tokens a day, asked and answered; estimated from the length where a model does not tell."""

    longest: Annotated[int, Field(ge=1000)] = 30_000
    """Characters of an article that are sent; of a longer one the beginning."""

    timeout_seconds: Annotated[float, Field(gt=0)] = 120.0
    """An answer that takes longer counts as failed."""

    concurrency: Annotated[int, Field(ge=1, le=64)] = 2
    """Questions at the same time; 1 for a model that runs on this machine."""

    alone: Share = 0.45
    """Confidence of a claim that only the second reader found. Below `[status] unreviewed` it waits for a reviewer."""

    agreed: Share = 0.9
    """Confidence, at least, of a claim that both readers found."""

    options: dict[str, Any] = Field(default={})
    """Options of the model, as `llm models --options` lists them, such as temperature."""
