"""One transaction for each write, taken at its start, so that no writer finds out late that another was faster."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def raw(db: "sqlite3.Connection | Database") -> sqlite3.Connection:
    """The plain connection below `db`, which may be one already."""
    return db if isinstance(db, sqlite3.Connection) else db.conn


@contextmanager
def immediate(db: "sqlite3.Connection | Database") -> Iterator[sqlite3.Connection]:
    """The plain connection inside a write transaction: committed at the end, rolled back on any error.

    BEGIN IMMEDIATE waits for the other writer (as long as the connection's busy timeout) before anything is read, so
    what is read is still so when it is written. Within a transaction of the caller it joins that one.
    """
    connection = raw(db)
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def monotonic_now(connection: sqlite3.Connection, now: str) -> str:
    """`now`, or the latest time ever recorded if the clock has jumped back behind it.

    What was known at a time must not change afterwards, so nothing may be recorded before what is there.
    """
    return str(
        connection.execute(
            "SELECT max(?, coalesce((SELECT max(recorded_at) FROM claims), ''), "
            "coalesce((SELECT max(retired) FROM claims WHERE retired IS NOT NULL), ''), "  # by the partial index
            "coalesce((SELECT max(at) FROM decisions), ''))",
            (now,),
        ).fetchone()[0]
    )
