"""A story of twelve articles on one embassy, asked on twenty days: before review, after it, and after an undo."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide, undo
from legation.db.status_queries import Question, Status, status_on
from tests.rows import fresh, tell

READ, REVIEWED, UNDONE = "2022-07-01T00:00:00Z", "2022-07-02T00:00:00Z", "2022-07-03T00:00:00Z"

# name: (day of publication, outlet, status, modality, date told, place moved to)
ARTICLES = {
    "drawdown": ("2022-01-25", "north.example", "reduced", "fact", "2022-01-24", None),
    "evacuation": ("2022-02-12", "north.example", "evacuated", "fact", "2022-02-12", None),
    "relocation": ("2022-02-16", "coast.example", "relocated", "fact", "2022-02-15", "Lviv"),
    "closure": ("2022-02-28", "north.example", "closed", "fact", "2022-02-28", None),
    "wire": ("2022-03-05", "wire.example", "closed", "fact", None, None),
    "plan": ("2022-04-10", "coast.example", "reopened", "planned", "2022-04-20", None),
    "reopening": ("2022-04-22", "coast.example", "reopened", "fact", "2022-04-21", None),
    "report": ("2022-05-03", "hasty.example", "closed", "fact", "2022-05-03", None),
    "retraction": ("2022-05-06", "hasty.example", "closed", "denied", None, None),
    "partial": ("2022-05-20", "north.example", "reduced", "fact", "2022-05-20", None),
    "suspended": ("2022-06-10", "east.example", "suspended", "fact", "2022-06-10", None),
    "working": ("2022-06-10", "west.example", "remained_open", "fact", "2022-06-10", None),
}
COPIES = ("one.example", "two.example", "three.example", "four.example", "five.example")

# day: state before review, after it, and after the rejection of the retracted report was undone
STATES = {
    "2021-12-31": ("unknown", "unknown", "unknown"),
    "2022-01-23": ("unknown", "unknown", "unknown"),
    "2022-01-24": ("limited", "limited", "limited"),
    "2022-02-11": ("limited", "limited", "limited"),
    "2022-02-12": ("evacuated", "evacuated", "evacuated"),
    "2022-02-14": ("evacuated", "evacuated", "evacuated"),
    "2022-02-15": ("relocated", "relocated", "relocated"),
    "2022-02-27": ("relocated", "relocated", "relocated"),
    "2022-02-28": ("closed", "closed", "closed"),
    "2022-03-05": ("closed", "closed", "closed"),
    "2022-04-15": ("closed", "closed", "closed"),
    "2022-04-20": ("closed", "closed", "closed"),
    "2022-04-21": ("open", "open", "open"),
    "2022-05-02": ("open", "open", "open"),
    "2022-05-03": ("closed", "open", "closed"),
    "2022-05-19": ("closed", "open", "closed"),
    "2022-05-20": ("limited", "limited", "limited"),
    "2022-06-09": ("limited", "limited", "limited"),
    "2022-06-10": ("limited", "suspended", "suspended"),
    "2030-01-01": ("limited", "suspended", "suspended"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, dict[str, int]]:
    """The database after all articles, the review and the undo; claims by the name of their article."""
    db = fresh(tmp_path_factory.mktemp("story") / "legation.db", unreviewed=0.5)
    ids = {name: _tell(db, name, *told) for name, told in ARTICLES.items()}
    origin = db.conn.execute("SELECT article FROM claims WHERE id = ?", (ids["wire"],)).fetchone()[0]
    for outlet in COPIES:
        ids[outlet] = _tell(db, "wire", ARTICLES["wire"][0], outlet, *ARTICLES["wire"][2:], origin=origin)
    for name in ids:
        if name not in ("report", "working", "wire", *COPIES):
            decide(db, ids[name], Verdict("approve"), revision=0, reviewer="ann", now=REVIEWED)
    decide(db, ids["wire"], Verdict("approve"), revision=0, reviewer="ann", now=REVIEWED, together=True)
    decide(db, ids["report"], Verdict("reject", "retracted"), revision=0, reviewer="ann", now=REVIEWED)
    decide(db, ids["working"], Verdict("reject", "wrong status"), revision=0, reviewer="bob", now=REVIEWED)
    undo(db, ids["report"], revision=1, reviewer="bob", now=UNDONE)
    return db, ids


def _tell(
    db: Database, name: str, published: str, outlet: str, status: str, modality: str, date: str | None,
    place: str | None, origin: int | None = None,
) -> int:  # fmt: skip
    return tell(
        db, f"The Norwegian embassy, {name}.", site=outlet, published=published, now=READ, origin=origin,
        sending_state="NO", status=status, modality=modality, date=date, relocated_to=place, city=None,
    )  # fmt: skip


def _ask(db: Database, day: str, known: str | None) -> Status:
    [status] = status_on(db.conn, Question(receiving="UA", city="Kyiv", known=known), day)
    return status


@pytest.mark.parametrize("day", STATES)
def test_the_state_on_each_day(told: tuple[Database, dict[str, int]], day: str) -> None:
    db, _ = told
    found = tuple(_ask(db, day, known).state for known in (READ, REVIEWED, UNDONE))
    assert found == STATES[day]
    assert _ask(db, day, None).state == STATES[day][2]


def test_twelve_articles_and_twenty_days() -> None:
    assert (len(ARTICLES), len(STATES), len(COPIES)) == (12, 20, 5)


def test_what_stands_beside_the_state(told: tuple[Database, dict[str, int]]) -> None:
    db, ids = told
    relocated, closed = _ask(db, "2022-02-20", None), _ask(db, "2022-04-15", None)
    assert relocated.works_from == "Lviv"
    assert closed.announces == (ids["plan"],)
    assert closed.publishers == 2  # north.example, and wire.example with its five copies
    assert set(closed.rests) == {ids[name] for name in ("closure", "wire", *COPIES)}
    assert closed.confidence == pytest.approx(1 - 0.35**2, abs=0.001)
    assert _ask(db, "2022-05-10", None).dissents == (ids["retraction"],)


def test_two_outlets_that_disagree(told: tuple[Database, dict[str, int]]) -> None:
    db, ids = told
    before, after = _ask(db, "2022-06-10", READ), _ask(db, "2022-06-10", REVIEWED)
    assert (before.state, before.dissents) == ("limited", (ids["suspended"],))
    assert (after.state, after.dissents) == ("suspended", ())
    assert before.confidence < after.confidence


def test_without_review_nothing_is_said_where_only_approved_claims_count(
    told: tuple[Database, dict[str, int]], tmp_path: Path
) -> None:
    db, _ = told
    assert status_on(db.conn, Question(receiving="UA", known=READ, unreviewed=None), "2022-05-01") == []
