"""Golden queries: questions in SQL whose answers are known."""

from typing import Any

import pytest
from sqlite_utils import Database

from legation.db.decisions import Verdict, decide, undo
from legation.db.schema import queries, relations
from tests.rows import fresh, tell

DAY = {"day": "2022-03-15", "host": "UA"}

# name of the query: (parameters, rows)
ANSWERS: dict[str, tuple[dict[str, Any], list[tuple[Any, ...]]]] = {
    "works_on": (
        DAY,
        [("France", "embassy", "Kyiv", "relocated", "Lviv"), ("Norway", "embassy", "Kyiv", "open", None)],
    ),
    "shut_on": (DAY, [("Poland", "embassy", "Kyiv", "closed", "2022-02-28", "day")]),
    "changes_between": (
        {"first": "2022-02-01", "last": "2022-03-01"},
        [
            ("2022-02-01", "France", "Ukraine", "embassy", "unknown", "limited"),
            ("2022-02-15", "France", "Ukraine", "embassy", "limited", "relocated"),
            ("2022-02-28", "Poland", "Ukraine", "embassy", "unknown", "closed"),
        ],
    ),
    "dyad_years": (
        {"host": "UA", "first": 2021, "last": 2022},
        [
            (2021, "France", "Ukraine", None, None), (2022, "France", "Ukraine", 0, "2022-03-01"),
            (2021, "Norway", "Ukraine", None, None), (2022, "Norway", "Ukraine", 1, "2022-03-01"),
            (2021, "Poland", "Ukraine", None, None), (2022, "Poland", "Ukraine", 1, "2022-04-22"),
        ],
    ),
    "share_shut": (DAY, [("Ukraine", 3, 0.33), ("Poland", 1, 0.0)]),
    "came_back": ({}, [("Poland", "Ukraine", "embassy", "2022-02-28", "2022-04-21", 52)]),
    "announced": (DAY, [("Norway", "Ukraine", "open", "reduced", "planned", "2022-04", "c.example")]),
    "one_source": (
        DAY,
        [
            ("Norway", "Ukraine", "embassy", "open", 0.325),  # (1 - 0.05 - 0.37) * (1 - (1 - 0.05 - 0.51))
            ("France", "Ukraine", "embassy", "relocated", 0.58),
            ("United States", "Poland", "embassy", "limited", 0.65),
        ],
    ),
    "unreviewed": (DAY, [("France", "Ukraine", "embassy", "relocated"), ("Norway", "Ukraine", "embassy", "open")]),
    "disagreements": ({}, [("NO", "UA", "2022-01-10", "open", "closed", "fact", "b.example")]),
    "publishers": ({}, [("a.example", 6, 2, 0), ("b.example", 3, 1, 1), ("c.example", 1, 0, 0)]),
    "reasons": ({}, [("old news", 1), ("wrong host", 1)]),
    "reviewers": ({}, [("ann", "approve", 1), ("ann", "correct", 1), ("ann", "reject", 1), ("bob", "approve", 2),
                       ("bob", "correct", 1), ("bob", "undo", 1)]),
    "from_where": (DAY, [("Lviv", "FR")]),
    "changes_in_region": (
        {"region": "Eastern Europe", "first": "2022-02-01", "last": "2022-03-01"},
        [
            ("2022-02-28", "Poland", "Ukraine", "embassy", "unknown", "closed", "reviewed", 1),
            ("2022-02-15", "France", "Ukraine", "embassy", "limited", "relocated", "unreviewed", 1),
            ("2022-02-01", "France", "Ukraine", "embassy", "unknown", "limited", "unreviewed", 1),
        ],
    ),
    "not_confirmed": (
        {"day": "2022-03-15", "days": 10},
        [
            ("France", "Ukraine", "relocated", "2022-03-01", 14),
            ("Norway", "Ukraine", "open", "2022-03-01", 14),
            ("Poland", "Ukraine", "closed", "2022-03-01", 14),
            ("United States", "Poland", "limited", "2022-03-01", 14),
        ],
    ),
    "overdue": ({"day": "2026-01-01"}, [("Norway", "Ukraine", "open", "reduced", "2022-04", "2022-04-30")]),
    "how_much_was_read": ({}, [("article", "first publication", 10), ("reading", "read, with claims", 10)]),
    "agreement": ({}, [("ann", "bob", 1, 1.0)]),
    "how_long_shut": ({}, [("Europe", 1, 52, 52)]),
    "history_of": (
        {"sender": "FR", "host": "UA"},
        [
            ("embassy", "Kyiv", "", "2022-02-01", "unknown", None, None, "none"),
            ("embassy", "Kyiv", "2022-02-01", "2022-02-15", "limited", None, "2022-02-14", "unreviewed"),
            ("embassy", "Kyiv", "2022-02-15", None, "relocated", "Lviv", "2022-03-01", "unreviewed"),
        ],
    ),
    "quotes_for": (
        {"host": "PL", "day": "2022-03-15"},
        [("United States", "limited", "a.example", "2022-03-01", "US reduced 2022-01-20 a.example {}")],
    ),
    "superseded": (
        {},
        [
            ("change", "PL", "UA", "2021-01-01", "open", 1),
            ("change", "PL", "UA", "2022-02-28", "closed", 1),
            ("change", "US", "UA", "2022-01-20", "limited", 0),
            ("mission", "US", "UA", None, None, 0),
            ("period", "PL", "UA", "2021-01-01", "open", 1),
            ("period", "US", "UA", None, "unknown", 0),
            ("period", "US", "UA", "2022-01-20", "limited", 0),
        ],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    db = fresh(tmp_path_factory.mktemp("golden") / "legation.db", unreviewed=0.5)

    def say(sender: str, status: str, date: str | None, site: str = "a.example", **more: Any) -> int:
        text = f"{sender} {status} {date} {site} {more}"
        given = {"sending_state": sender, "status": status, "date": date, "published": "2022-03-01", "site": site}
        return tell(db, text, **(given | more))

    say("FR", "reduced", "2022-02-01")
    say("FR", "relocated", "2022-02-15", relocated_to="Lviv")
    closed = [say("PL", "closed", "2022-02-28"), say("PL", "closed", "2022-02-28", site="b.example")]
    back = say("PL", "reopened", "2022-04-21", published="2022-04-22")
    say("NO", "remained_open", "2022-01-10", city=None)
    say("NO", "closed", "2022-01-10", site="b.example", confidence=0.7)
    say("NO", "reduced", "2022-04", site="c.example", modality="planned")
    old = say("PL", "opened", "2021-01-01", site="b.example")
    moved = say("US", "reduced", "2022-01-20")
    for number in closed:
        decide(db, number, Verdict("approve"), revision=0, reviewer="bob", now="2022-05-02T00:00:00Z")
    decide(db, back, Verdict("approve"), revision=0, reviewer="ann", now="2022-05-02T00:00:00Z")
    undo(db, back, revision=1, reviewer="bob", now="2022-05-02T00:00:00Z")
    decide(db, old, Verdict("reject", "old news"), revision=0, reviewer="ann", now="2022-05-02T00:00:00Z")
    warsaw = Verdict("correct", "wrong host", None, {"receiving_state": "PL", "city": "Warsaw"})
    decide(db, moved, warsaw, revision=0, reviewer="ann", now="2022-05-03T00:00:00Z")
    decide(db, moved, warsaw, revision=1, reviewer="bob", now="2022-05-04T00:00:00Z")
    return db


@pytest.mark.parametrize("name", sorted(queries()))
def test_golden_query(db: Database, name: str) -> None:
    parameters, rows = ANSWERS[name]
    assert db.conn.execute(queries()[name], parameters).fetchall() == rows


def test_every_query_says_what_it_answers() -> None:
    assert len(queries()) >= 20
    assert all(sql.startswith("-- ") and "?" in sql.splitlines()[0] for sql in queries().values())


def test_every_column_of_every_view_is_explained(db: Database) -> None:
    views = [relation for relation in relations(db.conn) if relation.kind == "view"]
    assert {view.name for view in views} >= {
        "current_status", "status_periods", "review_queue", "claims_reviewed", "conflicts",
    }  # fmt: skip
    assert [f"{v.name}.{c.name}" for v in views for c in v.columns if not c.meaning] == []


@pytest.mark.parametrize(
    "view", ["current_status", "status_periods", "review_queue", "claims_reviewed", "conflicts", "changes", "coverage"]
)
def test_views_answer(db: Database, view: str) -> None:
    assert db.conn.execute(f"SELECT count(*) FROM {view}").fetchone()[0] > 0
