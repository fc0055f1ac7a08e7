"""What `extract` and `explain` read: ids, dates and titles of each kind of file, and each problem with its place."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from legation.models.claim import Text
from legation.pipeline.inputs import LONGEST, Input, Problem, json_lines, read_inputs

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Oman returns to Damascus</title>
<link rel="canonical" href="https://news.example/a/1"><meta property="article:published_time" content="2021-05-03">
</head><body><article><h1>Oman returns to Damascus</h1>
<p>Oman reopened its embassy in Damascus on Monday, the foreign ministry said in a statement sent to reporters.</p>
<p>The flag had been taken down nine years before, when the last of the diplomats went home by way of Beirut.</p>
</article></body></html>"""


def read(*paths: Path | str, published: str | None = None) -> list[Input | Problem]:
    return list(read_inputs(tuple(map(str, paths)), published))


# name: (row, the input that it gives)
ROWS: dict[str, tuple[dict[str, Any], Input]] = {
    "all": (
        {"id": "a", "url": "https://x.example/", "title": "T", "date": "2021-05-03", "text": "words"},
        Input("a", Text("words", "T", "2021-05-03"), "https://x.example/"),
    ),
    "trafilatura's names": (
        {"source": "https://x.example/", "title": "T", "date": "2021-05-03", "text": "words", "comments": "none"},
        Input("https://x.example/", Text("words", "T", "2021-05-03"), "https://x.example/"),
    ),
    "text alone": ({"text": "words"}, Input("x:1", Text("words", None, None))),
    "published goes before date": (
        {"text": "w", "published": "2021-05-03", "date": "2021-05-04"},
        Input("x:1", Text("w", None, "2021-05-03")),
    ),
    "a time of day is dropped": (
        {"text": "w", "published": "2021-05-03T10:00:00+02:00"},
        Input("x:1", Text("w", None, "2021-05-03")),
    ),
    "empty title and text": ({"text": "", "title": " "}, Input("x:1", Text("", None, None))),
    "title that is no text": ({"text": "w", "title": 3, "url": None}, Input("x:1", Text("w", None, None))),
    "id that is a number": ({"id": 7, "text": "w"}, Input("7", Text("w", None, None))),
    "zero character": ({"text": "a\0b"}, Input("x:1", Text("a\0b", None, None))),
    "as long as may be": (
        {"id": "", "text": "a" * (LONGEST - 20)},
        Input("x:1", Text("a" * (LONGEST - 20), None, None)),
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str) -> None:
    row, expected = ROWS[name]
    assert list(json_lines([json.dumps(row)], "x")) == [expected]


def test_date_given_by_the_user_stands_in() -> None:
    rows = [{"text": "w"}, {"text": "w", "date": "2021-05-03"}]
    told = json_lines(map(json.dumps, rows), "x", "2020-01-01")
    assert [item.text.published for item in told if isinstance(item, Input)] == ["2020-01-01", "2021-05-03"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "x:1: not JSON ("),
        ("[" * 100_000, "x:1: not JSON ("),
        ("[1]", 'x:1: no "text"'),
        ('{"title": "T"}', 'x:1: no "text"'),
        ('{"text": 3}', 'x:1: no "text"'),
        ('{"text": "\\ud800"}', "x:1: holds half of a character"),
        ('{"text": "w", "id": "\\udfff"}', "x:1: holds half of a character"),
        ('{"text": "w", "title": "\\ud83d"}', "x:1: holds half of a character"),
        (json.dumps({"text": "a" * (LONGEST + 1)}), f"x:1: over {LONGEST} characters"),
        ("", "x: empty; give one JSON object a line"),
    ],
)
def test_line_that_is_wrong(line: str, problem: str) -> None:
    [item] = json_lines([line], "x")
    assert isinstance(item, Problem)
    assert item.message.startswith(problem)
    assert "\n" not in item.message


def test_whole_characters_beyond_the_basic_plane_are_read() -> None:
    [item] = json_lines(['{"text": "\\ud83c\\udff3 up"}'], "x")
    assert item == Input("x:1", Text("🏳 up", None, None))


