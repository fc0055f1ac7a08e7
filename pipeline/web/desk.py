"""The review desk: what its page, a card and the next card show."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from legation.db import remarks, review_queue
from legation.db.claims import FIELDS
from legation.db.review_order import CHANGES, CONTRADICTS, UNSURE
from legation.db.vocabulary import KINDS, MODALITIES, REASONS, STATUSES
from legation.pipeline import sentences
from legation.pipeline.errors import UsageProblem
from legation.pipeline.review_terminal import REASON_KEYS, readers, remark_words
from legation.pipeline.sentences import sentence
from legation.pipeline.user_input import parse_country, state_label
from legation.pipeline.web.labels import Piece, countries, marked_pieces, since_words
from legation.pipeline.web.site import today

AROUND = 4000  # characters of the article on either side of the quote; the whole text is one link away
RIVALS = 12
CITIES = 40  # names in the list of a field without scripts
RECENT = 300  # seconds for which the page of the desk still offers to undo the last decision
_MINE = """
    SELECT d.id, d.claim, d.at, d.verdict, d.reason, d.note,
           (SELECT count(*) FROM decisions AS o WHERE o.batch = d.batch) FROM decisions AS d
    WHERE d.reviewer = ? AND d.id = d.batch ORDER BY d.id DESC LIMIT ?
"""
_LAST = """
    SELECT d.batch, d.verdict, d.claim, (SELECT count(*) FROM decisions AS o WHERE o.batch = d.batch)
    FROM decisions AS d WHERE d.reviewer = :reviewer AND d.verdict <> 'undo'
      AND d.at >= strftime('%Y-%m-%dT%H:%M:%SZ', :now, :recent)
      AND d.id = (SELECT max(id) FROM decisions WHERE reviewer = :reviewer)
