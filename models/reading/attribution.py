"""Who says so: subjects of verbs of saying, named sources, speakers of a transcript; learned weights choose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from legation.models.claim import MODALITIES
from legation.models.lexicon import table
from legation.models.reading.article import Article, Words
from legation.models.reading.decide import Described
from legation.models.reading.frames import QUOTE_MARKS, SAYING
from legation.models.reading.judge import Key
from legation.models.reading.syntax import ancestors, children

SPEECH = table("speech.toml")
REFUSING = frozenset(SPEECH["refusals"])
NOBODY = frozenset(SPEECH["nobody"])
SOMEBODY = frozenset(SPEECH["somebody"])
SOURCES = [source.split() for source in SPEECH["sources"]]
STOPS = {",", ".", ";", ":", "-", "–", "—", "(", ")", "!", "?", *QUOTE_MARKS}
LONGEST = 14  # tokens of a speaker with title and name
# "MS PORTER: ...", "Question: ...", "Q Will the embassy ..." in a transcript
TURN = re.compile(r"\s*(?:([A-Z][A-Z.’' -]{2,40}?|[A-Z][a-z]*)(?: \([^)\n]{2,40}\))?:\s|(Q) +(?=[A-Z“\"]))")
TURNS = 40  # sentences that a turn may last
BEFORE = 3  # sentences before the event that a speaker is looked for in, beside the sentence itself and the next one


@dataclass(frozen=True, slots=True)
class Speaker:
    """A candidate: tokens [start, end) of the text."""

    value: str
    start: int
    end: int
    features: tuple[str, ...]


def speakers(one: Described, key: Key) -> list[Speaker]:
    """Who may say what a claim says, each stretch of words once."""
    article, frame = one.about.article, one.frame
    text = article.text
    found: dict[tuple[int, int], list[str]] = {}
    for start, end, far in _last_turn(text, frame.sentence):
        found.setdefault((start, end), []).append(f"last turn|{far}")
    for off in range(1, -BEFORE - 1, -1):
        number = frame.sentence + off
        if text.has(number):
            for start, end, how in _in_sentence(article, number, frame.trigger if off == 0 else -1):
                found.setdefault((start, end), []).append(f"{how}|{off}")
    quoted = _quoted(text, frame.trigger)
    marks = sum(text.lower[i] in QUOTE_MARKS for i in range(*text.bounds(frame.sentence)))
    result = []
    nearest: dict[int, int] = {}
    for (start, end), hows in found.items():
        off = text.sentence_of(start) - frame.sentence
        nearest[off] = nearest.get(off, 0) + 1
        features = [
            *hows,
            *(f"{how}|quoted={quoted}" for how in hows),
            *(f"{how}|marks={min(marks, 2)}" for how in hows),
            f"off={off}",
            *(f"{how}|{MODALITIES[key[3]]}" for how in hows),
            f"order={nearest[off]}|{off}",
            f"size={min((end - start) // 3, 4)}",
            f"first={text.lower[start]}",
            f"state={any(n.start >= start and n.end <= end for n in text.names)}",
            f"capital={text.doc[start].text[:1].isupper()}",
            f"near={min(abs(start - frame.trigger) // 5, 5)}|{off}",
        ]
        result.append(Speaker(text.doc[start:end].text, start, end, tuple(features)))
    return result


def _last_turn(text: Words, number: int) -> Iterator[tuple[int, int, str]]:
    """Who has the word in a transcript: the nearest turn up to this sentence."""
    for back in range(TURNS + 1):
        if not text.has(number - back):
            return
        found = _turn(text, *text.bounds(number - back))
        if found is not None:
            yield *found, "here" if back == 0 else "near" if back <= BEFORE else "far"
            return


def _turn(text: Words, first: int, end: int) -> tuple[int, int] | None:
    """The name before the colon with which a sentence of a transcript begins."""
    turn = TURN.match(text.doc[first:end].text)
    if turn is None:
        return None
    number = 1 if turn[1] is not None else 2
    start = text.doc[first].idx
    span = text.doc.char_span(start + turn.start(number), start + turn.end(number), alignment_mode="expand")
    return (span.start, span.end) if span is not None else None


def _in_sentence(article: Article, number: int, trigger: int) -> Iterator[tuple[int, int, str]]:
    """(start, end, how it was found) of the speakers of one sentence; `trigger` -1: the event is in another one."""
    text = article.text
    first, end = text.bounds(number)
    turn = _turn(text, first, end)
    if turn is not None:
        yield *turn, "turn"
    above = set(ancestors(text, trigger)) if trigger >= 0 else set()
    parsed = any(text.deps[i] not in ("", "dep") for i in range(first, min(first + 8, end)))
    for i in range(first, end):
        if text.lower[i] in SAYING or text.lower[i] in REFUSING:
            way = "refuses" if text.lower[i] in REFUSING else "says"
            place = "event" if i == trigger else "above" if i in above else "beside"
            subject = _subject(text, i) if parsed else None
            if subject is not None:
                yield *subject, f"{way}.{place}.subject"
            for start, stop, side in _beside(text, i, first, end):
                if (start, stop) != subject:
                    yield start, stop, f"{way}.{place}.{side}"
        for source in SOURCES:
            if text.lower[i : i + len(source)] == source and i + len(source) < end:
                stop = _until_stop(text, i + len(source), end)
                if stop > i + len(source):
                    yield i + len(source), stop, f"source.{source[0]}"


def _subject(text: Words, verb: int) -> tuple[int, int] | None:
    """The words of the subject of a verb, without marks around."""
    for child in children(text, verb):
        if text.deps[child] == "nsubj" and text.lower[child] not in NOBODY:
            token = text.doc[child]
            return _tidy(text, token.left_edge.i, token.right_edge.i + 1)
    return None


def _tidy(text: Words, start: int, end: int) -> tuple[int, int] | None:
    while start < end and (text.lower[start] in STOPS or text.doc[start].is_space):
        start += 1
    while end > start and (text.lower[end - 1] in STOPS or text.doc[end - 1].is_space):
        end -= 1
    return (start, end) if 0 < end - start <= LONGEST + 10 else None


def _until_stop(text: Words, start: int, end: int) -> int:
    i = start
    while i < end and text.lower[i] not in STOPS and i - start < LONGEST and not text.doc[i].is_space:
        i += 1
    return i


def _beside(text: Words, verb: int, first: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The words between a mark and the verb, and between the verb and a mark: "..., the minister stressed, ..."."""
    start = verb
    while start > first and text.lower[start - 1] not in STOPS and verb - start < LONGEST:
        start -= 1
    if start < verb and _names_somebody(text, start):
        yield start, verb, "words before"
    stop = _until_stop(text, verb + 1, end)
    if stop > verb + 1 and verb > first and text.lower[verb - 1] in STOPS and _names_somebody(text, verb + 1):
        yield verb + 1, stop, "words behind"


def _names_somebody(text: Words, start: int) -> bool:
    return text.lower[start] not in NOBODY and (text.doc[start].text[:1].isupper() or text.lower[start] in SOMEBODY)


def _quoted(text: Words, trigger: int) -> bool:
    """The event stands within a quotation that began in its sentence or up to two sentences before."""
    number = text.sentence_of(trigger)
    first = text.bounds(next(n for n in (number - 2, number - 1, number) if text.has(n)))[0]
    return sum(text.lower[i] in QUOTE_MARKS for i in range(first, trigger)) % 2 == 1
