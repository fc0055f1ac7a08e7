"""WARC records, one by one: `.warc`, `.warc.gz`, from a file or a stream.

What is broken costs one record: a bad gzip member or header is named, and reading goes on at the next one.
"""

import base64
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from legation.pipeline.date_parsing import parse_date
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.decompression import BodyError, read_body

LARGEST = 20_000_000  # bytes of a page, compressed and not; news pages have a hundredth of it
MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|WARC/(?:1\.[01]|0\.1[78])\r?\n")  # where a record can begin
CHUNK = re.compile(rb"([0-9a-fA-F]{1,16})[^\r\n]*\r\n")
ASKED = ("content-type", "content-encoding", "transfer-encoding")  # fields of an answer
ANSWERED = (200, 203)  # whole answers, from the publisher or through a proxy
OTHER_TYPES = re.compile(
    r"(?:image|audio|video|font|multipart)/|text/(?:css|javascript|csv|calendar|vtt|x-component)"
    r"|application/(?!xhtml|octet-stream|x-?httpd|html|unknown|x-unknown)[\w.+-]+$"
)
DAY = re.compile(
    r"(?:199[5-9]|20[01]\d|202[0-5])-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T"
)  # surely one: the usual case
HTML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|html|head|body|\?xml)", re.IGNORECASE)
PAGES = ("response", "resource", "revisit", "conversion")  # kinds of records that tell of a page
MOST_PACKED = 1100  # bytes that one byte of gzip can stand for
NO_ADDRESS = "records without the address of a web page"
LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,15})(?=[ \t]*\r?$)")
BLOCK = 1 << 20
# Answers that say that another one follows.
INTERIM = re.compile(rb"(?:HTTP/[\d.]+ 1\d\d[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)+(?=HTTP/)")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer that may be a page. `at`: where its record begins, in bytes of the archive as it is on the disk, or of
    what it unpacks to if one gzip member holds all records; `date`: YYYY-MM-DD."""

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
class Other:
    """What is no page, and what it is: a kind to be counted, such as "answers with status 404"."""

    at: int
    kind: str


@dataclass(frozen=True, slots=True)
class Broken:
    """What cannot be read, and why. `at`: where it begins, or the byte after the first of the last good record."""

    at: int
    reason: str


def pages(source: Path | IO[bytes], start: int = 0) -> Iterator[Page | Broken]:
    """As `items`, without what is no page."""
    return (item for item in items(source, start) if not isinstance(item, Other))


def items(source: Path | IO[bytes], start: int = 0) -> Iterator[Page | Broken | Other]:
    """What an archive holds from byte `start` on, where a record begins. Raises OSError for a missing file."""
    if not isinstance(source, Path):
        yield from _pages(_Stream(source), 0, False)  # type: ignore[arg-type]
        return
    with _opened(source) as file:
        at: int | None = start
        named = bare = False  # whether this damage was reported already; how to read the record there
        while at is not None:
            file.seek(at)
            at, named, bare = yield from _pages(file, at, named, bare)
        if isinstance(file, _Unpacked) and file.damage:
            yield Broken(file.tell(), file.damage)


def _opened(path: Path) -> IO[bytes]:
    """The archive, unpacked if one gzip member holds many records: no place in it is a byte of the file then."""
    if _is_one_member(path):
        return cast("IO[bytes]", _Unpacked(path))
    return path.open("rb")


def _is_one_member(path: Path) -> bool:
    """Whether a gzip member goes on behind its first record. WARC wants a member for each record; some tools compress
    the whole file."""
    unpacker, data = zlib.decompressobj(31), b""
    with path.open("rb") as file:
        while not unpacker.eof and (packed := file.read(1 << 9)):
            try:
                data += unpacker.decompress(packed, LARGEST)
            except zlib.error:
                return False
            head, _, _ = data.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            if length is None and len(data) > len(head):
                return False
            if length is not None and len(data) > len(head) + int(length[1]) + 16:
                return True
            if len(data) > 2 * LARGEST:  # a first record that is too large to be read
                return False
    return False


class _Unpacked(gzip.GzipFile):
    """An archive of one gzip member. It ends where it is cut short or damaged; `damage` says so then."""

    damage: str | None = None

    def read(self, size: int | None = -1) -> bytes:
        data, wanted = b"", LARGEST if size is None or size < 0 else size
        try:
            while len(data) < wanted and (piece := self.read1(wanted - len(data))):
                data += piece
        except (OSError, EOFError, zlib.error) as error:
            what = "ends too early" if isinstance(error, EOFError) else "is damaged"
            self.damage = f"not readable from here on: the gzip data {what}"
        return data


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


def _pages(
    file: IO[bytes], base: int, named: bool, bare: bool = False
) -> Generator[Page | Broken | Other, None, tuple[int | None, bool, bool]]:
    """The pages from here to the end, or to what cannot be read; returns where to go on (None: nowhere), `named`, and
    whether to read the record there as `bare`: with lines that end in bare line feeds.

    FastWARC reads such records in its quirks mode only, which passes over much that is broken without a word; so it is
    used for one record at a time.
    """
    last: int | None = None
    try:  # EOFError: a record that ends too early; its length may be wrong, so that others can follow it
        for record in _records(file, bare):
            at = record.stream_pos
            if bare and last is not None:
                return at, False, False
            kind = record.headers.get("WARC-Type")
            if not kind or "\n" in kind:  # read as one line, up to the first CRLF
                if not bare and _begins_at(file, at):
                    return at, named, True
                raise OSError("Invalid WARC header")
            last = at
            if kind.lower() in PAGES and (fault := _length_fault(record, file, at)):
                raise EOFError(f"{_address(record.headers.get('WARC-Target-URI') or '')}: {fault}")
            if _length_is_unread(record) and file.seekable():
                mended, after = _mended(file, at)
                mended_records = _records(io.BytesIO(mended), bare)
                yield from (item for one in mended_records if (item := _page(one, at, kind.lower())) is not None)
                return _next_member(file, after), False, False
            if (item := _page(record, at, kind.lower())) is not None:
                yield item
    except EOFError as error:
        at = cast("int", last)
        yield Broken(at, str(error))
        return (_next_member(file, at + 1) if file.seekable() else None), True, False
    except OSError as error:
        bad = base if last is None else last + 1
        if last is not None or not named:
            yield Broken(bad, f"not readable: {_reason(error)}")
        return (_next_member(file, bad + (last is None)) if file.seekable() else None), True, False
    if file.seekable() and not named and (cut := _cut_member(file, base if last is None else last + 1)) is not None:
        yield Broken(cut, "cut short")
    return None, False, False


def _reason(error: OSError) -> str:
    """What FastWARC's error means."""
    if "gzip" in str(error).lower() or "zlib" in str(error).lower():
        return "its gzip data is damaged"
    return "no WARC record begins here" if "header" in str(error) else "the record is damaged"


