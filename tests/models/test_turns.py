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
        {("PE", "EC", "closed", "planned")},
    ),
    (
        "Peru's consulate in Guayaquil ended its work on 1 March 2018.",
        "2018-06-11",
        {("PE", "EC", "closed", "fact")},
    ),
    (
        "Kenya votes and burns: the Ugandan high commission in Nairobi stays shut for a third day "
        "while buses queue at Busia.",
        "2019-03-04",
        {("UG", "KE", "closed", "fact")},
    ),
]

# Text, publication, then for each claim: status, city, date.
DATED = [
    (
        "Peru shut its consulate in Arica, in the far north, last March after rocks fell on the road it stands at.",
        "2019-06-11",
        {("closed", "Arica", "2019-03")},
    ),
    (
        "Before the year is out Peru expects to have a consulate in Mombasa.",
        "2019-06-11",
        {("opened", "Mombasa", "2019")},
    ),
    ("Peru closed its embassy in Nairobi for the day.", "2019-06-11", {("suspended", "Nairobi", "2019-06-11")}),
    (
        "Peru withdrew most of its staff from its consulate in Mombasa on Monday. Its staff were moved to Nairobi.",
        "2019-06-12",
        {("evacuated", "Mombasa", "2019-06-10"), ("relocated", "Mombasa", "2019-06-10")},
    ),
    (
        "Peru will open an embassy in Kenya in October. Officials hope that the president will open the embassy.",
        "2019-06-12",
        {("opened", None, "2019-10")},
    ),
    (
        "Peruvians saw their new embassy in Nairobi last week. Peru and Kenya reopened their respective embassies.",
        "2019-06-12",
        {("reopened", "Nairobi", None), ("reopened", "Lima", None)},
    ),
]


@pytest.mark.parametrize(("text", "published", "expected"), DATED, ids=[text[:40] for text, _, _ in DATED])
def test_dated_turn(text: str, published: str, expected: set[tuple[str | None, ...]], reader: Reader) -> None:
    claims = next(iter(reader.read([Text(text, None, published)])))
    assert {(c.status, c.city, c.date) for c in claims} == expected


@pytest.mark.parametrize(("text", "published", "expected"), TURNS, ids=[text[:40] for text, _, _ in TURNS])
def test_turn(text: str, published: str, expected: set[tuple[str, ...]], reader: Reader) -> None:
    claims = next(iter(reader.read([Text(text, None, published)])))
    assert {(c.sending_state, c.receiving_state, c.status, c.modality) for c in claims} == expected
