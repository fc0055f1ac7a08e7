"""The measure of two readers together: who is asked, what is published, what is left to a reviewer."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.cascade import Read, main
from legation.pipeline.second.due_articles import unsure
from tests.second.conftest import told

TEXT = "Norway reopened its embassy in Kyiv on Monday. Poland closed its embassy in Kyiv in March."
OPENED, CLOSED = TEXT.split(". ")


def small(confidence: float, **fields: Any) -> dict[str, Any]:
    return told(TEXT, OPENED, **fields) | {"confidence": confidence, "start": 0, "end": len(OPENED)}


@pytest.mark.parametrize(
    ("least", "title", "asked"),
    [
        (0.95, None, False), (0.9, None, False), (0.89, None, True),
        (None, "Fair draws many visitors", False), (None, "Embassy in Kyiv reopened", True), (None, None, False),
    ],
)  # fmt: skip
def test_who_is_unsure(least: float | None, title: str | None, asked: bool) -> None:
    assert unsure(least, title, 0.9) is asked


def test_a_sure_article_is_published_and_not_sent() -> None:
    read = Read(None, [small(0.95)], [told(TEXT, CLOSED, sending_state="PL", status="closed")])
    assert not read.sent(0.9)
    assert read.cascade(0.9) == read.agreed(0.9) == read.small
    assert read.differ(0.9) == 0


def test_of_an_article_that_is_sent_each_claim_goes_where_it_belongs() -> None:
    sure, agreed = small(0.95, modality="planned"), small(0.6)
    alone = small(0.5, sending_state="SE")
    second = [told(TEXT, OPENED), told(TEXT, CLOSED, sending_state="PL", status="closed")]
    read = Read(None, [sure, agreed, alone], second)
    assert read.sent(0.9)
    assert read.sure(0.9) == [sure]
    assert read.agreed(0.9) == [sure, agreed]
    assert read.cascade(0.9) == [sure, *second]
    assert read.differ(0.9) == 2  # Sweden's, which the small reader alone found, and Poland's


def test_the_command_scores_both_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = [
        {
            "sending_state": state,
            "receiving_state": "UA",
            "status": [status],
            "modality": ["fact"],
            "mission": "embassy",
        }
        for state, status in (("NO", "reopened"), ("PL", "closed"))
    ]
    rows = {
        "articles": {"id": "a-1", "text": TEXT, "date": "2025-05-14"},
        "gold": {"id": "a-1", "claims": gold},
        "answers": {
            "id": "a-1",
            "answer": {
                "claims": [
                    told(TEXT, OPENED),
                    told(TEXT, CLOSED, sending_state="PL", status="closed"),
                    told(TEXT, "Sweden closed its embassy in Kyiv.", sending_state="SE", status="closed"),
                ]
            },
        },
        "small": {
            "article": "a-1", "sending_state": "NO", "receiving_state": "UA", "status": "reopened", "modality": "fact",
            "confidence": 0.6,
        },
    }  # fmt: skip
    for name, row in rows.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    files = [str(tmp_path / f"{name}.jsonl") for name in ("articles", "gold", "answers")]
    command = ["cascade", *files, "--small", str(tmp_path / "small.jsonl"), "--sure", "0.9"]
    monkeypatch.setattr(sys, "argv", command)
    main()
    *table, last = capsys.readouterr().out.splitlines()
    lines = {line[:26].strip(): line[26:].split() for line in table}
    assert lines["small alone"] == ["1.000", "0.500", "0.667"]
    assert lines["second alone"] == ["1", "(100%)", "1.000", "1.000", "1.000"]
    assert lines["sure 0.9: agreed"] == ["1", "(100%)", "1.000", "0.500", "0.667"]
    assert lines["sure 0.9: cascade"] == ["1", "(100%)", "1.000", "1.000", "1.000", "1"]
    assert last == "1 answers to 1 articles; dropped claims: {'quote not in the text': 1}"
