"""A detail of a claim (city, date, place moved to, speaker): one of several candidates, chosen by learned weights."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from legation.models.claim import MODALITIES, STATUSES
from legation.models.reading.article import HEADLINE, Words
from legation.models.reading.decide import Described
from legation.models.reading.judge import Key
from legation.models.reading.syntax import path, root_of, short_path, steps
from legation.models.scorers import Trees, probability

MANY = 0.5  # probability from which on a second candidate counts beside the likeliest: "consulates in Lviv and Odesa"
FAR = 30  # tokens; what is farther is as far
EVENTS = 10  # of a sentence on each side of a candidate whose path to it is looked up

Features = dict[str, float]
Place = tuple[int, int]  # tokens [start, end)


@dataclass(frozen=True, slots=True)
class Detail:
    """A candidate: `start`, `end` tokens of the text; -1 where no words of it say so. `features`: name -> value, those
    that are 0 left out."""

    value: str
    start: int
    end: int
    features: Features


def chances(some: Sequence[Detail], scorer: Trees) -> list[float]:
    """How likely each candidate is, from 0 to 1."""
    return list(probability(scorer.log_odds(scorer.rows(one.features for one in some))).tolist())


def choose(found: Iterable[Detail], scorer: Trees, least: float) -> Detail | None:
    """The likeliest candidate; None if none is as likely as `least`."""
    return next(iter(choose_some(found, scorer, least)), None)


def choose_some(found: Iterable[Detail], scorer: Trees, least: float) -> list[Detail]:
    """The likeliest candidate, and those as likely as MANY; none if none is as likely as `least`."""
    some = list(found)
    ranked = sorted(zip(chances(some, scorer), some, strict=True), key=lambda item: (-item[0], item[1].start))
    return [one for place, (chance, one) in enumerate(ranked) if chance >= (MANY if place else least)]


def of_the_claim(one: Described, key: Key) -> Features:
    """What all candidates for a detail share."""
    article, frame = one.about.article, one.frame
    return {
        f"modality={MODALITIES[key[3]]}": 1,
        f"status={STATUSES[key[2]]}": 1,
        f"kind={frame.theme.kind}": 1,
        f"theme={frame.theme.theme}": 1,
        f"tag={article.text.tags[frame.trigger]}": 1,
        "plural": frame.theme.plural,
        "carried": frame.carried,
        "headline": frame.sentence == HEADLINE,
        "sentence": frame.sentence,
        "sentences": len(article.text.starts),
        "publisher": article.publisher is not None,
        "advised": article.advised is not None,
        "unpublished": article.published is None,
    }


def off(name: str, number: int) -> Features:
    """A distance in sentences, as a number and by its name."""
    return {name: number, f"{name}={number}": 1}


class Surroundings:
    """Where candidates in the sentence of an event stand to the event, and to their `rivals` there; `text`: whose
    sentence. Everything about the sentence is counted once, so that many candidates cost little more than few."""

    def __init__(self, one: Described, text: Words, rivals: Sequence[Place]) -> None:
        self.frame, self.text = one.frame, text
        trigger = one.frame.trigger
        self._starts = sorted(a for a, _ in rivals)
        self._gaps = sorted(abs(a - trigger) for a, _ in rivals)
        self._steps = sorted(steps(path(text, root_of(text, *rival), trigger)) for rival in rivals)
        events = {e.start for e in one.about.article.events if e.sentence == one.frame.sentence}
        self._events = sorted(events - {one.frame.event.start})

    def features(self, start: int, end: int) -> Features:
        """Those of a candidate, tokens [start, end)."""
        text, frame, root = self.text, self.frame, root_of(self.text, start, end)
        way = path(text, root, frame.trigger)
        gap = start - frame.trigger
        low, high = min(frame.trigger, end), max(frame.trigger, start)
        near = within(self._events, start - abs(gap) + 1, start + abs(gap))
        middle = bisect_left(self._events, start)
        around = self._events[max(0, middle - EVENTS) : middle + EVENTS]
        return {
            f"before two={text.before(start, 2)} {text.before(start)}": 1,
            f"way={short_path(way)}": 1,
            "steps": steps(way),
            **gap_of("gap", gap),
            "distance": min(abs(gap), FAR),
            "rivals": len(self._starts),
            "rivals nearer": bisect_left(self._gaps, abs(gap)),
            "rivals nearer in the parse": bisect_left(self._steps, steps(way)),
            "rivals between": within(self._starts, low, high),
            "order": bisect_left(self._starts, start),
            "events between": within(self._events, low, high),
            "events nearer": near,
            "events nearer in the parse": sum(steps(path(text, root, e)) < steps(way) for e in around),
            "commas between": text.commas[high] - text.commas[low] if low < high else 0,
            "verbs between": text.verbs[high] - text.verbs[low] if low < high else 0,
            **({} if frame.carried else gap_of("gap to the theme", start - frame.theme.end)),
        }


def within(places: Sequence[int], low: int, high: int) -> int:
    """How many of the sorted places are in [low, high)."""
    return max(bisect_left(places, high) - bisect_left(places, low), 0)


def gap_of(name: str, tokens: int) -> Features:
    """A distance in tokens, behind (over 0) or before."""
    return {name: max(min(tokens, FAR), -FAR)}
