"""The last word on each candidate claim of an article: its frames taken together, weighed against its rivals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from legation.models.claim import MODALITIES, STATUSES
from legation.models.lexicon import feature_names
from legation.models.reading.article import HEADLINE
from legation.models.reading.decide import Described
from legation.models.reading.encoder_features import EncoderScores
from legation.models.reading.frames import statuses
from legation.models.reading.pairs import CODE_FEATURES, Code

LEAST = 0.03  # probability of a status or a modality in a frame, below which it is no candidate
LEAST_PAIR = 0.01  # of a pair together with its frame
LONG = 40  # sentences; longer articles are alike
LEAST_JOINT = 0.004  # of everything together
# Probability from which on a claim stands beside a likelier one of the same pair that differs in modality, in status.
CERTAIN = {"modality": 0.8, "status": 0.6}

Key = tuple[Code, Code, int, int]  # sender, receiver, number of the status, number of the modality
Voice = Callable[[Key, Described], Sequence[float]]

FLAGS = (
    "cue.conditional",
    "cue.negation",
    "cue.said",
    "cue.quoted",
    "sent.question",
    "sent.date=ahead",
    "sent.date=gone",
    "title.advice",
    "theme.gives=nothing",
    "event.child=nsubjpass",
    "event.child=dobj",
)
SIDE_NAMES = (
    "share of names",
    "owner of missions",
    "host of missions",
    "rank",
    "mentions in the headline",
    "publisher",
    "advised",
    "owns the theme",
    "place of the theme",
    "mentions in the sentence",
    "steps to the event",
    "sentences since it was named",
)
SIDE_PLACES = tuple(CODE_FEATURES.index(name) for name in SIDE_NAMES)
JUDGE_FEATURES = (
    *feature_names("judge"),
    *(f"is {label}" for label in (*STATUSES, *MODALITIES)),
    *feature_names("judge_more"),
    *(f"flag {flag}" for flag in FLAGS),
    *(f"{side}: {name}" for side in ("sender", "receiver") for name in SIDE_NAMES),
)


@dataclass(frozen=True)
class Candidate:
    """A claim that may be made: `frames` with the joint probability of each, the likeliest first; `row` as
    JUDGE_FEATURES."""

    key: Key
    frames: tuple[tuple[float, Described], ...]
    row: tuple[float, ...]

    @property
    def best(self) -> Described:
        """The frame that speaks most for it."""
        return self.frames[0][1]


def candidates(kept: Sequence[Described], scores: EncoderScores | None = None) -> list[Candidate]:
    """All claims that the frames may come to; with `scores`, ENCODER_FEATURES stand at the end of each row."""
    found: dict[Key, list[tuple[float, float, Described]]] = {}
    for one in kept:
        for (a, b), p in zip(one.chosen, one.pair, strict=True):
            if p * one.claim < LEAST_PAIR:
                continue
            for si, ps in enumerate(one.status):
                for mi, pm in enumerate(one.modality):
                    joint = one.claim * float(p) * ps * pm
                    if ps >= LEAST and pm >= LEAST and joint >= LEAST_JOINT:
                        found.setdefault((one.codes[a], one.codes[b], si, mi), []).append((joint, float(p), one))
    ranked = {key: sorted(rows, key=lambda row: -row[0]) for key, rows in found.items()}
    rivals = _Rivals(ranked)
    sentences: dict[int, list[Described]] = {}
    for one in kept:
        sentences.setdefault(one.frame.sentence, []).append(one)
    likely = sum(one.claim > 0.3 for one in kept)
    return [
        Candidate(
            key,
            tuple((joint, one) for joint, _, one in rows),
            (
                *_row(key, rows, rivals, kept, sentences, likely),
                *(scores.row(key) if scores is not None else ()),
            ),
        )
        for key, rows in ranked.items()
    ]


def without_rivals(chances: Sequence[tuple[Key, float]]) -> list[tuple[Key, float]]:
    """Of the claims on a pair that differ in modality alone, or in status alone, the likeliest, and what is all but
    CERTAIN: an article that tells of a plan and of the deed is rarer than a reader that takes one for the other."""
    best: dict[tuple[Code | int | str, ...], float] = {}
    for (s, r, status, modality), chance in chances:
        for kind in (("modality", s, r, status), ("status", s, r, modality)):
            best[kind] = max(best.get(kind, 0.0), chance)
    return [
        ((s, r, status, modality), chance)
        for (s, r, status, modality), chance in chances
        if (chance >= min(best["modality", s, r, status], CERTAIN["modality"]))
        and (chance >= min(best["status", s, r, modality], CERTAIN["status"]))
    ]


class _Rivals:
    """The strongest candidate of each pair, and of each pair and status."""

    def __init__(self, ranked: dict[Key, list[tuple[float, float, Described]]]) -> None:
        self.pair: dict[tuple[Code, Code], float] = {}
        self.status: dict[tuple[Code, Code, int], float] = {}
        for (s, r, si, _), rows in ranked.items():
            self.pair[s, r] = max(self.pair.get((s, r), 0.0), rows[0][0])
            self.status[s, r, si] = max(self.status.get((s, r, si), 0.0), rows[0][0])


def _row(
    key: Key,
    rows: list[tuple[float, float, Described]],
    rivals: _Rivals,
    kept: Sequence[Described],
    sentences: dict[int, list[Described]],
    likely: int,
) -> list[float]:
    s, r, si, mi = key
    joint, pair, one = rows[0]
    beside = sentences[one.frame.sentence]
    named = statuses(one.frame)
    strongest = max(float(np.max(other.claim)) for other in beside)
    flags = set(one.features)
    return [
        joint,
        1.0 - float(np.prod([1.0 - row[0] for row in rows])),
        one.claim,
        pair,
        one.status[si],
        one.modality[mi],
        float(len(rows)),
        float(sum(row[0] > 0.2 for row in rows)),
        rivals.pair[s, r],
        joint / rivals.pair[s, r],
        rivals.status[s, r, si],
        joint / rivals.status[s, r, si],
        max(row[2].claim for row in rows),
        max(row[1] for row in rows),
        *(float(si == n) for n in range(len(STATUSES))),
        *(float(mi == n) for n in range(len(MODALITIES))),
        float(len(rivals.pair)),
        float(len(kept)),
        rivals.pair.get((r, s), 0.0),
        float(sum(p > 0.3 for p in rivals.pair.values())),
        float(one.frame.theme.theme == "mission"),
        float(one.frame.theme.theme == "staff"),
        float(one.frame.carried),
        float(one.frame.sentence == 0),
        float(STATUSES[si] in named),
        float(len(named)),
        float(np.max(one.pair)) - pair,
        max(one.modality) - one.modality[mi],
        max(one.status) - one.status[si],
        float(np.sum(np.asarray(one.pair) > 0.3)),
        strongest,
        float(len(beside)),
        one.claim - strongest,
        float(likely),
        float(s is None),
        float(r is None),
        float(STATUSES[si] in one.about.article.headline_statuses),
        float(bool(one.about.article.headline_statuses)),
        float(one.frame.sentence == HEADLINE),
        max((row[0] for row in rows if row[2].frame.sentence != HEADLINE), default=0.0),
        float(min(len(one.about.article.whole.text.starts), LONG)),
        *(float(flag in flags) for flag in FLAGS),
        *_side(one, s),
        *_side(one, r),
    ]


def _side(one: Described, code: Code) -> list[float]:
    """What the frame knows of one State, as SIDE_NAMES."""
    row = one.dense[one.codes.index(code)]
    return [float(row[place]) for place in SIDE_PLACES]
