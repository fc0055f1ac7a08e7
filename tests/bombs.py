"""Compressed bodies of at most 2 MB that unpack to 2 GB."""

import zlib
from collections.abc import Callable
from functools import cache

import brotli
import zstandard

MEGABYTE = bytes(1_000_000)
SIZE = 2_000  # MB, unpacked


def _deflate(wbits: int) -> bytes:
    """The same block again and again: after a full flush it needs nothing of the ones before."""
    compress = zlib.compressobj(9, wbits=wbits)
    head = compress.compress(MEGABYTE) + compress.flush(zlib.Z_FULL_FLUSH)
    block = compress.compress(MEGABYTE) + compress.flush(zlib.Z_FULL_FLUSH)
    return head + block * (SIZE - 1)


def _brotli() -> bytes:
    """The same block again and again here too: after a flush each begins at a byte, and says the same as the last."""
    compress = brotli.Compressor(quality=1)
    head, block = (compress.process(MEGABYTE) + compress.flush() for _ in range(2))
    return bytes(head + block * (SIZE - 1) + compress.finish())


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": cache(lambda: _deflate(zlib.MAX_WBITS | 16)),
    "deflate": cache(lambda: _deflate(zlib.MAX_WBITS)),
    "br": cache(_brotli),
    "zstd": cache(lambda: zstandard.compress(MEGABYTE) * SIZE),
}
