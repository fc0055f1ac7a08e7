"""When the event is: of the dates in its sentence, the one that the event's own clause holds."""

import re
from collections.abc import Iterator

from spacy.tokens import Span, Token

from legation.models.reading.attribution import SAYING
from legation.models.reading.dates import When, dates_in, span_before
from legation.models.reading.scope import Verdict
from legation.models.reading.syntax import Reading, governors, is_verb

FAR = 99
FRONT = 6  # characters: "On Monday, ..." dates the whole sentence
AFTER = ("after", "following", "amid", "since", "despite")
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
    past = verdict.modality == "fact" and reading.trigger.tag_ in ("VBD", "VBN")
    found = dates_in(sentence.text, reading.trigger.doc._.published, future=future, past=past)
    ranked = [(distance, date.start, date) for date in found if (distance := _distance(date, reading)) < FAR]
    return min(ranked)[2] if ranked else None


def same_day(reading: Reading) -> When | None:
    """ "closed at the time", "that day": the day spoken of before."""
    sentence = reading.trigger.sent
    match = SAME_DAY.search(sentence.text)
    day = _told_before(sentence) if match is not None else None
    return When(day, match.start(), match.end()) if match is not None and day is not None else None


def _told_before(sentence: Span) -> str | None:
    """The last date of the sentences before."""
    for earlier in reversed([s for s in sentence.doc.sents if s.start < sentence.start]):
        if dates := dates_in(earlier.text, sentence.doc._.published, future=" will " in earlier.text):
            return dates[-1].value
    return None


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


def _same_time(trigger: Token) -> Iterator[Token]:
    """What governs the event, in the same tense: not "suspended in 2018 and has not reopened"."""
    below = trigger
    for token in governors(trigger):
        perfect = any(c.dep_ == "aux" and c.lower_ in ("has", "have", "had") for c in below.children)
        contrast = any(c.dep_ == "cc" and c.lower_ in ("but", "yet") for c in token.children)
        if below.dep_ == "conj" and is_verb(below) and (perfect or contrast):
            return
        yield token
        below = token


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
    found = _climb(span, _above(date, reading), _theme(reading))
    if found is not None:
        return found
    return 3 if reading.voice == "near" or abs(span.start - reading.trigger.i) < 6 else FAR


def _above(date: When, reading: Reading) -> dict[int, int]:
    """The event's own tokens at 0, what governs it at 1."""
    trigger = reading.trigger
    over = governors(trigger) if date.start < FRONT else _same_time(trigger)
    own = dict.fromkeys(range(reading.event.start, reading.event.end), 0)
    return own | {trigger.i: 0} | {g.i: 1 for g in over}


def _theme(reading: Reading) -> range:
    root = reading.theme.root
    return range(root.left_edge.i, root.right_edge.i + 1) if reading.voice != "copy" else range(0)


def _climb(span: Span, above: dict[int, int], theme: range) -> int | None:
    """From the date up the parse to what it dates; None where that leads nowhere."""
    token: Token = span.root
    if is_verb(token):
        token = token.head  # "before the year is out": the clause is the date
    for _ in range(10):
        if _opens_later(token, span):
            token = token.head
            continue
        if token.i in above:
            said = above[token.i] and is_verb(token) and token.lower_ in SAYING
            return FAR if said else above[token.i]  # "announced on Friday" dates the announcement
        if token.dep_ == "pobj" and _is_cause(token.head) and token.i != span.root.i:
            return FAR  # "closed after an explosion on 6 November"
        if _is_other_verb(token):
            return FAR if token.i not in theme or token.dep_ == "relcl" else 1
        if token.head == token:
            return None
        token = token.head
    return None


def _is_cause(preposition: Token) -> bool:
    """ "after the explosion on 6 May", "because of the riots in May": the date of what came before."""
    compound = preposition.lower_ in ("to", "of") and preposition.i > preposition.sent.start
    return preposition.lower_ in AFTER or (compound and preposition.nbor(-1).lower_ in ("due", "owing", "because"))


def _is_other_verb(token: Token) -> bool:
    mission = any(m.start <= token.i < m.end for m in token.doc.spans["missions"])  # whatever the tag of "consulates"
    return (
        is_verb(token)
        and not mission
        and token.dep_ not in ("aux", "auxpass", "amod")
        and token.lower_ not in ("beginning", "starting", "following", "effective")
    )
