"""What a reviewer may correct in a claim, and to what."""

import re
import sqlite3
from collections.abc import Mapping
from datetime import date

from legation.db.claims import FIELDS
from legation.db.errors import Refused
from legation.db.vocabulary import KINDS, MODALITIES, STATUSES

_WORDS = {"mission": KINDS, "status": STATUSES, "modality": MODALITIES}
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def corrected(
    connection: sqlite3.Connection, claim: int, fields: Mapping[str, str | None]
) -> dict[str, str | None]:  # fmt: skip
    """The fields that differ from what the machine read; Refused for a value that cannot be, or if none differs."""
    names = ", ".join(FIELDS)
    row = connection.execute(f"SELECT {names} FROM claims WHERE id = ?", (claim,)).fetchone()  # noqa: S608
    read: dict[str, str | None] = dict(zip(FIELDS, row, strict=True))
    for name, value in fields.items():
        problem = value_problem(name, value)
        if problem:
            raise Refused(f"claim {claim}: {name}: {problem}")
    whole = {**read, **fields}
    if whole["status"] != "relocated":
        whole["relocated_to"] = None
    changed = {name: whole[name] for name in FIELDS if whole[name] != read[name]}
    if not changed:
        raise Refused(f"claim {claim}: nothing is corrected: that is what it says; approve it")
    return changed


def value_problem(name: str, value: str | None) -> str:
    """What is wrong with a value that a reviewer gave; "" if nothing is."""
    if name not in FIELDS:
        return f"cannot be corrected, only {', '.join(FIELDS)}"
    if name in _WORDS:
        return "" if value in _WORDS[name] else f"{value} is none of {', '.join(_WORDS[name])}"
    if value is None:
        return ""
    if not value.strip():
        return "empty; leave it out or say that it is not stated"
    if name.endswith("_state"):
        return "" if re.fullmatch("[A-Z]{2}", value) else f"{value} is no code of a State"
    return "" if name != "date" or is_date(value) else f"{value} is no date; write YYYY, YYYY-MM or YYYY-MM-DD"


def is_date(text: str) -> bool:
    """Whether `text` is a day, a month or a year that exists: YYYY-MM-DD, YYYY-MM or YYYY."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "0000-01-01"[len(text) :])
    except ValueError:
        return False
    return True
