"""`legation conflicts`: claims that speak against what holds."""

import json
from typing import TYPE_CHECKING, Any

from legation.db.transactions import raw
from legation.pipeline.claim_rows import with_state_names
from legation.pipeline.regions import states_in
from legation.pipeline.user_input import parse_country, parse_day, parse_place

if TYPE_CHECKING:
    from sqlite_utils import Database

CONFLICT_COLUMNS = (
    "sender", "receiver", "mission", "city", "state", "since", "confidence", "claim", "status", "modality", "publisher",
    "published", "quote",
)  # fmt: skip

_CONFLICTS = """
    SELECT * FROM conflicts
    WHERE (:sender IS NULL OR sending_state = :sender) AND (:host IS NULL OR receiving_state = :host)
      AND (:city IS NULL OR city = :city)
      AND (:hosts IS NULL OR receiving_state IN (SELECT value FROM json_each(:hosts)))
      AND (:on IS NULL OR (coalesce(since, '') <= :on AND (until IS NULL OR until > :on)))
    ORDER BY since DESC, sending_state, receiving_state, claim
"""


def conflict_rows(
    db: "Database", sender: str | None, host: str | None, on: str | None, region: str | None = None
) -> list[dict[str, Any]]:
    """The answer of `legation conflicts`: one row for each claim that speaks against a period, newest period first."""
    where = parse_place(host) if host else None
    values = {
        "sender": parse_country(sender) if sender else None,
        "host": where.country if where else None,
        "city": where.city if where else None,
        "on": parse_day(on) if on else None,
        "hosts": json.dumps(sorted(states_in(region))) if region else None,
    }
    cursor = raw(db).execute(_CONFLICTS, values)
    names = [column[0] for column in cursor.description]
    return [with_state_names(dict(zip(names, row, strict=True))) for row in cursor]
