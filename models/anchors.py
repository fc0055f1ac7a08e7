"""Words of which an article must hold one, or it says nothing of missions.

"Officials left Kabul" and "the team has left" are of diplomats only in an article that names a mission or diplomats
somewhere. All that reads less than the whole article, and every filter before it, relies on this rule.
"""

import re
from functools import cache

from legation.models.lexicon import MissionRow, mission_rows

ROOTS = re.compile(
    "embass|consul|diplomat|mission|commission|nunci|government (?:employees|personnel|staff|workers)|direct hire"
)  # of the words for staff and presence, those that say whose
ALONE = {"mission", "missions"}  # of the words that need diplomacy beside them, those that a State's name is enough for


def is_anchor(row: MissionRow, words: str) -> bool:
    """Whether `words` (small letters), one of the row's, speak of missions on their own."""
    if row.needs == "diplomacy":
        return words in ALONE
    return row.theme in ("mission", "ambassador") or ROOTS.search(words) is not None


@cache
def anchors() -> tuple[str, ...]:
    """All such words in small letters, sorted; without phrases that hold another one as whole words."""
    found = {words for row in mission_rows() for words in (*row.words, *row.plural) if is_anchor(row, words)}
    return tuple(sorted(words for words in found if not any(_within(other, words) for other in found - {words})))


def _within(part: str, words: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", words) is not None
