"""docs/cookbook.md: the questions of db/queries with the answers that tests/test_queries.py holds them to.

python -m tests.cookbook > docs/cookbook.md
"""

from collections.abc import Iterator
from typing import Any

from legation.db.connect import connect
from legation.db.schema import queries
from tests.test_queries import ANSWERS

INTRODUCTION = """\
# SQL cookbook

Questions in SQL, each with its answer on a small database of ten articles. They are the files in `db/queries`; the
tests hold each to the answer below, and this page is made from them (`python -m tests.cookbook > docs/cookbook.md`).
Run them with `sqlite3 legation.db`, on the SQL pages of `legation serve`, or from a notebook. Parameters are written
`:name`; on the pages each has a field of its own, in `sqlite3` set it before:

    .parameter set :day "'2022-03-15'"

A State is its code in two letters of ISO 3166-1 (`SELECT code, name FROM countries`), a day is written 2022-03-15.
[schema.md](schema.md) says what each column means.
"""


def document() -> str:
    """The page as Markdown."""
    connection = connect(":memory:").conn
    parts = [INTRODUCTION]
    for number, (name, sql) in enumerate(queries().items(), start=1):
        question, _, body = sql.partition("\n")
        values, rows = ANSWERS[name]
        cursor = connection.execute(sql, values)
        columns = [column[0] for column in cursor.description]
        given = ", ".join(f"`:{key}` = {value!r}" for key, value in values.items() if f":{key}" in sql)
        parts.append(f"## {number}. {question.removeprefix('-- ').split(' (:')[0]}\n")
        parts.append(f"```sql\n{body.strip()}\n```\n")
        parts.append((f"With {given}:\n\n" if given else "") + "\n".join(_table(columns, rows)) + "\n")
    return "\n".join(parts)


def _table(columns: list[str], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + " --- |" * len(columns)
    for row in rows:
        yield f"| {' | '.join('' if value is None else str(value) for value in row)} |"


if __name__ == "__main__":
    print(document(), end="")
