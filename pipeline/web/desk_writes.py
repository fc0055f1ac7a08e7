"""The writes of the review desk: a form in, a decision or a remark of the signed-in reviewer out."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from legation.db import remarks, review_queue
from legation.db.added_claims import add_claim
from legation.db.claims import FIELDS
from legation.db.decisions import Batch, Outcome, Verdict, decide, decide_all, undo
from legation.db.errors import Refused
from legation.pipeline.correction_checks import Doubtful, doubts, doubts_of_new
from legation.pipeline.review_terminal import outcome_words
from legation.pipeline.sentences import sentence
from legation.pipeline.user_input import parse_country
from legation.pipeline.web.desk import DONE, claim_number, from_query, progress
from legation.pipeline.web.desk_lists import MOST, find_words
from legation.pipeline.web.site import Site, utc_now

LONGEST = 2000  # characters of a note or a corrected field
STATES = ("sending_state", "receiving_state")
# The newest decision of a reviewer that still holds, with the revision of its thread; the first of its batch is told.
_LAST = """
    SELECT d.claim, r.revision FROM decisions AS d JOIN reviews AS r ON r.thread = d.thread AND r.decision = d.id
    WHERE d.batch = (SELECT n.batch FROM decisions AS n
                     JOIN reviews AS s ON s.thread = n.thread AND s.decision = n.id
                     WHERE n.reviewer = :reviewer AND n.at >= datetime(:now, '-1 day') AND n.verdict <> 'undo'
                     ORDER BY n.at DESC, n.id DESC LIMIT 1)
    ORDER BY d.id LIMIT 1
