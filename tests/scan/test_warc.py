"""WARC records: whole, broken, compressed, in chunks."""

import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
import zstandard

from legation.pipeline.scan.warc import LARGEST, Broken, Other, Page, items, pages
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


@pytest.mark.slow("packs and unpacks 200 MB")
def test_a_record_of_200_mb_is_named_and_skipped(tmp_path: Path) -> None:
    huge = gzip.compress(record("https://news.example/huge", bytes(200_000_000)), 1)
    good, broken = read(tmp_path / "a.warc.gz", MEMBERS[0] + huge + MEMBERS[1])
    assert good == ["0", "1"]
    assert broken == [f"https://news.example/huge: 200000086 bytes, over {LARGEST}"]


def test_no_archive_and_an_empty_one(tmp_path: Path) -> None:
    assert read(tmp_path / "a.warc.gz", b"hello" * 50) == ([], ["not readable: no WARC record begins here"])
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


HTML = b"<!DOCTYPE html><html><p>The embassy closed.</p></html>"
URI = b"WARC-Target-URI: https://news.example/1"


def one_page(tmp_path: Path, data: bytes) -> Page:
    path = tmp_path / "a.warc"
    path.write_bytes(data + RECORDS[0])
    first, second = pages(path)
    assert isinstance(first, Page)
    assert isinstance(second, Page)
    assert second.body == BODIES[0]
    return first


def odd(old: bytes, new: bytes, body: bytes = HTML) -> bytes:
    """A record with `old` in its HTTP part replaced, its lengths put right."""
    head, _, block = record("https://news.example/1", body).partition(b"\r\n\r\n")
    block = block[:-4].replace(old, new)
    lines = [line for line in head.split(b"\r\n") if not line.startswith((b"Content-Length", b"WARC-Block-Digest"))]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(block)]) + b"\r\n\r\n" + block + b"\r\n\r\n"


TYPE = b"Content-Type: text/html; charset=utf-8\r\n"
PADDED = b"%016x\r\n%s\r\n0  \r\n\r\n" % (len(HTML), HTML)  # the size of a chunk, padded on both sides
CHUNKED = (
    b"".join(b"%x\r\n%s\r\n" % (len(HTML[i : i + 9]), HTML[i : i + 9]) for i in range(0, len(HTML), 9)) + b"0\r\n\r\n"
)


@pytest.mark.parametrize(
    ("old", "new", "body"),
    [
        (b"HTTP/1.1 200 OK", b"HTTP/2 200", HTML),
        (b"HTTP/1.1 200 OK", b"HTTP/1.0 200", HTML),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 203 Non-Authoritative Information", HTML),
        (TYPE, b"", HTML),
        (TYPE, b"CONTENT-TYPE: TEXT/HTML\r\n", HTML),
        (TYPE, b"Content-Type: html\r\n", HTML),
        (TYPE, TYPE + b"Transfer-Encoding: chunked\r\n", CHUNKED),
        (TYPE, TYPE + b"Transfer-Encoding: chunked\r\n", PADDED),
        (TYPE, TYPE + b"Transfer-Encoding: chunked\r\nContent-Encoding: br\r\n", HTML),  # undone, headers kept
        (TYPE, TYPE + b"transfer-encoding: gzip, chunked\r\nContent-Encoding: identity\r\n", HTML),
        (TYPE, TYPE + b"content-encoding: GZIP\r\n", gzip.compress(HTML, mtime=0)),
        (TYPE, TYPE + b"Content-Encoding: br\r\n", brotli.compress(HTML)),
        (b"\r\n", b"\n", HTML),
    ],
)
def test_odd_answers_are_read(tmp_path: Path, old: bytes, new: bytes, body: bytes) -> None:
    page = one_page(tmp_path, odd(old, new, body))
    assert (page.url, page.body) == ("https://news.example/1", HTML)


@pytest.mark.parametrize(
    "data",
    [
        odd(b"x", b"x").replace(URI, b"WARC-Target-URI: <https://news.example/1>"),
        odd(b"x", b"x").replace(b"WARC/1.0", b"WARC/1.1"),
        odd(b"x", b"x").replace(b"WARC/1.0", b"WARC/0.18"),
        odd(b"x", b"x").partition(b"\r\n\r\nHTTP")[0].replace(b"\r\n", b"\n")
        + b"\n\nHTTP"
        + odd(b"x", b"x").partition(b"\r\n\r\nHTTP")[2],
    ],
    ids=["wget", "1.1", "0.18", "bare line feeds"],
)
def test_odd_records_are_read(tmp_path: Path, data: bytes) -> None:
    assert one_page(tmp_path, data).url == "https://news.example/1"


