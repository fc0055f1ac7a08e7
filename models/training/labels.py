"""Which frames and pairs the known claims of a text stand for.

A claim's quote names a sentence, not the words in it: of the frames there the one that fits best is taken for it
(status its rows name, kind of mission, States near, syntax); other frames that would fit are left out of training, the
rest are examples of what is no claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from legation.models.claim import MODALITIES, STATUSES
from legation.models.fold import fold
from legation.models.reading.article import HEADLINE, Article
from legation.models.reading.decide import Described
from legation.models.reading.frames import statuses
from legation.models.reading.pairs import Code
from legation.models.reading.syntax import path, root_of, steps
from legation.models.training.examples import Example, Gold

OPEN = {"reopened", "opened", "remained_open"}
OPTIONAL = 0.4  # weight of a claim that need not be found
QUOTES = str.maketrans({"“": '"', "”": '"'})


@dataclass
class FrameLabel:
    """`claim`: True, False or None (left out); `labels`: (status, modality, weight) of its claims, as numbers;
    `pairs`: those it stands for; `unsure`: pairs that are neither right nor wrong there."""

    claim: bool | None = False
    weight: float = 1.0
    labels: list[tuple[int, int, float]] = field(default_factory=list)
    pairs: set[tuple[Code, Code]] = field(default_factory=set)
    unsure: set[tuple[Code, Code]] = field(default_factory=set)
    gold: list[Gold] = field(default_factory=list)


def sentences_of(article: Article, quote: str | None) -> set[int]:
    """Numbers of the sentences that a quote overlaps; all of them for None, none where it is not in the text."""
    count = len(article.text.starts)
    if quote is None:
        return set(range(count))
    titled = article.title is not None and quote.strip() in article.title.doc.text
    found = {HEADLINE} if titled else set()
    text = article.doc.text
    start = text.find(quote)
    if start < 0:
        start = fold(text).translate(QUOTES).find(fold(quote).translate(QUOTES))
    if start < 0:
        return found
    for number in range(count):
        first, end = article.text.bounds(number)
        if first < end:
            last = article.doc[end - 1]
            if article.doc[first].idx < start + len(quote) and last.idx + len(last) > start:
                found.add(number)
    return found


def align(article: Article, described: Sequence[Described], gold: Sequence[Gold]) -> list[tuple[list[int], list[int]]]:
    """For each claim the numbers of the frames that stand for it (one, or two as good), and of others that fit."""
    pools = [set(one.codes) for one in described]
    local: list[set[Code]] = [
        {name.code for name in one.about.article.by_sentence.get(one.frame.sentence, ())} for one in described
    ]
    found = []
    for claim in gold:
        where = sentences_of(article, claim.quote)
        fits = []
        told_again = []  # the headline may say what a sentence of the text is quoted for
        for number, one in enumerate(described):
            if one.frame.sentence in where:
                value, fit = _fit(one, claim, pools[number], local[number])
                fits.append((value, fit, number))
            elif one.frame.sentence == HEADLINE and _fit(one, claim, pools[number], local[number])[1]:
                told_again.append(number)
        usable = [row for row in fits if row[1]] or fits
        best = max((row[0] for row in usable), default=0.0)
        top = [number for value, _, number in usable if value >= best - 0.05][:2]
        found.append((top, [number for _, fit, number in fits if fit and number not in top] + told_again))
    return found


def _fit(one: Described, claim: Gold, pool: set[Code], local: set[Code]) -> tuple[float, bool]:
    """How well a frame fits a claim, and whether it could stand for it at all."""
    frame, named = one.frame, statuses(one.frame)
    exact = not named.isdisjoint(claim.statuses)
    alike = any((a in OPEN) == (b in OPEN) for a in claim.statuses for b in named)
    value = 3.0 * exact + 1.0 * (claim.statuses[0] in named) + 1.0 * alike
    value += 0.5 * (frame.theme.kind in claim.missions) + 0.2 * (frame.theme.theme == "mission")
    receivers = set(claim.receiving_states)
    value += 3.0 * (claim.sending_state in pool and not receivers.isdisjoint(pool))
    value += 0.7 * (claim.sending_state in local) + 0.5 * (not receivers.isdisjoint(local))
    if frame.carried:
        return value - 1.0, exact or alike
    text = one.about.article.text
    root = root_of(text, frame.theme.start, frame.theme.end)
    value -= 0.25 * steps(path(text, frame.trigger, root)) + 0.02 * min(abs(frame.theme.start - frame.trigger), 30)
    return value, exact or alike


def frame_labels(
    article: Article,
    described: Sequence[Described],
    gold: Sequence[Gold],
    wrong: Sequence[Gold] = (),
    *,
    complete: bool = True,
) -> list[FrameLabel]:
    """One for each frame. `complete` False: frames of which neither `gold` nor `wrong` speaks are left out."""
    found = [FrameLabel(claim=False if complete else None) for _ in described]
    for top, _ in align(article, described, wrong):
        for number in top:
            found[number].claim = False
    aligned = align(article, described, gold)
    for claim, (top, others) in zip(gold, aligned, strict=True):
        pairs = {(claim.sending_state, receiver) for receiver in claim.receiving_states}
        for number in others:
            found[number].claim = None
            found[number].unsure |= pairs
        sentences = {described[number].frame.sentence for number in top}
        for number, one in enumerate(described):
            if one.frame.sentence in sentences and number not in top:
                found[number].unsure |= pairs
    for claim, (top, _) in zip(gold, aligned, strict=True):
        weight = 1.0 if claim.must else OPTIONAL
        for number in top:
            label = found[number]
            label.weight = max(label.weight if label.claim else 0.0, weight)
            label.claim = True
            label.labels.append(
                (STATUSES.index(claim.statuses[0]), MODALITIES.index(claim.modalities[0]), weight / len(top))
            )
            label.gold.append(claim)
            first, *rest = ((claim.sending_state, receiver) for receiver in claim.receiving_states)
            (label.pairs if claim.must else label.unsure).add(first)
            label.unsure.update(rest)
    for label in found:
        count = max(len(label.labels), 1) ** 0.5
        label.labels = [(status, modality, weight / count) for status, modality, weight in label.labels]
        label.unsure -= label.pairs
    return found


def is_right(key: tuple[Code, Code, int, int], example: Example) -> bool | None:
    """Is a claim one of the known ones? None: one that need not be found, or of which nothing is known."""
    found = _among(key, example.claims)
    if found is False and not example.complete and _among(key, example.wrong) is False:
        return None
    return found


def _among(key: tuple[Code, Code, int, int], gold: Sequence[Gold]) -> bool | None:
    """True: a claim that must be found, None: one that need not be, False: none."""
    sender, receiver, status, modality = key
    optional = False
    for claim in gold:
        if claim.sending_state != sender or receiver not in claim.receiving_states:
            continue
        if STATUSES[status] in claim.statuses and MODALITIES[modality] in claim.modalities:
            if claim.must:
                return True
            optional = True
    return None if optional else False
