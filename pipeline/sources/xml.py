"""XML of strangers made fit for a parser: in UTF-8, without characters that XML forbids, whatever is declared."""

import re

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.cleaning.control_characters import CONTROL

_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")


def fit(body: bytes, content_type: str | None) -> bytes:
    """The document as UTF-8, with no declaration that could say otherwise; its lines keep their numbers."""
    text = CONTROL.sub("", decode(body, content_type))
    return _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text, count=1).encode()


def bare(body: bytes) -> bytes:
    """The document without comments and CDATA, in which tags are no tags."""
    return _NO_TAGS.sub(b"", body)


def broken(line: int | None, message: str, read: int, there: int) -> str:
    """What to say of XML that is cut short or malformed. `line` None: not known."""
    place = f"line {line}: " if line else ""
    return f"not well-formed XML: {place}{' '.join(message.split())}; {read} of {max(read, there)} entries were read"