def _length_fault(record: Any, file: IO[bytes], at: int) -> str | None:
    """Why the length that a record tells cannot be right; None: it can. FastWARC would read to the end for it."""
    told = (record.headers.get("Content-Length") or "").strip()
    if not told.isdecimal():
        return "its record does not say how long it is"
    if int(told) <= LARGEST or not file.seekable():
        return None
    if isinstance(file, _Unpacked):
        return "cut short" if int(told) > LARGEST**2 else None
    here, size = file.tell(), file.seek(0, io.SEEK_END)
    file.seek(at)
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(here)
    return "cut short" if int(told) > (size - at) * (MOST_PACKED if packed else 1) else None


def _length_is_unread(record: Any) -> bool:
    """Whether the record tells its length in a form that FastWARC does not know: it wants Content-Length in these
    letters, though the names of fields are the same in small ones."""
    return not record.content_length and (record.headers.get("Content-Length") or "0").strip("0 ").isdecimal()


def _mended(file: IO[bytes], at: int) -> tuple[bytes, int]:
    """The record that begins at byte `at`, unpacked, with its length in the form that is known; and the byte behind
    it. Raises OSError where it is damaged."""
    file.seek(at)
    packed = file.read(2 * LARGEST)
    data, end = packed, None
    if packed.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(31)
        try:
            data = unpacker.decompress(packed, 2 * LARGEST)
        except zlib.error as error:
            raise OSError("damaged gzip data") from error
        end = at + len(packed) - len(unpacker.unused_data)
    head, blank, block = data.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    size = int(length[1]) if length else 0
    mended = LENGTH.sub(lambda found: b"Content-Length: " + found[1], head) + blank + block[:size] + b"\r\n\r\n"
    return mended, end or at + len(head) + len(blank) + min(size, len(block))


def _begins_at(file: IO[bytes], at: int) -> bool:
    """Whether a record or a gzip member begins at byte `at`: not so inside a single member that holds many records."""
    if not file.seekable():
        return False
    here = file.tell()
    file.seek(at)
    start = file.read(16)
    file.seek(here)
    return MEMBER.match(start) is not None


def _records(file: IO[bytes], bare: bool) -> Any:
    try:
        from fastwarc import ArchiveIterator, WarcRecordType
    except ImportError:
        raise UsageProblem("fastwarc is not installed, which reads archives; pip install 'legation[archive]'") from None
    return ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False, quirks_mode=bare)


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


