"""The first guess of the form "add a claim": what the sentence that a reviewer marked may say, found by its words.

Not the reader: it looks words up in its tables and takes the first that fits. `guess` never fails, it leaves fields
open.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from legation.db.vocabulary import KINDS, STATUSES
from legation.pipeline.sentences import UNIONS

LONGEST_NAME = 4  # words
_WORD = re.compile(r"[^\W\d_][\w'’.-]*[\w]|[^\W\d_]")
_YEAR = re.compile(r"\b(18|19|20)\d\d\b")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_DATE = re.compile(rf"\b(?:(\d{{1,2}}) )?({'|'.join(_MONTHS)})(?: (\d{{1,2}}))?,? ((?:18|19|20)\d\d)\b")
_APART = r"\b.{0,30}\b"  # between a verb and its particle
# Cues in the order in which they are looked for; the first that is in the sentence counts.
_MODALITY = (
    ("denied", r"\b(not|never|n't|n’t|denied|denies|yet to|no plans)\b"),
    ("possible", r"\b(may|might|could|considers?|considering|mulls?|urge[ds]?|wants?|should)\b"),
    ("planned", r"\b(will|plans?|planned|planning|announced|is to|are to|to be|ordered|intends?|decided to)\b"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidates:
    """States (codes) and cities in the order of the sentence, and the first guess of every field of a claim."""

    states: tuple[str, ...]
    cities: tuple[str, ...]
    fields: Mapping[str, str | None]


def guess(sentence: str, context: Iterable[str] = ()) -> Candidates:
    """What `sentence` may say; `context` (headline, text before) is asked for States that it does not name."""
    names = list(_places(sentence))
    more = [name for text in context for name in _places(text)]
    states = _unique(code for code, city in names if city is None)
    there = [(code, city) for code, city in [*names, *more] if city is not None]
    sender = next(iter(states), None) or next((code for code, city in more if city is None), None)
    host, city = next(((code, city) for code, city in there if code != sender), (None, None))
    if host is None:
        everything = _unique(code for code, _ in [*names, *more])
        host = next((code for code in everything if code != sender), None)
    status = _status(sentence)
    moved = _moved_to(sentence) if status == "relocated" else None
    fields = {
        "sending_state": sender, "receiving_state": host, "city": city, "mission": _mission(sentence), "status": status,
        "modality": _modality(sentence), "date": _day(sentence), "relocated_to": moved,
    }  # fmt: skip
    return Candidates(tuple(states), tuple(_unique(city for _, city in there if city)), fields)


def _places(text: str) -> Iterator[tuple[str, str | None]]:
    """(code, None) of a State or its people, (code, city) of a city, in the order of the text; long names first."""
    from legation.models.gazetteer import find_city, find_state

    words = list(_WORD.finditer(text))
    place = 0
    while place < len(words):
        for length in range(min(LONGEST_NAME, len(words) - place), 0, -1):
            run = words[place : place + length]
            name = re.sub(r"(['’]s|['’]|\.)$", "", text[run[0].start() : run[-1].end()])
            if not name[:1].isupper() or "\n" in name:
                continue
            city = find_city(name)
            code = find_state(name)
            own = code is not None and name.casefold() in {n.casefold() for n in _names(code)}
            if code in UNIONS or own:
                yield str(code), None
            elif city is not None and (city.capital or city.population >= 100_000):
                yield city.country, city.name
            else:
                continue
            place += length - 1
            break
        place += 1


@cache
def _names(code: str) -> tuple[str, ...]:
    from legation.models.gazetteer import demonyms, states

    return (*states()[code].names, *demonyms(code))


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


@cache
def _mission_words() -> list[tuple[re.Pattern[str], str]]:
    from legation.models.lexicon import mission_rows

    return [
        (re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE), row.kind)
        for row in mission_rows()
        if row.theme == "mission" and row.kind in KINDS
        for word in (*row.words, *row.plural)
    ]


@cache
def _event_words() -> list[tuple[re.Pattern[str], int, str]]:
    """(pattern, length, status) of each form that says what happens to a mission; a verb and its particle may part."""
    from legation.models.lexicon import GAP, event_rows

    found = []
    for row in event_rows():
        gives = row.object.get("mission") or row.subject.get("mission") or row.bare
        if gives in STATUSES:
            for form in row.forms:
                parts = (re.escape(part.strip()) for part in form.split(GAP))
                found.append((re.compile(rf"\b{_APART.join(parts)}\b", re.IGNORECASE), len(form), gives))
    return found


def _mission(sentence: str) -> str:
    found = [(match.start(), kind) for pattern, kind in _mission_words() if (match := pattern.search(sentence))]
    return min(found)[1] if found else "embassy"


def _status(sentence: str) -> str:
    found = [
        (-length, match.start(), status)
        for pattern, length, status in _event_words()
        if (match := pattern.search(sentence))
    ]
    return min(found)[2] if found else "closed"


def _modality(sentence: str) -> str:
    return next((word for word, cue in _MODALITY if re.search(cue, sentence, re.IGNORECASE)), "fact")


def _day(sentence: str) -> str | None:
    if found := _DATE.search(sentence):
        before, month, after, year = found.groups()
        number = f"{_MONTHS.index(month) + 1:02}"
        return f"{year}-{number}" + (f"-{int(before or after):02}" if before or after else "")
    year_only = _YEAR.search(sentence)
    return year_only[0] if year_only else None


def _moved_to(sentence: str) -> str | None:
    match = re.search(r"\bto ([A-Z][\w'’-]*(?: [A-Z][\w'’-]*){0,2})", sentence)
    return match[1] if match else None
