"""Who says so: the subject of the verb of saying round the event, a named source, or the speaker of the quotation."""

import re

from spacy.strings import get_string_id
from spacy.tokens import Span, Token

from legation.models.lexicon import table
from legation.models.reading.memory import characters, small_words
from legation.models.reading.syntax import Reading, governors, subject

SAYING = frozenset(table("speech.toml")["verbs"])
SAYING_NUMBERS = frozenset(map(get_string_id, SAYING))
REFUSING = frozenset(table("speech.toml")["refusals"])
NOBODY = frozenset(table("speech.toml")["nobody"])
SOMEBODY = frozenset(table("speech.toml")["somebody"])
QUOTES = {'"', "“", "”", "''", "``"}
STOPS = {",", ".", ";", ":", "-", "–", "—", "(", ")", "!", "?", *QUOTES}
LONGEST = 14  # words of a speaker with title and name
TURN = re.compile(
    r"\s*([A-Z][A-Z.’' -]{2,40}?|QUESTION|Question|Answer|Q|A)(?: \([^)\n]{2,40}\))?:\s"
)  # "MS PORTER: ..." in a transcript
SOURCE = re.compile(r"\b(?:" + "|".join(table("speech.toml")["sources"]) + r")\s+", re.IGNORECASE)


def attribution(reading: Reading, speaker: Span | None) -> Span | None:
    """The words that name who says so; `speaker` is who spoke last. None: the reporter's own voice."""
    sentence = reading.trigger.sent
    found = _governing(reading) or _source(sentence) or _beside(sentence, reading)
    if found is not None:
        return found
    return speaker if speaker is not None and (_quoted(reading) or _is_turn(speaker)) else None


def colon_speaker(sender: Span | None) -> Span | None:
    """ "Tehran: consulate will reopen", "'Embassy stays open': Beninese minister": a sender who says so himself."""
    if sender is None:
        return None
    doc, sentence = sender.doc, sender.sent
    if sender.start == sentence.start and doc[sender.end : sender.end + 1].text == ":":
        return sender
    if sender.start > sentence.start and doc[sender.start - 1].text == ":":
        return _tidy(doc[sender.start : sentence.end])
    return None


def speaker_of(sentence: Span) -> Span | None:
    """Who begins to speak in this sentence; None: whoever spoke before goes on."""
    turn = TURN.match(characters(sentence))
    if turn:
        start = sentence.start_char + turn.start(1)
        return sentence.doc.char_span(start, start + len(turn.group(1)), alignment_mode="expand")
    words = small_words(sentence.doc)
    for i in range(sentence.start, sentence.end):
        if words[i] in SAYING_NUMBERS and (found := _speaker_at(sentence.doc[i])) is not None:
            return found
    return None


def _speaker_at(verb: Token) -> Span | None:
    return _subject_words(verb) or _words_beside(verb)


def _is_turn(speaker: Span) -> bool:
    after = speaker.doc[speaker.end : speaker.end + 1].text
    return after == ":" and speaker.text.isupper()


def _governing(reading: Reading) -> Span | None:
    """The subject of a verb of saying or refusing above the event, nearest first."""
    for token in (reading.trigger, *governors(reading.trigger)):
        says = (token.lower_ in SAYING and token.i != reading.trigger.i) or token.lower_ in REFUSING
        if says and (found := _inverted(token) or _subject_words(token)) is not None:
            return found
    return None


def _inverted(verb: Token) -> Span | None:
    """ "No truth in it, says Lusaka"."""
    if verb.i == verb.sent.start or verb.nbor(-1).text not in STOPS or verb.i + 1 >= verb.sent.end:
        return None
    after = _until_stop(verb.nbor(1))
    return _tidy(after) if len(after) and after[0].ent_type_ and _names_somebody(after) else None


def _subject_words(verb: Token) -> Span | None:
    noun = subject(verb)
    if noun is None or noun.lower_ in NOBODY or noun.dep_ == "nsubjpass":
        return None
    return _tidy(noun.doc[noun.left_edge.i : noun.right_edge.i + 1])


def _tidy(words: Span) -> Span | None:
    """Without a dateline before and marks around; None for what is too long to name anybody."""
    start, end = words.start, words.end
    for i in range(end - 1, start - 1, -1):
        dateline = words.doc[i].text in ("-", "–", "—") and words.doc[max(i - 1, 0)].text == ")"
        if dateline or words.doc[i].is_space:
            start = i + 1
            break
    while start < end and words.doc[start].text in STOPS:
        start += 1
    while end > start and words.doc[end - 1].text in STOPS:
        end -= 1
    return words.doc[start:end] if 0 < end - start <= LONGEST + 10 else None


def _source(sentence: Span) -> Span | None:
    """ "according to two people familiar with the decision"."""
    match = SOURCE.search(sentence.text)
    if not match:
        return None
    first = next((token for token in sentence if token.idx >= sentence.start_char + match.end()), None)
    return _tidy(_until_stop(first)) if first is not None else None


def _until_stop(first: Token) -> Span:
    end = first.i
    while (
        end < first.sent.end
        and first.doc[end].text not in STOPS
        and end - first.i < LONGEST
        and not first.doc[end].is_space
    ):
        end += 1
    return first.doc[first.i : end]


def _beside(sentence: Span, reading: Reading) -> Span | None:
    """A verb of saying after the event, outside its clause: "..., the minister stressed, ...", "..., says Lusaka"."""
    for token in sentence:
        near = max(sentence.start, reading.trigger.i - LONGEST) < token.i
        outside = token.lower_ in SAYING and near and token not in reading.trigger.subtree
        if outside and (found := _words_beside(token)) is not None:
            return found
    return None


def _words_beside(verb: Token) -> Span | None:
    """The words between a mark and the verb, or between the verb and a mark: whoever says."""
    doc, start = verb.doc, verb.i
    while start > verb.sent.start and doc[start - 1].text not in STOPS and verb.i - start < LONGEST:
        start -= 1
    before = doc[start : verb.i]
    if len(before) and start > verb.sent.start and _names_somebody(before):
        return _tidy(before)
    after = _until_stop(doc[verb.i + 1]) if verb.i + 1 < verb.sent.end else doc[verb.i : verb.i]
    if len(after) and doc[verb.i - 1].text in STOPS and _names_somebody(after):
        return _tidy(after)
    return None


def _names_somebody(words: Span) -> bool:
    first = words[0]
    return first.lower_ not in NOBODY and (first.text[0].isupper() or first.lower_ in SOMEBODY)


def _quoted(reading: Reading) -> bool:
    """The event stands in a quotation that this or an earlier sentence opened."""
    sentence = reading.trigger.sent
    before = [
        token.text for token in sentence.doc[max(sentence.start - 3, 0) : reading.trigger.i] if token.text in QUOTES
    ]
    after = [token.text for token in sentence.doc[reading.trigger.i : sentence.end + 2] if token.text in QUOTES]
    return bool(before) or bool(after)
