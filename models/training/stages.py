"""All scorers, fitted in their order.

Each stage is fitted once for each fold on the texts outside it, and once on all. The former say what the next stage
sees of texts that this one was not fitted on, as it will be with new texts; the latter go into the weights.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from legation.models.claim import MODALITIES, STATUSES, Text
from legation.models.reading.article import HEADLINE, Article
from legation.models.reading.decide import FLOOR, Described, Settings, Weights, decide_roles
from legation.models.reading.encoder_features import ENCODER_FEATURES, EncoderScores, worth_asking
from legation.models.reading.judge import JUDGE_FEATURES, Key, candidates, without_rivals
from legation.models.reading.pairs import NAMES
from legation.models.scorers import Linear, Trees, as_json, probability
from legation.models.training.details import fit_details, right_on_claims
from legation.models.training.examples import FOLDS, Example
from legation.models.training.fitting import calibrate, fit_linear, fit_trees
from legation.models.training.heaviest import heaviest
from legation.models.training.labels import FrameLabel, frame_labels, is_right
from legation.models.training.measure import best_threshold, sure
from legation.models.training.prepared import Prepared
from legation.models.training.report import frame_lines, pair_line, report, role_lines

Read = Callable[[Text], tuple[Article, list[Described]]]
Say = Callable[[str], None]

PAIR_TREES: dict[str, Any] = {"rounds": 250, "leaves": 15, "rate": 0.06, "smallest_leaf": 20, "share": 0.4}
JUDGE_TREES: dict[str, Any] = {"rounds": 200, "leaves": 7, "rate": 0.04, "smallest_leaf": 30, "share": 0.35, "fits": 3}
SURE = 0.97  # precision from which on claims may be published before a person has seen them
MANY = 40  # pairs of a frame


@dataclass(frozen=True)
class Trained:
    """`found`: what the scorers say of each text out of fold; `threshold`: from which on that makes a claim; `report`:
    lines for a person."""

    weights: Weights
    threshold: float
    found: Mapping[str, list[tuple[Key, float]]]
    report: list[str]


def prepare(
    examples: Iterable[Example], read: Read, readings: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
) -> list[Prepared]:
    """Read every example. `readings`: what encoders that were not fitted on a text say of it, by id of the text."""
    found = []
    for example in examples:
        article, described = read(example.text)
        one = Prepared(
            example,
            article,
            described,
            frame_labels(article, described, example.claims, example.wrong, complete=example.complete),
        )
        one.readings = list((readings or {}).get(example.id, ()))
        found.append(one)
    return found


def _listen(one: Prepared) -> EncoderScores:
    """What the encoder said of the sentences that it would be asked about."""
    text, asked = one.article.text, worth_asking(one.kept)
    starts = {text.doc[text.bounds(n)[0]].idx for n in asked if text.has(n)} | ({HEADLINE} if asked else set())
    rows = [row for row in one.readings if row["start"] in starts]
    return EncoderScores.of((row["pairs"], row["sentence"]) for row in rows)


def train(prepared: Sequence[Prepared], say: Say) -> Trained:
    """Fit everything. `say` hears of the progress."""
    say("claim, status and modality")
    frames = _cross(prepared, _fit_frames, _apply_frames)
    decisions = frame_lines(prepared)
    say("sender and receiver")
    roles = _cross(prepared, _fit_roles, _apply_roles)
    decisions += role_lines(prepared)
    say("pairs")
    pairs = _cross(prepared, _fit_pairs, _apply_pairs)
    decisions.append(pair_line("pair", prepared))
    say("the judge")
    for one in prepared:
        one.candidates = candidates(one.kept, _listen(one))
    judge, alone = _judge(prepared, JUDGE_FEATURES)
    with_encoder = any(one.readings for one in prepared)
    both, found = _judge(prepared, (*JUDGE_FEATURES, *ENCODER_FEATURES)) if with_encoder else (judge, alone)
    say("city, date, place moved to, speaker")
    details = fit_details(prepared)
    examples = [one.example for one in prepared]
    thresholds = {
        name: best_threshold(examples, rows) for name, rows in (("judge", alone), ("judge_with_encoder", found))
    }
    surest = {
        name: round(sure(examples, rows, SURE), 3) for name, rows in (("judge", alone), ("judge_with_encoder", found))
    }
    settings = Settings(thresholds, surest, details.least)
    scorers: dict[str, Any] = dict(
        zip(("claim", "status", "modality", "sender", "receiver"), (*frames, *roles), strict=True)
    )
    scorers |= {"pairs": pairs, "judge": judge, "judge_with_encoder": both}
    weights = Weights(**scorers | details.scorers, settings=settings)
    lines = [
        "without the encoder:",
        *report(prepared, alone, thresholds["judge"]),
        "each decision:",
        *decisions,
        *details.report,
        *right_on_claims(prepared, found, weights, details.folds),
    ]
    if with_encoder:
        lines = ["with the encoder:", *report(prepared, found, thresholds["judge_with_encoder"]), *lines]
    threshold = thresholds["judge_with_encoder"]
    return Trained(weights, threshold, found, [*lines, "", *heaviest(weights)])


def _cross(
    prepared: Sequence[Prepared],
    fit: Callable[[Sequence[Prepared]], Any],
    apply: Callable[[Any, Iterable[Prepared]], None],
) -> Any:
    """Fit for each fold and apply to it; return the fit on all, made before anything is overwritten."""
    folds = [fit([one for one in prepared if one.example.fold != number]) for number in range(FOLDS)]
    whole = fit(prepared)
    for number, model in enumerate(folds):
        apply(model, [one for one in prepared if one.example.fold == number])
    return whole


def _fit_frames(prepared: Sequence[Prepared]) -> tuple[Linear, Linear, Linear]:
    rows, claims, weights = [], [], []
    label_rows: list[list[str]] = []
    statuses: list[int] = []
    modalities: list[int] = []
    label_weights: list[float] = []
    for one in prepared:
        for described, label in zip(one.described, one.labels, strict=True):
            if label.claim is not None:
                rows.append(described.features)
                claims.append(int(label.claim))
                weights.append(label.weight * one.example.weight)
            for status, modality, weight in label.labels:
                label_rows.append(described.features)
                statuses.append(status)
                modalities.append(modality)
                label_weights.append(weight * one.example.weight)
    return (
        fit_linear(rows, claims, weights, ["claim"], 0.15),
        fit_linear(label_rows, statuses, label_weights, STATUSES, 0.3),
        fit_linear(label_rows, modalities, label_weights, MODALITIES, 0.3),
    )


def _apply_frames(model: tuple[Linear, Linear, Linear], prepared: Iterable[Prepared]) -> None:
    claim, status, modality = model
    for one in prepared:
        for described, label in zip(one.described, one.labels, strict=True):
            described.claim = claim.probabilities(described.features)[0]
            if described.claim >= FLOOR or label.claim:
                described.status = status.probabilities(described.features)
                described.modality = modality.probabilities(described.features)


def _fit_roles(prepared: Sequence[Prepared]) -> tuple[Linear, Linear]:
    rows, senders, receivers, weights = [], [], [], []
    for one in prepared:
        for described, label in one.positive():
            sends, receives = {pair[0] for pair in label.pairs}, {pair[1] for pair in label.pairs}
            for code, side in zip(described.codes, described.sides, strict=True):
                rows.append(side.sparse)
                senders.append(int(code in sends))
                receivers.append(int(code in receives))
                weights.append(one.example.weight / max(len(sends), len(receives)) ** 0.5)
    return fit_linear(rows, senders, weights, ["sender"], 0.15), fit_linear(
        rows, receivers, weights, ["receiver"], 0.15
    )


def _apply_roles(model: tuple[Linear, Linear], prepared: Iterable[Prepared]) -> None:
    for one in prepared:
        wanted = {id(d): d for d in [*one.kept, *(d for d, _ in one.positive())]}
        decide_roles(wanted.values(), *model)


def _fit_pairs(prepared: Sequence[Prepared]) -> Trees:
    rows, labels, weights = [], [], []
    for one in prepared:
        for described, label in one.positive():
            pairs = [(described.codes[s], described.codes[r]) for s, r in described.chosen]
            known = np.array([_counts(pair, number, label, len(pairs)) for number, pair in enumerate(pairs)])
            rows.append(described.rows()[known])
            labels.append(np.array([pair in label.pairs for pair in pairs])[known])
            weights.append(np.full(int(known.sum()), one.example.weight / len(label.pairs) ** 0.5))
    return fit_trees(np.vstack(rows), np.concatenate(labels).astype(int), np.concatenate(weights), NAMES, **PAIR_TREES)


def _counts(pair: tuple[Any, Any], number: int, label: FrameLabel, count: int) -> bool:
    """Is a pair a row of training? Of many, one in three of those that share no State with a right one is enough."""
    if pair in label.unsure:
        return False
    return count <= MANY or number % 3 == 0 or any(pair[0] == s or pair[1] == r for s, r in label.pairs)


def _apply_pairs(model: Trees, prepared: Iterable[Prepared]) -> None:
    for one in prepared:
        for described in one.kept:
            described.pair = probability(model.log_odds(described.rows()))


def _judge(prepared: Sequence[Prepared], names: Sequence[str]) -> tuple[Trees, dict[str, list[tuple[Key, float]]]]:
    """A judge over these features, calibrated on what the judges of the folds say out of fold; and what they say."""

    def fit(some: Sequence[Prepared]) -> Trees:
        rows, labels, weights = [], [], []
        for one in some:
            for candidate in one.candidates:
                right = is_right(candidate.key, one.example)
                if right is not None:
                    rows.append(candidate.row[: len(names)])
                    labels.append(int(right))
                    weights.append(one.example.weight)
        return fit_trees(np.array(rows), labels, weights, names, **JUDGE_TREES)

    scored: dict[str, list[tuple[Key, float]]] = {}
    odds, labels, weights = [], [], []
    for number in range(FOLDS):
        model = fit([one for one in prepared if one.example.fold != number])
        for one in prepared:
            if one.example.fold != number:
                continue
            values = (
                model.log_odds(np.array([c.row[: len(names)] for c in one.candidates], dtype="float32"))
                if one.candidates
                else []
            )
            scored[one.example.id] = [(c.key, float(v)) for c, v in zip(one.candidates, values, strict=True)]
            for key, value in scored[one.example.id]:
                right = is_right(key, one.example)
                if right is not None and one.example.tune:
                    odds.append(value)
                    labels.append(int(right))
                    weights.append(one.example.weight)
    whole = calibrate(fit(prepared), odds, labels, weights)
    moved = calibrate(
        Trees(
            (),
            0.0,
            (np.zeros((1, 1), int), np.zeros((1, 1)), np.full((1, 1), -1), np.full((1, 1), -1), np.ones((1, 1))),
        ),
        odds,
        labels,
        weights,
    )
    slope, offset = float(moved.nodes[4][0, 0]), moved.bias
    return whole, {
        id_: without_rivals([(key, float(probability(slope * v + offset))) for key, v in rows])
        for id_, rows in scored.items()
    }


def write(weights: Weights, folder: Path) -> None:
    """One file for each scorer, and settings.json."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in weights.scorer_names():
        (folder / f"{name}.json").write_text(as_json(getattr(weights, name)), encoding="utf-8")
    (folder / "settings.json").write_text(json.dumps(weights.settings.as_dict(), indent=1) + "\n", encoding="utf-8")
