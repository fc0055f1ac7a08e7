"""Which meaning a name of several has, by the rows of data/ambiguous.toml."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from legation.models.fold import fold
from legation.models.gazetteer import DATA

REACH = 60  # characters before and behind a name that its rules see


@dataclass(frozen=True, slots=True)
class Sense:
    """What a rule says: `code` "" for no place; `label` and `city` None where the name's own stand."""

    code: str
    label: str | None
    city: str | None


NOWHERE = Sense("", None, None)


@dataclass(frozen=True, slots=True)
class Rule:
    """A sense and the conditions that must all hold; None asks nothing."""

    sense: Sense
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    document: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def holds(self, plain: str, start: int, end: int) -> bool:
        """Do the conditions hold for plain[start:end]? `plain` is folded."""
        if self.before and not self.before.search(plain[max(0, start - REACH) : start]):
            return False
        if self.after and not self.after.match(plain[end : end + REACH]):
            return False
        if self.unless and self.unless.search(plain):
            return False
        return not self.document or bool(self.document.search(plain))


@cache
def table() -> dict[str, Any]:
    """The rows as they stand in ambiguous.toml."""
    return tomllib.loads((DATA / "ambiguous.toml").read_text("utf-8"))


def phrases() -> Iterator[tuple[str, str, str]]:
    """Longer names that swallow shorter ones: text, code ("" for none), label."""
    for row in table()["phrase"]:
        for text in row["texts"]:
            yield text, row.get("code", ""), row.get("label", "STATE")


def regions() -> Iterator[tuple[str, str]]:
    """Parts of States: name, code of the State."""
    for row in table()["region"]:
        for text in row["texts"]:
            yield text, row["code"]


@cache
def weak() -> frozenset[str]:
    """Folded city names that are a city only where a place is due, in upper case too."""
    names = [fold(text) for row in table()["weak"] for text in row["texts"]]
    return frozenset(form for name in names for form in (name, name.upper()))


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """Rules by folded name, in upper case too."""
    found: dict[str, tuple[Rule, ...]] = {}
    for row in table()["name"]:
        compiled = tuple(map(_rule, row["rules"]))
        for text in row["texts"]:
            for form in {fold(text), fold(text).upper()}:
                found[form] = found.get(form, ()) + compiled
    return found


def _rule(row: dict[str, Any]) -> Rule:
    sense = Sense(row["code"], row.get("label"), row.get("city"))
    frames = {"before": r"{}\Z", "after": "{}", "document": "{}", "unless": "{}"}
    return Rule(sense, *(_pattern(row, part, frame) for part, frame in frames.items()))


def _pattern(row: dict[str, Any], part: str, frame: str) -> re.Pattern[str] | None:
    if part not in row:
        return None
    expression = row[part]
    for mark, meant in _macros().items():
        expression = expression.replace(mark, meant)
    return re.compile(frame.replace("{}", f"(?:{expression})"))


def _joined(name: str) -> str:
    """An alternation that the file breaks into lines."""
    return str(table()[name]).replace("\n", "")


@cache
def expression(name: str) -> re.Pattern[str]:
    """A regular expression of ambiguous.toml that is no row's."""
    return re.compile(_joined(name))


@cache
def _macros() -> dict[str, str]:
    american = (re.escape(text) for text, code in regions() if code == "US")
    return {
        "{given}": "|".join(table()["given_names"].split()),
        "{next}": _joined("next_words"),
        "{region}": "|".join(american),
    }


@cache
def _given_names() -> frozenset[str]:
    return frozenset(table()["given_names"].split())


def _is_surname(before: str) -> bool:
    """Does `before` end with a given name, with or without an initial ("Jack ", "Samuel L. ")?"""
    words = before.rsplit(" ", 3)[:-1] if before.endswith(" ") else []
    if words and len(words[-1]) == 2 and words[-1].endswith("."):
        words.pop()
    return bool(words) and words[-1].lstrip("\"'([*") in _given_names()


@cache
def _property() -> re.Pattern[str]:
    return re.compile(rf"-(?:{_joined('property_words')})\b")


@cache
def _paper() -> re.Pattern[str]:
    words = _joined("paper_words")
    return re.compile(rf" (?:(?:{_joined('paper_times')}) )?(?:{words}|{words.upper()})\b")


def decide(plain: str, start: int, end: int, label: str) -> Sense | None:
    """The sense of plain[start:end], by itself a `label`; None if nothing speaks against that."""
    for rule in rules().get(plain[start:end], ()):
        if rule.holds(plain, start, end):
            return rule.sense
    if label in ("STATE", "CITY") and _is_surname(plain[max(0, start - REACH) : start]):
        return NOWHERE
    if label == "CITY" and _paper().match(plain, end):
        return NOWHERE
    if label in ("STATE", "DEMONYM") and _property().match(plain, end):
        return NOWHERE
    return None
