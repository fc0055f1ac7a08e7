"""Turns of phrase that one rule each decides; floors over many cases would not notice if it broke.

turns.jsonl: reason, headline, publication, text, and the claims: sending State, receiving State, city, status,
modality, date.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from legation.models.claim import Text
from legation.pipeline.extract import Reader

ROWS = [json.loads(line) for line in Path(__file__).with_name("turns.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row["reason"] for row in ROWS])
def test_turn(row: dict[str, Any], reader: Reader) -> None:
    found = next(iter(reader.read([Text(row["text"], row["title"], row["published"])])))
    told = [[c.sending_state, c.receiving_state, c.city, c.status, c.modality, c.date] for c in found]
    assert sorted(told, key=str) == sorted(row["claims"], key=str)


def test_every_reason_stands_once() -> None:
    assert len({row["reason"] for row in ROWS}) == len(ROWS)


def test_who_does_so_first_does_not_confirm_himself(reader: Reader) -> None:
    text = "Oman opened its embassy in Lusaka, becoming the first Arab country to do so."
    (claim,) = next(iter(reader.read([Text(text, None, "2019-06-12")])))
    assert not [mark for mark in claim.marks if mark.label == "quote"]
