"""When it happened or is to happen: the dates of the sentence and its neighbours; learned weights choose."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from legation.models.dates import BACK, When, dates_in
from legation.models.reading.article import HEADLINE, Words
from legation.models.reading.decide import Described
from legation.models.reading.detail import Detail, Features, Place, Surroundings, gap_of, of_the_claim, off, within
from legation.models.reading.encoder_features import DetailWords
from legation.models.reading.frames import SAYING
from legation.models.reading.judge import Key
from legation.models.reading.syntax import ancestors, root_of

SENTENCES = (0, -1, 1, -2)  # around the event
OPENING = (0, 1)  # sentences of the text that a headline's event is looked for in


def days(one: Described, key: Key, city: Detail | None, heard: DetailWords) -> list[Detail]:
    """The dates that may be those of a claim on the mission in `city` (None: no city is told). `heard`: what the
    encoder says of the article."""
    article, frame = one.about.article, one.frame
    text, published = article.text, article.published_at(frame.sentence)
    first, end = text.bounds(frame.sentence)
    sentence = text.stretch(first, end)
    shared = of_the_claim(one, key) | {"refers back": bool(BACK.search(sentence))}
    found = []
    if published:
        helpers = (i for i in range(first, end) if text.heads[i] == frame.trigger and text.deps[i].startswith("aux"))
        features: Features = {"published": 1, "dates": len(dates_in(sentence, published, loose=True))}
        features |= {f"aux={text.lower[i]}": 1 for i in helpers}
        features |= heard.features(frame.sentence, "date", ())
        found.append(Detail(published, -1, -1, shared | features))
    near = [(text, frame.sentence + number, off("off", number)) for number in SENTENCES]
    if frame.sentence == HEADLINE:
        near += [(article.whole.text, number, off("opening", number)) for number in OPENING]
    for words, number, place in near:
        if words.has(number) and article.published_at(number) == published:  # not those of another post
            found += _in_sentence(one, key, city, heard, words, number, shared | place)
    others = Others(found)
    return [replace(day, features=day.features | others.features(day.value)) for day in found]


class Others:
    """What all candidates together say: "in 1826" beside "on May 3, 1826"."""

    def __init__(self, found: list[Detail]) -> None:
        self._often = Counter(day.value for day in found)
        self._here = Counter(day.value for day in found if day.features.get("off=0"))
        self._coarser = {part for value in self._often for part in _coarser(value)}

    def features(self, value: str) -> Features:
        """Those of a candidate with this value."""
        return {
            "finer than one here": any(part in self._here for part in _coarser(value)),
            "finer than one": any(part in self._often for part in _coarser(value)),
            "coarser than one": value in self._coarser,
            "told again": self._often[value] - 1,
            "told here": self._here.total(),
        }


def _coarser(value: str) -> Iterator[str]:
    """The year of a month, the year and the month of a day."""
    return (value[:size] for size in (4, 7) if size < len(value))


def _in_sentence(
    one: Described,
    key: Key,
    city: Detail | None,
    heard: DetailWords,
    text: Words,
    number: int,
    shared: Features,
) -> Iterator[Detail]:
    """The dates of one sentence, those that may be gone or ahead once as each."""
    first, end = text.bounds(number)
    sentence, (offset, _) = text.stretch(first, end), text.characters(first, end)
    published = one.about.article.published_at(one.frame.sentence)
    found: list[tuple[When, int, int]] = []
    for when in dates_in(sentence, published, loose=True):
        span = text.doc.char_span(offset + when.start, offset + when.end, alignment_mode="expand")
        if span is not None:
            found.append((when, span.start, span.end))
    places = [(start, stop) for _, start, stop in found]
    here = text is one.about.article.text and number == one.frame.sentence
    around = Surroundings(one, text, places) if here else None
    inside = city is not None and number != HEADLINE and first <= city.start < end
    to_the_city = ToTheCity(text, number, city, places) if city is not None and inside else None
    for order, (when, start, stop) in enumerate(found):
        features = shared | _words(text, start, stop)
        features |= heard.features(one.frame.sentence, "date", [(text, start, stop)])
        features |= {f"how={when.how}": 1, "dates": len(found), "order": order, "last": order == len(found) - 1}
        if around is not None:
            features |= around.features(start, stop) | _host(one, key, start)
        if to_the_city is not None:
            features |= to_the_city.features(start)
        place = (start, stop) if number != HEADLINE else (-1, -1)  # places are those of the text
        for value in dict.fromkeys((when.value, when.ahead)):
            read = {"choice": when.value != when.ahead, "as ahead": value == when.ahead != when.value}
            yield Detail(value, *place, features | read | _to_publication(value, published))


def _to_publication(value: str, published: str | None) -> Features:
    """How far a date is from the day of publication, as far as both are told."""
    if published is None:
        return {"size": len(value)}
    day = published[: len(value)]
    far = date.fromisoformat((value + "-01-01")[:10]) - date.fromisoformat((day + "-01-01")[:10])
    return {"size": len(value), "days": far.days, "ahead": value > day, "gone": value < day, "same": value == day}


def _words(text: Words, start: int, end: int) -> Features:
    """The words around a date, and the verb that it hangs on."""
    root = root_of(text, start, end)
    verb = next((token for token in ancestors(text, root) if text.tags[token].startswith("VB")), root)
    return {
        f"before={text.before(start)}": 1,
        f"behind={text.after(end)}": 1,
        f"verb={text.tags[verb]}": 1,
        "said": text.lower[verb] in SAYING,
        f"dep={text.deps[root]}": 1,
        f"head={text.lower[text.heads[root]]}": 1,
        "begins": start - text.bounds(text.sentence_of(start))[0] < 3,
    }


def _host(one: Described, key: Key, start: int) -> Features:
    """How far the date is from where its sentence names the host."""
    names = one.about.article.by_sentence.get(one.frame.sentence, ())
    nearest = min((n for n in names if n.code == key[1]), key=lambda n: abs(n.start - start), default=None)
    return gap_of("gap to the host", start - nearest.end) if nearest is not None else {}


class ToTheCity:
    """Where the dates of a sentence stand to one city of several: "Osaka (1868); Tokyo (1869)"."""

    def __init__(self, text: Words, number: int, city: Detail, places: list[Place]) -> None:
        self._city = city.start
        self._towns = sorted(n.start for n in text.names_in(number) if n.city and n.start != city.start)
        self._away = sorted(abs(start - city.start) for start, _ in places)

    def features(self, start: int) -> Features:
        """Those of the date that begins at token `start`."""
        gap = start - self._city
        return {
            **gap_of("gap to the city", gap),
            "cities nearer": within(self._towns, start - abs(gap) + 1, start + abs(gap)),
            "cities between": within(self._towns, min(self._city, start) + 1, max(self._city, start)),
            "dates nearer to the city": bisect_left(self._away, abs(gap)),
        }
