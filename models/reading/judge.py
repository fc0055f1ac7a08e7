"""The last word on each candidate claim of an article: its frames taken together, weighed against its rivals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, product

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
STRONG = 0.3  # probability from which on something counts as likely
# Probability from which on a claim stands beside a likelier one of the same pair that differs in modality, in status.
CERTAIN = {"modality": 0.8, "status": 0.6}

Key = tuple[Code, Code, int, int]  # sender, receiver, number of the status, number of the modality
Support = tuple[float, float, Described]  # joint probability in a frame, that of the pair there, the frame

FLAGS = feature_names("judge_flags")
SIDE_NAMES = feature_names("judge_side")
SIDE_PLACES = [CODE_FEATURES.index(name) for name in SIDE_NAMES]
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
    found: dict[Key, list[Support]] = {}
    for one in kept:
        likely_statuses = [(si, ps) for si, ps in enumerate(one.status) if ps >= LEAST]
        likely_modalities = [(mi, pm) for mi, pm in enumerate(one.modality) if pm >= LEAST]
        for place in np.flatnonzero(np.asarray(one.pair) * one.claim >= LEAST_PAIR):
            (a, b), p = one.chosen[place], float(one.pair[place])
            for (si, ps), (mi, pm) in product(likely_statuses, likely_modalities):
                joint = one.claim * p * ps * pm
                if joint >= LEAST_JOINT:
                    found.setdefault((one.codes[a], one.codes[b], si, mi), []).append((joint, p, one))
    ranked = {key: sorted(rows, key=lambda row: -row[0]) for key, rows in found.items()}
    view = _View(kept, ranked)
    return [
        Candidate(
            key,
            tuple((joint, one) for joint, _, one in rows),
            (*view.row(key, rows), *(scores.row(key) if scores is not None else ())),
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


class _View:
    """What each candidate of an article is weighed against: the frames, and the strongest candidate of each pair, and
    of each pair and status."""

    def __init__(self, kept: Sequence[Described], ranked: dict[Key, list[Support]]) -> None:
        self.kept = kept
        self.pair: dict[tuple[Code, Code], float] = {}
        self.status: dict[tuple[Code, Code, int], float] = {}
        for (s, r, si, _), rows in ranked.items():
            self.pair[s, r] = max(self.pair.get((s, r), 0.0), rows[0][0])
            self.status[s, r, si] = max(self.status.get((s, r, si), 0.0), rows[0][0])
        self.strong = sum(p > STRONG for p in self.pair.values())
        self.likely = sum(one.claim > STRONG for one in kept)
        sentences = groupby(kept, key=lambda one: one.frame.sentence)
        self.beside = {number: [one.claim for one in some] for number, some in sentences}

    def row(self, key: Key, rows: list[Support]) -> list[float]:
        """JUDGE_FEATURES of a candidate."""
        s, r, si, mi = key
        joint, pair, one = rows[0]
        named, features = statuses(one.frame), set(one.features)
        article, beside = one.about.article, self.beside[one.frame.sentence]
        return [
            joint,
            1.0 - math.prod(1.0 - row[0] for row in rows),
            one.claim,
            pair,
            one.status[si],
            one.modality[mi],
            len(rows),
            sum(row[0] > 0.2 for row in rows),
            self.pair[s, r],
            joint / self.pair[s, r],
            self.status[s, r, si],
            joint / self.status[s, r, si],
            max(row[2].claim for row in rows),
            max(row[1] for row in rows),
            *(si == n for n in range(len(STATUSES))),
            *(mi == n for n in range(len(MODALITIES))),
            len(self.pair),
            len(self.kept),
            self.pair.get((r, s), 0.0),
            self.strong,
            one.frame.theme.theme == "mission",
            one.frame.theme.theme == "staff",
            one.frame.carried,
            one.frame.sentence == 0,
            STATUSES[si] in named,
            len(named),
            float(np.max(one.pair)) - pair,
            max(one.modality) - one.modality[mi],
            max(one.status) - one.status[si],
            float(np.sum(np.asarray(one.pair) > STRONG)),
            max(beside),
            len(beside),
            one.claim - max(beside),
            self.likely,
            s is None,
            r is None,
            STATUSES[si] in article.headline_statuses,
            max((row[0] for row in rows if row[2].frame.sentence != HEADLINE), default=0.0),
            min(len(article.whole.text.starts), LONG),
            *(flag in features for flag in FLAGS),
            *one.dense[one.codes.index(s), SIDE_PLACES].tolist(),
            *one.dense[one.codes.index(r), SIDE_PLACES].tolist(),
        ]
