"""64-bit simhash of a text, the same that trafilatura gives: texts that differ in a few words differ in a few bits.

Trafilatura adds 64 small numbers a word, in Python. Here one long number holds a counter of 32 bits for each bit of the
hash, so that a word costs one addition.
"""

import struct
from functools import lru_cache
from hashlib import blake2b

BITS, WIDTH = 64, 32
SPREAD = [sum(1 << WIDTH * bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]  # a counter for each bit


def fingerprint(text: str) -> str:
    """The hash in hex, sixteen digits."""
    from trafilatura.deduplication import sample_tokens

    words = sample_tokens(text, BITS)
    counters = struct.unpack(f"<{BITS}I", sum(map(_counters, words)).to_bytes(BITS * WIDTH // 8, "little"))
    return f"{sum(1 << bit for bit, ones in enumerate(counters) if 2 * ones >= len(words)):016x}"


@lru_cache(maxsize=2**14)
def _counters(word: str) -> int:
    """1 in the counter of each bit that the word's own hash has."""
    digest = blake2b(word.encode(), digest_size=8).digest()
    return sum(SPREAD[byte] << 8 * WIDTH * place for place, byte in enumerate(reversed(digest)))