"""
DONE = {"approve": "Approved", "reject": "Rejected", "correct": "Corrected", "undo": "Taken back"}
MARK = {
    "sender": "sending_state", "mission": "mission", "host": "receiving_state", "event": "status", "cue": "modality",
    "date": "date", "speaker": "attribution",
}  # fmt: skip
MARK_WORDS = {
    "sender": "whose", "mission": "what", "host": "where", "event": "what happened", "cue": "how certain",
    "date": "when", "speaker": "who says so",
}  # fmt: skip

# What the chips above the desk choose: (word in the address, label, rank in the queue or None).
SHOWS: tuple[tuple[str, str, int | None], ...] = (
    ("", "All", None),
    ("changes", "Changes the board", CHANGES),
    ("contradicts", "Contradicts", CONTRADICTS),
    ("doubtful", "Doubtful", UNSURE),
    ("asked", "Asked of you", None),
    ("unsure", "Unsure", None),
    ("changed", "Article changed", None),
)
CONFIDENCE: dict[str, tuple[str, float | None, float | None]] = {
    "low": ("below 0.5", None, 0.499999),
    "middle": ("0.5 to 0.8", 0.5, 0.8),
    "high": ("above 0.8", 0.800001, None),
    "sure": ("0.95 and more", 0.95, None),
}
ORDERS = {"": "What changes the board first", "teaching": "What teaches the reader most"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filters of the desk say, as typed; "" for any."""

    host: str = ""
    sender: str = ""
    status: str = ""
    publisher: str = ""
    confidence: str = ""
    show: str = ""
    order: str = ""

    def only(self, connection: sqlite3.Connection, reviewer: str) -> review_queue.Filter:
        """The part of the queue; UsageProblem for a State or a word that cannot be meant."""
        known = (
            ("status", self.status, STATUSES), ("confidence", self.confidence, CONFIDENCE),
            ("order", self.order, ORDERS), ("show", self.show, [word for word, _, _ in SHOWS]),
        )  # fmt: skip
        for name, value, words in known:
            if value and value not in words:
                raise UsageProblem(f"{name}={value[:40]}: no such word; it is one of {', '.join(filter(None, words))}")
        low, high = CONFIDENCE.get(self.confidence, ("", None, None))[1:]
        return review_queue.Filter(
            sending_state=parse_country(self.sender) if self.sender else None,
            receiving_state=parse_country(self.host) if self.host else None,
            status=self.status or None,
            publisher=self.publisher or None,
            min_confidence=low,
            max_confidence=high,
            rank=next(rank for word, _, rank in SHOWS if word == self.show),
            among=self._among(connection, reviewer),
        )

    def _among(self, connection: sqlite3.Connection, reviewer: str) -> frozenset[int] | None:
        if self.show == "asked":
            return frozenset(remarks.asked_of(connection, reviewer))
        if self.show == "unsure":
            return frozenset(remarks.unsure_about(connection))
        return frozenset(review_queue.changed(connection)) if self.show == "changed" else None

    @property
    def ordered(self) -> str:
        """The order of the queue as db.desk names it."""
        return self.order or review_queue.ORDERS[0]

    @property
    def query(self) -> str:
        """The query string that asks for the same; "" without filters."""
        return self.but()

    def but(self, **other: str) -> str:
        """The query string with other values for some filters."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__} | other
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def narrow(self) -> bool:
        """Whether one of the fields of the form is filled in."""
        return any((self.host, self.sender, self.status, self.publisher, self.confidence, self.order))


def from_query(text: str) -> Filters:
    """The filters of a form, which carries them as a query string; what is none of ours is dropped."""
    return filters_of(dict(parse_qsl(text.lstrip("?")[:1000])))


def filters_of(args: Mapping[str, Any] | Any) -> Filters:
    """The filters in a query string."""
    return Filters(**{name: (args.get(name) or "").strip() for name in Filters.__dataclass_fields__})


def next_card(
    connection: sqlite3.Connection, filters: Filters, skip: set[int], taken: set[int], reviewer: str
) -> dict[str, Any] | None:
    """The card of the next claim; one that another reviewer looks at only if nothing else waits. None: none waits.

    What the reviewer is unsure about is not offered again, unless they ask for just that.
    """
    only = filters.only(connection, reviewer)
    if filters.show not in ("unsure", "asked"):
        skip = skip | remarks.put_off(connection, reviewer)
    claim = review_queue.next_claim(connection, skip=skip | taken, only=only, order=filters.ordered)
    if claim is None and taken - skip:
        claim = review_queue.next_claim(connection, skip=skip, only=only, order=filters.ordered)
    return None if claim is None else card(connection, claim)


def card(connection: sqlite3.Connection, claim: int, *, blind: bool = False) -> dict[str, Any] | None:
    """All that a reviewer needs to decide on a claim; None: there is no such claim.

    `blind`: as the machine read it, without what others decided or said, for a second opinion.
    """
    shown = review_queue.context(connection, claim, around=AROUND)
    if shown is None:
        return None
    text = shown.before + shown.quote + shown.after
    offset = shown.start - len(shown.before)
    fields = {**(shown.read if blind else shown.fields), "sender_text": shown.sender_text}
    told = {
        "claim": shown,
        "blind": blind,
        "sentence": sentence(fields),
        "read": sentence({**shown.read, "sender_text": shown.sender_text}) if shown.read != shown.fields else None,
        "why": shown.why if shown.rank else f"decided: {shown.review}",
        "readers": list(readers(connection, shown)),
        "paragraphs": without_title(
            paragraphs(marked_pieces(text, offset, (shown.start, shown.end), shown.marks), offset), shown.title
        ),
        "cut": (offset > 0, len(shown.after) == AROUND),
        "link": shown.url if shown.url.startswith(("https://", "http://")) else None,
        "chips": [(name, label, value) for name, label, value in sentences.chips(fields)],
        "reasons": sentences.reasons(fields, _marked(text, offset, shown.marks), shown.rule),
        "fields": [(name, sentences.word("field", name), _written(name, fields[name])) for name in FIELDS],
        "cities": cities(shown.read["receiving_state"]),
    }
    if blind:
        return told
    return told | {
        "standing": _standing(connection, claim),
        "would": _would(connection, shown),
        "rivals": [
            (rival, _rival_words(rival)) for rival in review_queue.rivals(connection, claim, today(), limit=RIVALS)
        ],
        "log": review_queue.log(connection, claim),
        "remarks": [(remark.at, remark_words(remark)) for remark in remarks.remarks_on(connection, claim)],
    }


def _marked(text: str, offset: int, marks: Iterable[tuple[str, int, int]]) -> list[tuple[str, str]]:
    """(label, words) of the marks that lie in `text`."""
    return [(label, text[start - offset : end - offset]) for label, start, end in marks if start >= offset]


def _written(name: str, value: str | None) -> str:
    """A field as a form shows it: States by name."""
    return state_label(value) if value and name.endswith("_state") else value or ""


def _rival_words(rival: review_queue.Rival) -> str:
    day = f", {sentences.when(rival.date)}" if rival.date else ""
    return f"{sentences.word('event', rival.status)}, {sentences.word('certain', rival.modality)}{day}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the article: `start` is the place of its first character in the text; `hit`: the quote is in it."""

    start: int
    hit: bool
    pieces: tuple[Piece, ...]


