"""Reads gold: a folder with `articles.jsonl` and `gold.jsonl`, or a file that holds both in each line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from legation.models.claim import Text
from legation.models.errors import GoldError
from legation.models.training.examples import Example, Gold


def gold_examples(path: Path, weight: float = 1.0, *, tune: bool = True) -> Iterator[Example]:
    """The examples of a folder or file. Raises GoldError where it cannot be read."""
    articles, gold = (path / "articles.jsonl", path / "gold.jsonl") if path.is_dir() else (path, path)
    known = {str(row["id"]): row for row in json_rows(gold)}
    for row in json_rows(articles):
        found = known.get(str(row["id"]))
        if found is None:
            raise GoldError(f"{articles}: {row['id']} has no line in {gold}; give each article its claims")
        text = Text(row["text"], row.get("title"), row.get("published") or row.get("date"))
        try:
            claims = [Gold.of(claim) for claim in found["claims"]]
        except KeyError as error:
            raise GoldError(f"{gold}: {row['id']}: no {error.args[0]!r}; see `legation evaluate --help`") from None
        yield Example(str(row["id"]), text, claims, group(row), weight, tune)


def group(row: Mapping[str, Any]) -> str:
    """What must stand on one side of a cross-validation: the `group` of the line, else the month, else the article."""
    return str(row.get("group") or (row.get("published") or "")[:7] or row["id"])


def json_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON object of each line. Raises GoldError where the file cannot be read or a line is not JSON."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise GoldError(f"{path}: {why}; name a folder with articles.jsonl and gold.jsonl") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise GoldError(f"{path}:{number}: not JSON ({error}); give one JSON object a line") from None
