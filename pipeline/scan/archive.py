"""WARC records, one by one: `.warc`, `.warc.gz`, from a file or a stream.

What is broken costs one record: a bad gzip member or header is named, and reading goes on at the next one.
"""

import base64
import hashlib
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.bodies import BodyError, read_body

LARGEST = 20_000_000  # bytes of a page, compressed and not; news pages have a hundredth of it
MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|WARC/1\.[01]\r\n")  # where a record can begin
CHUNK = re.compile(rb"([0-9a-fA-F]{1,7})[^\r\n]*\r\n")
HEADERS = (b"content-type", b"content-encoding", b"transfer-encoding")
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Page:
    """One answer with status 200. `at`: where its record begins in the archive as it is on the disk, in bytes; `date`:
    YYYY-MM-DD."""

    at: int
    url: str
    date: str
    content_type: str | None
    body: bytes
    block: bytes
    digest: str | None

    def intact(self) -> bool:
        """Whether the record's digest is right, where it has one by a known method."""
        method, _, wanted = (self.digest or "").partition(":")
        if method.lower() not in ("sha1", "sha256", "md5"):
            return True
        found = hashlib.new(method.lower(), self.block, usedforsecurity=False)
        return wanted.lower() in (found.hexdigest(), base64.b32encode(found.digest()).decode().lower())


@dataclass(frozen=True, slots=True)
class Broken:
    """What cannot be read, and why. `at`: where it begins, or the byte after the first of the last good record."""

    at: int
    reason: str


def pages(source: Path | IO[bytes], start: int = 0) -> Iterator[Page | Broken]:
    """The pages of an archive from byte `start` on, where a record begins. Raises OSError for a missing file."""
    if not isinstance(source, Path):
        yield from _pages(_Stream(source), 0, False)  # type: ignore[arg-type]
        return
    with source.open("rb") as file:
        at: int | None = start
        named = False  # whether the trouble at hand was told
        while at is not None:
            file.seek(at)
            at, named = yield from _pages(file, at, named)


class _Stream:
    """A pipe, which cannot be asked where it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._at = file, 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return False


def _pages(file: IO[bytes], base: int, named: bool) -> Generator[Page | Broken, None, tuple[int | None, bool]]:
    """The pages from here to the end, or to what cannot be read; returns where to go on (None: nowhere) and `named`."""
    last: int | None = None
    try:
        for record in _records(file):
            last = record.stream_pos
            if (item := _page(record, last)) is not None:
                yield item
    except OSError as error:
        bad = base if last is None else last + 1
        if last is not None or not named:
            yield Broken(bad, f"not readable: {error}")
        return (_next_member(file, bad + (last is None)) if file.seekable() else None), True
    return None, False


def _records(file: IO[bytes]) -> Any:
    try:
        from fastwarc import ArchiveIterator, WarcRecordType
    except ImportError:
        raise UsageProblem("scan: fastwarc is not installed; pip install 'legation[archive]'") from None
    return ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False)


def _next_member(file: IO[bytes], start: int) -> int | None:
    """Where the next record can begin, at or after `start`; None if nowhere."""
    file.seek(start)
    rest = b""
    while data := file.read(BLOCK):
        if found := MEMBER.search(rest + data):
            return start - len(rest) + found.start()
        start += len(data)
        rest = (rest + data)[-10:]
    return None


def _page(record: Any, at: int) -> Page | Broken | None:
    """None for what is no page: requests, answers with another status."""
    if record.headers.get("WARC-Type") != "response":
        return None
    url = record.headers.get("WARC-Target-URI") or ""
    if record.content_length > LARGEST:
        return Broken(at, f"{url}: {record.content_length} bytes, over {LARGEST}")
    block = record.reader.read()
    if len(block) < record.content_length:
        return Broken(at, f"{url}: cut short")
    head, _, body = block.partition(b"\r\n\r\n")
    if head[9:12] != b"200":
        return None
    kind, encoding, transfer = (
        _header(head, name) for name in (b"content-type", b"content-encoding", b"transfer-encoding")
    )
    try:
        body = _joined(body) if transfer == "chunked" else body
        body = read_body([body], encoding, LARGEST) if encoding else body
    except BodyError as error:
        return Broken(at, f"{url}: {error}")
    date = (record.headers.get("WARC-Date") or "")[:10]
    return Page(at, url, date, kind or None, body, block, record.headers.get("WARC-Block-Digest"))


def _header(head: bytes, name: bytes) -> str:
    found = re.search(rb"(?im)^" + name + rb":[ \t]*([^\r\n]*)", head)
    return found[1].decode("latin-1").strip().lower() if found else ""


def _joined(body: bytes) -> bytes:
    """A body sent in chunks; as it is if it holds none, since many crawlers join them and keep the header."""
    parts, at = [], 0
    while found := CHUNK.match(body, at):
        size = int(found[1], 16)
        parts.append(body[found.end() : found.end() + size])
        at = found.end() + size + 2
        if size == 0:
            return b"".join(parts)
    return body
