"""Each text of our own gives its claims and no others; what fails today is listed, with what is wrong.

tests/models/known_failures.jsonl is written by `python -m tests.models.known_failures`. A text that is listed there and
passes fails the test, so that the list stays true. Of each file the texts that this run tests are read, all together.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import cache

import pytest

from legation.pipeline.extract import Reader
from tests.models.known_failures import CASES, FOLDER, CaseResult, known_failures, read_cases, rows

KEYS = {"id", "kind", "title", "published", "text", "claims"}
FILES = {path.stem: rows(path) for path in CASES}
EVERY = [row for file in FILES.values() for row in file]
FAILING = known_failures()


@pytest.fixture(scope="session")
def results(reader: Reader, request: pytest.FixtureRequest) -> Callable[[str], Mapping[str, CaseResult]]:
    """The results of a file of cases by its name; it is read when it is asked for first. tests/conftest.py gives the
    tests of one file to one process. Of a file without a chosen text all are read."""
    chosen = defaultdict(set)
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.function is test_case:
            chosen[item.callspec.params["file"]].add(str(item.callspec.params["case"]))
    return cache(lambda name: read_cases(reader, FOLDER / f"{name}.jsonl", chosen[name]))


@pytest.mark.parametrize(
    ("file", "case"), [pytest.param(name, row["id"], id=row["id"]) for name, file in FILES.items() for row in file]
)
def test_case(file: str, case: str, results: Callable[[str], Mapping[str, CaseResult]]) -> None:
    wrong = results(file)[case].wrong
    if case in FAILING:
        assert wrong, f"{case} passes now: run python -m tests.models.known_failures"
        pytest.xfail(FAILING[case])
    assert not wrong


def test_every_known_failure_is_a_case() -> None:
    assert FAILING.keys() <= {row["id"] for row in EVERY}


@pytest.mark.parametrize("file", FILES)
def test_every_quote_is_exact_and_one_line_at_most(
    file: str, results: Callable[[str], Mapping[str, CaseResult]]
) -> None:  # fmt: skip
    read = results(file)
    texts = {row["id"]: row["text"] for row in FILES[file]}
    claims = [claim for result in read.values() for claim in result.claims]
    if len(read) == len(texts):
        assert len(claims) >= sum(len(row["claims"]) for row in FILES[file]) / 2
    for claim in claims:
        text = texts[claim["article"]]
        assert text[claim["start"] : claim["end"]] == claim["quote"]
        assert "\n" not in claim["quote"].strip()


def test_what_cases_are_there() -> None:
    assert sum(bool(row.get("reason", "").strip()) for row in EVERY) >= 500
    assert len({row["id"] for row in EVERY}) == len(EVERY)
    assert not [row["id"] for row in EVERY if not set(row) >= KEYS]
    assert sum(not row["claims"] for row in EVERY) >= len(EVERY) / 4
    kinds = Counter(row["kind"] for row in EVERY)
    assert min(kinds[kind] for kind in ("news", "brief", "statement", "advice", "headline", "note")) >= 5
