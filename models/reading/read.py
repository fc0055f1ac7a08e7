"""From the decisions on an article to its claims: which are made, their details, their evidence, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from legation.models.claim import MODALITIES, STATUSES, Claim, Mark, Step
from legation.models.dates import near
from legation.models.gazetteer import state_name
from legation.models.reading.article import HEADLINE, Article, Name, Words
from legation.models.reading.attribution import speakers
from legation.models.reading.decide import Described
from legation.models.reading.detail import Detail, choose, choose_some
from legation.models.reading.encoder_features import DetailWords, EncoderScores
from legation.models.reading.frames import TITLE
from legation.models.reading.judge import Candidate, candidates, without_rivals
from legation.models.reading.pairs import NAMES
from legation.models.reading.reasons import in_words
from legation.models.reading.syntax import root_of
from legation.models.reading.when import days
from legation.models.reading.where import cities, moves
from legation.models.scorers import Trees, probability
from legation.models.weights import Weights

EVIDENCE = 0.3  # of the joint probability of a claim's best frame, from which on another frame is evidence for it
COMPARED = "frame: "  # what all pairs of a frame share is no reason for one
DETAILED = 3  # frames of a claim that are searched for its date and its speaker
BESIDE = 0.1  # the same, from which on a sentence of the text is quoted for what the headline says
DATED = 0.5  # probability of a date from which on it tells one event of a history from another
APART = timedelta(31)  # by which the dates of two events differ
UNKNOWN = "mission"  # kind of mission where only staff or services are named


@dataclass
class Event:
    """What a claim is made of: `kind` of mission, `day` None where it is not all but certain, `frames` that tell it."""

    city: Detail | None
    kind: str
    day: str | None
    frames: list[Described]

    def untold(self) -> tuple[bool, bool, bool]:
        """What is missing."""
        return self.city is None, self.day is None, self.kind == UNKNOWN

    def fits(self, other: "Event") -> bool:
        """Nothing that is told of both differs; of days, by more than APART."""
        return (
            (self.city is None or other.city is None or self.city.value == other.city.value)
            and (self.kind == other.kind or UNKNOWN in (self.kind, other.kind))
            and (self.day is None or other.day is None or near(self.day, other.day, APART))
        )


def read(
    article: Article,
    described: Sequence[Described],
    kept: Sequence[Described],
    weights: Weights,
    scores: EncoderScores | None,
) -> tuple[tuple[Claim, ...], tuple[Step, ...]]:
    """The claims in the order of their quotes, and a step for each event that was looked at. `scores` None: there is no
    encoder."""
    found = candidates(kept, scores)
    judge, name = (weights.judge, "judge") if scores is None else (weights.judge_with_encoder, "judge_with_encoder")
    threshold = weights.settings.threshold[name]
    chances = _chances(found, judge)
    claims: list[Claim] = []
    made: list[Candidate] = []
    by_key = {candidate.key: candidate for candidate in found}
    heard = scores.details if scores is not None else DetailWords()
    for key, chance in without_rivals([(c.key, p) for c, p in zip(found, chances, strict=True)]):
        if chance >= threshold:
            claims += claims_of(article, by_key[key], chance, weights, heard)
            made.append(by_key[key])
    ordered = sorted(claims, key=lambda claim: (claim.start, -claim.confidence, str(claim.fact)))
    return tuple(ordered), tuple(_steps(article, described, made, weights))


def best_chance(kept: Sequence[Described], weights: Weights) -> float:
    """How likely the likeliest claim of the frames is without the encoder; 0 where there is no candidate."""
    return max(_chances(candidates(kept), weights.judge), default=0.0)


def _chances(found: Sequence[Candidate], judge: Trees) -> list[float]:
    rows = np.array([candidate.row for candidate in found], dtype="float32")
    return list(probability(judge.log_odds(rows)).tolist()) if found else []


def claims_of(
    article: Article, candidate: Candidate, chance: float, weights: Weights, heard: DetailWords
) -> list[Claim]:
    """One claim for each city, kind of mission and dated event that the frames of a candidate speak of; a frame that
    does not tell one of these speaks of the first claim that it fits."""
    best = candidate.frames[0][0]
    frames = [one for joint, one in candidate.frames if joint >= EVIDENCE * best]
    told = _one_each(_told(frames, [_cities(one, candidate, weights, heard) for one in frames]))
    events = [Event(city, _kind(one), _day(one, candidate, city, weights, heard), [one]) for city, one in told]
    found: list[Event] = []
    for event in sorted(events, key=Event.untold):
        same = next((old for old in found if old.fits(event)), None)
        if same is None:
            found.append(event)
        elif event.frames[0] not in same.frames:
            same.frames += event.frames
    ranked = {id(one): place for place, one in enumerate(frames)}
    for event in found:
        event.frames.sort(key=lambda one: ranked[id(one)])
    return [_claim(article, candidate, chance, event, weights, heard) for event in found]


def _day(one: Described, candidate: Candidate, city: Detail | None, weights: Weights, heard: DetailWords) -> str | None:
    """The date that the words of a frame tell; None unless it is all but certain."""
    day = choose(days(one, candidate.key, city, heard), weights.date, DATED)
    return day.value if day is not None and day.start >= 0 else None


def _told(
    frames: Sequence[Described], cities: Sequence[Sequence[Detail | None]]
) -> Iterable[tuple[Detail | None, Described]]:
    """The cities of each frame, without those in which another frame has a mission of another kind: "the embassy in
    Baghdad and the consulate in Erbil"."""
    kinds = {(first.value, _kind(one)) for one, (first, *_) in zip(frames, cities, strict=True) if first is not None}
    for one, (first, *others) in zip(frames, cities, strict=True):
        yield first, one
        for city in others:
            elsewhere = {kind for value, kind in kinds if city is not None and value == city.value}
            if elsewhere <= {_kind(one), UNKNOWN}:
                yield city, one


