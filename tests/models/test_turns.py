"""Turns of phrase that one rule each decides; floors over many cases would not notice if it broke."""

import pytest

from models.claim import Text
from pipeline.extract import Reader

# Text, publication, then for each claim: sending State, receiving State, status, modality.
TURNS = [
    (
        "The Omani consulate in Mombasa is no longer operational.",
        "2019-03-04",
        {("OM", "KE", "suspended", "fact")},
    ),
    ("The Omani embassy in Nairobi is not operating.", "2019-03-04", {("OM", "KE", "suspended", "fact")}),
    (
        "The Omani consulate in Mombasa has not worked since 2012.",
        "2019-03-04",
        {("OM", "KE", "suspended", "fact")},
    ),
    (
        "The Thai embassy in Kyiv was locked a week before Belarusian aircraft crossed the border, and its staff left.",
        "2022-06-02",
        {("TH", "UA", "closed", "fact"), ("TH", "UA", "evacuated", "fact")},
    ),
    (
        "Peru's consulate in Guayaquil ends its work as of 1 September 2018.",
        "2018-06-11",
        {("PE", "EC", "suspended", "planned")},
    ),
    (
        "Peru's consulate in Guayaquil ended its work on 1 March 2018.",
        "2018-06-11",
        {("PE", "EC", "suspended", "fact")},
    ),
    (
        "Kenya votes and burns: the Ugandan high commission in Nairobi stays shut for a third day "
        "while buses queue at Busia.",
        "2019-03-04",
        {("UG", "KE", "closed", "fact")},
    ),
]


@pytest.mark.parametrize(("text", "published", "expected"), TURNS, ids=[text[:40] for text, _, _ in TURNS])
def test_turn(text: str, published: str, expected: set[tuple[str, ...]], reader: Reader) -> None:
    claims = next(iter(reader.read([Text(text, None, published)])))
    assert {(c.sending_state, c.receiving_state, c.status, c.modality) for c in claims} == expected
