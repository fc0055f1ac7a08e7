"""In which city the mission is, and where it moved to: candidates with features; learned weights choose."""

from collections import Counter
from dataclasses import dataclass

from legation.models.claim import STATUSES
from legation.models.gazetteer import capital_of, seats_of, state_name
from legation.models.lexicon import words
from legation.models.reading.article import HEADLINE, Name, Words, city_of, is_place
from legation.models.reading.decide import Described
from legation.models.reading.judge import Key
from legation.models.reading.scorers import Linear
from legation.models.reading.syntax import path, root_of, short_path

REACH = 2  # sentences before and behind that a city is looked for in
CAPITAL = words("capital")


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate: `start`, `end` tokens of the text; -1 where it is not named there."""

    value: str
    start: int
    end: int
    features: tuple[str, ...]


def cities(one: Described, key: Key) -> list[Place]:
    """The cities of the receiving State that the mission may be in, each once, where it is named nearest."""
    article = one.about.article.whole
    receiver, status, kind = key[1], STATUSES[key[2]], one.frame.theme.kind
    if receiver is None:
        return []
    capital = capital_of(receiver)
    common = Counter(city for n in article.text.names if n.code == receiver and (city := city_of(n)))
    found: dict[str, Place] = {}
    named = sorted(
        (n for n in article.text.names if n.code == receiver and city_of(n)),
        key=lambda n: (abs(n.sentence - one.frame.sentence), abs(n.start - one.frame.trigger)),
    )
    for name in named:
        city = city_of(name) or ""
        if city in found:
            continue
        back = one.frame.sentence - name.sentence
        where = str(back) if -REACH <= back <= REACH else "far"
        shared = (
            f"capital={city == capital}",
            f"kind={kind}",
            f"status={status}",
            f"often={min(common[city], 4)}",
            f"only={len(common) == 1}",
        )
        features = [f"where={where}", *(f"where={where}|{s}" for s in shared), *shared]
        if back == 0:
            features += _beside(article.text, one, name, status)
        found[city] = Place(city, name.start, name.end, tuple(features))
    for name in article.title.names if article.title is not None else ():
        city = city_of(name)
        if city and name.code == receiver:
            old = found.get(city)
            extra = ("title", f"title.capital={city == capital}", f"title.place={is_place(article.title, name)}")  # type: ignore[arg-type]
            found[city] = Place(
                city,
                old.start if old else -1,
                old.end if old else -1,
                (*(old.features if old else ("where=title",)), *extra),
            )
    if one.frame.carried == 0:
        for town in _unknown_towns(one.about.article.text, one):
            if town.value not in found:
                found[town.value] = Place(town.value, town.start, town.end, (*town.features, f"unknown.kind={kind}"))
    for seat in seats_of(receiver)[1:]:
        if seat not in found:
            found[seat] = Place(seat, -1, -1, ("other seat", f"other seat.status={status}", f"other seat.kind={kind}"))
    if capital and capital not in found:
        own = one.about.article.text
        first, end = own.bounds(one.frame.sentence)
        told = not CAPITAL.isdisjoint(own.lower[first:end])
        implied = (
            "implied",
            f"implied.kind={kind}",
            f"implied.advice={bool(article.advised)}",
            f"implied.others={min(len(found), 2)}",
            f"implied.word={told}",
            f"implied.status={status}",
        )
        found[capital] = Place(capital, -1, -1, implied)
    return list(found.values())


def _beside(text: Words, one: Described, name: Name, status: str) -> list[str]:
    """A city in the sentence of the event."""
    frame, root = one.frame, root_of(text, name.start, name.end)
    before = text.before(name.start)
    side = "behind" if name.start > frame.trigger else "before"
    features = [
        f"here.b1={before}",
        f"here.b1.status={before}|{status}",
        f"here.b2={text.before(name.start, 2)} {before}",
        f"here.side={side}",
        f"here.event={short_path(path(text, root, frame.trigger))}",
        f"here.list={min(name.group_size, 3)}",
        f"here.near={min(abs(name.start - frame.trigger) // 4, 4)}",
        f"here.state={name.label == 'STATE'}",
    ]
    if not frame.carried:
        theme = root_of(text, frame.theme.start, frame.theme.end)
        gap = name.start - frame.theme.end
        features += [f"here.theme={short_path(path(text, root, theme))}", f"here.gap={min(max(gap, -1), 4)}|{before}"]
    return features


def moves(one: Described, key: Key) -> list[Place]:
    """The places that a mission may have moved to, or may work from: named in the sentence, or in the next one."""
    article, frame = one.about.article.whole, one.frame
    text = article.text
    found = []
    for name in article.text.names:
        off = name.sentence - frame.sentence
        if off not in (0, 1, -1) or name.label in ("DEMONYM", "GOVERNMENT"):
            continue
        value = city_of(name) or state_name(name.code)
        root = root_of(text, name.start, name.end)
        before = text.before(name.start)
        side = "behind" if name.start > frame.trigger else "before"
        features = [
            f"off={off}",
            f"b1={before}|{off}",
            f"b1.side={before}|{side}|{off}",
            f"b2={text.before(name.start, 2)} {before}",
            f"label={name.label}",
            f"own={name.code == key[1]}",
            f"own.label={name.code == key[1]}|{name.label}",
            f"sender={name.code == key[0]}",
            f"capital={value == capital_of(name.code)}|{name.code == key[1]}",
            f"near={min(abs(name.start - frame.trigger) // 4, 5)}|{side}",
            *(f"row.b1={row}|{before}" for row in frame.event.rows),
            f"event={short_path(path(text, root, frame.trigger)) if off == 0 else 'none'}",
            f"order={sum(o.sentence == name.sentence and frame.trigger < o.start < name.start for o in text.names)}",
        ]
        found.append(Place(value, name.start, name.end, tuple(features)))
    found += _unknown_towns(one.about.article.text, one)
    return found


def _unknown_towns(text: Words, one: Described) -> list[Place]:
    """Names behind a preposition that no list knows: small towns."""
    first, end = text.bounds(one.frame.sentence)
    taken = {i for n in text.names for i in range(n.start, n.end)}
    found = []
    for i in range(max(first, one.frame.trigger) + 1, end):
        if (
            text.tags[i] == "NNP"
            and i not in taken
            and text.before(i) in words("move_prepositions")
            and text.doc[i].is_title
        ):
            stop = i + 1
            while stop < end and text.tags[stop] == "NNP" and stop not in taken:
                stop += 1
            before = text.before(i)
            features = [
                "unknown",
                f"unknown.b1={before}",
                *(f"unknown.row={row}|{before}" for row in one.frame.event.rows),
            ]
            start = i if one.frame.sentence != HEADLINE else -1  # places are those of the text
            found.append(Place(text.doc[i:stop].text, start, stop, tuple(features)))
    return found


def choose(found: list[Place], scorer: Linear, least: float) -> Place | None:
    """The likeliest candidate; None if none is as likely as `least`."""
    ranked = [(scorer.probabilities(place.features)[0], -place.start, place) for place in found]
    best = max(ranked, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] >= least else None
