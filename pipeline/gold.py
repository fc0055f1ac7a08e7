"""Reads gold: articles with the claims that a careful reader found in them, as JSON Lines.

A line has `id`, `claims`, and optionally `kind` (the kind of text; else what stands before the first "-" of the id).
Labels may be one or a list, the best first; `receiving_state` too. `must` false: may be found and need not be.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from legation.models.claim import MISSIONS, MODALITIES, STATUSES
from legation.pipeline.errors import UsageProblem
from legation.pipeline.inputs import not_json
from legation.pipeline.scoring import Gold, Wanted

LABELS = {"status": STATUSES, "modality": MODALITIES, "mission": MISSIONS}


def read_gold(path: Path) -> list[Gold]:
    """The articles of the file. Raises UsageProblem with every mistake, by line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}; name a file of gold") from None
    read = [_article(f"{path}:{n}", line) for n, line in enumerate(lines, 1) if line.strip()]
    if problems := [article for article in read if isinstance(article, str)]:
        raise UsageProblem(*problems)
    articles = [article for article in read if isinstance(article, Gold)]
    if not articles:
        raise UsageProblem(f"{path}: empty; give an article a line, with id and claims")
    if twice := len(articles) - len({article.article for article in articles}):
        raise UsageProblem(f"{path}: {twice} ids occur twice; give each article one line")
    return articles


def _article(place: str, line: str) -> Gold | str:
    try:
        row = json.loads(line)
        claims = tuple(_wanted(claim) for claim in row["claims"])
        return Gold(str(row["id"]), row.get("kind") or str(row["id"]).split("-")[0], claims)
    except json.JSONDecodeError as error:
        return f"{place}: {not_json(error)}; give one JSON object a line"
    except KeyError as error:
        return f"{place}: no {error.args[0]!r}; see what gold looks like in `legation evaluate --help`"
    except (TypeError, ValueError, AttributeError) as error:
        return f"{place}: {error}; see what gold looks like in `legation evaluate --help`"


def _wanted(row: Mapping[str, Any]) -> Wanted:
    return Wanted(
        sending=row["sending_state"],
        receiving=_several(row["receiving_state"]),
        **{name: _known(name, row[name]) for name in LABELS},
        must=row.get("must", True),
        city=row.get("city"),
        date=row.get("date"),
        attribution=tuple(words or "" for words in _several(row["attribution"])) if "attribution" in row else (),
    )


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _known(name: str, value: Any) -> tuple[str, ...]:
    labels = _several(value)
    if unknown := [label for label in labels if label not in LABELS[name]]:
        raise ValueError(f"{name} {unknown[0]!r} is none of {', '.join(LABELS[name])}")
    return labels
