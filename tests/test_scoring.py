"""Counting claims against gold: small cases by hand."""

from typing import Any

import pytest

from legation.pipeline.scoring import (
    LEVELS,
    Gold,
    Score,
    Wanted,
    by,
    fields_right,
    outcomes,
    reliability,
    speaker_right,
    tally,
    works,
)


def row(
    sending: str | None = "OM", receiving: str | None = "SY", status: str = "closed", **more: Any
) -> dict[str, Any]:
    usual = {"modality": "fact", "mission": "embassy", "city": None, "date": None, "attribution": None}
    return {
        "sending_state": sending,
        "receiving_state": receiving,
        "status": status,
        "confidence": 0.9,
        **usual,
        **more,
    }


def wanted(sending: str | None = "OM", receiving: str | None = "SY", status: str = "closed", **more: Any) -> Wanted:
    usual: dict[str, Any] = {"modality": ("fact",), "mission": ("embassy",), "must": True}
    return Wanted(sending, (receiving,), (status,), **{**usual, **more})


# name: (gold, found, (right, extra, missed) at the strict, relaxed and pair level)
COUNTS: dict[str, tuple[list[Wanted], list[dict[str, Any]], list[tuple[int, int, int]]]] = {
    "nothing": ([], [], [(0, 0, 0)] * 3),
    "right": ([wanted()], [row()], [(1, 0, 0)] * 3),
    "missed": ([wanted()], [], [(0, 0, 1)] * 3),
    "extra": ([], [row()], [(0, 1, 0)] * 3),
    "other status, neither works": ([wanted()], [row(status="suspended")], [(0, 1, 1), (1, 0, 0), (1, 0, 0)]),
    "other status, one works": ([wanted()], [row(status="opened")], [(0, 1, 1), (0, 1, 1), (1, 0, 0)]),
    "a plan to close: still works": ([wanted()], [row(modality="planned")], [(0, 1, 1), (0, 1, 1), (1, 0, 0)]),
    "other host": ([wanted()], [row(receiving="IQ")], [(0, 1, 1)] * 3),
    "any of several hosts": ([wanted(receiving="SY")], [row(receiving="SY")], [(1, 0, 0)] * 3),
    "twice the same counts once": ([wanted(), wanted()], [row(), row(city="Homs")], [(1, 0, 0)] * 3),
    "one key of two levels": (
        [wanted(), wanted(status="suspended")],
        [row()],
        [(1, 0, 1), (1, 0, 0), (1, 0, 0)],
    ),
    "optional and found": ([wanted(must=False)], [row()], [(0, 0, 0)] * 3),
    "optional and not found": ([wanted(must=False)], [], [(0, 0, 0)] * 3),
    "optional does not excuse another": ([wanted(must=False)], [row("FJ")], [(0, 1, 0)] * 3),
    "group without names": ([wanted(None)], [row(None), row(receiving=None)], [(0, 0, 0)] * 3),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    claims, found, expected = COUNTS[name]
    gold = Gold("a", "news", tuple(claims))
    scores = [tally(outcomes(gold, found, level)) for level in LEVELS]
    assert scores == [Score(*counts) for counts in expected]


def test_any_label_that_is_accepted_is_right() -> None:
    gold = Gold("a", "news", (Wanted("OM", ("PS", "IL"), ("closed", "suspended"), ("fact",), ("embassy",), True),))
    assert tally(outcomes(gold, [row(receiving="IL", status="suspended")])) == Score(1, 0, 0)


@pytest.mark.parametrize(
    ("score", "precision", "recall", "f1"),
    [
        (Score(0, 0, 0), 0, 0, 0),
        (Score(3, 1, 0), 0.75, 1, 6 / 7),
        (Score(1, 0, 3), 1, 0.25, 0.4),
        (Score(0, 2, 2), 0, 0, 0),
    ],
)
def test_shares(score: Score, precision: float, recall: float, f1: float) -> None:
    assert (score.precision, score.recall) == (precision, recall)
    assert score.f1 == pytest.approx(f1)


@pytest.mark.parametrize(
    ("status", "modality", "expected"),
    [
        ("reopened", "fact", True),
        ("reopened", "planned", False),
        ("closed", "fact", False),
        ("closed", "denied", True),
        ("reduced", "planned", True),
        ("remained_open", "denied", True),
        ("evacuated", "possible", True),
    ],
)
def test_whether_the_mission_works(status: str, modality: str, expected: bool) -> None:
    assert works(status, modality) is expected


def test_scores_by_field() -> None:
    gold = Gold("a", "brief", (wanted(), wanted("FJ"), wanted("PE", status="opened")))
    counted = list(outcomes(gold, [row(), row("TO", status="opened")]))
    assert by("status", counted) == {"closed": Score(1, 0, 1), "opened": Score(0, 1, 1)}
    assert by("kind", counted) == {"brief": Score(1, 1, 2)}


# name: (field, what the gold asks, claims found, verdicts)
FIELDS: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]], list[bool]]] = {
    "date not asked": ("date", {}, [row(date="2020")], []),
    "date as precise": ("date", {"date": "2020-05"}, [row(date="2020-05")], [True]),
    "date more precise": ("date", {"date": "2020-05"}, [row(date="2020-05-03")], [True]),
    "date less precise": ("date", {"date": "2020-05-03"}, [row(date="2020-05")], [False]),
    "date missing": ("date", {"date": "2020"}, [row()], [False]),
    "claim missing": ("date", {"date": "2020"}, [row("FJ", date="2020")], []),
    "every claim counts": ("city", {"city": "Homs"}, [row(city="Homs"), row(city="Aleppo")], [True, False]),
    "one of them is the mission": ("mission", {}, [row(mission="consulate"), row()], [True]),
    "another mission": ("mission", {}, [row(mission="consulate")], [False]),
    "speaker not asked": ("attribution", {}, [row(attribution="he")], []),
    "own voice": ("attribution", {"attribution": ("",)}, [row()], [True]),
    "speaker though own voice": ("attribution", {"attribution": ("",)}, [row(attribution="he")], [False]),
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields(name: str) -> None:
    field, asked, found, verdicts = FIELDS[name]
    assert list(fields_right(field, Gold("a", "news", (wanted(**asked),)), found)) == verdicts


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("The Omani minister", True),
        ("the omani minister", True),
        ("Omani minister,", True),
        ("minister", False),
        (None, False),
        ("a spokesman", True),
    ],
)
def test_speaker(given: str | None, right: bool) -> None:
    assert speaker_right(("the Omani minister", "spokesman"), given) is right


def test_reliability() -> None:
    gold = Gold("a", "news", (wanted(), wanted("FJ"), wanted("PE", must=False)))
    found = [row(confidence=0.97), row("FJ", confidence=0.99), row("PE", confidence=0.2), row("TO", confidence=0.55)]
    bins = reliability(outcomes(gold, found))
    assert [(b.low, b.claims, b.right) for b in bins] == [(0.5, 1, 0), (0.95, 2, 2)]
    assert bins[1].confidence == pytest.approx(0.98)
