"""Text without characters that a database or a page cannot hold."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def strip_control_characters(text: str | None) -> str | None:
    """The text without them; None when nothing is left."""
    return CONTROL.sub("", text).strip() or None if text else None
