"""Articles that could not be cleaned, stored or read. Each is tried once by one version of the program, and by the
next."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from legation.db.transactions import immediate

if TYPE_CHECKING:
    from sqlite_utils import Database

_INSERT = """
    INSERT INTO faults (address, step, source, page, article, body, version, reason, times, first_at, last_at)
    VALUES (:address, :step, :source, :page, :article, :body, :version, :reason, 1, :now, :now)
    ON CONFLICT (address, step) DO UPDATE SET source = excluded.source, page = excluded.page,
        article = excluded.article, body = excluded.body, reason = excluded.reason, last_at = excluded.last_at,
        times = iif(version = excluded.version, times + 1, 1), version = excluded.version
"""


def save_fault(db: "Database", fault: Mapping[str, Any], now: str) -> None:
    """Note a fault: address, step (clean, store, read), source, page, article, body, version, reason; see the table."""
    with immediate(db) as connection:
        connection.execute(_INSERT, {**fault, "now": now})


def clear_faults(db: "Database", address: str, *steps: str) -> None:
    """Forget the faults of an address in these steps, because they are done now."""
    for step in steps:
        if next(iter(db.query("SELECT 1 FROM faults WHERE address = ? AND step = ?", [address, step])), None):
            with immediate(db) as connection:
                connection.execute("DELETE FROM faults WHERE address = ? AND step = ?", (address, step))


def standing_faults(db: "Database") -> list[dict[str, Any]]:
    """All faults, in order of address."""
    return list(db.query("SELECT * FROM faults ORDER BY address, step"))