def paragraphs(stream: Iterable[Piece], offset: int) -> list[Paragraph]:
    """Pieces of a text that begins at `offset`, cut at its line ends; empty lines are left out."""
    found, line, start, place = [], list[Piece](), offset, offset
    for piece in stream:
        *ended, rest = piece.text.split("\n")
        for part in ended:
            if part:
                line.append(Piece(part, piece.labels, piece.quoted))
            if line:
                found.append(_paragraph(start, line))
            place += len(part) + 1
            line, start = [], place
        if rest:
            line.append(Piece(rest, piece.labels, piece.quoted))
            place += len(rest)
    return [*found, _paragraph(start, line)] if line else found


def without_title(found: list[Paragraph], title: str | None) -> list[Paragraph]:
    """Without a first line that only says the headline again, unless the quote is in it."""
    first = "".join(piece.text for piece in found[0].pieces).strip() if found else ""
    return found[1:] if first and first == (title or "").strip() and not found[0].hit else found


def _paragraph(start: int, line: list[Piece]) -> Paragraph:
    return Paragraph(start, any(piece.quoted for piece in line), tuple(line))


def choices() -> dict[str, Any]:
    """What the forms of the desk let one choose from, with their words."""
    return {
        "countries": countries(),
        "words": {"mission": KINDS, "status": STATUSES, "modality": MODALITIES},
        "in_words": sentences.in_words,
        "reasons": list(zip(REASON_KEYS, REASONS, strict=True)),
        "mark_fields": MARK,
        "mark_words": MARK_WORDS,
    }


def cities(code: str | None, limit: int = CITIES) -> list[str]:
    """Cities of a State for the list of a field: the seats of embassies, then the largest."""
    from legation.models import gazetteer

    if code is None:
        return []
    largest = sorted(_cities_of(code), key=lambda city: -city.population)
    return list(dict.fromkeys([*gazetteer.seats_of(code), *(city.name for city in largest)]))[:limit]


def _cities_of(code: str) -> Iterator[Any]:
    from legation.models.gazetteer import cities as known

    return (city for city in known() if city.country == code)


def places(typed: str, limit: int = 12) -> list[str]:
    """Cities whose name, or another spelling of it, begins like what was typed; the largest first."""
    from legation.models import gazetteer
    from legation.models.fold import key

    begin = key(typed.strip())
    if not begin:
        return []
    found = [
        city for city in gazetteer.cities() if any(key(name).startswith(begin) for name in (city.name, *city.aliases))
    ]
    found.sort(key=lambda city: (not city.capital, -city.population))
    return list(dict.fromkeys(city.name for city in found))[:limit]


def _would(connection: sqlite3.Connection, shown: review_queue.Context) -> dict[str, Any]:
    """What the board shows now and after each verdict, as (state, place it works from); {}: it is about no mission."""
    would = review_queue.consequences(connection, shown.claim, today())
    if not would:
        return {}
    told: dict[str, Any] = {name: (state.split(" ")[0], state.partition(" ")[2]) for name, state in would.items()}
    told["same"] = would["approve"] == would["reject"]
    planned = shown.fields["modality"] == "planned"
    told["announced"] = sentences.word("event", str(shown.fields["status"])) if planned else ""
    return told


def _standing(connection: sqlite3.Connection, claim: int) -> dict[str, Any] | None:
    status = review_queue.standing(connection, claim, today())
    if status is None:
        return None
    name = f"{state_label(status.sending_state)}, {status.kind} in {status.city or state_label(status.receiving_state)}"
    return {"mission": name, "status": status, "since": since_words(status.since, status.precision)}


