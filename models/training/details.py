"""Scorers of the details of a claim: city, date, place moved to, speaker."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legation.models.claim import MODALITIES, STATUSES
from legation.models.fold import key as folded
from legation.models.reading.attribution import speakers
from legation.models.reading.scorers import Linear
from legation.models.reading.when import days
from legation.models.reading.where import cities, moves
from legation.models.training.examples import FOLDS, Example, Gold
from legation.models.training.fitting import fit_linear

if TYPE_CHECKING:
    from legation.models.training.prepared import Prepared

PROPOSALS: dict[str, Callable[..., Iterable[Any]]] = {
    "city": cities,
    "date": days,
    "moved_to": moves,
    "speaker": speakers,
}
UNTOLD = 0.5  # weight of a claim whose detail is not told, beside one whose detail is
STRENGTH = 0.3  # scikit-learn's C
STEPS = [number / 100 for number in range(10, 70, 5)]  # least probabilities that are tried


@dataclass(frozen=True)
class Row:
    """A claim with its candidates: features, and whether it is the right one. `told`: the text tells the detail."""

    example: Example
    candidates: list[tuple[list[str], bool]]
    told: bool


@dataclass(frozen=True)
class Pick:
    """What a scorer chose for a claim that it was not fitted on."""

    told: bool
    probability: float
    right: bool
    weight: float

    def worth(self, least: float) -> float:
        """1 for a right detail, UNTOLD for a rightly missing one, 0 else; times the weight."""
        given = self.probability >= least
        return self.weight * (float(self.right and given) if self.told else UNTOLD * (not given))


def fit_details(prepared: Sequence["Prepared"]) -> tuple[dict[str, Linear], dict[str, float], list[str]]:
    """Scorers by name; the least probability of each; lines that say how well they choose, out of fold."""
    scorers, least, lines = {}, {}, []
    for name in PROPOSALS:
        rows = [row for one in prepared for row in _rows(one, name)]
        picks = [pick for fold in range(FOLDS) for pick in _picks(rows, fold, name)]
        least[name] = max(STEPS, key=lambda step, picks=picks: sum(pick.worth(step) for pick in picks))  # type: ignore[misc]
        scorers[name] = _fit(rows, name)
        lines.append(_line(name, [pick for pick in picks if pick.weight], least[name]))
    return scorers, least, lines


def _fit(rows: Iterable[Row], name: str) -> Linear:
    flat = [
        (features, int(right), row.example.weight * (1 if row.told else UNTOLD))
        for row in rows
        for features, right in row.candidates
    ]
    return fit_linear([f for f, _, _ in flat], [r for _, r, _ in flat], [w for _, _, w in flat], [name], STRENGTH)


def _picks(rows: Sequence[Row], fold: int, name: str) -> Iterator[Pick]:
    """The choices for the claims of a fold, by a scorer fitted on the other folds."""
    model = _fit((row for row in rows if row.example.fold != fold), name)
    for row in rows:
        if row.example.fold == fold:
            scored = ((model.probabilities(features)[0], right) for features, right in row.candidates)
            p, right = max(scored, default=(0.0, False), key=lambda item: item[0])
            yield Pick(row.told, p, right, row.example.weight if row.example.tune else 0.0)


def _line(name: str, picks: Sequence[Pick], least: float) -> str:
    told, untold = [p for p in picks if p.told], [p for p in picks if not p.told]
    right = sum(p.right and p.probability >= least for p in told)
    given = sum(p.probability >= least for p in untold)
    return (
        f"{name}: right on {right} of {len(told)} claims that tell it; given for {given} of {len(untold)} that do not"
    )


def _rows(one: "Prepared", name: str) -> Iterator[Row]:
    for described, label in zip(one.described, one.labels, strict=True):
        for gold in label.gold if label.claim and described.status else ():
            if name == "moved_to" and "relocated" not in gold.statuses:
                continue
            want, propose = _want(gold, name), PROPOSALS[name]
            found = propose(described, _key(gold))
            yield Row(
                one.example,
                [(list(c.features), want is not None and same(name, want, c.value)) for c in found],
                want is not None,
            )


def _key(gold: Gold) -> tuple[str | None, str | None, int, int]:
    status, modality = STATUSES.index(gold.statuses[0]), MODALITIES.index(gold.modalities[0])
    return gold.sending_state, gold.receiving_states[0], status, modality


def _want(gold: Gold, name: str) -> str | Sequence[str] | None:
    return {"city": gold.city, "date": gold.date, "moved_to": gold.relocated_to, "speaker": gold.attribution}[name]


def same(name: str, want: str | Sequence[str], got: str) -> bool:
    """Is a detail right? Dates may be more precise than asked; names must hold one another. Of several any will do."""
    if not isinstance(want, str):
        return any(same(name, one, got) for one in want)
    if name == "date":
        return got.startswith(want)
    a, b = folded(want).replace("'", ""), folded(got).replace("'", "")
    return bool(b) and (a in b or b in a)
