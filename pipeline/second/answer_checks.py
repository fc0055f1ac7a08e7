"""What is believed of an answer: nothing that the article does not bear out. Pure.

A claim is kept if its labels are ours, its States are in our tables, its date is one, and its quote stands in the
text, apart from spaces and the form of quotation marks; the quote and its place are then taken from the text. Every
claim that is not kept is counted by the reason. Words for the speaker and the sender that do not stand in the text are
left out.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from legation.models.claim import MISSIONS, MODALITIES, STATUSES
from legation.models.languages import city_name, state_code
from legation.pipeline.cleaning.control_characters import SURROGATE

LONGEST = 200_000  # characters of an answer; a hundred claims have a quarter of it
MOST = 100  # claims of one article
QUOTE = (12, 1000)  # characters of a quote, least and most: less carries no event, more is no quote
PLACE, WORDS, GLOSS = 80, 300, 1000  # characters of a place, of words for a person or a State, of a translated quote
DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
SPACE = re.compile(r"\s")
MARKS = dict.fromkeys(map(ord, "“”„‟«»″〝〞＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛‹›ʼ′＇`´"), "'")
_LABELS = {"mission": MISSIONS, "status": STATUSES, "modality": MODALITIES}
_TOLD = (
    "sending_state", "receiving_state", "city", "date", "relocated_to", "attribution", "sender_text", "quote", "gloss",
)  # fmt: skip


class Dropped(Exception):
    """A claim that is not kept; the message is the reason by which it is counted."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What of an answer stands: claims with the columns of db.claims.GIVEN but confidence and rule, "gloss" and
    "marks"; and how many were dropped, by reason. An answer that cannot be read at all is one drop."""

    claims: tuple[dict[str, Any], ...] = ()
    drops: Counter[str] = field(default_factory=Counter)


def check_answer(answer: str, text: str, *, english: bool = True) -> Checked:
    """What of `answer` the article's text bears out. `english`: the text is, so that no translated quote is kept."""
    drops: Counter[str] = Counter()
    try:
        rows = _rows(answer)
    except Dropped as reason:
        return Checked((), Counter({str(reason): 1}))
    if len(rows) > MOST:
        drops[f"more than {MOST} claims"] = len(rows) - MOST
    place = Places(text)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows[:MOST]:
        try:
            claim = _claim(row, place, english)
            key = tuple(claim[n] for n in ("sending_state", "receiving_state", "city", "mission", "status", "modality"))
            if (*key, claim["date"]) in found:
                raise Dropped("the same claim twice")
            found[(*key, claim["date"])] = claim
        except Dropped as reason:
            drops[str(reason)] += 1
    return Checked(tuple(found.values()), drops)


def _rows(answer: str) -> list[Any]:
    """The claims as the answer lists them. Raises Dropped."""
    if len(answer) > LONGEST:
        raise Dropped("answer too long")
    value = _parsed(answer)
    if isinstance(value, list):  # the list without the object around it
        return value
    if not isinstance(value, dict) or not isinstance(value.get("claims"), list):
        raise Dropped("no list of claims")
    return list(value["claims"])


def _parsed(answer: str) -> Any:
    """The JSON of an answer; if it is none, what stands between the outermost brackets, without commas before them."""
    for attempt in (answer, _repaired(answer)):
        try:
            return json.loads(attempt)
        except (ValueError, RecursionError):
            continue
    raise Dropped("not JSON")


def _repaired(answer: str) -> str:
    start, end = answer.find("{"), answer.rfind("}")
    return re.sub(r",(\s*[\]}])", r"\1", answer[start : end + 1]) if 0 <= start < end else ""


class Places:
    """Finds words in a text as if spaces and quotation marks had one form each."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded, self._at = _fold(text)

    def find(self, words: str) -> tuple[int, int] | None:
        """Half-open offsets of the first place in the text where `words` stand; None: nowhere."""
        folded = _fold(words)[0].strip()
        start = self._folded.find(folded) if folded else -1
        if start < 0:
            return None
        return self._at[start], self._at[start + len(folded) - 1] + 1


def _fold(text: str) -> tuple[str, list[int]]:
    """The text with one kind of quotation marks and no two spaces in a row, and the offset of each character left."""
    folded: list[str] = []
    at: list[int] = []
    for place, letter in enumerate(text.translate(MARKS)):
        if SPACE.match(letter):
            if not folded or folded[-1] == " ":
                continue
            letter = " "
        folded.append(letter)
        at.append(place)
    return "".join(folded), at


def _claim(row: Any, place: Places, english: bool) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Dropped("not an object")
    given = {name: _string(row, name) for name in (*_LABELS, *_TOLD)}
    for name, words in _LABELS.items():
        if given[name] not in words:
            raise Dropped(f"wrong {name}")
    start, end = _quote(given["quote"], place)
    sender, host = _state(given["sending_state"], "sending"), _state(given["receiving_state"], "receiving")
    said = {name: _words(given[name], place) for name in ("attribution", "sender_text")}
    return {
        "sending_state": sender,
        "receiving_state": host,
        "city": _place(given["city"], place, host),
        **{name: given[name] for name in _LABELS},
        "date": _date(given["date"]),
        "relocated_to": _place(given["relocated_to"], place, None) if given["status"] == "relocated" else None,
        **{name: found and place.text[found[0] : found[1]] for name, found in said.items()},
        "quote": place.text[start:end],
        "start": start,
        "end": end,
        "gloss": None if english else _gloss(given["gloss"]),
        "marks": list(_marks(said, start, end)),
    }


def _string(row: dict[str, Any], name: str) -> str | None:
    """A key's text; None for null, a missing key, or nothing but spaces."""
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or SURROGATE.search(value) or "\0" in value:
        raise Dropped(f"{name} is no text")
    return value.strip() or None


def _quote(quote: str | None, place: Places) -> tuple[int, int]:
    if quote is None or len(quote) < QUOTE[0]:
        raise Dropped("no quote")
    if len(quote) > QUOTE[1]:
        raise Dropped("quote too long")
    found = place.find(quote)
    if found is None:
        raise Dropped("quote not in the text")
    return found


def _state(name: str | None, side: str) -> str | None:
    if name is None:
        return None
    code = state_code(name) if len(name) <= PLACE else None
    if code is None:
        raise Dropped(f"unknown {side} State")
    return code


def _place(name: str | None, place: Places, country: str | None) -> str | None:
    """The usual English name of a place; one that we do not know must at least stand in the text."""
    if name is None:
        return None
    if len(name) > PLACE:
        raise Dropped("unknown place")
    known = city_name(name, country)
    if known is None and not place.find(name):
        raise Dropped("unknown place")
    return known or name


def _date(value: str | None) -> str | None:
    if value is None:
        return None
    if not value.isascii() or not DAY.fullmatch(value):
        raise Dropped("wrong date")
    try:
        date.fromisoformat(value + "0000-01-01"[len(value) :])
    except ValueError:
        raise Dropped("wrong date") from None
    return value


def _words(words: str | None, place: Places) -> tuple[int, int] | None:
    return place.find(words) if words and len(words) <= WORDS else None


def _gloss(gloss: str | None) -> str | None:
    """A translated quote on one line; None for none, and for one that is too long."""
    return " ".join(gloss.split()) if gloss and len(gloss) <= GLOSS else None


def _marks(words: dict[str, tuple[int, int] | None], start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Evidence for the desk: where speaker and sender stand, if within the quote."""
    for label, name in (("speaker", "attribution"), ("sender", "sender_text")):
        found = words[name]
        if found and start <= found[0] and found[1] <= end:
            yield (label, *found)
