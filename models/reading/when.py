"""When the event is: of the dates in its sentence, the one that the event's own clause holds."""

import re

from spacy.tokens import Span, Token

from models.reading.attribution import SAYING
from models.reading.dates import When, dates_in, span_before
from models.reading.scope import Verdict
from models.reading.syntax import Reading, governors, is_verb

FAR = 99
SAME_DAY = re.compile(r"\b(?:that day|the same day|at the time)\b")
DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
TIMETABLE = re.compile(rf"(?:again )?(?:on (?:{DAY}|\d{{1,2}} [A-Z])|next |tomorrow|in (?:{MONTH}))")


def when(reading: Reading, verdict: Verdict) -> When | None:
    """The date of the event; offsets count from the sentence. None: not told, or told of something else."""
    if reading.trigger.dep_ == "amod":
        return None  # "the reopened embassy": when is told elsewhere
    sentence = reading.trigger.sent
    if (verdict.modality == "fact" and reading.trigger.dep_ == "advcl") or reading.trigger.head.dep_ == "pcomp":
        back = span_before(sentence.text[: reading.trigger.idx - sentence.start_char], reading.trigger.doc._.published)
        if back is not None:
            return back
    future = verdict.modality in ("planned", "possible") or schedules(reading)
    found = dates_in(sentence.text, reading.trigger.doc._.published, future=future)
    ranked = [(distance, date.start, date) for date in found if (distance := _distance(date, reading)) < FAR]
    return min(ranked)[2] if ranked else None


def same_day(reading: Reading, day: str | None) -> When | None:
    """ "closed at the time", "that day": the day spoken of before."""
    sentence = reading.trigger.sent.text
    match = SAME_DAY.search(sentence)
    return When(day, match.start(), match.end()) if match is not None and day is not None else None


def is_to_come(date: When, reading: Reading) -> bool:
    """Whether a plain present has a date after publication: "its functions end as of 31 July", told in June."""
    published = reading.trigger.doc._.published
    trigger = reading.trigger
    going = trigger.tag_ == "VBG" and any(c.lower_ in ("is", "are", "'s", "’s", "am") for c in trigger.children)
    present = trigger.tag_ in ("VBZ", "VBP") or going
    return present and published is not None and date.value > published[: len(date.value)]


def schedules(reading: Reading) -> bool:
    """ "The embassy opens on Wednesday": a plain present with a day is a timetable, as long as nobody acts in it."""
    trigger = reading.trigger
    if trigger.tag_ not in ("VBZ", "VBP", "NNS") or reading.voice not in ("intransitive", "near"):
        return False
    return TIMETABLE.match(trigger.doc[trigger.i + 1 : trigger.i + 5].text) is not None


def _opens_later(verb: Token, date: Span) -> bool:
    """ "shut it last March after rockets fell": the conjunction after the date opens a clause that cannot hold it."""
    return is_verb(verb) and verb.dep_ == "advcl" and any(c.dep_ == "mark" and c.i >= date.end for c in verb.children)


def _distance(date: When, reading: Reading) -> int:
    """How far a date is from the event in the parse: 0 in its clause, 1 in one that governs it; FAR elsewhere."""
    sentence = reading.trigger.sent
    span = reading.trigger.doc.char_span(
        sentence.start_char + date.start, sentence.start_char + date.end, alignment_mode="expand"
    )
    if span is None:
        return FAR
    token: Token = span.root
    if is_verb(token):
        token = token.head  # "before the year is out": the clause is the date
    above = dict.fromkeys(range(reading.event.start, reading.event.end), 0) | {reading.trigger.i: 0}
    above |= {g.i: 1 for g in governors(reading.trigger)}
    theme = range(reading.theme.root.left_edge.i, reading.theme.root.right_edge.i + 1)
    if reading.voice == "copy":
        theme = range(0)
    nouns = {
        i for m in token.doc.spans["missions"] for i in range(m.start, m.end)
    }  # "consulates" is no verb, whatever its tag
    for _ in range(10):
        if _opens_later(token, span):
            token = token.head
            continue
        if token.i in above:
            if above[token.i] and is_verb(token) and token.lower_ in SAYING:
                return FAR  # "announced on Friday" dates the announcement
            return above[token.i]
        if (
            is_verb(token)
            and token.i not in nouns
            and token.dep_ not in ("aux", "auxpass", "amod")
            and token.lower_ not in ("beginning", "starting", "following", "effective")
        ):
            return FAR if token.i not in theme else 1
        if token.head == token:
            break
        token = token.head
    return 3 if reading.voice == "near" or abs(span.start - reading.trigger.i) < 6 else FAR
