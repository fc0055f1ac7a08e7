"""`legation review` on a terminal: one claim at a time, one key for each verdict."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from legation.db import review_queue
from legation.db.claims import SMALL
from legation.db.decisions import Outcome, Verdict, decide, undo
from legation.db.errors import Refused, Stale
from legation.db.remarks import Remark, put_off, remarks_on, unsure
from legation.db.second_requests import said_instead
from legation.db.vocabulary import REASONS
from legation.pipeline.correction_checks import doubts
from legation.pipeline.errors import UsageProblem
from legation.pipeline.render import printable
from legation.pipeline.second.report import reader_label
from legation.pipeline.sentences import sentence
from legation.pipeline.status_rows import since
from legation.pipeline.user_input import parse_country

HELP = "a approve  r reject  e edit  x unsure  s skip  u undo  c copies on/off  q quit  ? help"
REASON_KEYS = "123456789qwty0"  # none of them decides anything else, so that a slip writes no wrong reason


class Terminal(Protocol):
    """What the session needs of a terminal: show a line, read one key, read a line."""

    def show(self, line: str) -> None: ...
    def key(self) -> str: ...
    def line(self, prompt: str) -> str: ...


@dataclass(slots=True)
class Session:
    """One reviewer's sitting. `now` gives the UTC time, asked at each decision; `only` narrows the queue."""

    connection: sqlite3.Connection
    reviewer: str
    now: Callable[[], str]
    terminal: Terminal
    only: review_queue.Filter | None = None
    together: bool = True
    order: str = review_queue.ORDERS[0]
    skipped: set[int] = field(default_factory=set)
    done: list[int] = field(default_factory=list)

    def run(self) -> int:
        """Go through the queue until it is empty or the reviewer quits; return how many decisions hold."""
        self.terminal.show(HELP)
        while (claim := self._next()) is not None:
            shown = review_queue.context(self.connection, claim)
            if shown is None or not self._ask(shown):
                break
        else:
            self.terminal.show("The queue is empty." if not self.skipped else "Only skipped claims are left.")
        return len(self.done)

    def _next(self) -> int | None:
        skip = self.skipped | put_off(self.connection, self.reviewer)
        return review_queue.next_claim(self.connection, skip=skip, only=self.only, order=self.order)

    def _ask(self, shown: review_queue.Context) -> bool:
        """Show a claim and act on keys until it is decided, skipped or something was undone; False: quit."""
        for line in describe(self.connection, shown, self.now()[:10]):
            self.terminal.show(line)
        while True:
            key = self.terminal.key()
            if key in ("q", "\x04", ""):
                return False
            if key == "s":
                self.skipped.add(shown.claim)
                return True
            if self._act(key, shown):
                return True

    def _act(self, key: str, shown: review_queue.Context) -> bool:
        """Whether the queue is to be asked again: something was decided or undone, here or by somebody else."""
        try:
            if key == "u":
                return self._undo()
            if key == "x":
                return self._unsure(shown.claim)
            if key == "c":
                self.together = not self.together
                self.terminal.show(f"copies are decided {'together' if self.together else 'one by one'}")
            elif key in "are":
                verdict = self._verdict(key, shown.claim)
                return verdict is not None and self._decide(shown, verdict)
            else:
                self.terminal.show(HELP)
        except Stale as error:
            self.terminal.show(printable(str(error)))
            return True
        except (Refused, UsageProblem) as error:
            self.terminal.show(printable(str(error)))
        return False

    def _verdict(self, key: str, claim: int) -> Verdict | None:
        """What a key of "are" says; None: the reviewer thought better of it."""
        if key == "a":
            return Verdict("approve")
        return self._reject() if key == "r" else self._edit(claim)

    def _decide(self, shown: review_queue.Context, verdict: Verdict) -> bool:
        outcome = decide(
            self.connection, shown.claim, verdict,
            revision=shown.revision, reviewer=self.reviewer, now=self.now(), together=self.together,
        )  # fmt: skip
        self.done.append(shown.claim)
        self.terminal.show(outcome_words(outcome))
        return True

    def _undo(self) -> bool:
        if not self.done:
            self.terminal.show("nothing to undo in this sitting; `legation review --undo CLAIM` takes back any")
            return False
        claim = self.done.pop()
        revision = review_queue.log(self.connection, claim)[-1].revision
        outcome = undo(self.connection, claim, revision=revision, reviewer=self.reviewer, now=self.now())
        self.terminal.show(outcome_words(outcome))
        return True

    def _unsure(self, claim: int) -> bool:
        note = self.terminal.line("why are you unsure? ").strip() or None
        asked = self.terminal.line("whom do you ask? (empty line: nobody in particular): ").strip() or None
        unsure(self.connection, claim, reviewer=self.reviewer, now=self.now(), note=note, asked=asked)
        self.terminal.show("left open for the others")
        return True

    def _reject(self) -> Verdict | None:
        known = dict(zip(REASON_KEYS, REASONS, strict=True))
        for key, reason in known.items():
            self.terminal.show(f"  {key} {reason}")
        chosen = known.get(self.terminal.key())
        if chosen is None:
            self.terminal.show("not rejected")
            return None
        reason = chosen
        note = self.terminal.line("what is wrong? ") if reason == "other" else None
        return Verdict("reject", reason, note)

    def _edit(self, claim: int) -> Verdict | None:
        fields: dict[str, str | None] = {}
        while text := self.terminal.line("field=value (empty line: done): ").strip():
            name, _, value = text.partition("=")
            fields |= edited_field(name.strip(), value.strip())
        found = doubts(self.connection, claim, fields)
        for doubt in found:
            self.terminal.show(printable(f"  {doubt.words}"))
        if found and self.terminal.line("save it as it is? (yes, or an empty line): ").strip() != "yes":
            self.terminal.show("not saved")
            return None
        return Verdict("correct", fields=fields) if fields else None


