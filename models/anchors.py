"""Words of which an article must hold one, or it says nothing of missions.

"Officials left Kabul" and "the team has left" are of diplomats only in an article that names a mission or diplomats
somewhere. All that reads less than the whole article, and every filter before it, relies on this rule.
"""

import re
from functools import cache

from legation.models.lexicon import MissionRow, mission_rows, words

ROOTS = re.compile("|".join(sorted(words("anchor_roots"))))
ALONE = words("anchors_beside_a_state")


def is_anchor(row: MissionRow, phrase: str) -> bool:
    """Whether `phrase` (small letters), one of the row's, speaks of missions on its own."""
    if row.needs == "diplomacy":
        return phrase in ALONE
    return row.theme in ("mission", "ambassador") or ROOTS.search(phrase) is not None


@cache
def anchors() -> tuple[str, ...]:
    """All such words in small letters, sorted; without phrases that hold another one as whole words."""
    found = {phrase for row in mission_rows() for phrase in (*row.words, *row.plural) if is_anchor(row, phrase)}
    return tuple(sorted(one for one in found if not any(_within(other, one) for other in found - {one})))


def _within(part: str, phrase: str) -> bool:
    return part in phrase and re.search(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", phrase) is not None
