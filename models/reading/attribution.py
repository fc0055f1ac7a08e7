"""Who says so: subjects of verbs of saying, named sources, speakers of a transcript; learned weights choose."""

from collections.abc import Iterator

from legation.models.lexicon import table
from legation.models.reading.article import HEADLINE, Article, Words
from legation.models.reading.decide import Described
from legation.models.reading.detail import Detail, Features, of_the_claim, off
from legation.models.reading.encoder_features import DetailWords
from legation.models.reading.frames import QUOTE_MARKS, SAYING
from legation.models.reading.judge import Key
from legation.models.reading.syntax import Children, ancestors

SPEECH = table("speech.toml")
REFUSING = frozenset(SPEECH["refusals"])
ASKING = frozenset(SPEECH["requests"])
NOBODY = frozenset(SPEECH["nobody"])
PRONOUNS = frozenset(SPEECH["pronouns"])
SOMEBODY = frozenset(SPEECH["somebody"])
SPEAKS = SAYING | REFUSING | ASKING
SOURCES = {  # first word -> sources that begin with it, in words
    first: [source.split() for source in SPEECH["sources"] if source.split()[0] == first]
    for first in {source.split()[0] for source in SPEECH["sources"]}
}
STOPS = {",", ".", ";", ":", "–", "—", "(", ")", "!", "?", *QUOTE_MARKS}
OF_A_VERB = ("VB", "MD", "RB")  # tags of verbs and adverbs
SUBJECTS = ("nsubj", "nsubjpass")
CLAUSES = ("ccomp", "xcomp", "parataxis")
SHARED = ("conj", "xcomp", "advcl", "acl", "relcl")  # labels of a verb whose subject may be that of the verb above
LONGEST = 14  # tokens of a speaker with title and name
TURNS = 40  # sentences that a turn may last
NEXT = 3  # turns behind the event that are looked at where none is before it
OPENING = 2  # sentences of the text that a speaker of the headline's claim is looked for in
BEFORE = 3  # sentences before the event that a speaker is looked for in, beside the sentence itself and the next one

Found = Iterator[tuple[int, int, dict[str, float]]]  # (start, end, how it was found)


def speakers(one: Described, key: Key, heard: DetailWords) -> list[Detail]:
    """Who may say what a claim says, each stretch of words once. `heard`: what the encoder says of the article."""
    article, frame = one.about.article, one.frame
    text, whole = article.text, article.whole
    headline = frame.sentence == HEADLINE
    found: dict[tuple[Words, int, int], dict[str, float]] = {}
    if not headline:
        _add(found, text, _turns(text, frame.sentence))
    turns = len(found)
    for number in range(1, -BEFORE - 1, -1):
        if text.has(frame.sentence + number):
            in_sentence = _in_sentence(article, frame.sentence + number, frame.trigger if number == 0 else -1)
            _add(found, text, in_sentence, off("off", number))
    if headline:
        for number in range(OPENING):
            if whole.text.has(number):
                _add(found, whole.text, _in_sentence(whole, number, -1), off("opening", number))
    if whole.title is not None:
        _add(found, whole.title, _in_title(whole.title))
    spoken = [how.get("off=0") and _is_pronoun(words, start, end) for (words, start, end), how in found.items()]
    shared = of_the_claim(one, key) | _sentence(one) | {"transcript": turns, "pronoun says": sum(map(bool, spoken))}
    result = []
    for order, ((words, start, end), how) in enumerate(found.items()):
        features = {**shared, **how, **_words(words, key, start, end)}
        features |= heard.features(frame.sentence, "speaker", [(words, start, end)])
        if words is text:
            features |= {"order": order, "gap": start - frame.trigger}
        place = (-1, -1) if words.is_headline else (start, end)  # places are those of the text
        result.append(Detail(words.stretch(start, end), *place, features))
    return result


def _is_pronoun(text: Words, start: int, end: int) -> bool:
    return end == start + 1 and text.lower[start] in PRONOUNS


def _add(
    found: dict[tuple[Words, int, int], dict[str, float]], text: Words, more: Found, where: Features | None = None
) -> None:
    for start, end, how in more:
        found.setdefault((text, start, end), {}).update({**how, **(where or {})})


def _sentence(one: Described) -> dict[str, float]:
    """What is known of the sentence of the event."""
    text, trigger = one.about.article.text, one.frame.trigger
    first, end = text.bounds(one.frame.sentence)
    marks = sum(text.lower[i] in QUOTE_MARKS for i in range(first, end))
    question = "?" in text.lower[max(first, end - 3) : end]
    return {"quoted": _quoted(text, trigger), "marks": marks, "question": question}


def _words(text: Words, key: Key, start: int, end: int) -> dict[str, float]:
    """The words of a candidate."""
    names = {n.code for n in text.names if n.start >= start and n.end <= end}
    return {
        "size": end - start,
        f"first={text.lower[start]}": 1,
        f"last={text.lower[end - 1]}": 1,
        f"tag={text.tags[end - 1]}": 1,
        "pronoun": _is_pronoun(text, start, end),
        "capital letter": text.stretch(start, start + 1)[:1].isupper(),
        "capital at the end": text.stretch(end - 1, end)[:1].isupper(),
        "names": len(names),
        "names the sender": key[0] in names,
        "names the host": key[1] in names,
    }


def _turns(text: Words, number: int) -> Found:
    """Who has the word in a transcript: the nearest turn up to this sentence; without one, those behind it."""
    for back in range(TURNS + 1):
        if not text.has(number - back):
            break
        found = text.turn(number - back)
        if found is not None:
            yield *found, {"turn": 1, "turn back": back}
            return
    behind = 0
    for on in range(1, TURNS + 1):
        if not text.has(number + on) or behind == NEXT:
            return
        found = text.turn(number + on)
        if found is not None:
            behind += 1
            yield *found, {"turn": 1, "turn behind": behind}


