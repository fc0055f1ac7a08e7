"""What goes wrong with files, folders, configurations and outputs: one line names the place, and nothing is lost."""

import gzip
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from legation.pipeline.config import load_config
from legation.pipeline.errors import LegationError, UsageProblem
from legation.pipeline.export import whole_file
from legation.pipeline.known_list import lines_of
from legation.pipeline.sources.local import LeftOut, LocalArticle, LocalPage, local_files
from legation.pipeline.sources.settings import FilesSource, WarcSource
from tests.archive import record
from tests.rows import fresh, tell

ARTICLE = json.dumps({"text": "France closed its embassy in Kyiv."})
FILES = FilesSource(name="in", kind="files", path="in")
WARC = WarcSource(name="in", kind="warc", path="in")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


def found(folder: Path, source: FilesSource | WarcSource = FILES) -> tuple[list[str], list[str]]:
    """Addresses of what is read, and what is said of the rest."""
    read: list[str] = []
    said: list[str] = []
    for file in local_files(source, folder, (), 1_000_000):
        for item in file.items:
            if isinstance(item, (LocalPage, LocalArticle)):
                read.append(item.url)
            else:
                assert isinstance(item, LeftOut) or item.message.startswith(file.address)
                said.append(item.message)
    return read, said


@pytest.mark.parametrize(
    ("name", "content", "read", "said"),
    [
        ("a.jsonl", b"", 0, "in/a.jsonl: empty; give one JSON object a line"),
        ("a.jsonl", ARTICLE.encode("utf-16"), 0, "in/a.jsonl: UTF-16; save it as UTF-8"),
        ("a.jsonl", ("\ufeff" + ARTICLE).encode(), 1, None),
        ("a.jsonl", ARTICLE.encode() + b"\n\0\0\0\n", 1, "in/a.jsonl:2: not JSON (Expecting value at column 1); give"),
        ("a.jsonl", b'{"text": "caf\xe9"}\n' + ARTICLE.encode(), 1, "in/a.jsonl:1: not UTF-8 text (byte 14); give"),
        ("a.jsonl", b"[" * 100_000 + b"\n" + ARTICLE.encode(), 1, "in/a.jsonl:1: not JSON"),
        ("a.jsonl.gz", b"no gzip", 0, "in/a.jsonl.gz: not gzip, or damaged; restore it, or name it without .gz"),
        ("a.jsonl.gz", gzip.compress(ARTICLE.encode())[:-6], 0, "in/a.jsonl.gz: its gzip data is cut short"),
        ("a.jsonl.gz", gzip.compress(ARTICLE.encode()) + b"\0" * 20, 1, None),
        ("a.html.gz", b"<html>", 0, "in/a.html.gz: not gzip, or damaged"),
        ("a.html", b"x" * 1_000_001, 0, "in/a.html: body over 1000000 bytes"),
        (b"\xff.html", b"<html><p>x", 1, None),
        (b"\xff.jsonl", ARTICLE.encode(), 1, None),
        ("a\nb.jsonl", ARTICLE.encode(), 1, None),
    ],
    ids=["empty", "utf16", "mark", "nul", "latin", "deep", "no gzip", "cut", "padded", "html", "large", "name", "name2",
         "line"],
)  # fmt: skip
def test_files_that_are_not_as_their_names_say(
    folder: Path, name: str | bytes, content: bytes, read: int, said: str | None
) -> None:
    Path(os.fsdecode(os.path.join(os.fsencode(folder), b"in", os.fsencode(name)))).write_bytes(content)
    urls, lines = found(folder)
    assert len(urls) == read
    assert all(url.encode() for url in urls)  # can be stored
    assert len(lines) == (said is not None)
    assert lines == [] or lines[0].startswith(str(said))


@pytest.mark.parametrize(
    "make",
    [os.mkdir, os.mkfifo, lambda path: os.symlink("nowhere", path), lambda path: os.symlink(path, path)],
    ids=["folder", "pipe", "dangling", "loop"],
)
def test_what_is_no_file_is_passed_over(folder: Path, make: Callable[[str], Any]) -> None:
    make(str(folder / "in" / "a.jsonl"))
    (folder / "in" / "b.jsonl").write_text(ARTICLE)
    assert found(folder) == (["in/b.jsonl:1"], [])
    (folder / "in" / "b.jsonl").unlink()
    with pytest.raises(LegationError, match="no file that ends in"):
        found(folder)


def test_files_that_look_like_articles_and_are_not_read_are_counted(folder: Path) -> None:
    for name in ("a.jsonl", "b.ndjson", "c.json", "d.txt", "e.css", "f.warc"):
        (folder / "in" / name).write_text(ARTICLE)
    files = list(local_files(FILES, folder, (), 1_000_000))
    [said] = files[0].items
    assert isinstance(said, LeftOut)
    assert said.message.startswith("in: 3 files are not read, such as c.json; read are .html, ")
    assert [file.address for file in files[1:]] == ["in/a.jsonl", "in/b.ndjson"]


GOOD = record("https://news.example/a", b"<html><p>France closed its embassy in Kyiv.")
BAD = record("https://news.example/bad", b"<html><p>x")


