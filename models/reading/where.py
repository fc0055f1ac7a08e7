"""In which city the mission is, and where it moved to: candidates with features; learned weights choose."""

from collections import Counter

from legation.models.gazetteer import capital_of, seats_of, state_name
from legation.models.lexicon import table, words
from legation.models.reading.article import HEADLINE, TITLE_WEIGHT, Name, Words, city_of, is_place
from legation.models.reading.decide import Described
from legation.models.reading.detail import Detail, Features, Surroundings, of_the_claim, off
from legation.models.reading.encoder_features import DetailWords
from legation.models.reading.judge import Key

REACH = 2  # sentences before and behind that a place is looked for in
BESIDE = 4  # tokens between two places of a row
CAPITAL = words("capital")
SHARED: dict[str, list[str]] = table("shared_cities.toml")  # State -> others whose cities count as its own


def cities(one: Described, key: Key, heard: DetailWords) -> list[Detail]:
    """The cities of the receiving State that the mission may be in, each once, where it is named nearest. `heard`: what
    the encoder says of the article."""
    article, frame, receiver = one.about.article.whole, one.frame, key[1]
    if receiver is None:
        return []
    codes, seats = {receiver, *SHARED.get(receiver, ())}, seats_of(receiver)
    named = [(city, n) for n in article.text.names if n.code in codes and (city := city_of(n))]
    titled = [(city, n) for n in _names(article.title) if n.code in codes and (city := city_of(n))]
    often = Counter(city for city, _ in named) + Counter({city: TITLE_WEIGHT for city, _ in titled})
    found: dict[str, tuple[int, int, Features]] = {}
    around = _towns(one, article.text)
    for city, name in sorted(named, key=lambda item: _distance(one, item[1])):
        if city not in found:
            found[city] = (name.start, name.end, _named(one, article.text, name, around))
    for city, name in titled:
        start, end, features = found.get(city, (-1, -1, {}))
        place = article.title is not None and is_place(article.title, name)
        found[city] = (start, end, {**features, "title": 1, "place in the title": place})
    for town in _unknown_towns(one) if frame.carried == 0 else ():
        found.setdefault(town.value, (town.start, town.end, town.features))
    for seat in seats:
        found.setdefault(seat, (-1, -1, {"untold": 1}))
    shared = of_the_claim(one, key) | _capital(one) | {"seats": len(seats), "cities": len(often)}
    total = max(sum(often.values()), 1)
    places: dict[str, list[tuple[Words, int, int]]] = {}
    for city, name in named:
        places.setdefault(city, []).append((article.text, name.start, name.end))
    if article.title is not None:
        for city, name in titled:
            places.setdefault(city, []).append((article.title, name.start, name.end))
    return [
        Detail(
            city,
            start,
            end,
            {
                **shared,
                **features,
                **_share(often[city], total),
                **_seat(city, seats),
                **heard.features(frame.sentence, "city", places.get(city, ())),
            },
        )
        for city, (start, end, features) in found.items()
    ]


def _distance(one: Described, name: Name) -> tuple[int, int]:
    return abs(name.sentence - one.frame.sentence), abs(name.start - one.frame.trigger)


def _names(title: Words | None) -> tuple[Name, ...]:
    return title.names if title is not None else ()


def _capital(one: Described) -> Features:
    """Is a capital spoken of without its name?"""
    text = one.about.article.text
    first, end = text.bounds(one.frame.sentence)
    return {"word for a capital": not CAPITAL.isdisjoint(text.lower[first:end])}


def _share(count: int, total: int) -> Features:
    return {"often": count, "share": count / total}


def _seat(city: str, seats: tuple[str, ...]) -> Features:
    return {"capital": city in seats[:1], "other seat": city in seats[1:]}


def _towns(one: Described, text: Words) -> Surroundings:
    """The sentence of the event with its cities."""
    return Surroundings(one, text, [(n.start, n.end) for n in text.names_in(one.frame.sentence) if city_of(n)])


