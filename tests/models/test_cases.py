"""Each file of sentences of our own: the reader finds what they say and is silent where they say nothing."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from legation.pipeline.extract import Reader
from tests.models import floors
from tests.models.measure import CASES, Measured, cases_figures, fields_figures, joined, measure

KEYS = {"id", "kind", "title", "published", "text", "claims"}
Cases = Mapping[str, Measured]


@pytest.fixture(scope="module")
def cases(reader: Reader) -> Cases:
    return {path.stem: measure(path, path, reader) for path in CASES}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", [path.stem for path in CASES])
def test_floor_of_file(name: str, cases: Cases) -> None:
    found = {f"cases-{name}": cases_figures(cases[name])}
    assert found.keys() <= floors.read().keys(), "run python -m tests.models.floors"
    assert not list(floors.fallen(floors.read(), found)), cases[name].errors()


def test_floor_of_fields(cases: Cases) -> None:
    together = joined(list(cases.values()))
    assert not list(floors.fallen(floors.read(), {"fields": fields_figures(together)}))
    assert len(together.field("attribution")) >= 80


def test_every_quote_is_exact_and_one_sentence_at_most_long(cases: Cases) -> None:
    texts = {row["id"]: row["text"] for path in CASES for row in rows(path)}
    claims = [claim for measured in cases.values() for found in measured.found.values() for claim in found]
    assert len(claims) > 500
    for claim in claims:
        text = texts[claim["article"]]
        assert text[claim["start"] : claim["end"]] == claim["quote"]
        assert "\n" not in claim["quote"]


def test_what_cases_are_there() -> None:
    every = [row for path in CASES for row in rows(path)]
    assert sum(bool(row.get("reason", "").strip()) for row in every) >= 500
    assert len({row["id"] for row in every}) == len(every)
    assert not [row["id"] for row in every if not set(row) >= KEYS]
    assert sum(not row["claims"] for row in every) >= len(every) / 3
    kinds = Counter(row["kind"] for row in every)
    assert min(kinds[kind] for kind in ("news", "brief", "statement", "advice", "headline", "note")) >= 5


@pytest.mark.parametrize(
    ("before", "after", "fell"),
    [
        ({}, {"a": {"f1": 0.5}}, []),
        ({"a": {"f1": 0.5}}, {"a": {"f1": 0.5}}, []),
        ({"a": {"f1": 0.5}}, {"a": {"f1": 0.49}}, ["a: f1: 0.49, the floor is 0.50"]),
        ({"a": {"f1": 0.5}}, {}, []),
    ],
)
def test_what_fell_is_told(before: floors.Floors, after: floors.Floors, fell: list[str]) -> None:
    assert list(floors.fallen(before, after)) == fell


def test_floors_only_rise() -> None:
    before, after = {"a": {"f1": 0.5, "silent": 0.9}, "b": {"f1": 0.1}}, {"a": {"f1": 0.6, "silent": 0.8}}
    assert floors.merged(before, after, allow_lower=False) == {"a": {"f1": 0.6, "silent": 0.9}, "b": {"f1": 0.1}}
    assert floors.merged(before, after, allow_lower=True) == {"a": {"f1": 0.6, "silent": 0.8}, "b": {"f1": 0.1}}


@pytest.mark.parametrize(
    ("name", "share", "floor"),
    [
        ("f1", 0.899999, 0.89),
        ("f1", 0.29, 0.29),
        ("f1", 0.57, 0.57),
        ("f1", 1.0, 1.0),
        ("date", 0.949, 0.92),
        ("date", 1.0, 0.98),
    ],
)
def test_floor_is_cut(name: str, share: float, floor: float) -> None:
    assert floors.cut(name, share) == floor


def test_file_of_floors_reads_back(tmp_path: Path) -> None:
    (tmp_path / "floors.toml").write_text(floors.text({"a": {"f1": 0.5}, "b": {"f1": 0.25}}), encoding="utf-8")
    assert floors.read(tmp_path / "floors.toml") == {"a": {"f1": 0.5}, "b": {"f1": 0.25}}
    assert floors.read(tmp_path / "none.toml") == {}