def test_a_wrong_line_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"text": "a"}\n\n{\n\xff\n{"text": "b"}\r\n')
    kinds = [type(item) for item in read(path)]
    assert kinds == [Input, Problem, Problem, Input]
    assert [item.message.split(" ")[0] for item in read(path) if isinstance(item, Problem)] == [
        f"{path}:3:",
        f"{path}:4:",
    ]


def test_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(b"\xef\xbb\xbfOman\r\nreturned.\n")
    assert read(path, published="2021-05-03") == [Input(str(path), Text("Oman\r\nreturned.\n", None, "2021-05-03"))]


@pytest.mark.parametrize("suffix", [".html", ".htm", ".HTML"])
def test_page(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"page{suffix}"
    path.write_text(PAGE, encoding="utf-8")
    [item] = read(path, published="1999-01-01")
    assert isinstance(item, Input)
    assert item.article == "https://news.example/a/1"
    assert (item.text.title, item.text.published) == ("Oman returns to Damascus", "2021-05-03")
    assert "Oman reopened its embassy in Damascus on Monday, the foreign ministry said" in item.text.text


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("empty.txt", b" \n", "empty; nothing to read"),
        ("empty.html", b"", "empty; nothing to read"),
        ("empty.jsonl", b"\n", "empty; give one JSON object a line"),
        ("latin.txt", b"caf\xe9", "not UTF-8 text (byte 3)"),
        ("long.txt", b"a" * (LONGEST + 1), f"over {LONGEST} characters"),
        ("page.pdf", b"%PDF-1.7", "unknown kind of file; give .jsonl, .html, .htm, .txt, or -"),
        ("page.html", b"%PDF-1.7\n", "unparsed: "),
    ],
)
def test_file_that_is_wrong(name: str, body: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(body)
    [item] = read(tmp_path / name)
    assert isinstance(item, Problem)
    assert item.message.startswith(f"{tmp_path / name}: {problem}")


def test_files_are_read_in_order_and_missing_ones_told(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.txt").write_text(name, encoding="utf-8")
    found = read(tmp_path / "b.txt", tmp_path / "none.txt", tmp_path, tmp_path / "a.txt")
    assert [item.text.text for item in found if isinstance(item, Input)] == ["b", "a"]
    assert found[1] == Problem(
        f"{tmp_path / 'none.txt'}: No such file or directory; name a file that exists and can be read"
    )
    assert isinstance(found[2], Problem)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = io.TextIOWrapper(io.BytesIO(b'{"text": "a"}\n{"text": "b", "id": "c"}\n'))
    monkeypatch.setattr(sys, "stdin", lines)
    assert [item.article for item in read("-") if isinstance(item, Input)] == ["-:1", "c"]


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("yesterday", "'yesterday' is no day or month"),
        ("2021-02-30", "'2021-02-30' is no day of the calendar"),
        ("0001-01-01", "'0001-01-01' is before 1800"),
        ("9999-12-31", "'9999-12-31' is later than "),
        (True, "True is no day or month"),
        ({"a": 1}, "a dict is no day or month"),
    ],
)
def test_an_article_with_a_date_that_is_not_believed_is_read_without_it(date: object, why: str) -> None:
    [item] = json_lines([json.dumps({"text": "w", "date": date})], "x")
    assert isinstance(item, Input)
    assert (item.text.published, item.published) == (None, None)
    assert item.note is not None
    assert item.note.startswith(f'x:1: "date" is no date to believe: {why}')


@pytest.mark.parametrize(
    ("date", "day", "published"),
    [
        ("2024-03", None, "2024-03"),
        (1709632800, "2024-03-05", "2024-03-05"),
        ("March 5, 2024", "2024-03-05", "2024-03-05"),
        (["2024-03-05T10:00:00+03:00"], "2024-03-05", "2024-03-05"),
    ],
)
def test_a_date_in_another_form(date: object, day: str | None, published: str) -> None:
    [item] = json_lines([json.dumps({"text": "w", "date": date})], "x")
    assert isinstance(item, Input)
    assert (item.text.published, item.published, item.note) == (day, published, None)


def test_a_byte_order_mark_before_the_first_line_is_skipped() -> None:
    [item] = json_lines([b'\xef\xbb\xbf{"text": "w", "id": "a"}'], "x")
    assert isinstance(item, Input)
    assert item.article == "a"