"""

Form = Mapping[str, str]


def write_decision(site: Site, form: Form, reviewer: str) -> dict[str, Any]:
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
        return _answer(connection, claim, verdict.verdict, outcome, reviewer, form)


def write_undo(site: Site, form: Form, reviewer: str) -> dict[str, Any]:
    """Undo the reviewer's newest decision of the last day that still holds, with those made together with it; Refused
    if there is none."""
    with site.writing() as connection:
        last = connection.execute(_LAST, {"reviewer": reviewer, "now": utc_now()}).fetchone()
        if last is None:
            raise Refused("nothing to undo: no decision of yours of the last day still holds")
        outcome = undo(connection, last[0], revision=last[1], reviewer=reviewer, now=utc_now())
        return _answer(connection, last[0], "undo", outcome, reviewer, form)


def write_decisions(site: Site, form: Form, reviewer: str) -> Batch:
    """Approve or reject the claims that are ticked in a list ("claim-12": its revision), or all that the filters let
    pass ("all"), at most MOST, with one undo. Raises Refused or UsageProblem."""
    with site.writing() as connection:
        verdict = _verdict(connection, 0, form)
        seen = _chosen(connection, form, reviewer)
        return decide_all(connection, seen, verdict, reviewer=reviewer, now=utc_now())


def write_questions(site: Site, form: Form, reviewer: str) -> int:
    """Ask a colleague to look at the claims that are chosen as in `decided_together`; how many. Raises Refused."""
    with site.writing() as connection:
        claims = [claim for claim, _ in _chosen(connection, form, reviewer)]
        return remarks.ask(connection, claims, asked=_text(form, "asked") or "", reviewer=reviewer, now=utc_now())


def _chosen(connection: sqlite3.Connection, form: Form, reviewer: str) -> list[tuple[int, int]]:
    """(claim, revision seen) of a list. Raises Refused where nothing is chosen, or the whole queue unseen."""
    if form.get("all") == "1":
        only = from_query(form.get("filters", "")).only(connection, reviewer)
        if only == review_queue.Filter():
            raise Refused("the whole queue is not decided unseen; filter it first")
        again = review_queue.changed(connection)
        claims = [claim for claim in review_queue.queue(connection, only=only, limit=MOST) if claim not in again]
        seen = [
            (claim, shown.revision) for claim in claims if (shown := review_queue.context(connection, claim, around=0))
        ]
    else:
        seen = [
            (claim_number(name.removeprefix("claim-")), claim_number(revision))
            for name, revision in form.items()
            if name.startswith("claim-")
        ]
    if not seen:
        raise Refused("no claim is chosen")
    return seen


def write_added_claim(site: Site, form: Form, reviewer: str) -> int:
    """Store the claim that a reviewer read in an article and the reader missed; its id. Raises Refused or
    UsageProblem; Doubtful for a strange one, unless the form says `sure`."""
    article = claim_number(form.get("article"))
    words = form.get("quote", "")
    with site.writing() as connection:
        row = connection.execute(
            "SELECT text, coalesce(published, substr(cleaned_at, 1, 10)) FROM articles WHERE id = ?", (article,)
        ).fetchone()
        if row is None:
            raise Refused(f"article {article}: no such article")
        text = row[0] or ""
        start = int(form["start"]) if form.get("start", "").isdecimal() else 0
        end = start + len(words)
        if not words.strip() or text[start:end] != words:
            start, end = find_words(text, words, article) if words.strip() else (0, 0)
        fields = {name: _typed(name, form.get(name, "")) for name in FIELDS}
        if form.get("sure") != "1" and (strange := doubts_of_new(connection, fields, row[1])):
            raise Doubtful(None, strange)
        claim, _ = add_claim(
            connection, article, (start, end), fields, reviewer=reviewer, now=utc_now(),
            attribution=_text(form, "attribution"), note=_text(form, "note"),
        )  # fmt: skip
    return claim


def write_remark(site: Site, form: Form, reviewer: str) -> str:
    """Note that the reviewer is unsure, or asks a colleague; what was noted, in words. Raises Refused."""
    claim, note, asked = claim_number(form.get("claim")), _text(form, "note"), _text(form, "asked")
    with site.writing() as connection:
        if "ask" in form:
            remarks.ask(connection, [claim], asked=asked or "", reviewer=reviewer, now=utc_now(), note=note)
            return f"{asked} is asked to look at it."
        remarks.unsure(connection, claim, reviewer=reviewer, now=utc_now(), note=note, asked=asked)
    return f"Left open; {asked} is asked." if asked else "Left open for the others."


def write_opinion(site: Site, form: Form, reviewer: str) -> bool:
    """Note a second opinion; whether it agrees with what holds. Raises Stale, Refused or UsageProblem."""
    claim, revision = claim_number(form.get("claim")), claim_number(form.get("revision"))
    with site.writing() as connection:
        verdict = _verdict(connection, claim, form)
        return remarks.opine(connection, claim, verdict, revision=revision, reviewer=reviewer, now=utc_now())


def write_settlement(site: Site, form: Form, reviewer: str) -> str:
    """Say whether the stored version of an article holds or what came is its new version; what follows, in words."""
    from sqlite_utils import Database

    from legation.pipeline.review import settle

    verdict = form.get("verdict", "")
    if verdict not in ("kept", "taken"):
        raise Refused("say whether the stored text stays (kept) or the new one is taken (taken)")
    with site.writing() as connection:
        settle(Database(connection), claim_number(form.get("article")), verdict, reviewer, utc_now())
    return "The stored text stays." if verdict == "kept" else "The new text is taken; the next run reads it."


def _verdict(connection: sqlite3.Connection, claim: int, form: Form) -> Verdict:
    note = _text(form, "note")
    if "approve" in form:
        return Verdict("approve", note=note)
    if "reject" in form:
        return Verdict("reject", form["reject"], note)
    if "correct" in form:
        return Verdict("correct", note=note, fields=_edited(connection, claim, form))
    raise Refused(f"claim {claim}: neither approved, rejected nor corrected")


def _text(form: Form, name: str) -> str | None:
    return form.get(name, "").strip()[:LONGEST] or None


def _typed(name: str, text: str) -> str | None:
    """A field as it was typed; a State in any way that people name it. UsageProblem for a State that is none."""
    value = text.strip()[:LONGEST] or None
    return parse_country(value) if value and name in STATES else value


def _edited(connection: sqlite3.Connection, claim: int, form: Form) -> dict[str, str | None]:
    """The fields of the form that differ from the machine's reading; an empty one means: not stated."""
    shown = review_queue.context(connection, claim, around=0)
    if shown is None:
        raise Refused(f"claim {claim}: no such claim")
    given = {name: _typed(name, form[name]) for name in FIELDS if name in form}
    return {name: value for name, value in given.items() if value != shown.read[name]}


def _answer(
    connection: sqlite3.Connection, claim: int, verdict: str, outcome: Outcome, reviewer: str, form: Form
) -> dict[str, Any]:  # fmt: skip
    filters = from_query(form.get("filters", ""))
    marks = ",".join("?" * len(outcome.decisions))
    rows = connection.execute(f"SELECT claim FROM decisions WHERE id IN ({marks})", outcome.decisions)  # noqa: S608
    shown = review_queue.context(connection, claim, around=0)
    where = progress(connection, reviewer, filters)
    return {
        "claim": claim,
        "state": outcome.state,
        "claims": [row[0] for row in rows],
        "message": outcome_words(outcome),
        "said": f"{DONE[verdict]}: {sentence({**shown.fields, 'sender_text': shown.sender_text}) if shown else claim}",
        "filters": filters.query,
        "progress": where["words"],
        "done": where["done"],
        "here": where["here"],
    }
