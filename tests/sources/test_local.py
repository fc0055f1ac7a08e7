"""Sources on this machine: saved pages, JSON Lines, web archives, standard input."""

import gzip
import json
import sys

import pytest

from tests.big_site import story
from tests.ingest_folder import IngestFolder

TEXT = "Diplomats came back on Monday. France reopened its embassy in Kyiv on Monday, the ministry said."
FILES = '[[sources]]\nname = "files"\nkind = "files"\npath = "{}"\n'
STDIN = '[[sources]]\nname = "in"\nkind = "stdin"\n'


def line(**values: object) -> str:
    return json.dumps({"text": TEXT, **values})


def test_saved_pages_and_articles_of_a_folder(desk: IngestFolder) -> None:
    folder = desk.folder / "in" / "deeper"
    folder.mkdir(parents=True)
    (folder / "a.html").write_bytes(
        story(0).replace(b"<head>", b'<head><link rel="canonical" href="http://n.example/a">')
    )
    (folder / "b.htm.gz").write_bytes(gzip.compress(story(1)))
    (folder / "c.jsonl").write_text(line(url="http://n.example/c?utm_source=x", title="C", date="2024-03-01T10:00"))
    (folder / "d.txt").write_text("not asked for")
    code, record = desk.run(FILES.format("in"))
    assert (code, record.problems) == (0, [])
    assert desk.rows("SELECT url, title, published FROM articles ORDER BY url") == [
        ("http://n.example/a", "Report 0", "2024-02-01"),
        ("http://n.example/c", "C", "2024-03-01"),
        ("in/deeper/b.htm.gz", "Report 1", "2024-02-02"),
    ]
    assert desk.rows("SELECT quote FROM claims WHERE sending_state = 'FR' AND city = 'Kyiv'")


def test_unchanged_files_are_not_opened_again(desk: IngestFolder) -> None:
    path = desk.folder / "a.jsonl"
    path.write_text(line(id="1") + "\n")
    desk.run(FILES.format("*.jsonl"))
    _, record = desk.run(FILES.format("*.jsonl"))
    assert record.counts["asked"] == 0
    path.write_text(line(id="1") + "\n" + line(id="2", text=TEXT + " It had been closed since the winter.") + "\n")
    _, record = desk.run(FILES.format("*.jsonl"))
    assert (record.counts["asked"], record.counts["articles cleaned"]) == (2, 1)


def test_the_same_id_is_another_article_in_another_file_and_on_another_line(desk: IngestFolder) -> None:
    """An id is good for one file; what it names there keeps its claims."""
    says = "Diplomats came back on Monday. {} reopened its embassy in Kyiv on Monday, the ministry said."
    states = ["France", "Italy", "Norway", "Spain", "Latvia", "Malta"]
    lines = [line(id=number, text=says.format(state)) for state, number in zip(states, "121233", strict=True)]
    (desk.folder / "a.jsonl").write_text("\n".join(lines[:2]))
    (desk.folder / "b.jsonl").write_text("\n".join(lines[2:4]))
    (desk.folder / "c.jsonl").write_text("\n".join(lines[4:]))
    code, record = desk.run(FILES.format("*.jsonl"))
    assert (code, record.problems, record.counts["articles versions"]) == (0, [], 0)
    live = "SELECT sending_state FROM claims WHERE retired IS NULL ORDER BY id"
    assert desk.rows(live) == [("FR",), ("IT",), ("NO",), ("ES",), ("LV",), ("MT",)]
    (desk.folder / "b.jsonl").write_text("\n".join([lines[2].replace("Monday, ", "Tuesday, "), lines[3]]))
    _, record = desk.run(FILES.format("*.jsonl"))
    assert record.counts["articles versions"] == 1  # the same words but one: a correction
    assert sorted(desk.rows(live)) == [("ES",), ("FR",), ("IT",), ("LV",), ("MT",), ("NO",)]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("{not json", "not JSON"),
        ('["a list"]', 'no "text"'),
        ('{"title": "no text"}', 'no "text"'),
        ('{"text": "  "}', "its text is empty"),
        ("[" * 100_000, "not JSON"),
    ],
    ids=["json", "list", "no-text", "blank", "deep"],
)
def test_a_broken_line_is_named_and_the_others_are_read(desk: IngestFolder, broken: str, reason: str) -> None:
    (desk.folder / "a.jsonl").write_text(line(id="1") + "\n\n" + broken + "\n" + line(id="2", text=TEXT * 2) + "\n")
    code, record = desk.run(FILES.format("a.jsonl"))
    assert code == 1
    assert record.problems[0].startswith(f"a.jsonl:3: {reason}")
    assert desk.rows("SELECT count(*) FROM articles") == [(2,)]