def _one_each(told: Iterable[tuple[Detail | None, Described]]) -> list[tuple[Detail | None, Described]]:
    """Each event word in a city with its likeliest mission and those that are joined to it by "and": an interests
    section "was established in the Swiss Embassy", and no embassy was."""
    first: dict[tuple[int, int, str | None], Described] = {}
    kept = []
    for city, one in told:
        likeliest = first.setdefault((one.frame.sentence, one.frame.trigger, city.value if city else None), one)
        if one is likeliest or _joined(one, likeliest):
            kept.append((city, one))
    return kept


def _joined(one: Described, other: Described) -> bool:
    text = one.about.article.text
    a, b = (root_of(text, frame.theme.start, frame.theme.end) for frame in (one.frame, other.frame))
    return any(text.deps[x] == "conj" and text.heads[x] == y for x, y in ((a, b), (b, a)))


def _cities(one: Described, candidate: Candidate, weights: Weights, heard: DetailWords) -> Sequence[Detail | None]:
    """The likeliest city, and others that are likely too; [None]: no city is told."""
    return choose_some(cities(one, candidate.key, heard), weights.city, weights.settings.least["city"]) or [None]


def _kind(one: Described) -> str:
    """The kind of the theme; of staff and services, that of a mission named beside them."""
    if one.frame.theme.kind != UNKNOWN:
        return one.frame.theme.kind
    missions = one.about.article.missions_by_sentence.get(one.frame.sentence, ())
    known = [m for m in missions if m.kind != UNKNOWN]
    nearest = min(known, key=lambda m: abs(m.start - one.frame.trigger), default=None)
    return nearest.kind if nearest is not None else UNKNOWN


def _claim(
    article: Article,
    candidate: Candidate,
    chance: float,
    event: Event,
    weights: Weights,
    heard: DetailWords,
) -> Claim:
    (sender, receiver, si, mi), least = candidate.key, weights.settings.least
    city, frames = event.city, event.frames
    one, sentence = _evidence(article, candidate, frames)
    text = article.text
    start, end = _quote(text, sentence)
    looked_at = frames[:DETAILED]
    all_days = (day for frame in looked_at for day in days(frame, candidate.key, city, heard))
    day = choose(all_days, weights.date, least["date"])
    all_speakers = (speaker for frame in looked_at for speaker in speakers(frame, candidate.key, heard))
    said = choose(all_speakers, weights.speaker, least["speaker"])
    relocated = STATUSES[si] == "relocated"
    moved = choose(moves(one, candidate.key), weights.moved_to, least["moved_to"]) if relocated else None
    sender_name = _named(article, one, sentence, sender)
    marks = _marks(article, one, {"sender": sender_name, "host": _named(article, one, sentence, receiver)})
    details = (("host", city), ("host", moved), ("speaker", said), ("date", day))
    marks += [Mark(label, *text.characters(d.start, d.end)) for label, d in details if d is not None and d.start >= 0]
    others = {other.frame.sentence for other in frames} - {sentence, HEADLINE}
    marks += [Mark("quote", *_quote(text, other)) for other in sorted(others)]
    return Claim(
        sending_state=sender,
        receiving_state=receiver,
        city=city.value if city else None,
        mission=event.kind,
        status=STATUSES[si],
        modality=MODALITIES[mi],
        date=day.value if day else None,
        relocated_to=moved.value if moved else None,
        attribution=said.value if said else None,
        quote=text.string[start:end],
        start=start,
        end=end,
        sender_text=_sender_text(article, one, sender, sender_name),
        confidence=round(chance, 3),
        rule=_rule(candidate, one, weights),
        marks=tuple(dict.fromkeys(marks)),
    )


def _evidence(article: Article, candidate: Candidate, frames: Sequence[Described]) -> tuple[Described, int]:
    """The frame that a claim is read from, and the sentence that it is quoted with.

    A claim of the headline alone is quoted with the sentence of the text that names most of it, for the quote is always
    in the text; its `rule` says that the headline was read.
    """
    best = candidate.frames[0][0]
    told = [one for joint, one in candidate.frames if one.frame.sentence != HEADLINE and joint >= BESIDE * best]
    body = next((one for one in frames if one.frame.sentence != HEADLINE), told[0] if told else None)
    if body is not None:
        return body, body.frame.sentence
    wanted = {code for code in candidate.key[:2] if code is not None}

    def support(sentence: int) -> float:
        named = {name.code for name in article.by_sentence.get(sentence, ())}
        return len(named & wanted) + 0.5 * bool(article.missions_by_sentence.get(sentence))

    return frames[0], max(range(len(article.text.starts)), key=lambda sentence: (support(sentence), -sentence))


