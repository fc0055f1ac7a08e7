"""Scorers of the details of a claim: city, date, place moved to, speaker."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from legation.models.claim import MODALITIES, STATUSES, Claim
from legation.models.fold import key as folded
from legation.models.lexicon import feature_names
from legation.models.reading.attribution import speakers
from legation.models.reading.decide import Described, Weights
from legation.models.reading.detail import MANY, Detail, Features, chances
from legation.models.reading.encoder_features import DetailWords
from legation.models.reading.judge import Key
from legation.models.reading.read import claims_of
from legation.models.reading.when import days
from legation.models.reading.where import cities, moves
from legation.models.scorers import Trees, matrix, places
from legation.models.training.examples import FOLDS, Example, Gold
from legation.models.training.fitting import fit_trees

if TYPE_CHECKING:
    from legation.models.training.prepared import Prepared

FIELDS = {"city": "city", "date": "date", "moved_to": "relocated_to", "speaker": "attribution"}  # scorer -> of a claim
UNTOLD = 0.35  # weight of a claim whose detail is not told, beside one whose detail is
LEAST_ROWS = 8  # rows that must show a feature before the trees see it
TREES: dict[str, Any] = {"rounds": 300, "leaves": 12, "rate": 0.05, "smallest_leaf": 5, "share": 0.4}
ENCODER = frozenset(feature_names("detail_encoder"))
STEPS = [number / 100 for number in range(10, 70, 5)]  # least probabilities that are tried


@dataclass(frozen=True)
class Row:
    """A claim with its candidates, and whether each is right: `fits` for any claim that differs in no more than the
    city, `right` for this one. `told`: the text tells the detail."""

    example: Example
    candidates: list[Detail]
    fits: list[bool]
    right: list[bool]
    told: bool


@dataclass(frozen=True)
class Pick:
    """What a scorer chose for a claim that it was not fitted on: how likely, and whether it holds what is right."""

    row: Row
    probability: float
    right: bool

    def worth(self, least: float) -> float:
        """1 for a right detail, UNTOLD for a rightly missing one, 0 else; only where thresholds are set."""
        given = self.probability >= least
        return self.row.example.tune * (float(self.right and given) if self.row.told else UNTOLD * (not given))


@dataclass(frozen=True)
class FittedDetails:
    """`scorers` by name, and `folds`: those of each fold, fitted on the others; `least`: the least probability of each;
    `report`: lines that say how well they choose, out of fold."""

    scorers: dict[str, Trees]
    folds: Sequence[dict[str, Trees]]
    least: dict[str, float]
    report: list[str]


def fit_details(prepared: Sequence["Prepared"]) -> FittedDetails:
    """The scorers of all details."""
    fitted = FittedDetails({}, [{} for _ in range(FOLDS)], {}, [])
    for name in FIELDS:
        rows = [row for one in prepared for row in rows_of(one, name)]
        for fold, scorers in enumerate(fitted.folds):
            scorers[name] = fit([row for row in rows if row.example.fold != fold])
        picks = [pick for fold, scorers in enumerate(fitted.folds) for pick in _picks(rows, fold, scorers[name])]
        fitted.least[name] = max(STEPS, key=lambda step, picks=picks: sum(pick.worth(step) for pick in picks))  # type: ignore[misc]
        fitted.scorers[name] = fit(rows)
        fitted.report.extend(report(name, picks, fitted.least[name]))
    return fitted


def right_on_claims(
    prepared: Sequence["Prepared"],
    found: Mapping[str, Sequence[tuple[Key, float]]],
    weights: Weights,
    folds: Sequence[dict[str, Trees]],
) -> list[str]:
    """How often the details of whole claims are right: of the claims that the judges of the folds make of real texts,
    with the scorers of the folds. One claim stands for several events that the reader does not tell apart, so that
    this is less than what the scorers reach on each event."""
    threshold, counts = weights.settings.threshold["judge_with_encoder"], {name: [0, 0] for name in FIELDS}
    for one in (one for one in prepared if one.example.tune):
        candidates, heard = {candidate.key: candidate for candidate in one.candidates}, one.detail_words
        fold = folds[one.example.fold]
        of_fold = replace(
            weights, city=fold["city"], date=fold["date"], moved_to=fold["moved_to"], speaker=fold["speaker"]
        )
        made = [(key, chance) for key, chance in found.get(one.example.id, ()) if chance >= threshold]
        claims = [c for key, chance in made for c in claims_of(one.article, candidates[key], chance, of_fold, heard)]
        for gold in one.example.claims:
            same_key = [claim for claim in claims if _is_of(gold, claim)]
            for name, field in FIELDS.items():
                want = getattr(gold, field)
                if want is not None and same_key and gold.sending_state is not None:
                    counts[name][0] += any(same(name, want, getattr(claim, field) or "") for claim in same_key)
                    counts[name][1] += 1
    each = ", ".join(f"{name} {right} of {told}" for name, (right, told) in counts.items())
    return [f"details right on the claims found in real texts that tell them: {each}"]


def _is_of(gold: Gold, claim: Claim) -> bool:
    """All four labels are right."""
    return (
        claim.sending_state == gold.sending_state
        and claim.receiving_state in gold.receiving_states
        and claim.status in gold.statuses
        and claim.modality in gold.modalities
    )


def fit(rows: Sequence[Row]) -> Trees:
    """Trees over the features that enough candidates show. They see real texts once more without what the encoder says,
    since the program must also read without it."""
    flat = [
        (features, fits, row.example.weight * (1 if row.told else UNTOLD))
        for row in rows
        for candidate, fits in zip(row.candidates, row.fits, strict=True)
        for features in (candidate.features, *_without_encoder(row, candidate))
    ]
    counted = Counter(name for features, _, _ in flat for name, value in features.items() if value)
    names = tuple(sorted(name for name, count in counted.items() if count >= LEAST_ROWS))
    rows_of_names = matrix(places(names), (features for features, _, _ in flat))
    return fit_trees(rows_of_names, [fits for _, fits, _ in flat], [weight for _, _, weight in flat], names, **TREES)


def _without_encoder(row: Row, candidate: Detail) -> Iterator[Features]:
    told = {name: value for name, value in candidate.features.items() if name not in ENCODER}
    if row.example.tune and len(told) < len(candidate.features):
        yield told


def _picks(rows: Sequence[Row], fold: int, model: Trees) -> Iterator[Pick]:
    """The choices for the claims of a fold, by a scorer fitted on the other folds."""
    held = [row for row in rows if row.example.fold == fold]
    found = chances([one for row in held for one in row.candidates], model)
    at = 0
    for row in held:
        each = found[at : at + len(row.candidates)]
        at += len(each)
        best = max(each, default=0.0)
        right = any(ok and (chance == best or chance >= MANY) for ok, chance in zip(row.right, each, strict=True))
        yield Pick(row, best, right)


def report(name: str, picks: Sequence[Pick], least: float) -> list[str]:
    """How often a detail is right, of the real texts and by kind of text."""
    groups: dict[str, list[Pick]] = {"real texts": [pick for pick in picks if pick.row.example.tune]}
    for pick in picks:
        groups.setdefault(pick.row.example.id.split("-")[0], []).append(pick)
    return [f"{name}:", *(f"  {kind:10} {_counts(some, least)}" for kind, some in groups.items() if kind and some)]


def _counts(picks: Sequence[Pick], least: float) -> str:
    told, untold = [p for p in picks if p.row.told], [p for p in picks if not p.row.told]
    right = sum(p.right and p.probability >= least for p in told)
    held = sum(any(p.row.right) for p in told)
    given = sum(p.probability >= least for p in untold)
    return (
        f"right on {right} of {len(told)} claims that tell it, {held} among the candidates; "
        f"given for {given} of {len(untold)} that do not"
    )


def rows_of(one: "Prepared", name: str) -> Iterator[Row]:
    """The claims of an example whose detail is known, with the candidates of the frames that stand for each."""
    frames: dict[int, tuple[Gold, list[Described]]] = {}
    for described, label in zip(one.described, one.labels, strict=True):
        for gold in label.gold if label.claim and described.status else ():
            frames.setdefault(id(gold), (gold, []))[1].append(described)
    for gold, some in frames.values():
        if FIELDS[name] in gold.unknown or (name == "moved_to" and "relocated" not in gold.statuses):
            continue
        told = getattr(gold, FIELDS[name]) is not None
        alike = [g for g, _ in frames.values() if _but_city(g) == _but_city(gold)]
        found = [detail for described in some for detail in propose(name, described, gold, one.detail_words)]
        right = _right(gold, name, found)
        fits = (
            [any(of) for of in zip(*(_right(g, name, found) for g in alike), strict=True)] if name == "city" else right
        )
        yield Row(one.example, found, fits, right, told)


def _but_city(gold: Gold) -> tuple[Key, str, str | None]:
    return key_of(gold), gold.missions[0], gold.quote


def _right(gold: Gold, name: str, found: Sequence[Detail]) -> list[bool]:
    want = getattr(gold, FIELDS[name])
    return [want is not None and same(name, want, one.value) for one in found]


def propose(name: str, described: Described, gold: Gold, heard: DetailWords) -> list[Detail]:
    """The candidates for a detail of a known claim. `heard`: what the encoder says of the article."""
    key = key_of(gold)
    if name == "moved_to":
        return moves(described, key)
    if name != "date":
        return cities(described, key, heard) if name == "city" else speakers(described, key, heard)
    towns = cities(described, key, heard) if gold.city is not None else []
    city = next((town for town in towns if town.start >= 0 and same("city", gold.city, town.value)), None)
    return days(described, key, city, heard)


def key_of(gold: Gold) -> Key:
    """The key of a claim by its best labels."""
    status, modality = STATUSES.index(gold.statuses[0]), MODALITIES.index(gold.modalities[0])
    return gold.sending_state, gold.receiving_states[0], status, modality


def same(name: str, want: Any, got: str) -> bool:
    """Is a detail right? Dates may be more precise than asked; of two names one must be words of the other. Of several
    any will do."""
    if not isinstance(want, str):
        return any(same(name, one, got) for one in want)
    if name == "date":
        return got.startswith(want)
    a, b = (" ".join(re.findall(r"\w+", folded(text).replace("'", ""))) for text in (want, got))
    return bool(a) and bool(b) and (f" {a} " in f" {b} " or f" {b} " in f" {a} ")
