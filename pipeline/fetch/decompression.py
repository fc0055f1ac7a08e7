"""Decompression that stops at a limit: a single call never makes more than CHUNK bytes."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import IO, cast

import brotli
import zstandard

ACCEPTED = "gzip, deflate, br, zstd"
CHUNK = 65_536
WINDOW = 2**27  # zstd: memory that a frame may ask for, 128 MiB as its command-line tool allows


class BodyError(Exception):
    """The body is too large, or is not what its Content-Encoding says."""


def read_body(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The decoded body. `encoding` is the Content-Encoding header ("" for none). Raises BodyError."""
    body = bytearray()
    for part in _decoded(chunks, encoding.strip().lower(), limit):
        body += part
        if len(body) > limit:
            raise BodyError(f"body over {limit} bytes")
    return bytes(body)


def unpack_gzip(body: bytes, limit: int) -> tuple[bytes, bool]:
    """What a gzip file holds, up to where it is damaged or cut short, and whether that is all. Raises BodyError for a
    file in which nothing can be read, and for one that holds more than `limit` bytes."""
    whole = bytearray()
    sound = True
    while sound and body.startswith(b"\x1f\x8b"):  # a file may hold several members
        body, sound = _unpack_member(body, whole, limit)
    if not sound and not whole:
        raise BodyError("not valid gzip: damaged or cut short")
    return bytes(whole), sound


def _unpack_member(body: bytes, whole: bytearray, limit: int) -> tuple[bytes, bool]:
    """Append to `whole` what the first member holds; returns what stands behind it, and whether it is sound."""
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for start in range(0, len(body), CHUNK):
        before, rest = decoder.copy(), body[start : start + CHUNK]
        here = len(whole)
        try:
            while rest and not decoder.eof:
                whole += decoder.decompress(rest, CHUNK)
                if len(whole) > limit:
                    raise BodyError(f"body over {limit} bytes")
                rest = decoder.unconsumed_tail
        except zlib.error:  # the call gives nothing of what it had read: byte by byte it does
            del whole[here:]
            with suppress(zlib.error):
                for at in range(start, min(start + CHUNK, len(body))):
                    whole += before.decompress(body[at : at + 1])
            return b"", False
        if decoder.eof:
            return decoder.unused_data + body[start + CHUNK :], True
    return b"", False


def _decoded(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from chunks
        return
    if encoding not in DECODERS:
        raise BodyError(f"Content-Encoding {encoding[:40]!r} was not asked for")
    try:
        yield from DECODERS[encoding](_bounded(chunks, limit))
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise BodyError(f"not valid {encoding}: damaged or cut short") from error


def _bounded(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Also the compressed bytes are limited: a body may be endless and yet decode to nothing."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limit:
            raise BodyError(f"compressed body over {limit} bytes")
        yield chunk


def _zlib(chunks: Iterable[bytes], wbits: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(wbits)
    for chunk in chunks:
        rest = chunk
        while rest and not decoder.eof:
            yield decoder.decompress(rest, CHUNK)
            rest = decoder.unconsumed_tail
    if not decoder.eof:
        raise EOFError("cut short")


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 9110 means zlib's format; some servers send the bare stream. The first byte tells: zlib's is 0x?8."""
    source = iter(chunks)
    first = next(source, b"")
    wbits = zlib.MAX_WBITS if first[:1] and first[0] & 0x0F == 8 else -zlib.MAX_WBITS
    yield from _zlib(_chain(first, source), wbits)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _brotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    for chunk in chunks:
        part = decoder.process(chunk, output_buffer_limit=CHUNK)
        while part or not decoder.can_accept_more_data():
            yield part
            part = decoder.process(b"", output_buffer_limit=CHUNK)
    if not decoder.is_finished():
        raise EOFError("cut short")


def _zstd(chunks: Iterable[bytes]) -> Iterator[bytes]:
    source = cast(IO[bytes], _File(chunks))  # all that zstandard calls of a file is read()
    reader = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(source, read_across_frames=True)
    while part := reader.read(CHUNK):
        yield part


class _File:
    """Chunks as the file that zstandard reads from; it wants no more than `size` bytes at once."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), b""

    def read(self, size: int = -1) -> bytes:
        data = self._rest or next(self._chunks, b"")
        cut = size if size >= 0 else len(data)
        self._rest = data[cut:]
        return data[:cut]


DECODERS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gzip": lambda chunks: _zlib(chunks, zlib.MAX_WBITS | 16),
    "x-gzip": lambda chunks: _zlib(chunks, zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
