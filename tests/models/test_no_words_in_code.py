"""English words are data (models/data); code that compares text with words of its own fails here."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from spacy.glossary import GLOSSARY
from spacy.symbols import IDS

import legation.models.lexicon
from legation.models import claim, dates, gazetteer
from legation.models.extensions import DOC_EXTENSIONS
from legation.models.lexicon import event_rows, mission_rows, table
from legation.models.weights import Weights

MODELS = Path(legation.models.lexicon.__file__).parent
FILES = sorted(path for path in MODELS.rglob("*.py") if path.name != "build_cities.py" and "training" not in path.parts)
OURS = {"other", "training", "advice"}  # a kind of hint (dates.py); a folder; a feature (reading/when.py)
NO_WORDS = {"invariable_endings", "cue_labels"}  # of words.toml
SAFE_GROUP = re.compile(r"\?P<\w+>|\\.|\[[^]]*\]|\{[^}]*\}")  # of a regular expression: no letters of a text
STRINGS = {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "isdisjoint"}  # methods that compare
EXPRESSIONS = {f"re.{name}" for name in re.__all__}


def _strings(value: Any) -> Iterator[str]:
    """All strings in the values of a table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for below in value.values():
            yield from _strings(below)
    elif isinstance(value, list):
        for below in value:
            yield from _strings(below)


@cache
def own_names() -> frozenset[str]:
    """Labels of spaCy and of this project."""
    names = {*GLOSSARY, *IDS, *claim.STATUSES, *claim.MODALITIES, *claim.MISSIONS, *claim.LABELS, *DOC_EXTENSIONS}
    names |= {*Weights.scorer_names(), *claim.Claim.__dataclass_fields__, *gazetteer.State.__dataclass_fields__}
    names |= {name for names in table("features.toml").values() for name in names} | {*dates.LISTS}
    names |= {*OURS, *(part for rule in _rules() for part in rule)}
    names |= {key for row in table("countries.toml").values() for key in row}
    names |= {name for row in mission_rows() for name in (row.theme, row.kind, row.needs or "")}
    names |= {row.needs or "" for row in event_rows()}
    names |= {how for _, how, _ in dates.PATTERNS} | {key for unit in dates.UNITS.values() for key in unit}
    names |= {group for pattern, _, _ in dates.PATTERNS for group in re.findall(r"\?P<(\w+)>", pattern)}
    return frozenset({*names, *table("modality.toml")})


def _rules() -> list[dict[str, Any]]:
    """The rules of ambiguous.toml."""
    return [rule for row in table("ambiguous.toml")["name"] for rule in row["rules"]]


@cache
def vocabulary() -> frozenset[str]:
    """Every word and phrase of the data files that a text is compared with, small, without our labels."""
    days = table("dates.toml")
    found = {*days["numbers"], *days["units"], *days["steps"], days["since"]}
    lists = {name: words for name, words in table("words.toml").items() if name not in NO_WORDS}
    spoken = (table("speech.toml"), table("modality.toml"), lists)
    for value in (*(days[name] for name in ("months", "weekdays", "seasons", "hints")), *spoken):
        found |= set(_strings(value))
    found |= {word for row in days["pattern"] for word in _letters(row["pattern"])}
    found |= {form for row in event_rows() for form in row.forms}
    found |= {word for row in mission_rows() for word in (*row.words, *row.plural)}
    return frozenset(word.lower() for word in found if re.search(r"[a-z]", word.lower())) - own_names()


@cache
def rows() -> frozenset[str]:
    """Ids of the rows of events.toml and missions.toml, without those that are also a label."""
    return frozenset({*(row.id for row in event_rows()), *(row.id for row in mission_rows())} - own_names())


def _letters(expression: str) -> list[str]:
    """The words of two letters or more in a regular expression."""
    return re.findall(r"[^\W\d_]{2,}", SAFE_GROUP.sub(" ", expression))


def _constants(node: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of the strings that an expression consists of, not of those that it hands to a function."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.Set | ast.List | ast.Tuple):
        for element in node.elts:
            yield from _constants(element)
    elif isinstance(node, ast.Dict):
        for key in node.keys:
            if key is not None:
                yield from _constants(key)
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from _constants(part)
    elif isinstance(node, ast.BinOp):
        yield from _constants(node.left)
        yield from _constants(node.right)


def _compared(node: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of the strings with which a node compares something."""
    parts: list[ast.AST] = []
    if isinstance(node, ast.Compare):
        parts = [node.left, *node.comparators]
    elif isinstance(node, ast.MatchValue):
        parts = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STRINGS:
        parts = [node.func.value, *node.args]
    for part in parts:
        yield from _constants(part)


def _word(text: str) -> bool:
    """Is the string a word of the vocabularies? Codes of States and labels are in capitals."""
    return not text.isupper() and text.strip().lower() in vocabulary()


def words_in(source: str) -> list[tuple[int, str]]:
    """(line, word) for each English word in the code that a text may be compared with."""
    found: set[tuple[int, str]] = set()
    for node in ast.walk(ast.parse(source)):
        found |= {(line, text) for line, text in _compared(node) if _word(text) or text in rows()}
        if isinstance(node, ast.Set | ast.List | ast.Tuple | ast.Dict):
            found |= {(line, text) for line, text in _constants(node) if _word(text)}
        if isinstance(node, ast.Call) and ast.unparse(node.func) in EXPRESSIONS:
            strings = [string for part in node.args[:1] for string in _constants(part)]
            found |= {(line, word) for line, text in strings for word in _letters(text) if word.lower() in vocabulary()}
    return sorted(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODELS)))
def test_no_words_in_code(path: Path) -> None:
    found = words_in(path.read_text(encoding="utf-8"))
    assert not [f"models/{path.relative_to(MODELS)}:{line}: {word!r} belongs in models/data" for line, word in found]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('word == "embassies"', ["embassies"]),
        ('word in ("in", "at")', ["at", "in"]),
        ('"yesterday" in text', ["yesterday"]),
        ('text.startswith("since")', ["since"]),
        ('NAMES = {"May"}', ["May"]),
        ('LISTS = ["EU", ("diplomat",)]', ["diplomat"]),
        ('NUMBERS = {"twelve": 12}', ["twelve"]),
        ('row.id == "open-state"', ["open-state"]),
        ('re.compile(r"\\b(?:will|shall)\\b")', ["shall", "will"]),
        ('re.compile(rf"(?P<month>{x})(?:earlier|tomorrow)")', ["earlier", "tomorrow"]),
        ('re.compile("a" "|diplomatic")', ["diplomatic"]),
        ("match word:\n    case 'embassies': pass", ["embassies"]),
    ],
)
def test_a_word_is_found(source: str, words: list[str]) -> None:
    assert [word for _, word in words_in(source)] == words


@pytest.mark.parametrize(
    "source",
    [
        'theme == "mission" or status in ("closed", "planned")',
        'dep in ("nsubj", "mark") or label == "CITY" or code == "US"',
        'found.append("title.advice")',
        'words("both")',
        're.compile(r"(?P<month>[a-z]+)\\bx")',
        'raise ModelError("the embassy is not there")',
    ],
)
def test_labels_and_names_are_no_words(source: str) -> None:
    assert not words_in(source)
