"""A detail of a claim (city, date, place moved to, speaker): one of several candidates, chosen by learned weights."""

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


def in_the_sentence(one: Described, text: Words, start: int, end: int, rivals: Sequence[Place]) -> Features:
    """Where a candidate in the sentence of the event stands to the event, and to its `rivals` there."""
    frame, root = one.frame, root_of(text, start, end)
    way = path(text, root, frame.trigger)
    gap = start - frame.trigger
    between = range(min(frame.trigger, end), max(frame.trigger, start))
    events = {e.start for e in one.about.article.events if e.sentence == frame.sentence} - {frame.event.start}
    return {
        f"before two={text.before(start, 2)} {text.before(start)}": 1,
        f"way={short_path(way)}": 1,
        "steps": steps(way),
        **gap_of("gap", gap),
        "distance": min(abs(gap), FAR),
        "rivals": len(rivals),
        "rivals nearer": sum(abs(a - frame.trigger) < abs(gap) for a, _ in rivals),
        "rivals nearer in the parse": sum(
            steps(path(text, root_of(text, *rival), frame.trigger)) < steps(way) for rival in rivals
        ),
        "rivals between": sum(a in between for a, _ in rivals),
        "order": sum(a < start for a, _ in rivals),
        "events between": sum(e in between for e in events),
        "events nearer": sum(abs(e - start) < abs(gap) for e in events),
        "events nearer in the parse": sum(steps(path(text, root, e)) < steps(way) for e in events),
        "commas between": sum(text.lower[i] == "," for i in between),
        "verbs between": sum(text.tags[i].startswith("VB") for i in between),
        **({} if frame.carried else gap_of("gap to the theme", start - frame.theme.end)),
    }


def gap_of(name: str, tokens: int) -> Features:
    """A distance in tokens, behind (over 0) or before."""
    return {name: max(min(tokens, FAR), -FAR)}