def test_what_is_no_page_is_counted_by_kind(tmp_path: Path) -> None:
    records = [
        odd(b"200 OK", b"404 Not Found"),
        odd(b"text/html", b"image/png"),
        record("https://news.example/1", b"", kind="revisit"),
        record("https://news.example/1", b"", kind="request"),
    ]
    found = list(items(write_archive(tmp_path / "a.warc", records)))
    assert [item.kind for item in found if isinstance(item, Other)] == [
        "answers with status 404",
        "answers of the type image/png",
        "records of the kind revisit",
    ]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_an_archive_of_one_gzip_member_gives_the_same_as_unpacked(tmp_path: Path, name: str) -> None:
    odd_one = odd(b"x", b"x").partition(b"\r\n\r\nHTTP")
    bare = odd_one[0].replace(b"\r\n", b"\n") + b"\n\nHTTP" + odd_one[2]
    bad = RECORDS[2].replace(b"Content-Length", b"X-Length", 1)
    data = b"".join(
        [RECORDS[0], bare, RECORDS[1], bad, RECORDS[3], record("https://news.example/r", b"", kind="revisit")]
    )
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    found = [(type(item).__name__, item.at) for item in items(path)]
    assert [kind for kind, _ in found].count("Page") == 4
    assert "Broken" in [kind for kind, _ in found]
    later = list(items(path, found[-2][1]))  # as after a kill
    assert [(type(item).__name__, item.at) for item in later] == found[-2:]


def test_an_archive_of_one_gzip_member_that_is_cut_short_says_so(tmp_path: Path) -> None:
    good, broken = read(tmp_path / "a.warc.gz", gzip.compress(b"".join(RECORDS))[:-60])
    assert good[:2] == ["0", "1"]
    assert broken[-1].startswith("not readable from here on: the gzip data ends too early")


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_names_of_fields_in_small_letters_are_the_same_names(tmp_path: Path, name: str) -> None:
    small = [RECORDS[n].replace(b"Content-Length", b"content-length", 1) for n in (1, 3)]
    small[1] = small[1].replace(b"WARC-Type", b"warc-type").replace(b"WARC-Target-URI", b"warc-target-uri")
    path = write_archive(tmp_path / name, [RECORDS[0], small[0], RECORDS[2], small[1], RECORDS[4]])
    found = list(pages(path))
    assert [page.body for page in found if isinstance(page, Page)] == BODIES[:5]
    assert list(pages(path, found[3].at)) == found[3:]


def too_long(number: int) -> bytes:
    """A record whose Content-Length is larger than all that follows."""
    head, _, rest = RECORDS[number].partition(b"\r\n\r\n")
    return re.sub(rb"Content-Length: \d+", b"Content-Length: 900000", head) + b"\r\n\r\n" + rest


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_after_a_record_that_says_to_be_longer_the_rest_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    parts = [RECORDS[0], too_long(1), RECORDS[2], too_long(3), RECORDS[4], RECORDS[5][:-90]]
    good, broken = read(tmp_path / "a.warc", b"".join(map(pack, parts)))
    assert good == ["0", "2", "4"]
    assert broken == [f"https://news.example/{number}: cut short" for number in (1, 3, 5)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, None], ids=["plain", "gzip", "one member"])
@pytest.mark.parametrize("length", [b"9" * 18, b"", b"-5", b"many", None])
def test_a_record_whose_length_cannot_be_right_costs_itself_only(
    tmp_path: Path, pack: Callable[[bytes], bytes] | None, length: bytes | None
) -> None:
    line = b"X-Length: 5" if length is None else b"Content-Length: " + length
    head, _, rest = RECORDS[1].partition(b"\r\n\r\n")
    bad = re.sub(rb"Content-Length: \d+", line, head) + b"\r\n\r\n" + rest
    parts = [RECORDS[0], bad, RECORDS[2], RECORDS[3]]
    data = b"".join(map(pack, parts)) if pack else gzip.compress(b"".join(parts))
    good, broken = read(tmp_path / "a.warc.gz", data)
    assert good == ["0", "2", "3"]
    [reason] = broken
    known = length == b"9" * 18
    assert reason == f"https://news.example/1: {'cut short' if known else 'its record does not say how long it is'}"


@pytest.mark.parametrize("whole", [0, 1, 3])
@pytest.mark.parametrize("left", [5, 20, 40])
def test_a_stump_of_a_gzip_member_is_named(tmp_path: Path, whole: int, left: int) -> None:
    good, broken = read(tmp_path / "a.warc.gz", b"".join(MEMBERS[:whole]) + MEMBERS[whole][:left])
    assert (len(good), broken) == (whole, ["cut short"])


def test_an_empty_gzip_member_at_the_end_is_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path / "a.warc.gz", b"".join([*MEMBERS, gzip.compress(b"")])) == (list("012345"), [])


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", HTML),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", HTML),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", gzip.compress(HTML)),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: gzip\r\n\r\n", gzip.compress(HTML)),
    ],
    ids=["continue", "hints", "packed", "packed for the transfer"],
)
def test_answers_behind_others_and_packed_without_a_word(tmp_path: Path, head: bytes, body: bytes) -> None:
    whole = record("https://news.example/1", b"")
    start = whole.partition(b"\r\n\r\n")[0]
    block = head + body
    start = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(block), start)
    start = re.sub(rb"WARC-(?:Block|Payload)-Digest: [^\r]*\r\n", b"", start)
    assert one_page(tmp_path, start + b"\r\n\r\n" + block + b"\r\n\r\n").body == HTML


@pytest.mark.parametrize("address", ["", "dns:news.example", "ftp://news.example/1", "urn:uuid:1"])
def test_a_record_without_the_address_of_a_page_is_counted(tmp_path: Path, address: str) -> None:
    (tmp_path / "a.warc").write_bytes(record(address, HTML) + RECORDS[1])
    first, second = items(tmp_path / "a.warc")
    assert first == Other(0, "records without the address of a web page")
    assert isinstance(second, Page)
