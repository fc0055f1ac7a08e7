"""Bytes of a page to characters."""

import codecs
import re
import unicodedata
from itertools import islice

LABEL = r"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})"
DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})"
    rb"|\A\s*<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.-]{2,40})",
    re.IGNORECASE,
)
IN_HEADER = re.compile(LABEL, re.IGNORECASE)
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
WEB = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}  # as browsers read these labels (WHATWG)
CYRILLIC = frozenset(("cp1251", "koi8-r", "koi8-u", "iso8859-5"))  # of which pages declare one for another
SWAPPED = 20  # one such word of so many is enough
HEAD = 65_536  # bytes in which a page's own declaration is looked for; some have long comments before it
WORD = re.compile(r"[^\W\d_]+")
FOREIGN_WORDS = 2000  # of the words with a letter that is not ASCII, the first so many are looked at


def decode(body: bytes, content_type: str | None = None) -> str:
    """The characters of `body`. Never fails: wrong bytes become U+FFFD.

    A byte order mark decides; else UTF-8 where it fits, since text in another charset almost never does, and where most
    of what is not ASCII fits, since then the rest is damage; else of the charsets that the HTTP header and the page
    declare the one in which the words look like words; else a guess.
    """
    for mark, name in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if body[:2] in (b"<\0", b"\0<", b"{\0", b"\0{"):  # UTF-16 without its mark
        return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    damaged = body.decode("utf-8", "replace")
    wrong = damaged.count("\ufffd")
    if sum(c > "\x7f" for c in damaged) - wrong > wrong:
        return damaged
    declared = [name for name in _declared(body, content_type) if not name.startswith("utf-")]
    texts = [body.decode(name, "replace") for name in declared]
    if not texts or max(map(_likely, texts)) < 0.5:
        others = CYRILLIC if CYRILLIC.intersection(declared) else ()
        texts += [body.decode(name, "replace") for name in (_guessed(body), *sorted(others))]
    return max(texts, key=_likely)  # the first of equals: the header goes before the page


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Python's names of the charsets that the header and the page declare, each once."""
    in_page = DECLARED.search(body[:HEAD])
    in_header = IN_HEADER.search(content_type or "")
    labels = [in_header[1] if in_header else "", (in_page[1] or in_page[2]).decode("ascii") if in_page else ""]
    return list(dict.fromkeys(name for label in labels if label and (name := _codec(label))))


def _codec(label: str) -> str | None:
    """Python's name of a charset of text; None for an unknown one."""
    try:
        name = codecs.lookup(label).name
        b"x".decode(name, "replace")  # refuses codecs that are no charset, such as hex
    except (LookupError, ValueError):
        return None
    return WEB.get(name, name)


def _likely(text: str) -> float:
    """How many of the words that are not ASCII look like words, from 0 to 1: letters of one script, and of Latin not
    most of them with marks. A text with neither such words nor wrong characters is likely (1)."""
    foreign = (found[0] for found in WORD.finditer(text) if not found[0].isascii())
    words = list(islice(foreign, FOREIGN_WORDS))
    if SWAPPED * sum(word[0].islower() and word[1:].isupper() for word in words) > len(words):
        return 0.0  # Cyrillic read in another of its charsets: capitals are small letters there, and these capitals
    good = sum(map(_is_word, words))
    wrong = sum(text.count(c) for c in "\ufffd\x81\x8d\x8f\x90\x9d")
    return good / (len(words) + wrong) if words or wrong else 1.0


def _is_word(word: str) -> bool:
    marked = [c for c in word if c > "\x7f"]
    scripts = {unicodedata.name(c, "?").partition(" ")[0] for c in marked}
    if scripts == {"LATIN"}:
        return 2 * len(marked) <= max(len(word), 2) and not any(c.isupper() for c in marked if word[0] != c)
    return (len(marked) == len(word) and len(scripts) == 1) or scripts <= {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"}


def _guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:200_000]).best()
    return best.encoding if best else "cp1252"
