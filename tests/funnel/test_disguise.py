"""The filters lose no claim: what `python -m tests.disguise` compares, in small."""

from legation.pipeline.extract import Reader
from tests.disguise import CHARSETS, PACKERS, compare
from tests.funnel.spellings import SPELLINGS


def test_claims_are_the_same_with_and_without_filters(reader: Reader) -> None:
    report = compare(120, 7, reader, enough=20)
    assert report.lost == []
    assert report.claims >= 20
    assert report.variants == 120
    assert report.dropped > 5
    assert {*CHARSETS, *filter(None, PACKERS), *(spell.__name__ for spell in SPELLINGS)} <= set(report.kinds)
