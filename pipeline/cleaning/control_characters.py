"""Text without characters that a database or a page cannot hold."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can hold them, UTF-8 cannot


def strip_control_characters(text: str | None) -> str | None:
    """The text without them; None when nothing is left."""
    return CONTROL.sub("", text).strip() or None if text else None


def whole(text: str) -> str:
    """The text with U+FFFD for each half of a character (a lone surrogate), which no database can hold."""
    return SURROGATE.sub("\ufffd", text)
