"""From the decisions on an article to its claims: which are made, their details, their evidence, and why."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from spacy.tokens import Doc

from legation.models.claim import MODALITIES, STATUSES, Claim, Mark
from legation.models.gazetteer import state_name
from legation.models.reading.article import Article
from legation.models.reading.attribution import Speaker, speakers
from legation.models.reading.decide import SECOND_NAMES, Described, Weights
from legation.models.reading.judge import Candidate, candidates
from legation.models.reading.reasons import in_words
from legation.models.reading.scorers import Linear, probability
from legation.models.reading.trace import Step
from legation.models.reading.voice import Heard
from legation.models.reading.when import Day, days
from legation.models.reading.where import Place, choose, cities, moves

Detail = TypeVar("Detail", Day, Speaker)
EVIDENCE = 0.4  # of the joint probability of a claim's best frame, from which on another frame is evidence for it
DISTINCT = 0.6  # the same, from which on another city makes a claim of its own
UNKNOWN = "mission"  # kind of mission where only staff or services are named


def read(
    article: Article, described: Sequence[Described], kept: Sequence[Described], weights: Weights, heard: Heard | None
) -> tuple[tuple[Claim, ...], tuple[Step, ...]]:
    """The claims in the order of their quotes, and a step for each event that was looked at. `heard` None: there is no
    encoder."""
    found = candidates(kept, heard)
    rows = np.array([candidate.row for candidate in found], dtype="float32")
    judge, name = (weights.judge, "judge") if heard is None else (weights.judge_with_encoder, "judge_with_encoder")
    threshold = weights.settings.threshold[name]
    chances = probability(judge.log_odds(rows)) if found else []
    claims: list[Claim] = []
    made: list[Candidate] = []
    for candidate, chance in zip(found, chances, strict=True):
        if chance >= threshold:
            claims += _claims(article, candidate, float(chance), weights)
            made.append(candidate)
    ordered = sorted(claims, key=lambda claim: (claim.start, -claim.confidence, str(claim.fact)))
    return tuple(ordered), tuple(_steps(article, described, made, weights))


def _claims(article: Article, candidate: Candidate, chance: float, weights: Weights) -> list[Claim]:
    """One claim for each city and kind of mission that the frames of a candidate speak of."""
    best = candidate.frames[0][0]
    found: dict[tuple[str | None, str], tuple[float, Described, Place | None, list[Described]]] = {}
    for joint, one in candidate.frames:
        if joint < EVIDENCE * best:
            break
        city = choose(cities(article, one, candidate.key), weights.city, weights.settings.least["city"])
        name = (city.value if city else None, _kind(article, one))
        same = next((old for old in found if _one_mission(old, name)), None)
        if same is not None:
            found[same][3].append(one)
        elif not found or joint >= DISTINCT * best:
            found[name] = (joint, one, city, [one])
    return [_claim(article, candidate, chance, one, city, frames, weights) for _, one, city, frames in found.values()]


def _one_mission(old: tuple[str | None, str], new: tuple[str | None, str]) -> bool:
    """Nothing that is told of both differs."""
    return (old[0] == new[0] or None in (old[0], new[0])) and (old[1] == new[1] or UNKNOWN in (old[1], new[1]))


def _kind(article: Article, one: Described) -> str:
    """The kind of the theme; of staff and services, that of a mission named beside them."""
    if one.frame.theme.kind != UNKNOWN:
        return one.frame.theme.kind
    beside = [m for m in article.missions_by_sentence.get(one.frame.sentence, ()) if m.kind != UNKNOWN]
    nearest = min(beside, key=lambda m: abs(m.start - one.frame.trigger), default=None)
    return nearest.kind if nearest is not None else UNKNOWN


def _claim(
    article: Article,
    candidate: Candidate,
    chance: float,
    one: Described,
    city: Place | None,
    frames: Sequence[Described],
    weights: Weights,
) -> Claim:
    sender, receiver, si, mi = candidate.key
    doc, settings = article.doc, weights.settings
    start, end = _quote(article, one)
    date = _best(days(article, one, candidate.key), weights.date, settings.least["date"])
    said = _best(speakers(article, one, candidate.key), weights.speaker, settings.least["speaker"])
    moved = None
    if STATUSES[si] == "relocated":
        moved = choose(moves(article, one, candidate.key), weights.moved_to, settings.least["moved_to"])
    marks = [Mark("event", *_characters(doc, one.frame.event.start, one.frame.event.end))]
    if one.frame.carried < 9:
        marks.append(Mark("mission", *_characters(doc, one.frame.theme.start, one.frame.theme.end)))
    named = one.sides[one.codes.index(sender)].nearest
    host = one.sides[one.codes.index(receiver)].nearest
    marks += [
        Mark(label, *_characters(doc, n.start, n.end))
        for label, n in (("sender", named), ("host", host))
        if n is not None
    ]
    marks += [Mark("host", *_characters(doc, p.start, p.end)) for p in (city, moved) if p is not None and p.start >= 0]
    if said is not None:
        marks.append(Mark("speaker", *_characters(doc, said.start, said.end)))
    if date is not None:
        marks.append(Mark("date", date.start, date.end))
    marks += [Mark("quote", *_quote(article, other)) for other in frames if other.frame.sentence != one.frame.sentence]
    return Claim(
        sending_state=sender, receiving_state=receiver, city=city.value if city else None, mission=_kind(article, one),
        status=STATUSES[si], modality=MODALITIES[mi], date=date.value if date else None,
        relocated_to=moved.value if moved else None, attribution=said.value if said else None,
        quote=doc.text[start:end], start=start, end=end,
        sender_text=_sender_text(article, one, sender), confidence=round(chance, 3),
        rule=_rule(candidate, one, weights), marks=tuple(dict.fromkeys(marks)),
    )  # fmt: skip


def _best(found: Iterable[Detail], scorer: Linear, least: float) -> Detail | None:
    ranked = [(scorer.probabilities(one.features)[0], -one.start, one) for one in found]
    best = max(ranked, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] >= least else None


def _characters(doc: Doc, start: int, end: int) -> tuple[int, int]:
    return doc[start].idx, doc[end - 1].idx + len(doc[end - 1])


def _quote(article: Article, one: Described) -> tuple[int, int]:
    """The sentence of the event without blanks around it, in characters."""
    start, end = article.text.bounds(one.frame.sentence)
    while end > start + 1 and article.doc[end - 1].is_space:
        end -= 1
    while start < end - 1 and article.doc[start].is_space:
        start += 1
    return _characters(article.doc, start, end)


def _sender_text(article: Article, one: Described, sender: str | None) -> str | None:
    """The words that name the sender where they stand nearest; those before the theme for an unnamed group."""
    if sender is None:
        theme = one.frame.theme
        if one.frame.carried:
            return None
        first = max(article.text.bounds(theme.sentence)[0], theme.start - 3)
        return article.doc[first : theme.end].text
    side = one.sides[one.codes.index(sender)]
    if side.nearest is not None:
        return article.doc[side.nearest.start : side.nearest.end].text
    earlier = [n for n in article.text.names if n.code == sender]
    nearest = min(earlier, key=lambda n: abs(n.start - one.frame.trigger), default=None)
    if nearest is not None:
        return article.doc[nearest.start : nearest.end].text
    title = article.title
    named = next((n for n in title.names if n.code == sender), None) if title is not None else None
    return title.doc[named.start : named.end].text if title is not None and named is not None else state_name(sender)


def _rule(candidate: Candidate, one: Described, weights: Weights) -> str:
    """Row of the event and the three heaviest reasons."""
    return f"{one.frame.event.rows[0]}: " + "; ".join(reasons(candidate, one, weights))


def reasons(candidate: Candidate, one: Described, weights: Weights, limit: int = 3) -> list[str]:
    """What weighed most for and against, in words: for the claim, its pair and its modality."""
    pair = (one.codes.index(candidate.key[0]), one.codes.index(candidate.key[1]))
    found = list(weights.claim.reasons(one.features, 0, limit))
    found += weights.modality.reasons(one.features, candidate.key[3], limit)
    if one.again is not None:
        row = one.again[one.chosen.index(pair)]
        names = dict.fromkeys(SECOND_NAMES)
        found += [(name, weight) for name, weight in weights.pairs_again.reasons(row, limit) if name in names]
    ranked = sorted(found, key=lambda item: (-abs(item[1]), item[0]))
    return [f"{in_words(name)} ({weight:+.1f})" for name, weight in ranked[:limit]]


def _steps(
    article: Article, described: Sequence[Described], made: Sequence[Candidate], weights: Weights
) -> Iterable[Step]:
    """What became of each event: a claim, or how likely one was and why not."""
    fired: dict[int, list[str]] = {}
    for candidate in made:
        for _, one in candidate.frames[:1]:
            what = f"{STATUSES[candidate.key[2]]}, {MODALITIES[candidate.key[3]]}"
            fired.setdefault(one.frame.event.start, []).append(what)
    best: dict[int, Described] = {}
    for one in described:
        if one.claim >= best.get(one.frame.event.start, one).claim:
            best[one.frame.event.start] = one
    for start, one in best.items():
        a, b = _characters(article.doc, start, one.frame.event.end)
        if start in fired:
            yield Step(
                one.frame.event.rows[0], article.doc.text[a:b], a, b, "fired", "; ".join(sorted(set(fired[start])))
            )
        else:
            against = [(name, weight) for name, weight in weights.claim.reasons(one.features, 0, 12) if weight < 0][:2]
            why = "; ".join(f"{in_words(name)} ({weight:+.1f})" for name, weight in against)
            reason = f"a claim with probability {one.claim:.2f}" + (f": {why}" if why else "")
            yield Step(one.frame.event.rows[0], article.doc.text[a:b], a, b, "overruled", reason)
