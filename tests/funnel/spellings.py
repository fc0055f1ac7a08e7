"""How the words for missions can be spelled in a page so that a reader sees them all the same."""

import random
from collections.abc import Callable

from legation.models.anchors import is_anchor
from legation.models.lexicon import mission_rows

WORDS = sorted({words for row in mission_rows() for words in (*row.words, *row.plural) if is_anchor(row, words)})
TAGS = ["<b>", "</i>", '<a href="/x">', "<wbr>", "<span class='cap'>"]


def tagged(word: str, chance: random.Random) -> str:
    """The word cut by tags, once or anywhere up to letter by letter."""
    places = sorted(chance.sample(range(1, len(word)), chance.choice([1, 2, 3, len(word) - 1])), reverse=True)
    for place in places:
        word = word[:place] + chance.choice(TAGS) + word[place:]
    return word


def referred(word: str, chance: random.Random) -> str:
    """One letter as a reference."""
    at = chance.randrange(len(word))
    form = chance.choice(["&#{:d};", "&#x{:x};", "&#0{:d};", "&#X{:X};"])
    return word[:at] + form.format(ord(word[at])) + word[at + 1 :]


def softened(word: str, chance: random.Random) -> str:
    """A soft hyphen, or a space without width, between two letters."""
    inside = [i for i in range(1, len(word)) if word[i - 1 : i + 1].isalpha()]
    at = chance.choice(inside)
    return word[:at] + chance.choice(["\u00ad", "&shy;", "&#173;", "&#xAD;", "\u200b", "&#8203;", "&zwnj;"]) + word[at:]


def spaced(word: str, chance: random.Random) -> str:
    """The words of a phrase apart by other than a space."""
    return word.replace(" ", chance.choice(["\n   ", "&nbsp;", "\u00a0", "</b> <b>", " <br/> "]))


def plain(word: str, chance: random.Random) -> str:
    return word


def entitled(word: str, chance: random.Random) -> str:
    return "".join(c if c.isascii() else chance.choice([f"&#{ord(c)};", "&eacute;" if c == "é" else c]) for c in word)


def embedded(word: str, chance: random.Random) -> str:
    """In the JSON of an article's body."""
    escaped = "".join(f"\\u{ord(c):04x}" if chance.random() < 0.2 else c for c in word)
    before = chance.choice(["The ", "It is over.\\n", "It is over.\\u003cp\\u003e"])
    return f'</p><script type="application/ld+json">{{"articleBody": "{before}{escaped} closed."}}</script><p>'


SPELLINGS: list[Callable[[str, random.Random], str]] = [plain, tagged, referred, softened, spaced, entitled, embedded]