def _cut_member(file: IO[bytes], start: int) -> int | None:
    """Where the last gzip member begins, if it is so short that nothing of its record is in it; None: there is none.

    Without a word such an end is the same to FastWARC as the end of the archive.
    """
    at = _next_member(file, start)
    if at is None:
        return None
    file.seek(at)
    packed = file.read(BLOCK)
    if not packed.startswith(b"\x1f\x8b") or len(packed) == BLOCK:
        return None
    unpacker = zlib.decompressobj(31)
    try:
        unpacked = unpacker.decompress(packed, BLOCK)
    except zlib.error:
        return None  # by chance the bytes inside a member look like the start of one
    return None if unpacker.eof and not unpacked else at


def _page(record: Any, at: int, kind: str) -> Page | Broken | Other | None:
    """None for what tells nothing of a page: requests, metadata. `kind`: its WARC-Type in small letters. Raises
    EOFError for a record that ends too early."""
    if kind not in PAGES:
        return None
    url = _address(record.headers.get("WARC-Target-URI") or "")
    if kind in ("revisit", "conversion"):
        return Other(at, f"records of the kind {kind}")
    length = record.content_length
    if length > LARGEST:
        return Broken(at, f"{url}: {length} bytes, over {LARGEST}")
    record.freeze()
    block = record.reader.read()
    if len(block) < length:
        raise EOFError(f"{url}: cut short")
    date = _date(record.headers.get("WARC-Date") or "")
    digest = record.headers.get("WARC-Block-Digest")
    if kind == "resource":
        return _resource(record, at, url, date, block, digest)
    before = INTERIM.match(block)
    record.reader.seek(before.end() if before else 0)
    try:
        record.parse_http(quirks_mode=True)
    except OSError as error:
        return Broken(at, f"{url}: its HTTP headers cannot be read: {error}")
    headers = record.http_headers
    if headers is None or headers.status_code is None:
        return Broken(at, f"{url}: no answer of HTTP")
    return _answer(record, at, url, date, block)


def _answer(record: Any, at: int, url: str, date: str, block: bytes) -> Page | Broken | Other:
    """What was answered, its HTTP headers parsed."""
    headers, digest = record.http_headers, record.headers.get("WARC-Block-Digest")
    if headers.status_code not in ANSWERED:
        return Other(at, f"answers with status {headers.status_code}")
    if not _is_of_the_web(url):
        return Other(at, NO_ADDRESS)
    sent = {low: value.strip().lower() for name, value in headers if (low := name.lower()) in ASKED}
    content_type = sent.get("content-type", "")
    if other := _no_html(content_type):
        return Other(at, other)
    body, transfer = record.reader.read(), sent.get("transfer-encoding", "")
    try:
        body = _joined(body) if "chunked" in transfer else body
        body = _decoded(body, sent.get("content-encoding", ""))
        if body.startswith(b"\x1f\x8b"):  # compressed by the sender or the crawler, without a header
            body = _decoded(body, "gzip")
    except BodyError as error:
        return Broken(at, f"{url}: {error}")
    return Page(at, url, date, content_type or None, body, block, digest)


def _resource(record: Any, at: int, url: str, date: str, block: bytes, digest: str | None) -> Page | Other:
    """A page that was stored without its HTTP headers."""
    content_type = (record.headers.get("Content-Type") or "").lower()
    if not _is_of_the_web(url) or "html" not in content_type:
        return Other(at, "records of the kind resource that are no web pages")
    return Page(at, url, date, content_type, block, block, digest)


def _address(text: str) -> str:
    """The address of a record; wget puts it in angle brackets."""
    text = text.strip()
    return text[1:-1].strip() if text.startswith("<") and text.endswith(">") else text


def _is_of_the_web(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _no_html(content_type: str) -> str | None:
    """What kind of answer it is, if one that is surely no HTML; a missing or odd type leaves that to the parser."""
    kind = content_type.partition(";")[0].strip()
    if kind == "text/html":  # the usual case
        return None
    return f"answers of the type {kind[:60]}" if OTHER_TYPES.match(kind) else None


def _date(text: str) -> str:
    """The day of a record, YYYY-MM-DD; "" for one that cannot be believed."""
    return text[:10] if DAY.match(text) else parse_date(text, "").date or ""


def _decoded(body: bytes, encodings: str) -> bytes:
    """The body without its Content-Encoding; as it is where a crawler has undone that and kept the header."""
    if not encodings:
        return body
    for encoding in reversed([one.strip() for one in encodings.split(",") if one.strip()]):
        try:
            body = read_body([body], encoding, LARGEST)
        except BodyError:
            if not HTML_START.match(body[:512]):
                raise
    return body


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
