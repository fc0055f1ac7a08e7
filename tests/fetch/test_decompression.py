"""Compressed bodies are decoded as sent, and bombs stop at the limit without being unpacked."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import brotli
import pytest
import zstandard

from legation.pipeline.fetch.decompression import BodyError, read_body
from tests.bombs import BOMBS

TEXT = b"The embassy works again. " * 4_000
RAW_DEFLATE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
ENCODED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "GZIP ": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
}


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[i : i + size] for i in range(0, len(body), size))


@pytest.mark.parametrize("size", [1, 7, 65_536])
@pytest.mark.parametrize("encoding", ENCODED)
def test_bodies_are_decoded_however_they_are_cut(encoding: str, size: int) -> None:
    assert read_body(pieces(ENCODED[encoding], size), encoding, len(TEXT)) == TEXT


def test_deflate_without_its_wrapper_is_understood() -> None:
    body = RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush()
    assert read_body([body], "deflate", len(TEXT)) == TEXT


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_ends_at_the_limit(encoding: str) -> None:
    limit = 1_000_000
    bomb = BOMBS[encoding]()
    tracemalloc.start()
    with pytest.raises(BodyError, match="over 1000000 bytes"):
        read_body([bomb], encoding, limit)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * limit  # the body so far, one part of it, and what grew while they were joined


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_compressed_at_all_is_named(encoding: str) -> None:
    with pytest.raises(BodyError, match=f"not valid {encoding}"):
        read_body([b"<html>not compressed at all</html>"], encoding, 10_000_000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])  # the decoder of zstd does not tell
def test_what_is_cut_short_is_named(encoding: str) -> None:
    with pytest.raises(BodyError, match="cut short"):
        read_body([ENCODED[encoding][:-9]], encoding, 10_000_000)


@pytest.mark.parametrize("encoding", ["compress", "gzip, gzip", "aes128gcm"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BodyError, match="not asked for"):
        read_body([b"x"], encoding, 100)


def test_an_endless_body_that_decodes_to_nothing_ends() -> None:
    def empty_blocks() -> Iterator[bytes]:
        compress = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        while True:
            yield compress.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff"

    with pytest.raises(BodyError):
        read_body(empty_blocks(), "gzip", 10_000)
