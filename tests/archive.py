"""WARC archives for tests and benches: one gzip member a record, as crawlers write them."""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{more}Content-Length: {length}\r\n\r\n"


def record(
    url: str,
    body: bytes,
    *,
    content_type: str = "text/html; charset=utf-8",
    encoding: str | None = None,
    date: str = "2024-05-06T07:08:09Z",
    digest: str | None = None,
    kind: str = "response",
) -> bytes:
    """One WARC record, uncompressed. `digest`: in place of the right sha1 of the block."""
    more = f"Content-Encoding: {encoding}\r\n" if encoding else ""
    block = HEAD.format(type=content_type, more=more, length=len(body)).encode() + body
    digest = digest or "sha1:" + base64.b32encode(hashlib.sha1(block).digest()).decode()
    name = hashlib.md5(url.encode() + body, usedforsecurity=False).hexdigest()
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{name}>\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: {date}\r\nWARC-Block-Digest: {digest}\r\nContent-Type: application/http; msgtype={kind}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def write_archive(path: Path, records: Iterable[bytes], level: int = 6) -> Path:
    """Write the records, compressed one by one if the name ends in .gz."""
    with path.open("wb") as file:
        for one in records:
            file.write(gzip.compress(one, level, mtime=0) if path.suffix == ".gz" else one)
    return path
