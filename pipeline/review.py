"""Reviews without a terminal: the queue as rows, and decisions on claims given by number."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from legation.db import review_queue
from legation.db.decisions import Outcome, Verdict, decide, decide_all, undo
from legation.db.transactions import raw
from legation.db.vocabulary import STATUSES
from legation.pipeline.claim_rows import with_state_names
from legation.pipeline.correction_checks import Doubt, Doubtful, doubts
from legation.pipeline.errors import UsageProblem
from legation.pipeline.review_terminal import edited_field
from legation.pipeline.user_input import parse_country

if TYPE_CHECKING:
    from sqlite_utils import Database

QUEUE_COLUMNS = (
    "claim", "why", "sender", "receiver", "city", "mission", "status", "modality", "date", "confidence", "copies",
    "quote",
)  # fmt: skip


def narrowed(
    sender: str | None,
    host: str | None,
    publisher: str | None = None,
    status: str | None = None,
    min_confidence: float | None = None,
) -> review_queue.Filter:
    """The part of the queue that a reviewer asked for; UsageProblem for a State or a status that is none."""
    if status is not None and status not in STATUSES:
        raise UsageProblem(f"--status {status}: no such word; it is one of {', '.join(STATUSES)}")
    return review_queue.Filter(
        sending_state=parse_country(sender) if sender else None,
        receiving_state=parse_country(host) if host else None,
        publisher=publisher,
        status=status,
        min_confidence=min_confidence,
    )


def queue_rows(
    db: "Database", only: review_queue.Filter, limit: int, order: str = review_queue.ORDERS[0]
) -> list[dict[str, Any]]:  # fmt: skip
    """The answer of `legation review --list`, in the order of the queue."""
    connection = raw(db)
    rows = []
    for claim in review_queue.queue(connection, only=only, limit=limit, order=order):
        shown = review_queue.context(connection, claim)
        if shown:
            why = {"claim": claim, "why": shown.why, "revision": shown.revision}
            words = {"confidence": shown.confidence, "quote": shown.quote, "copies": len(shown.twins)}
            rows.append(with_state_names({**why, **shown.read, **words}))
    return rows


def approve_all(
    db: "Database", only: review_queue.Filter, note: str | None, reviewer: str, now: str, *, together: bool = False
) -> Iterator[str]:
    """Approve every waiting claim that a filter lets pass, in one batch; lines that tell what was done.

    UsageProblem without a filter: the whole queue is not approved unseen.
    """
    if only == review_queue.Filter():
        raise UsageProblem("--approve-all: needs a filter: --publisher, --min-confidence, --status, --of or --in")
    connection = raw(db)
    again = review_queue.changed(connection)
    waiting = [claim for claim in review_queue.queue(connection, only=only, limit=-1) if claim not in again]
    seen = [(claim, _revision(db, claim)) for claim in waiting]
    batch = decide_all(db, seen, Verdict("approve", note=note), reviewer=reviewer, now=now, together=together)
    yield f"{len(batch.decided)} approved" + (
        f"; `legation review --undo {batch.decided[0]}` takes all of them back" if batch.decided else ""
    )
    yield from (f"left out: {words}" for _, words in batch.left)


def changed_rows(db: "Database") -> list[dict[str, Any]]:
    """The answer of `legation review --changed`: what db.replacements.open_replacements gives, with the reason."""
    from legation.db.replacements import open_replacements

    return [
        {**row, "text": " ".join(row["text"].split())[:200], "why": _why(row)} for row in open_replacements(db)
    ]  # fmt: skip


def _why(row: Mapping[str, Any]) -> str:
    """Why the claims of an article wait again."""
    claims = "1 claim" if row["claims"] == 1 else f"{row['claims']} claims"
    return f"another text came on {row['noted_at'][:10]}; {row['approved']} of {claims} were approved before"


def decide_claims(
    db: "Database",
    verdicts: Sequence[tuple[int, Verdict]],
    *,
    revision: int | None,
    reviewer: str,
    now: str,
    together: bool,
    sure: bool = False,
) -> list[tuple[int, Outcome]]:
    """Decide on claims one after another; `revision` None: as each is now. Stops at the first that is refused.

    A correction that is strange raises Doubtful before anything is written, unless `sure`.
    """
    outcomes = []
    for claim, verdict in () if sure else verdicts:
        if verdict.fields and (found := doubts(raw(db), claim, verdict.fields)):
            raise Doubtful(claim, [*found, Doubt("", "to save it as it is, say --sure")])
    for claim, verdict in verdicts:
        seen = _revision(db, claim) if revision is None else revision
        if verdict.verdict == "undo":
            outcome = undo(db, claim, revision=seen, reviewer=reviewer, now=now)
        else:
            outcome = decide(db, claim, verdict, revision=seen, reviewer=reviewer, now=now, together=together)
        outcomes.append((claim, outcome))
    return outcomes


def verdicts(
    asked: Mapping[str, Sequence[int]], settings: Sequence[str], reason: str | None, note: str | None
) -> list[tuple[int, Verdict]]:
    """What `--approve`, `--reject`, `--correct`, `--undo` ask, claim by claim; `settings` are "field=value"."""
    fields: dict[str, str | None] = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign:
            raise UsageProblem(f"--set {setting}: write it as field=value, leave the value empty for: unknown")
        fields |= edited_field(name, value)
    if bool(fields) != bool(asked.get("correct")):
        raise UsageProblem("--correct CLAIM and --set field=value belong together")
    return [
        (claim, Verdict(name, None if name == "undo" else reason, note, fields if name == "correct" else None))
        for name, claims in asked.items()
        for claim in claims
    ]


def _revision(db: "Database", claim: int) -> int:
    shown = review_queue.context(raw(db), claim, around=0)
    if shown is None:
        raise UsageProblem(f"claim {claim}: no such claim; `legation claims` lists them")
    return shown.revision


def settle(db: "Database", article: int, verdict: str, reviewer: str, now: str) -> None:
    """Say whether the stored version of an article is "kept" or what came in its place is "taken". UsageProblem where
    nothing came."""
    from legation.db.replacements import keep_old, take_new, texts_of
    from legation.pipeline.cleaning.fingerprint import fingerprint

    texts = [one["text"] for one in texts_of(db, article) if one["verdict"] is None]
    if not texts:
        raise UsageProblem(f"{article}: no other text waits for this article; see `legation review --changed`")
    if verdict == "kept":
        keep_old(db, article, reviewer, now)
    else:
        take_new(db, article, fingerprint(texts[-1]), reviewer, now)
