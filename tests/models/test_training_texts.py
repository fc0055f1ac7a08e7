"""The texts written for training: each line is what `legation train` reads, with claims that can be proven."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from legation.models.claim import MODALITIES, STATUSES
from legation.models.gazetteer import states
from tests.conftest import ROOT

FOLDER = ROOT / "models" / "training" / "texts"
FILES = sorted(FOLDER.glob("*.jsonl"))
DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def test_there_are_texts_and_each_has_its_own_id() -> None:
    ids = Counter(row["id"] for path in FILES for row in rows(path))
    assert len(ids) > 1000
    assert not [name for name, count in ids.items() if count > 1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_claims_have_known_labels_and_quotes_of_their_text(path: Path) -> None:
    wrong = [
        f"{row['id']}: {problem}" for row in rows(path) for claim in row["claims"] for problem in faults(row, claim)
    ]
    assert not wrong


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def faults(row: dict[str, Any], claim: dict[str, Any]) -> list[str]:
    found = []
    receivers = claim["receiving_state"] if isinstance(claim["receiving_state"], list) else [claim["receiving_state"]]
    codes = [code for code in (claim["sending_state"], *receivers) if code is not None]
    found += [f"unknown State {code}" for code in codes if code not in states()]
    if claim["sending_state"] is not None and claim["sending_state"] in receivers:
        found.append("the sender is the host")
    for name, allowed in (("status", STATUSES), ("modality", MODALITIES)):
        found += [f"unknown {name} {label}" for label in list(claim[name]) if label not in allowed]
    if claim["quote"] not in f"{row['text']}\n{row['title']}":
        found.append("the quote is not in the text")
    if claim["date"] is not None and not DAY.fullmatch(claim["date"]):
        found.append(f"no date: {claim['date']}")
    return found
