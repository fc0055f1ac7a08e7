"""A claim as a sentence that people say, for the desk, the terminal and every page: made here and nowhere else.

The words are data: pipeline/data/sentences.toml.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from legation.pipeline.user_input import state_label
from legation.pipeline.web.date_format import long_day

UNIONS = ("EU", "UN")  # missions to them stand in a city of a State
_WEIGHT = re.compile(r"\s*\([+-]\d+(\.\d+)?\)\s*$")
_NEXT = re.compile(r"(?<=\));\s+")  # between two reasons of a rule
Fields = Mapping[str, Any]


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "sentences.toml").read_text(encoding="utf-8"))


def sentence(fields: Fields, attribution: str | None = None) -> str:
    """ "Sweden opened its embassy in Bamako, Mali (2010)", ", according to the ministry" where `attribution` tells who.

    `fields` are those of db.claims.FIELDS, and perhaps `sender_text`, the article's words for an unnamed group.
    """
    words = _words()
    several = fields["sending_state"] is None
    one, many, with_article = words["mission"][fields["mission"]]
    where = place(fields)
    filled: str = words["status"][fields["status"]][fields["modality"]].format_map(
        {
            "who": _who(fields),
            "its": "their" if several else "its",
            "plans": "plan" if several else "plans",
            "has": "have" if several else "has",
            "an": many if several else with_article,
            "mission": many if several else one,
            "in": where or words["words"]["nowhere"],
            "from": f"from {where.split(' ', 1)[1]}" if where.startswith("in ") else words["words"]["from_nowhere"],
            "to": f"to {fields['relocated_to']}" if fields.get("relocated_to") else words["words"]["elsewhere"],
        }
    )
    day = when(fields["date"])
    return filled + (f" ({day})" if day else "") + (f", according to {attribution}" if attribution else "")


def place(fields: Fields) -> str:
    """ "in Bamako, Mali", "in Singapore", "to the European Union in Brussels"; "" where the text does not tell."""
    city, code = fields["city"], fields["receiving_state"]
    if code in UNIONS:
        return f"to {named(code)}" + (f" in {city}" if city else "")
    country = named(code) if code else ""
    parts = [city] if city and (not country or city == state_label(code)) else [city, country]
    return "in " + ", ".join(filter(None, parts)) if any(parts) else ""


def named(code: str) -> str:
    """A State within a sentence: "the United States", "Mali"."""
    label, article = state_label(code), _words()["article"]
    takes = code in article["codes"] and label not in article["without"] and not label.lower().startswith("the ")
    return f"the {label}" if takes else label


def _who(fields: Fields) -> str:
    code = fields["sending_state"]
    text = named(code) if code else " ".join((fields.get("sender_text") or _words()["words"]["unnamed"]).split())
    return text[:1].upper() + text[1:]


def when(day: str | None) -> str:
    """ "19 April 2022", "April 2022", "2022"; "" for None."""
    return long_day(day)


def word(kind: str, value: str) -> str:
    """The word for a status ("event"), a modality ("certain"), a field or a state of a mission; `value` where there is
    none."""
    return str(_words()[kind].get(value, value))


def chips(fields: Fields) -> Iterator[tuple[str, str, str]]:
    """(field, its name, its value in words) of a claim, in the order of a sentence; "not stated" for None."""
    for name in ("sending_state", "mission", "city", "receiving_state", "status", "relocated_to", "modality", "date"):
        if name == "relocated_to" and fields["status"] != "relocated":
            continue
        yield name, word("field", name), in_words(name, fields[name])


def in_words(field: str, value: str | None) -> str:
    """The value of one field of a claim: "Sweden", "happened", "April 2022", "not stated"."""
    if field == "sending_state":
        return state_label(value) if value else "an unnamed group"
    if value is None:
        return "not stated"
    if field == "receiving_state":
        return state_label(value)
    if field == "date":
        return when(value)
    kind = {"status": "event", "modality": "certain"}.get(field)
    return word(kind, value) if kind else value


def reasons(fields: Fields, marked: Iterable[tuple[str, str]], rule: str, limit: int = 3) -> list[str]:
    """Why the reader thinks so, at most `limit` sentences: the words that it took, then what weighed most.

    `marked` are (label, words of the article); `rule` as the claim has it, "open: reason (+1.0); reason (+0.6)".
    """
    found: dict[str, list[str]] = {}
    for label, text in marked:
        short = " ".join(text.split())
        if short and short not in found.setdefault(label, []):
            found[label].append(short)
    told = [_event(fields, found), _whose(fields, found), *weighed(rule)]
    return [line for line in told if line][:limit]


def _event(fields: Fields, found: Mapping[str, list[str]]) -> str:
    if "event" not in found:
        return ""
    line = f"“{found['event'][0]}” says what happened: {word('event', fields['status'])}"
    if "cue" in found:
        line += f"; “{found['cue'][0]}” makes it {word('certain', fields['modality'])}"
    return line


def _whose(fields: Fields, found: Mapping[str, list[str]]) -> str:
    parts = []
    if "sender" in found:
        parts.append(f"“{found['sender'][0]}” says whose it is")
    if "host" in found:
        parts.append(f"“{found['host'][0]}” says where")
    if "date" in found and fields["date"]:
        parts.append(f"“{found['date'][0]}” says when")
    return ", ".join(parts)


def weighed(rule: str) -> list[str]:
    """The reasons of a claim's `rule` in words, the heaviest first; one that has no words of its own stays as it is."""
    known = _words()["reason"]
    rest = rule.partition(": ")[2] or rule
    plain = [_WEIGHT.sub("", part.strip()).removeprefix("headline, ") for part in _NEXT.split(rest)]
    lines = [known.get(part, part) for part in plain if part]
    return [line[:1].upper() + line[1:] for line in lines]
