"""How far to believe what several outlets say: INDRA's formula, with its default constants.

B. Gyori et al., "From word models to executable models of signaling networks using automated assembly", 2017;
indra/belief. The chance that all are wrong is the product over outlets of (systematic error + product of the random
errors of its reports): repeats by one outlet saturate at 1 - SYSTEMATIC, independent outlets do not.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import prod

from legation.db.statements import Statement

SYSTEMATIC = 0.05  # INDRA's default for a reader: wrong however often it says so
RANDOM = 0.30  # INDRA's default for a single mention


def random_error(said: Statement) -> float:
    """RANDOM for a claim that a reviewer upheld; more for an unreviewed one, by the extractor's confidence."""
    sure = said.confidence if said.review == "unreviewed" else 1.0
    return 1 - (1 - RANDOM) * sure


def belief(claims: Iterable[Statement]) -> float:
    """0 (nobody says so) to 1. Copies of one article count once; of unequal copies the best reading counts."""
    outlets: dict[str, dict[int, float]] = defaultdict(dict)
    for said in claims:
        reports = outlets[said.outlet]
        reports[said.origin] = min(random_error(said), reports.get(said.origin, 1.0))
    if not outlets:
        return 0.0
    # sorted: a float product depends on its order in the last digit, and the order of storing must not show
    return 1 - prod(sorted(min(1.0, SYSTEMATIC + prod(sorted(r.values()))) for r in outlets.values()))


def confidence(supporting: Iterable[Statement], dissenting: Iterable[Statement]) -> float:
    """Belief in what supports, less belief in what speaks against; rounded to three digits."""
    return round(belief(supporting) * (1 - belief(dissenting)), 3)