def _named(one: Described, text: Words, name: Name, around: Surroundings) -> Features:
    """A place that the text names."""
    far = name.sentence - one.frame.sentence
    features: Features = {
        **off("off", max(min(far, REACH + 1), -REACH - 1)),
        f"before={text.before(name.start)}": 1,
        f"label={name.label}": 1,
        "place": is_place(text, name),
        "list": name.group_size,
        "begins": name.start - text.bounds(name.sentence)[0] < 2,
    }
    if far == 0:
        features |= around.features(name.start, name.end) | _missions(one, name.start)
    return features


def _missions(one: Described, start: int) -> Features:
    """Other missions that are nearer to a place: "the embassy in Baghdad and the consulate in Erbil"."""
    theme, away = one.frame.theme, abs(start - one.frame.theme.end)
    others = one.about.article.missions_by_sentence.get(one.frame.sentence, ()) if not one.frame.carried else ()
    return {"missions nearer": sum(abs(start - m.end) < away for m in others if m.start != theme.start)}


def moves(one: Described, key: Key) -> list[Detail]:
    """The places that a mission may have moved to, or may work from."""
    whole, frame = one.about.article.whole, one.frame
    text = whole.text if frame.sentence != HEADLINE else one.about.article.text
    shared = of_the_claim(one, key) | {f"row={row}": 1 for row in frame.event.rows}
    near = [n for n in text.names if abs(n.sentence - frame.sentence) <= REACH]
    around = _towns(one, text)
    found = [
        Detail(
            _value(name),
            *_tokens(one, name.start, name.end),
            shared | _named(one, text, name, around) | _whose(name, key),
        )
        for name in near
        if name.label not in ("DEMONYM", "GOVERNMENT")
    ]
    found += [Detail(town.value, town.start, town.end, shared | town.features) for town in _unknown_towns(one)]
    told = {detail.value for detail in found}
    titled = [n for n in _names(whole.title) if city_of(n) and _value(n) not in told]
    found += [Detail(_value(name), -1, -1, shared | {"title": 1} | _whose(name, key)) for name in titled]
    seats = seats_of(key[1]) if key[1] is not None else ()
    found += [Detail(seat, -1, -1, shared | {"untold": 1} | _seat(seat, seats)) for seat in seats if seat not in told]
    return found


def _value(name: Name) -> str:
    return city_of(name) or state_name(name.code)


def _whose(name: Name, key: Key) -> Features:
    capital = city_of(name) == capital_of(name.code)
    host = name.code == key[1]
    return {
        "of the host": host,
        "of the sender": name.code == key[0],
        "capital": capital,
        "capital of the host": host and capital,
    }


def _tokens(one: Described, start: int, end: int) -> tuple[int, int]:
    """Places are those of the text: (-1, -1) in the headline."""
    return (start, end) if one.frame.sentence != HEADLINE else (-1, -1)


def _unknown_towns(one: Described) -> list[Detail]:
    """Names behind a preposition, or in a row with other places, that no list knows: small towns."""
    text, frame = one.about.article.text, one.frame
    first, end = text.bounds(frame.sentence)
    names = text.names_in(frame.sentence)
    taken = {i for n in names for i in range(n.start, n.end)}
    towns, around = [(n.start, n.end) for n in names if city_of(n)], _towns(one, text)
    found = []
    stop = first
    for i in range(first, end):
        start, stop = i, max(i, stop)
        if stop > i or text.tags[i] != "NNP" or i in taken or not text.doc[i].is_title:
            continue
        while stop < end and text.tags[stop] == "NNP" and stop not in taken and text.doc[stop].is_title:
            stop += 1
        before = text.before(start)
        behind = before in words("move_prepositions")
        beside = any(a - BESIDE <= stop and start <= b + BESIDE for a, b in towns)
        if behind or beside:
            features: Features = {
                "unknown": 1,
                f"before={before}": 1,
                "behind a preposition": behind,
                "beside a place": beside,
            }
            features |= {f"row={row}": 1 for row in frame.event.rows}
            features |= around.features(start, stop) | _missions(one, start)
            found.append(Detail(text.stretch(start, stop), *_tokens(one, start, stop), features))
    return found
