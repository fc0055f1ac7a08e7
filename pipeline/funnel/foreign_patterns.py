"""The words for missions of other languages than English, as patterns over a page's bytes.

English words are never lost, however they are masked (anchor_patterns.py, split_words.py). Here less is promised: a
word is found in UTF-8, in the 8-bit charsets that pages of its language use, in JSON escapes and in numbered
references, but not where a tag or an unseen character cuts it. A page is lost only if that is so at each place that
names a mission.
"""

import re
from functools import cache
from html.entities import codepoint2name
from string import ascii_lowercase

from legation.models.languages import languages

CHARSETS = {
    "uk": ("utf-8", "windows-1251", "koi8-u"),
    "ru": ("utf-8", "windows-1251", "koi8-r"),
    "ar": ("utf-8", "windows-1256"),
}
ASCII = set(ascii_lowercase + " '-")
BEGINNING = 5  # letters of a word in numbered references
COMMON = {"union", "liaison", "delegation", "delegación", "délégation", "oficina", "sección", "intereses", "intérêts"}


@cache
def byte_patterns() -> tuple[str, ...]:
    """Regular expressions over bytes, without regard to ASCII case: one matches any page that holds a word.

    All of them are plain strings, since those cost a scan next to nothing.
    """
    found: dict[str, None] = {}
    for language in languages().values():
        for words in language.words:
            found.update(dict.fromkeys(_patterns(language.code, words)))
    return tuple(found)


def _patterns(code: str, words: str) -> tuple[str, ...]:
    plain = words.replace("*", "")
    part = max(re.split(r"[\s'’]", plain), key=len)  # one word of a phrase is enough, unless other subjects share it
    if code not in CHARSETS:
        return _latin(plain if COMMON & set(plain.split()) else part)
    # without its first letter a word is the same as with a capital; in capitals it is another string
    forms = dict.fromkeys((part[1:], part.upper()[1:]) if part.upper() != part else (part,))
    return tuple(pattern for form in forms for pattern in _written(form, CHARSETS[code]))


def _latin(words: str) -> tuple[str, ...]:
    """Words in Latin letters, those that are not ASCII as UTF-8, one byte, a named or numbered reference, an escape."""
    forms = (
        lambda c: c.encode().decode("latin-1"),
        lambda c: c.encode("windows-1252").decode("latin-1"),
        lambda c: f"&{codepoint2name.get(ord(c), 'none')};",
        lambda c: f"&#{ord(c)};",
        lambda c: f"&#x{ord(c):x};",
        lambda c: rf"\u{ord(c):04x}",
    )
    return tuple(dict.fromkeys("".join(c if c in ASCII else re.escape(form(c)) for c in words) for form in forms))


def _written(word: str, charsets: tuple[str, ...]) -> tuple[str, ...]:
    """The word in each charset, in JSON escapes, and its first letters as &#1087; and &#x43f;"""
    beginning = [ord(letter) for letter in word[:BEGINNING]]
    return (
        *(re.escape(word.encode(charset).decode("latin-1")) for charset in charsets),
        "".join(rf"\\u{ord(letter):04x}" for letter in word),
        "".join(f"&#{number};" for number in beginning),
        "".join(f"&#x{number:x};" for number in beginning),
    )