def progress(connection: sqlite3.Connection, reviewer: str, filters: Filters) -> dict[str, Any]:
    """How far the day is: own decisions, everybody's, what waits, and how much of it the filters let pass.

    `done` are the reviewer's decisions of today that hold, on claims that the filters let pass. Every decision asks for
    this, so nothing here may read the whole queue.
    """
    mine = _count(review_queue.decided(connection, today(), reviewer))
    everybody = _count(review_queue.decided(connection, today()))
    waiting = review_queue.count(connection)
    only = filters.only(connection, reviewer)
    here = waiting if only == review_queue.Filter() else review_queue.count(connection, only)
    done = review_queue.done(connection, today(), reviewer, only)
    where = f"{here:,} of {waiting:,} wait here" if here != waiting else f"{waiting:,} wait"
    return {
        "mine": mine, "all": everybody, "waiting": waiting, "here": here, "done": done,
        "words": f"{where}. Today: {mine:,} by you, {everybody:,} by all.",
    }  # fmt: skip


def shows(connection: sqlite3.Connection, reviewer: str, filters: Filters) -> list[Any]:
    """The chips above the desk: (address, label, how many wait, chosen); those of nothing are left out."""
    ranks = review_queue.progress(connection, today()).waiting
    counts = {
        "": sum(ranks.values()), "changes": ranks.get(CHANGES, 0), "contradicts": ranks.get(CONTRADICTS, 0),
        "doubtful": ranks.get(UNSURE, 0), "asked": len(remarks.asked_of(connection, reviewer)),
        "unsure": len(remarks.unsure_about(connection)), "changed": len(review_queue.changed(connection)),
    }  # fmt: skip
    return [
        (f"/-/desk?{filters.but(show=word)}".rstrip("?"), label, counts[word], word == filters.show)
        for word, label, _ in SHOWS
        if counts[word] or word in ("", filters.show)
    ]


def last_decision(connection: sqlite3.Connection, reviewer: str, now: str) -> str:
    """What the reviewer decided last, in words, if that was a moment ago and holds; "": nothing to take back."""
    row = connection.execute(_LAST, {"reviewer": reviewer, "now": now, "recent": f"-{RECENT} seconds"}).fetchone()
    if row is None:
        return ""
    return f"{DONE[row[1]]}: {_told(connection, row[2])}" if row[3] == 1 else f"{DONE[row[1]]}: {row[3]} claims"


def _told(connection: sqlite3.Connection, claim: int) -> str:
    shown = review_queue.context(connection, claim, around=0)
    return sentence({**shown.fields, "sender_text": shown.sender_text}) if shown else f"claim {claim}"


def _count(decided: Mapping[str, int]) -> int:
    return sum(number for verdict, number in decided.items() if verdict != "undo")


def publishers(connection: sqlite3.Connection) -> list[str]:
    """Publishers by name, for the filter."""
    rows = connection.execute("SELECT DISTINCT site FROM articles WHERE site IS NOT NULL ORDER BY site LIMIT 500")
    return [row[0] for row in rows]


def mine(connection: sqlite3.Connection, reviewer: str, limit: int = 200) -> list[dict[str, Any]]:
    """The newest decisions of a reviewer, those made together as one."""
    rows = connection.execute(_MINE, (reviewer, limit)).fetchall()
    names = ("id", "claim", "at", "verdict", "reason", "note", "number")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        shown = review_queue.context(connection, row["claim"], around=0)
        row["sentence"] = sentence({**shown.fields, "sender_text": shown.sender_text}) if shown else ""
        row["state"] = shown.review if shown else ""
    return found


def claim_number(text: str | None) -> int:
    """A claim's number from a query or a form; UsageProblem for anything else."""
    if text and text.isascii() and text.isdecimal() and len(text) < 16:
        return int(text)
    raise UsageProblem(f"{(text or '')[:40]}: not a number of a claim")


def numbers(text: str | None) -> set[int]:
    """Numbers of claims parted by commas."""
    return {claim_number(part) for part in (text or "").split(",") if part}


def claim_state(connection: sqlite3.Connection, claim: int) -> dict[str, Any]:
    """How far the review of a claim is, and by whom, for a desk that shows it already."""
    log = review_queue.log(connection, claim)
    shown = review_queue.context(connection, claim, around=0)
    review = shown.review if shown else "unreviewed"
    return {"revision": shown.revision if shown else 0, "state": review, "by": log[-1].reviewer if log else None}
