"""WARC records: whole, broken, compressed, in chunks."""

import gzip
import io
from pathlib import Path

import brotli
import pytest
import zstandard

from legation.pipeline.scan.archive import LARGEST, Broken, Page, pages
from tests.archive import record, write_archive

pytest.importorskip("fastwarc")

BODIES = [f"<p>page {number} </p>".encode() + f"<p>filler {number}</p>".encode() * 200 for number in range(6)]
RECORDS = [record(f"https://news.example/{number}", body) for number, body in enumerate(BODIES)]
MEMBERS = [gzip.compress(one, mtime=0) for one in RECORDS]


def read(path: Path, data: bytes) -> tuple[list[str], list[str]]:
    """(last part of the address of each page, reason of each broken record)"""
    path.write_bytes(data)
    items = list(pages(path))
    good = [item.url[-1] for item in items if isinstance(item, Page)]
    return good, [item.reason for item in items if isinstance(item, Broken)]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_come_in_order_with_their_bodies(tmp_path: Path, name: str) -> None:
    found = list(pages(write_archive(tmp_path / name, RECORDS)))
    assert [page.body for page in found if isinstance(page, Page)] == BODIES
    assert all(isinstance(page, Page) and page.intact() and page.date == "2024-05-06" for page in found)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_reading_begins_at_any_record(tmp_path: Path, name: str) -> None:
    path = write_archive(tmp_path / name, RECORDS)
    whole = list(pages(path))
    assert all(list(pages(path, item.at)) == whole[number:] for number, item in enumerate(whole))


def test_a_stream_without_places_is_read() -> None:
    assert len(list(pages(io.BytesIO(b"".join(MEMBERS))))) == 6


@pytest.mark.parametrize("at", [100, -6], ids=["data", "checksum"])
def test_a_broken_member_costs_one_record(tmp_path: Path, at: int) -> None:
    bad = bytearray(MEMBERS[2])
    bad[at] ^= 0xFF
    good, broken = read(tmp_path / "a.warc.gz", b"".join([*MEMBERS[:2], bytes(bad), *MEMBERS[3:]]))
    assert good == ["0", "1", "3", "4", "5"]
    assert len(broken) == 1
    assert broken[0].startswith("not readable")


def test_garbage_between_records_costs_none(tmp_path: Path) -> None:
    good, broken = read(tmp_path / "a.warc.gz", MEMBERS[0] + b"garbage" * 20 + MEMBERS[1])
    assert good == ["0", "1"]
    assert len(broken) == 1


@pytest.mark.parametrize(("parts", "name"), [(MEMBERS, "a.warc.gz"), (RECORDS, "a.warc")])
def test_a_truncated_archive_loses_its_last_record(tmp_path: Path, parts: list[bytes], name: str) -> None:
    good, broken = read(tmp_path / name, b"".join(parts)[:-60])
    assert good == ["0", "1", "2", "3", "4"]
    assert broken == ["https://news.example/5: cut short"]


def test_a_record_of_200_mb_is_named_and_skipped(tmp_path: Path) -> None:
    huge = gzip.compress(record("https://news.example/huge", bytes(200_000_000)), 1)
    good, broken = read(tmp_path / "a.warc.gz", MEMBERS[0] + huge + MEMBERS[1])
    assert good == ["0", "1"]
    assert broken == [f"https://news.example/huge: 200000086 bytes, over {LARGEST}"]


def test_no_archive_and_an_empty_one(tmp_path: Path) -> None:
    assert read(tmp_path / "a.warc.gz", b"hello" * 50) == ([], ["not readable: Invalid WARC header"])
    assert read(tmp_path / "b.warc.gz", b"") == ([], [])


def test_a_wrong_digest_shows(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.warc", [record("https://news.example/1", b"<p>", digest="sha1:AAAA")])
    (page,) = pages(path)
    assert isinstance(page, Page)
    assert not page.intact()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BODIES[0], mtime=0)),
        ("br", brotli.compress(BODIES[0])),
        ("zstd", zstandard.ZstdCompressor().compress(BODIES[0])),
    ],
    ids=["gzip", "br", "zstd"],
)
def test_content_encodings_are_undone(tmp_path: Path, coding: str, body: bytes) -> None:
    (page,) = pages(write_archive(tmp_path / "a.warc.gz", [record("https://news.example/1", body, encoding=coding)]))
    assert isinstance(page, Page)
    assert page.body == BODIES[0]


def test_a_bomb_is_one_broken_record(tmp_path: Path) -> None:
    bomb = record("https://news.example/1", gzip.compress(bytes(100_000_000)), encoding="gzip")
    good, broken = read(tmp_path / "a.warc.gz", gzip.compress(bomb) + MEMBERS[0])
    assert good == ["0"]
    assert broken == [f"https://news.example/1: body over {LARGEST} bytes"]


def test_chunks_are_joined(tmp_path: Path) -> None:
    chunked = b"b\r\nThe embassy\r\n8\r\n closed.\r\n0\r\n\r\n"
    one = record("https://news.example/1", chunked).replace(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX: y\r\n")
    head = b"Content-Type: text/html; charset=utf-8\r\n"
    one = one.replace(b"X: y\r\n", b"").replace(head, b"Transfer-Encoding: chunked\r\n" + head[:12])
    path = tmp_path / "a.warc"
    path.write_bytes(one)
    found = next(iter(pages(path)))
    assert isinstance(found, (Page, Broken))
