"""`legation evaluate`: the report on a small gold file, and what is said of files that are wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from legation.pipeline.errors import UsageProblem
from legation.pipeline.evaluate import predict, read_articles, report
from legation.pipeline.extract import Reader
from legation.pipeline.gold import read_gold
from legation.pipeline.scoring import Wanted
from tests.conftest import Legation

CLAIM = {
    "sending_state": "OM",
    "receiving_state": "SY",
    "status": "reopened",
    "modality": ["fact"],
    "mission": ["embassy"],
    "city": "Damascus",
    "date": "2018-12",
    "attribution": None,
}
ROWS: list[dict[str, Any]] = [
    {
        "id": "brief-1",
        "text": "Oman reopened its embassy in Damascus in December 2018.",
        "published": "2019-03-01",
        "claims": [CLAIM],
    },
    {"id": "b2", "kind": "note", "text": "Fiji closed its embassy in Rome.", "published": "2019-03-01", "claims": []},
    {"id": "b3", "kind": "note", "text": "It rained in Rome.", "published": None, "claims": []},
    {"id": "b4", "kind": "note", "text": "It rained in Suva.", "claims": [{**CLAIM, "receiving_state": ["IQ", "SY"]}]},
]


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_report(reader: Reader, tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", *ROWS)
    gold = read_gold(path)
    lines = [line.split() for line in report(gold, predict(gold, read_articles(gold, path), reader), errors=True)]
    told = [" ".join(line) for line in lines]
    assert "strict 0.500 0.500 0.500 1 1 1" in told
    assert "Articles with nothing to find: 2, of them 1 gave a claim." in told
    assert "reopened 1.000 0.500 0.667 1 0 1" in told  # by status
    assert "closed 0.000 0.000 0.000 0 1 0" in told
    assert "brief 1.000 1.000 1.000 1 0 0" in told  # by kind of text: the id's beginning
    assert "note 0.000 0.000 0.000 0 1 1" in told  # or what the gold says
    assert [line[1:] for line in lines if line and line[0] in ("date", "city", "attribution")] == [
        ["1", "1", "1.000"]
    ] * 3
    assert [line for line in told if line.startswith(("EXTRA", "MISSED"))] == [
        told[-2],
        "MISSED b4 OM IQ reopened fact embassy",
    ]
    assert told[-2].startswith("EXTRA b2 FJ IT closed fact embassy close: ")
    assert told[-2].endswith("Fiji closed its embassy in Rome.")


def test_command(legation: Legation, tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", *ROWS)
    done = legation("evaluate", path, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "strict" in done.stdout
    assert "EXTRA" not in done.stdout


def test_labels_may_be_lists_or_single(tmp_path: Path) -> None:
    [article] = read_gold(write(tmp_path / "gold.jsonl", ROWS[0]))
    assert article.kind == "brief"
    assert article.claims == (
        Wanted("OM", ("SY",), ("reopened",), ("fact",), ("embassy",), True, "Damascus", "2018-12", ("",)),
    )


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "empty; give an article a line, with id and claims"),
        (["\n\n"], "empty; give an article a line, with id and claims"),
        (["{\n"], ":1: not JSON"),
        ([{"id": "a"}], ":1: no 'claims'"),
        ([{"claims": []}], ":1: no 'id'"),
        ([["a"]], ":1: list indices"),
        ([ROWS[2], {"id": "a", "claims": [{**CLAIM, "status": ["open"]}]}], ":2: status 'open' is none of reopened,"),
        ([{"id": "a", "claims": [{"sending_state": "OM"}]}], ":1: no 'receiving_state'"),
        ([ROWS[0], ROWS[0]], "1 ids occur twice"),
    ],
)
def test_gold_that_is_wrong(rows: list[object], problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem) as raised:
        read_gold(write(tmp_path / "gold.jsonl", *rows))
    [line] = raised.value.problems
    assert line.startswith(str(tmp_path / "gold.jsonl"))
    assert problem in line


def test_every_wrong_line_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem) as raised:
        read_gold(write(tmp_path / "gold.jsonl", "[\n", ROWS[0], {"id": 1}))
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize("bad", ["missing.jsonl", "folder", "latin.jsonl"])
def test_gold_that_cannot_be_read(bad: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9\n")
    with pytest.raises(UsageProblem, match="name a file of gold"):
        read_gold(tmp_path / bad)


def test_articles_that_the_gold_names_must_be_there(tmp_path: Path) -> None:
    gold = read_gold(write(tmp_path / "gold.jsonl", *ROWS))
    with pytest.raises(UsageProblem, match="2 articles of the gold are missing, such as b3; add them"):
        read_articles(gold, write(tmp_path / "articles.jsonl", *ROWS[:2]))
    with pytest.raises(UsageProblem, match="not JSON"):
        read_articles(gold, write(tmp_path / "broken.jsonl", "{"))
