"""The anchor words of the lexicon as patterns over bytes and over characters.

A word can stand in a page in pieces: cut by tags (split_words.py) or by characters that nobody sees, or with letters as
references. The patterns over bytes may match more than words, never less.
"""

import re
from collections.abc import Iterator
from functools import cache

from legation.models.anchors import ROOTS, anchors

# Between the words of a phrase: white space, marks, markup, entities, what is not ASCII (such as a no-break space).
APART = r"(?:[\s'-]|<[^<>]*>|&[#a-zA-Z0-9]+;?|\\[a-z0-9]+|[\x80-\xff])*"
FOREIGN = r"(?:<[^<>]*>)*(?:[\x80-\xff]{1,2}|&[#a-zA-Z0-9]+;?|\\u[0-9a-f]{4}|e[\xcc\xcd][\x80-\xbf])"
# Characters that nobody sees and no text keeps, behind a letter.
UNSEEN = (
    "[a-z](?:&shy|&#0?173|&#xad|\xc2?\xad|&zw|&zerowidth|&nobreak|&[lr]rm|&#820[3-7]|&#8288|&#65279|&#x200[b-f]|&#x2060|&#xfeff"
    r"|\\u00ad|\\u200[b-f]|\\u2060|\\ufeff|\xe2\x80[\x8b-\x8f]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf)"
)
# A letter written as a reference: nobody does that but to hide it, so such a page is looked at closely.
LETTER = (
    r"&#0*(?:6[5-9]|[78][0-9]|90|9[7-9]|1[01][0-9]|12[0-2])(?:[^0-9]|$)"
    r"|&#x0*(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])(?:[^0-9a-f]|$)"
    r"|\\u00(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])"
)
REACH = 200  # characters round a stem in which its phrase stands, white space included
LEFT = r"(?:^|[^a-zA-Z0-9]|\\[nrtbf]|\\u[0-9a-f]{4})"  # the latter two in JSON: a line break, a tag's end
RIGHT = r"(?:[^a-zA-Z0-9]|$)"
PARAGRAPH = r"<p(?:\s[^<>]*)?>(?:[^<>]*[^a-zA-Z0-9<>])?"
LETTERS = re.compile("[a-z]+")


@cache
def terms() -> tuple[str, ...]:
    """The anchors, of those that begin with a word for diplomacy only that word: each text with an anchor holds one."""
    firsts = {words: words.split(" ")[0] for words in anchors()}
    return tuple(sorted({first if ROOTS.search(first) else words for words, first in firsts.items()}))


@cache
def byte_patterns() -> tuple[str, ...]:
    """Regular expressions over bytes, without regard to case: one of them matches any page that holds an anchor, unless
    tags cut it (split_words.py)."""
    whole = (LEFT + _whole(words) + (RIGHT if words[-1].isascii() else "") for words in terms())
    return (*whole, UNSEEN, LETTER)


@cache
def paragraph_patterns() -> tuple[str, ...]:
    """The same, of words in the text of a paragraph before its first tag."""
    return tuple(PARAGRAPH + _whole(words) + (RIGHT if words[-1].isascii() else "") for words in terms())


def _whole(words: str) -> str:
    """The words with anything apart between them."""
    parts = re.split(r"[^a-z\x80-\U0010ffff]+|[’]", words)
    return APART.join("".join(c if c.isascii() else FOREIGN for c in part) for part in parts if part)


@cache
def stems() -> tuple[str, ...]:
    """Runs of letters: any text with an anchor holds one, however its words are spaced. A first, cheap check."""
    longest = {max(LETTERS.findall(words), key=len) for words in terms()}
    return tuple(sorted(stem for stem in longest if not any(other in stem for other in longest - {stem})))


def holds_anchor(text: str, seam: str = "") -> bool:
    """Whether a text of small letters holds an anchor. `seam`: a character between words, none inside them.

    The pattern, slow over a whole text, is tried round the stems only.
    """
    pattern = text_pattern(seam)
    return any(pattern.search(text, max(0, at - REACH), at + REACH) for at in _places(text))


def _places(text: str) -> Iterator[int]:
    for stem in stems():
        at = text.find(stem)
        while at >= 0:
            yield at
            at = text.find(stem, at + 1)


@cache
def text_pattern(seam: str = "") -> re.Pattern[str]:
    """An anchor in a text of small letters, its words apart by white space and `seam`."""
    spelled = (rf"[\s{seam}]*".join(map(re.escape, words.split(" "))) for words in anchors())
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spelled)})(?![a-z0-9])")