def edited_field(name: str, value: str) -> dict[str, str | None]:
    """A typed correction; a State may be typed in any way, an empty value means: not stated."""
    if name in ("sending_state", "receiving_state") and value:
        return {name: parse_country(value)}
    return {name: value or None}


def outcome_words(outcome: Outcome) -> str:
    """What a decision did, in one line."""
    more = len(outcome.decisions) - 1
    return f"{outcome.state}" + (f", with {more} identical cop{'y' if more == 1 else 'ies'}" if more else "")


def remark_words(remark: Remark) -> str:
    """What a reviewer remarked, in one line: "rolf is unsure and asks maria: which embassy?"."""
    what = {"unsure": "is unsure", "ask": "asks", "opinion": f"gave a second opinion: {remark.verdict}"}[remark.kind]
    if remark.asked:
        what += f" {remark.asked}" if remark.kind == "ask" else f" and asks {remark.asked}"
    return f"{remark.reviewer} {what}" + (f": {remark.note}" if remark.note else "")


def readers(connection: sqlite3.Connection, shown: review_queue.Context) -> Iterator[str]:
    """Who found the claim, if not the small reader alone; what the other reader says; a foreign quote in English."""
    if shown.reader != SMALL:
        yield f"read by {reader_label(shown.reader)}"
    if shown.other_reader:
        yield f"readers differ: {reader_label(shown.other_reader)} does not say so"
        for row in said_instead(connection, shown.claim):
            yield f"  but [{row['id']}] {row['status']}, {row['modality']}: “{row['quote']}”"
    if shown.gloss:
        yield f"in English, by {shown.reader}: {shown.gloss}"


def describe(connection: sqlite3.Connection, shown: review_queue.Context, day: str) -> Iterator[str]:
    """The claim, its quote in context, the status of its mission and its rivals, as lines for a terminal."""
    f = shown.fields
    yield ""
    yield printable(f"[{shown.claim}] {shown.why}; confidence {shown.confidence:g}, rule {shown.rule}")
    yield printable(sentence({**f, "sender_text": shown.sender_text}, shown.attribution))
    yield printable("  " + ", ".join(f"{name}={value or ''}" for name, value in f.items()))
    source = f"{shown.publisher or 'unknown publisher'}, {shown.published or 'undated'}"
    yield printable(f"{source}, {shown.title or ''} {shown.url}")
    yield from map(printable, readers(connection, shown))
    for remark in remarks_on(connection, shown.claim):
        yield printable(f"  {remark_words(remark)}")
    if shown.twins:
        yield f"{len(shown.twins)} identical in copies of the same article"
    yield printable(f"  …{shown.before} »{shown.quote}« {shown.after}…")
    now = review_queue.standing(connection, shown.claim, day)
    if now:
        began = since(now.since, now.precision) or "an unknown day"
        yield printable(f"now: {now.state} since {began}, confidence {now.confidence:g}")
    would = review_queue.consequences(connection, shown.claim, day)
    if len(set(would.values())) > 1:
        yield printable(f"then: approved {would['approve']}, rejected {would['reject']}")
    for rival in review_queue.rivals(connection, shown.claim, day, limit=5):
        yield printable(
            f"  {rival.role} [{rival.claim}] {rival.status} {rival.modality} {rival.date or ''}"
            f" {rival.publisher or ''} {rival.published or ''} {rival.review}: “{rival.quote}”"
        )
