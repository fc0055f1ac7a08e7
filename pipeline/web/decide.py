"""The writes of the review desk: a form in, a decision of the signed-in reviewer out."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from legation.db import desk
from legation.db.claims import FIELDS
from legation.db.decisions import Outcome, Verdict, decide, undo
from legation.db.errors import Refused
from legation.pipeline.desk import told
from legation.pipeline.doubts import Doubtful, doubts
from legation.pipeline.web.desk import claim_number, from_query, progress
from legation.pipeline.web.site import Site, utc_now

LONGEST = 2000  # characters of a note or a corrected field
# The newest decision of a reviewer that still holds, with the revision of its thread; one batch counts once.
_LAST = """
    SELECT d.claim, r.revision FROM decisions AS d JOIN reviews AS r ON r.decision = d.id
    WHERE d.reviewer = ? AND d.at >= datetime(?, '-1 day') AND d.verdict <> 'undo' AND d.id = d.batch
    ORDER BY d.at DESC, d.id DESC LIMIT 1
"""

Form = Mapping[str, str]


def decided(site: Site, form: Form, reviewer: str) -> dict[str, Any]:
    """Write the decision that a form asks for. Raises Stale, Refused or UsageProblem, and then writes nothing.

    A correction that is strange raises Doubtful, unless the form says `sure`.
    """
    claim, revision = claim_number(form.get("claim")), claim_number(form.get("revision"))
    together = form.get("together") == "1"
    with site.writing() as connection:
        verdict = _verdict(connection, claim, form)
        if verdict.fields and form.get("sure") != "1" and (found := doubts(connection, claim, verdict.fields)):
            raise Doubtful(claim, found)
        outcome = decide(
            connection, claim, verdict, revision=revision, reviewer=reviewer, now=utc_now(), together=together
        )
        return _answer(connection, claim, outcome, reviewer, form)


def taken_back(site: Site, form: Form, reviewer: str) -> dict[str, Any]:
    """Undo the reviewer's newest decision of the last day that still holds; Refused if there is none."""
    with site.writing() as connection:
        last = connection.execute(_LAST, (reviewer, utc_now())).fetchone()
        if last is None:
            raise Refused("nothing to undo: no decision of yours of the last day still holds")
        outcome = undo(connection, last[0], revision=last[1], reviewer=reviewer, now=utc_now())
        return _answer(connection, last[0], outcome, reviewer, form)


def _verdict(connection: sqlite3.Connection, claim: int, form: Form) -> Verdict:
    note = form.get("note", "").strip()[:LONGEST] or None
    if "approve" in form:
        return Verdict("approve", note=note)
    if "reject" in form:
        return Verdict("reject", form["reject"], note)
    if "correct" in form:
        return Verdict("correct", note=note, fields=_edited(connection, claim, form))
    raise Refused(f"claim {claim}: neither approved, rejected nor corrected")


def _edited(connection: sqlite3.Connection, claim: int, form: Form) -> dict[str, str | None]:
    """The fields of the form that differ from the machine's reading; an empty one means: not told."""
    shown = desk.context(connection, claim, around=0)
    if shown is None:
        raise Refused(f"claim {claim}: no such claim")
    given = {name: form[name].strip()[:LONGEST] or None for name in FIELDS if name in form}
    return {name: value for name, value in given.items() if value != shown.read[name]}


def _answer(
    connection: sqlite3.Connection, claim: int, outcome: Outcome, reviewer: str, form: Form
) -> dict[str, Any]:  # fmt: skip
    filters = from_query(form.get("filters", ""))
    marks = ",".join("?" * len(outcome.decisions))
    rows = connection.execute(f"SELECT claim FROM decisions WHERE id IN ({marks})", outcome.decisions)  # noqa: S608
    return {
        "claim": claim,
        "state": outcome.state,
        "claims": [row[0] for row in rows],
        "message": told(outcome),
        "filters": filters.query,
        "progress": progress(connection, reviewer, filters)["words"],
    }