def _in_title(title: Words) -> Found:
    """ "Remarks by the president", "Minister: the door is open", "To reopen, says minister"."""
    end = len(title.lower)
    colons = [i for i in range(end) if title.lower[i] == ":"]
    if colons:
        for start, stop, side in ((0, colons[0], "before the colon"), (colons[-1] + 1, end, "behind the colon")):
            found = _tidy(title, start, stop)
            if found is not None:
                yield *found, {"title": 1, side: 1}
    for i in range(end):
        if title.lower[i] in SPEECH["authors"]:
            found = _tidy(title, i + 1, _until_stop(title, i + 1, end))
            if found is not None:
                yield *found, {"title": 1, f"title word={title.lower[i]}": 1}
        if title.lower[i] in SPEAKS:
            for start, stop, side in _around(title, i, 0, end):
                yield start, stop, {"title": 1, f"title {side}": 1}


def _in_sentence(article: Article, number: int, trigger: int) -> Found:
    """The speakers of one sentence; `trigger` -1: the event is in another one."""
    text = article.text
    first, end = text.bounds(number)
    above = ancestors(text, trigger) if trigger >= 0 else []
    below = Children(text, number)
    parsed = any(text.deps[i] not in ("", "dep") for i in range(first, min(first + 8, end)))
    where = {"unparsed": not parsed}
    for i in range(first, end):
        word = text.lower[i]
        verb = text.tags[i].startswith("VB")
        if (word in SPEAKS and (verb or not parsed)) or (verb and (i in above or text.deps[i] == "ROOT")):
            how = {
                **where,
                f"verb={word}": 1,
                f"verb tag={text.tags[i]}": 1,
                "says": word in SAYING,
                "refuses": word in REFUSING,
                "asks": word in ASKING,
                "is the event": i == trigger,
                "above": above.index(i) if i in above else -1,
                "beside": i not in above,
                "clause": any(text.deps[c] in CLAUSES for c in below[i]),
                "ends": end - i,
            }
            subject, climbed = _subject(text, below, i) if parsed else (None, 0)
            if subject is not None:
                yield *subject, {**how, "subject": 1, "subject of a verb above": climbed}
            if word in SPEAKS:
                for start, stop, side in _around(text, i, first, end):
                    if (start, stop) != subject:
                        yield start, stop, {**how, side: 1}
        elif parsed and word in SPEAKS and (owner := _owner(text, below, i)) is not None:
            yield *owner, {**where, "owner": 1, f"noun={word}": 1}
        for source in SOURCES.get(word, ()):
            if text.lower[i : i + len(source)] == source and i + len(source) < end:
                found = _tidy(text, i + len(source), _until_stop(text, i + len(source), end))
                if found is not None:
                    yield *found, {**where, "source": 1, f"source={source[0]}": 1, "ends": end - i}


def _subject(text: Words, below: Children, verb: int) -> tuple[tuple[int, int] | None, int]:
    """The words of the subject of a verb, without marks around; and from how many verbs above it is taken."""
    for climbed in range(3):
        for child in below[verb]:
            if text.deps[child] in SUBJECTS and text.lower[child] not in NOBODY:
                token = text.doc[child]
                return _tidy(text, token.left_edge.i, token.right_edge.i + 1), climbed
        if text.deps[verb] not in SHARED or text.heads[verb] == verb:
            break
        verb = text.heads[verb]
    return None, 0


def _owner(text: Words, below: Children, noun: int) -> tuple[int, int] | None:
    """ "the ministry's claims": who they are of."""
    for child in below[noun]:
        if text.deps[child] == "poss":
            token = text.doc[child]
            return _tidy(text, token.left_edge.i, child + 1)
    return None


def _tidy(text: Words, start: int, end: int) -> tuple[int, int] | None:
    """Without marks around, and without what belongs to the verb behind: "the government has also"."""
    while start < end and (text.lower[start] in STOPS or text.is_blank(start)):
        start += 1
    while end > start and (text.lower[end - 1] in STOPS or text.is_blank(end - 1)):
        end -= 1
    while end - 1 > start and text.tags[end - 1].startswith(OF_A_VERB):
        end -= 1
    return (start, end) if 0 < end - start <= LONGEST + 10 else None


def _until_stop(text: Words, start: int, end: int) -> int:
    i = start
    while i < end and text.lower[i] not in STOPS and i - start < LONGEST and not text.is_blank(i):
        i += 1
    return i


def _around(text: Words, verb: int, first: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The words between a mark and the verb, and between the verb and a mark: "..., the minister stressed, ..."."""
    start = verb
    while start > first and text.lower[start - 1] not in STOPS and verb - start < LONGEST:
        start -= 1
    before = _tidy(text, start, verb)
    if before is not None and _names_somebody(text, before[0]):
        yield *before, "words before"
    stop = _until_stop(text, verb + 1, end)
    if stop > verb + 1 and (text.lower[verb - 1] in STOPS or stop == end) and _names_somebody(text, verb + 1):
        yield verb + 1, stop, "words behind"


def _names_somebody(text: Words, start: int) -> bool:
    word = text.lower[start]
    return word not in NOBODY and (text.stretch(start, start + 1)[:1].isupper() or word in SOMEBODY)


def _quoted(text: Words, trigger: int) -> bool:
    """The event stands within a quotation that began in its sentence or up to two sentences before."""
    number = text.sentence_of(trigger)
    first = text.bounds(next(n for n in (number - 2, number - 1, number) if text.has(n)))[0]
    return sum(text.lower[i] in QUOTE_MARKS for i in range(first, trigger)) % 2 == 1
