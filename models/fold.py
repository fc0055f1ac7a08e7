"""Text without accents and typographic apostrophes, character for character, so that offsets stay as they are."""

import re
import unicodedata
from functools import cache

APOSTROPHES = "’‘ʼʻʿʾ`´′"
DASHES = "‐‑–"
SPACES = "\u00a0\u2007\u2009\u202f\n\t\r"
LETTERS = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ð": "d", "ħ": "h", "ə": "e"}


@cache
def _table() -> dict[int, str]:
    table = {code: _base(chr(code)) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
    for characters, plain in ((APOSTROPHES, "'"), (DASHES, "-"), (SPACES, " ")):
        table |= dict.fromkeys(map(ord, characters), plain)
    return table | {ord(letter): plain for letter, plain in LETTERS.items()}


def _base(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0]


@cache
def _odd() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(map(chr, _table())))}]")


def fold(text: str) -> str:
    """`text` with accents off, ' for apostrophes, - for hyphens and plain spaces; of the same length."""
    table = _table()
    return _odd().sub(lambda found: table[ord(found[0])], text)  # `translate` looks every letter up


def key(name: str) -> str:
    """What two spellings of one name share: folded, composed, lower case, single spaces."""
    return " ".join(fold(unicodedata.normalize("NFC", name)).lower().split())