@pytest.mark.parametrize(
    ("content", "read", "said"),
    [
        (b"", 0, 1),
        (b"\0" * 600, 0, 1),
        (b"no archive at all", 0, 1),
        (BAD.replace(b"Content-Length", b"X-Length", 1) + GOOD, 1, 1),
        (GOOD + b"\0" * 512 + GOOD, 2, 1),
        (b"\xef\xbb\xbf" + GOOD, 1, 1),
        (b"\r\n\r\n" + GOOD, 1, 0),
        (GOOD[:-50] + GOOD, 1, 1),
        (BAD.replace(b"https://news.example/bad", b"http://[::bad") + GOOD, 1, 1),
        (BAD.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 20x OK") + GOOD, 1, 1),
        (GOOD.replace(b"\r\nContent-Type", b"\r\nno colon\r\nContent-Type", 1), 1, 0),
        (gzip.compress(GOOD) + b"\0" * 100, 1, 1),
    ],
    ids=["empty", "nul", "text", "no length", "padding", "mark", "blank lines", "cut", "address", "status", "header",
         "padded gzip"],
)  # fmt: skip
def test_archives_with_strange_records(folder: Path, content: bytes, read: int, said: int) -> None:
    pytest.importorskip("fastwarc")
    (folder / "in" / "a.warc").write_bytes(content)
    urls, lines = found(folder, WARC)
    assert urls == ["https://news.example/a"] * read
    assert (len(lines) > 0) == (said > 0), lines


FEED = '[[sources]]\nname = "a"\nkind = "feed"\nurl = "https://n.example/f"\n'


def test_a_configuration_with_a_mark_in_front_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf" + FEED.encode())
    assert len(load_config(tmp_path / "config.toml").sources) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FEED.encode("utf-16"), "not TOML: byte 0 is not UTF-8; save the file as UTF-8"),
        (b"\0", "not TOML: "),
        (b"[fetch]\ndelay = 1", "fetch.delay: unknown key `delay`; did you mean `delay_seconds`?"),
        (b"[fetch]\ndelay_seconds = inf", "fetch.delay_seconds: must be a number, not inf"),
        (b"[fetch]\ndelay_seconds = nan", "fetch.delay_seconds: must be a number, not nan"),
        (b"[Fetch]\ncontact = 'x'", "Fetch: unknown section `Fetch`; did you mean `fetch`?"),
        (b"[database]\npath = ''", "database.path: must not be empty"),
        (b"[status]\nunreviewed = '0,94'", "status.unreviewed: must be a number, not '0,94'"),
        (b"[sources]\nname = 'a'", "sources: each source is a section of its own; write [[sources]]"),
        (FEED.replace('"feed"', '"RSS"').encode(), 'sources[0]: kind "RSS" is not known; for RSS and Atom write'),
        (FEED.replace("https", "htp").encode(), "sources[0].url: not a web address; it must begin with http://"),
        (b"x" * 100_000 + b" = 1", "x" * 60 + ": unknown section `" + "x" * 60 + "`"),
        ((FEED + FEED).encode(), "sources: the name a is given twice"),
    ],
    ids=["utf16", "nul", "delay", "inf", "nan", "capitals", "path", "comma", "one bracket", "rss", "htp", "long",
         "twice"],
)  # fmt: skip
def test_typos_of_a_configuration_in_plain_words(tmp_path: Path, text: bytes, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text)
    with pytest.raises(UsageProblem) as told:
        load_config(path)
    assert told.value.problems[0].startswith(f"{path}: {said}")
    assert len(told.value.problems[0]) < 500
    assert not any(word in str(told.value).lower() for word in ("pydantic", "validation error", "traceback"))


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, link, plain = tmp_path / "pipe", tmp_path / "link", tmp_path / "plain"
    plain.write_text("old")
    link.symlink_to(plain)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    for target in (pipe, link):
        with whole_file(target) as file:
            file.write("new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert link.is_symlink()
    assert plain.read_text() == "new"
    with pytest.raises(UsageProblem, match="Is a directory"), whole_file(tmp_path) as file:
        file.write("x")


@pytest.fixture
def stored(tmp_path: Path) -> Database:
    """A folder with a database of one claim."""
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    tell(db, "France closed it.", sending_state="FR", status="closed", date="2022-02-28", published="2022-03-01")
    db.close()
    (tmp_path / "config.toml").write_text('[database]\npath = "legation.db"\n')
    return db


@pytest.mark.slow("starts the program from a shell")
@pytest.mark.parametrize(
    ("redirect", "code", "said"),
    [
        ("> /dev/full", 2, "standard output: No space left on device; free some room, or write elsewhere\n"),
        (">&-", 0, ""),
        ("2>&- > /dev/null", 0, ""),
        ("| head -c 1 > /dev/null", 0, ""),
        ("-o /dev/full", 2, "/dev/full: No space left on device; name another file or make the folder\n"),
        ("-o /dev/stdout | grep -q closed", 0, ""),
    ],
    ids=["full", "closed", "closed errors", "pipe", "file full", "file is stdout"],
)
def test_outputs_that_take_nothing(stored: Database, tmp_path: Path, redirect: str, code: int, said: str) -> None:
    command = f"set -o pipefail; {sys.executable} -m legation export claims {redirect}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, stderr=subprocess.PIPE, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (code, said)
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: not the header of such a list; the columns are sender, host"),
        (b"sender\n", "line 1: no column host; the columns are sender, host"),
        (b"sender;host;city\nFR;PL;", "part its cells by commas"),
        ("sender,host".encode("utf-16"), "not UTF-8"),
        (b'sender,host\n"FR,PL', "unexpected end of data"),
    ],
    ids=["empty", "half", "semicolons", "utf16", "quote"],
)
def test_lists_that_are_no_lists(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(UsageProblem, match=said):
        list(lines_of(path, ("sender", "host")))


def test_characters_that_cannot_be_stored_are_not_in_a_list(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xef\xbb\xbfsender,host\nF\0R,P\x1bL\n")
    [line] = lines_of(path, ("sender", "host"))
    assert (line.text, line.values) == ("FR,PL", {"sender": "FR", "host": "PL"})
