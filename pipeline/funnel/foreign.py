"""The words for missions of other languages than English, as patterns over a page's bytes.

English words are never lost, however they are masked (terms.py, cuts.py). Here less is promised: a word is found in
UTF-8, in the 8-bit charsets that pages of its language use, in JSON escapes and in numbered references, but not where
a tag or an unseen character cuts it. A page is lost only if that is so at each place that names a mission.
"""

import re
from functools import cache

from legation.models.languages import languages
from legation.pipeline.funnel.terms import APART, FOREIGN, LEFT, RIGHT

CHARSETS = {
    "uk": ("utf-8", "windows-1251", "koi8-u"),
    "ru": ("utf-8", "windows-1251", "koi8-r"),
    "ar": ("utf-8", "windows-1256"),
}
BEGINNING = 5  # letters of a word in numbered references
COMMON = {"union", "liaison", "delegation", "delegación", "délégation", "oficina", "sección", "intereses", "intérêts"}


@cache
def byte_patterns() -> tuple[str, ...]:
    """Regular expressions over bytes, without regard to ASCII case: one matches any page that holds a word."""
    found: dict[str, None] = {}
    for language in languages().values():
        for words in language.words:
            found.update(dict.fromkeys(_patterns(language.code, words)))
    return tuple(found)


def _patterns(code: str, words: str) -> tuple[str, ...]:
    plain = words.replace("*", "")
    part = max(plain.split(), key=len)  # one word of a phrase is enough, unless other subjects share it
    if code not in CHARSETS:
        left, right = ("" if words.startswith("*") else LEFT), ("" if words.endswith("*") else RIGHT)
        parts = re.split(r"[^a-z\x80-\U0010ffff]+|’", plain if COMMON & set(plain.split()) else part)
        return (left + APART.join("".join(map(_latin, part)) for part in parts if part) + right,)
    return (*(_in_charset(part, charset) for charset in CHARSETS[code]), _escaped(part), _numbered(part))


def _latin(letter: str) -> str:
    return letter if letter.isascii() else FOREIGN


def _in_charset(word: str, charset: str) -> str:
    """The word in one charset, each letter small or capital."""
    return "".join(_one_of(_bytes(letter, charset), _bytes(letter.upper(), charset)) for letter in word)


def _bytes(letter: str, charset: str) -> str:
    return re.escape(letter.encode(charset).decode("latin-1"))


def _escaped(word: str) -> str:
    return "".join(_one_of(*(rf"\\u{ord(form):04x}" for form in (letter, letter.upper()))) for letter in word)


def _numbered(word: str) -> str:
    """As &#1087; or &#x43f;, its first letters: in full the patterns would take seconds to compile."""
    return "".join(
        "&#" + _one_of(*(form for c in (letter, letter.upper()) for form in (f"{ord(c)}", f"x0?{ord(c):x}"))) + ";"
        for letter in word[:BEGINNING]
    )


def _one_of(*forms: str) -> str:
    different = tuple(dict.fromkeys(forms))
    return different[0] if len(different) == 1 else f"(?:{'|'.join(different)})"