def test_a_damaged_file_and_a_missing_one(desk: IngestFolder) -> None:
    (desk.folder / "a.jsonl.gz").write_bytes(gzip.compress(line(id="1").encode())[:-6])
    code, record = desk.run(FILES.format("a.jsonl.gz") + FILES.format("none/*.html").replace('"files"', '"none"', 1))
    assert code == 1
    assert record.problems[0].startswith("a.jsonl.gz: its gzip data is cut short")
    assert record.problems[1].startswith("none: none/*.html: no file that ends in .html")


def test_standard_input_is_read_when_it_is_named(desk: IngestFolder) -> None:
    lines = [line(id="x", url="http://n.example/x"), line(id="y", source="http://n.example/y", text=TEXT + " More.")]
    desk.run(STDIN, stdin=lines)
    assert desk.rows("SELECT count(*) FROM articles") == [(0,)]
    code, _ = desk.run(STDIN, stdin=lines, only=("in",))
    assert code == 0
    assert desk.rows("SELECT url FROM articles ORDER BY url") == [("http://n.example/x",), ("http://n.example/y",)]
    code, record = desk.run(STDIN, stdin=lines, only=("in",))
    assert (code, record.counts["articles cleaned"]) == (0, 0)


def record(url: str, body: bytes, status: str = "200 OK", kind: str = "text/html") -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-01T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{abs(hash(url)):032x}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["warc", "warc.gz"])
def test_web_archives(desk: IngestFolder, pack: type[bytes]) -> None:
    pytest.importorskip("fastwarc")
    records = [
        record("http://n.example/a", story(0)),
        record("http://n.example/gone", b"gone", "404 Not Found"),
        record("http://n.example/picture", b"\x89PNG", kind="image/png"),
        record("http://n.example/b", story(1)),
        record("ftp://n.example/c", story(2)),
    ]
    name = "crawl.warc" if pack is bytes else "crawl.warc.gz"
    (desk.folder / name).write_bytes(b"".join(pack(one) for one in records))
    code, ran = desk.run(f'[[sources]]\nname = "archive"\nkind = "warc"\npath = "{name}"')
    assert (code, ran.problems) == (0, [])
    assert ran.notes == [
        f"{name}: left out: 1 answers with status 404, 1 answers of the type image/png, "
        "1 records without the address of a web page"
    ]
    assert desk.rows("SELECT url FROM articles ORDER BY id") == [("http://n.example/a",), ("http://n.example/b",)]
    _, again = desk.run(f'[[sources]]\nname = "archive"\nkind = "warc"\npath = "{name}"')
    assert again.counts["asked"] == 0


def test_without_the_extra_an_archive_says_what_to_install(desk: IngestFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc", None)
    (desk.folder / "a.warc").write_bytes(record("http://n.example/a", story(0)))
    code, ran = desk.run('[[sources]]\nname = "archive"\nkind = "warc"\npath = "a.warc"')
    assert code == 1
    assert "pip install 'legation[archive]'" in ran.problems[0]


def test_the_health_of_a_source_on_this_machine_is_shown(desk: IngestFolder) -> None:
    health = "SELECT failures, last_success IS NOT NULL, last_error FROM sources WHERE name = 'files'"
    code, record = desk.run(FILES.format("in"))
    why = "in: no file that ends in .html, .htm, .html.gz, .htm.gz, .jsonl, .jsonl.gz, .ndjson, .ndjson.gz"
    assert (code, record.problems, desk.rows(health)) == (1, [f"files: {why}"], [(1, 0, why)])
    assert desk.run(FILES.format("in"))[0] == 1
    assert desk.rows(health) == [(2, 0, why)]
    (desk.folder / "in").mkdir()
    (desk.folder / "in" / "a.jsonl").write_text(line(id=1))
    assert desk.run(FILES.format("in"))[0] == 0
    assert desk.rows(health)[0][:2] == (0, 1)


def test_a_source_on_this_machine_may_fail(desk: IngestFolder) -> None:
    (desk.folder / "a.jsonl").write_text("no json\n" + line(id=1, date="soon"))
    may = FILES.format("nowhere") + "may_fail = true\n" + FILES.replace('"files"\nkind', '"b"\nkind').format("a.jsonl")
    code, record = desk.run(may + "may_fail = true\n")
    assert (code, record.problems, len(record.notes)) == (0, [], 3)
    assert desk.rows("SELECT count(*) FROM articles") == [(1,)]
