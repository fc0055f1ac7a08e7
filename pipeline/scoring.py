"""Counts claims against the claims that a careful reader found.

Three levels, each key counted once an article:

    strict    sending and receiving State, status and modality are right
    relaxed   sending and receiving State, and whether the mission works or not
    pair      sending and receiving State

A wanted claim that nothing matches is missed, a claim that matches nothing is extra. A claim that only an optional one
of the gold allows counts neither way. Claims without both States ("at least 17 countries") are not counted.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEVELS = ("strict", "relaxed", "pair")
WORKS = {"reopened", "opened", "remained_open", "reduced"}
LASTING = {"remained_open", "reduced"}  # a plan or denial of these leaves the mission as they say
Row = Mapping[str, Any]  # a claim as it is printed
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim of the gold. Of several labels that a fair judge accepts, the first is the best; `must` False: optional.

    `city`, `date` None: not asked. `attribution` (): not asked; ("",): the reporter's own voice.
    """

    sending: str | None
    receiving: tuple[str | None, ...]
    status: tuple[str, ...]
    modality: tuple[str, ...]
    mission: tuple[str, ...]
    must: bool
    city: str | None = None
    date: str | None = None
    attribution: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gold:
    """One article of the gold; `kind` says what kind of text it is."""

    article: str
    kind: str
    claims: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One counted key: `result` is right, extra or missed; `row` None for what was missed, `quote` "" then."""

    result: str
    article: str
    kind: str
    sending: str | None
    receiving: str | None
    status: str
    modality: str
    mission: str
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How many keys were right, extra and missed; shares are 0 where there is nothing to divide by."""

    right: int
    extra: int
    missed: int

    @property
    def precision(self) -> float:
        return _share(self.right, self.right + self.extra)

    @property
    def recall(self) -> float:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        return _share(2 * self.right, 2 * self.right + self.extra + self.missed)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def works(status: str, modality: str) -> bool:
    """Whether a claim says that the mission works. A change that is denied or to come leaves the state before it."""
    changes = modality != "fact" and status not in LASTING
    return (status in WORKS) != changes


def key(level: str, status: str, modality: str) -> Key:
    """What beside the two States must be right at this level."""
    return {"strict": (status, modality), "relaxed": (works(status, modality),), "pair": ()}[level]


def allows(level: str, wanted: Wanted, row: Row) -> bool:
    """Whether `wanted` allows the claim, at this level."""
    if wanted.sending != row["sending_state"] or row["receiving_state"] not in wanted.receiving:
        return False
    accepted = {key(level, status, modality) for status in wanted.status for modality in wanted.modality}
    return key(level, row["status"], row["modality"]) in accepted


def outcomes(gold: Gold, rows: Iterable[Row], level: str = "strict") -> Iterator[Outcome]:
    """The counted keys of one article: extra ones first, then those that the gold wants."""
    counted = {}
    for row in rows:
        if row["sending_state"] and row["receiving_state"]:
            states = (row["sending_state"], row["receiving_state"])
            counted[(*states, *key(level, row["status"], row["modality"]))] = row
    claims = [claim for claim in gold.claims if claim.sending and claim.receiving[0]]
    for row in counted.values():
        if not any(allows(level, claim, row) for claim in claims):
            yield _extra(gold, row)
    yield from _wanted(gold, claims, list(counted.values()), level)


def _extra(gold: Gold, row: Row) -> Outcome:
    states = row["sending_state"], row["receiving_state"]
    return Outcome("extra", gold.article, gold.kind, *states, row["status"], row["modality"], row["mission"], row)


def _wanted(gold: Gold, claims: Sequence[Wanted], rows: Sequence[Row], level: str) -> Iterator[Outcome]:
    found: dict[Key, Outcome] = {}
    for claim in claims:
        if not claim.must:
            continue
        told = (claim.sending, claim.receiving[0], claim.status[0], claim.modality[0])
        row = next((row for row in rows if allows(level, claim, row)), None)
        same = (*told[:2], *key(level, *told[2:]))
        if same not in found or (row and not found[same].row):
            result = "right" if row else "missed"
            found[same] = Outcome(result, gold.article, gold.kind, *told, claim.mission[0], row)
    yield from found.values()


def tally(counted: Iterable[Outcome]) -> Score:
    """The score of some outcomes."""
    results = Counter(outcome.result for outcome in counted)
    return Score(results["right"], results["extra"], results["missed"])


def by(name: str, counted: Iterable[Outcome]) -> dict[str, Score]:
    """A score for each value of a field of Outcome, most wanted first."""
    grouped: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in counted:
        grouped[getattr(outcome, name)].append(outcome)
    scores = {value: tally(group) for value, group in grouped.items()}
    return dict(sorted(scores.items(), key=lambda item: (-item[1].right - item[1].missed, item[0])))


Check = Callable[[Wanted, Row], bool | None]


# Field -> whether it is right in a claim that `Wanted` allows; None where the gold does not ask.
CHECKS: dict[str, Check] = {
    "date": lambda claim, row: (row["date"] or "").startswith(claim.date) if claim.date else None,
    "city": lambda claim, row: (row["city"] or "").startswith(claim.city) if claim.city else None,
    "mission": lambda claim, row: row["mission"] in claim.mission,
    "attribution": lambda claim, row: speaker_right(claim.attribution, row["attribution"]),
}
EACH = ("date", "city")  # fields for which every claim that a wanted one allows counts, and not the best of them


def fields_right(field: str, gold: Gold, rows: Sequence[Row]) -> Iterator[bool]:
    """Whether a field of CHECKS is right, for each claim found of which the gold asks it."""
    for claim in gold.claims:
        found = [CHECKS[field](claim, row) for row in rows if allows("strict", claim, row)]
        asked = [right for right in found if right is not None]
        if asked:
            yield from asked if field in EACH else [any(asked)]


def speaker_right(accepted: Sequence[str], given: str | None) -> bool | None:
    """Whether a speaker is one of those accepted; None where none is asked."""
    return plain(given) in {plain(words) for words in accepted} if accepted else None


def plain(words: str | None) -> str:
    """Words without case, quotation marks and a leading article, in which two careful readers may differ."""
    bare = (words or "").casefold().replace("’", "'").strip(" \"'“”,.")
    for article in ("the ", "a ", "an "):
        bare = bare.removeprefix(article)
    return bare


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims whose confidence is at least `low`: how many count, their mean confidence, and how many are right."""

    low: float
    claims: int
    confidence: float
    right: int


def reliability(counted: Iterable[Outcome], edges: Sequence[float] = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)) -> list[Bin]:
    """Counted claims by confidence, empty bins left out."""
    sure: dict[float, list[tuple[float, bool]]] = defaultdict(list)
    for outcome in counted:
        if outcome.row is not None:
            confidence = outcome.row["confidence"]
            low = max(edge for edge in edges if edge <= confidence)
            sure[low].append((confidence, outcome.result == "right"))
    return [
        Bin(low, len(found), sum(c for c, _ in found) / len(found), sum(right for _, right in found))
        for low, found in sorted(sure.items())
    ]