def _named(article: Article, one: Described, sentence: int, code: str | None) -> Name | None:
    """The name of a State beside the event; of a headline's claim, in the quoted sentence."""
    if one.frame.sentence != HEADLINE:
        return one.sides[one.codes.index(code)].nearest
    return next((name for name in article.by_sentence.get(sentence, ()) if name.code == code), None)


def _marks(article: Article, one: Described, states: Mapping[str, Name | None]) -> list[Mark]:
    """Event, mission and `states` (label -> name) in the text."""
    text, frame = article.text, one.frame
    found = []
    if frame.sentence != HEADLINE:
        found.append(Mark("event", *text.characters(frame.event.start, frame.event.end)))
        if frame.carried != TITLE:
            found.append(Mark("mission", *text.characters(frame.theme.start, frame.theme.end)))
    return [*found, *(Mark(label, *text.characters(n.start, n.end)) for label, n in states.items() if n is not None)]


def _quote(text: Words, sentence: int) -> tuple[int, int]:
    """A sentence without blanks around it, in characters."""
    start, end = text.bounds(sentence)
    while end > start + 1 and text.is_blank(end - 1):
        end -= 1
    while start < end - 1 and text.is_blank(start):
        start += 1
    return text.characters(start, end)


def _sender_text(article: Article, one: Described, sender: str | None, name: Name | None) -> str | None:
    """The words that name the sender where they are nearest; those before the theme for an unnamed group."""
    if sender is None:
        theme, text = one.frame.theme, one.about.article.text
        if one.frame.carried:
            return None
        first = max(text.bounds(theme.sentence)[0], theme.start - 3)
        return text.stretch(first, theme.end)
    if name is None:
        earlier = [n for n in article.text.names if n.code == sender]
        name = min(earlier, key=lambda n: abs(n.sentence - one.frame.sentence), default=None)
    if name is not None:
        return article.text.stretch(name.start, name.end)
    title = article.title
    named = next((n for n in title.names if n.code == sender), None) if title is not None else None
    return title.stretch(named.start, named.end) if title is not None and named is not None else state_name(sender)


def _rule(candidate: Candidate, one: Described, weights: Weights) -> str:
    """Row of the event and the three heaviest reasons."""
    headline = "headline, " if candidate.best.frame.sentence == HEADLINE else ""
    return f"{one.frame.event.rows[0]}: {headline}" + "; ".join(reasons(candidate, one, weights))


def reasons(candidate: Candidate, one: Described, weights: Weights, limit: int = 3) -> list[str]:
    """What weighed most for and against, in words: for the claim, its pair and its modality."""
    pair = (one.codes.index(candidate.key[0]), one.codes.index(candidate.key[1]))
    found = list(weights.claim.reasons(one.features, 0, limit))
    found += weights.modality.reasons(one.features, candidate.key[3], limit)
    weighed = weights.pairs.reasons(one.rows()[one.chosen.index(pair)], len(NAMES))
    found += [(name, weight) for name, weight in weighed if not name.startswith(COMPARED)][:limit]
    ranked = sorted(found, key=lambda item: (-abs(item[1]), item[0]))
    return [f"{in_words(name)} ({weight:+.1f})" for name, weight in ranked[:limit]]


def _steps(
    article: Article, described: Sequence[Described], made: Sequence[Candidate], weights: Weights
) -> Iterable[Step]:
    """What became of each event: a claim, or how likely one was and why not."""
    fired: dict[int, list[str]] = {}
    for candidate in made:
        for one in [one for _, one in candidate.frames if one.frame.sentence != HEADLINE][:1]:
            what = f"{STATUSES[candidate.key[2]]}, {MODALITIES[candidate.key[3]]}"
            fired.setdefault(one.frame.event.start, []).append(what)
    best: dict[int, Described] = {}
    for one in (one for one in described if one.frame.sentence != HEADLINE):
        if one.claim >= best.get(one.frame.event.start, one).claim:
            best[one.frame.event.start] = one
    for start, one in best.items():
        a, b = article.text.characters(start, one.frame.event.end)
        if start in fired:
            yield Step(
                one.frame.event.rows[0], article.text.string[a:b], a, b, "fired", "; ".join(sorted(set(fired[start])))
            )
        else:
            against = [(name, weight) for name, weight in weights.claim.reasons(one.features, 0, 12) if weight < 0][:2]
            why = "; ".join(f"{in_words(name)} ({weight:+.1f})" for name, weight in against)
            reason = f"a claim with probability {one.claim:.2f}" + (f": {why}" if why else "")
            yield Step(one.frame.event.rows[0], article.text.string[a:b], a, b, "overruled", reason)
