"""Second stage: what a reader of the page would see, and embedded article bodies. Drops words in addresses and code.

Trafilatura takes text from elements, from JSON-LD (articleBody and the like) and from one attribute of a forum program;
all of that is looked at, whatever it would choose. Without selectolax the parser that trafilatura uses does the same.
"""

import re
from html import unescape
from typing import Any

from legation.models.languages import mission_languages
from legation.pipeline.cleaning.charset import decode
from legation.pipeline.funnel.anchor_patterns import holds_anchor, stems

SEAM = "\0"  # between two pieces of text: a tag stands there, which may cut a word or part two
UNSEEN = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
BREAK = re.compile(r"\\[nrtbf]")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def may_show(body: bytes, content_type: str | None = None, *, foreign: bool = False) -> bool:
    """Whether an anchor word may stand in the text of the page. False is certain.

    `foreign`: or a word for missions of another language."""
    characters = decode(body, content_type)
    shown, embedded = _texts(characters)
    embedded = _embedded(embedded)
    return _holds(shown) or _holds(embedded) or (foreign and (_holds_foreign(shown) or _holds_foreign(embedded)))


def _holds_foreign(text: str) -> bool:
    return bool(mission_languages(UNSEEN.sub("", text).replace(SEAM, "")) or mission_languages(text.replace(SEAM, " ")))


def _texts(characters: str) -> tuple[str, str]:
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError:
        return _texts_by_lxml(characters)
    if "<template" in characters or "<TEMPLATE" in characters:  # lexbor keeps its content apart
        characters = re.sub(r"(?i)<(/?)template", r"<\1div", characters)
    tree = LexborHTMLParser(characters)
    embedded = [script.text() for script in tree.css('script[type*="json" i]')]
    embedded += [node.attributes.get("data-preloaded") or "" for node in tree.css("#data-preloaded")]
    tree.strip_tags(["script", "style"])
    root = tree.root
    return (root.text(deep=True, separator=SEAM) if root is not None else ""), SEAM.join(embedded)


def _texts_by_lxml(characters: str) -> tuple[str, str]:
    from trafilatura import load_html

    tree: Any = load_html(characters)
    if tree is None:
        return characters, ""
    embedded = [script.text or "" for script in tree.iter("script") if "json" in (script.get("type") or "").lower()]
    embedded += [node.get("data-preloaded") or "" for node in tree.iter("div")]
    for element in list(tree.iter("script", "style")):
        element.text = None
    return SEAM.join(tree.itertext()), SEAM.join(embedded)


def _embedded(text: str) -> str:
    """Text inside JSON: escapes read, entities read, tags taken for seams."""
    plain = ESCAPE.sub(lambda found: chr(int(found[1], 16)), BREAK.sub(" ", text))
    return TAG.sub(SEAM, unescape(unescape(plain)))


def _holds(text: str) -> bool:
    small = UNSEEN.sub("", text).lower()
    joined = small.replace(SEAM, "")
    if any(joined.count(stem) > small.count(stem) for stem in stems()):
        return True  # a word is cut: rare enough to let the page through
    return holds_anchor(small, SEAM) or holds_anchor(joined)
