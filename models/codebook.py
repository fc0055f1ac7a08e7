"""The definitions and rules of models/data/codebook.toml: what the words of a claim mean, for people and for models."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "codebook.toml"


@dataclass(frozen=True, slots=True)
class Word:
    """A label or a field with its meaning; `example` is a sentence of which the label is true, None for a field."""

    word: str
    meaning: str
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """How to decide in doubt; `topic` is status, modality or States."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A short article of our own with all claims that it gives, each with the fields of models.claim.Claim it needs."""

    title: str
    published: str
    text: str
    claims: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """`unit`: what a claim is; `silent`: what gives none; the labels of `kinds`, `statuses` and `modalities`."""

    unit: str
    silent: tuple[str, ...]
    kinds: tuple[Word, ...]
    statuses: tuple[Word, ...]
    modalities: tuple[Word, ...]
    fields: tuple[Word, ...]
    rules: tuple[Rule, ...]
    articles: tuple[Example, ...]


@cache
def codebook() -> Codebook:
    """The codebook, read once."""
    rows = tomllib.loads(FILE.read_text("utf-8"))
    words = {name: tuple(Word(**row) for row in rows[name]) for name in ("kind", "status", "modality", "field")}
    return Codebook(
        unit=rows["unit"],
        silent=tuple(rows["silent"]),
        kinds=words["kind"],
        statuses=words["status"],
        modalities=words["modality"],
        fields=words["field"],
        rules=tuple(Rule(**row) for row in rows["rule"]),
        articles=tuple(Example(**{**row, "claims": tuple(row["claims"])}) for row in rows["article"]),
    )
