"""`legation import`: a list becomes claims that quote it; again changes nothing; a newer list retires what it drops."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from legation.db.integrity import problems
from legation.db.status_queries import Question, status_on
from legation.pipeline.errors import UsageProblem
from legation.pipeline.known_list import import_list
from tests.rows import NOW, fresh

HEADER = "sending_state,receiving_state,city,mission,status,date,source\n"
OLD_HEADER = "sender,host,city,kind,status,date,source\n"
LIST = HEADER + (
    "France,Ukraine,Kyiv,embassy,open,2021-12,ministry\n"
    'PL,UA,Lviv,consulate general,open,,"ministry, list"\n'
    'Norway,Ukraine,"Ky\niv",embassy,closed,2022-02-25,ministry\n'
    "France,Ukraine,Kyiv,embassy,open,2021-12,ministry\n"
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = fresh(tmp_path / "legation.db", unreviewed=0.5)
    yield db
    db.close()


def _load(db: Database, tmp_path: Path, text: str, as_of: str = "2022-01-01") -> tuple[int, int, int, list[str]]:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    saved, refused = import_list(db, path, as_of, NOW)
    return saved.new, saved.kept, saved.retired, refused


def test_each_line_is_a_claim_that_quotes_it(db: Database, tmp_path: Path) -> None:
    assert _load(db, tmp_path, LIST) == (3, 0, 0, [])
    assert _load(db, tmp_path, LIST) == (0, 3, 0, [])
    rows = db.conn.execute("SELECT quote, publisher, city FROM claims ORDER BY id").fetchall()
    assert rows[0] == ("France,Ukraine,Kyiv,embassy,open,2021-12,ministry", "ministry", "Kyiv")
    assert rows[1][0].startswith('Norway,Ukraine,"Ky\niv"')
    assert list(problems(db.conn)) == []
    states = {s.sending_state: s.state for s in status_on(db.conn, Question(receiving="UA"), "2022-03-01")}
    assert states == {"FR": "open", "PL": "open", "NO": "closed"}


def test_the_old_names_of_columns_say_the_same(db: Database, tmp_path: Path) -> None:
    fields = "SELECT sending_state, receiving_state, city, mission, date, quote FROM claims WHERE retired IS NULL"
    assert _load(db, tmp_path, LIST) == (3, 0, 0, [])
    read = db.conn.execute(fields).fetchall()
    assert _load(db, tmp_path, LIST.replace(HEADER, OLD_HEADER))[3] == []
    assert db.conn.execute(fields).fetchall() == read


def test_a_newer_list_retires_what_it_drops(db: Database, tmp_path: Path) -> None:
    _load(db, tmp_path, LIST)
    newer = HEADER + "France,Ukraine,Kyiv,embassy,closed,2022-03-01,ministry\n"
    assert _load(db, tmp_path, newer, "2022-03-02") == (1, 0, 3, [])
    assert [s.state for s in status_on(db.conn, Question(receiving="UA"), "2022-03-02")] == ["closed"]
    assert list(problems(db.conn)) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Atlantis,Ukraine,,embassy,open,,x", "line 2: sending_state: Atlantis"),
        ("France,Ukraine,,castle,open,,x", "line 2: mission: castle"),
        ("France,Ukraine,,embassy,,,x", "line 2: status: empty"),
        ("France,Ukraine,,embassy,open,2022-02-30,x", "line 2: date: 2022-02-30"),
        ("France", "line 2: receiving_state: empty; name a State"),
        ("France,France,Paris,embassy,open,,x", "line 2: France is sender and receiver"),
    ],
)
def test_a_wrong_line_is_named_and_the_others_are_loaded(db: Database, tmp_path: Path, line: str, words: str) -> None:
    new, _, _, refused = _load(db, tmp_path, f"{HEADER}{line}\nPoland,Ukraine,,embassy,open,,x\n")
    assert new == 1
    assert any(words in problem for problem in refused)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not the header of such a list; the columns are sending_state"),
        (HEADER.encode(), "no line that can be used"),
        (HEADER.encode() + b"France,Ukraine,,castle,open,,x\n", "castle"),
        (b"sending_state,receiving_state\nFrance,UA\n", "no column city"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (HEADER.encode() + b'"France,UA', "line 2"),
    ],
)
def test_a_file_that_is_no_list_is_refused(db: Database, tmp_path: Path, content: bytes, words: str) -> None:
    assert _load(db, tmp_path, LIST) == (3, 0, 0, [])
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(UsageProblem, match=words):
        import_list(db, path, "2022-01-01", NOW)
    assert db.conn.execute("SELECT count(*) FROM claims WHERE retired IS NULL").fetchone() == (3,)
    with pytest.raises(UsageProblem, match="No such file"):
        import_list(db, tmp_path / "nowhere.csv", "2022-01-01", NOW)
