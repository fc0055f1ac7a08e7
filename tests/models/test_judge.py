"""Which of several claims on one pair of States are made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.models.claim import MODALITIES, STATUSES
from legation.models.reading.judge import CERTAIN, Key, without_rivals

EVACUATED, REDUCED = STATUSES.index("evacuated"), STATUSES.index("reduced")
FACT, PLANNED = MODALITIES.index("fact"), MODALITIES.index("planned")


def key(status: int, modality: int, sender: str = "FR", receiver: str = "ML") -> Key:
    return sender, receiver, status, modality


@pytest.mark.parametrize(
    ("weaker", "certain"), [(key(EVACUATED, PLANNED), CERTAIN["modality"]), (key(REDUCED, FACT), CERTAIN["status"])]
)
def test_of_two_claims_that_differ_in_one_label_the_likelier_stands(weaker: Key, certain: float) -> None:
    likely = (key(EVACUATED, FACT), 0.95)
    assert without_rivals([likely, (weaker, certain - 0.01)]) == [likely]
    assert without_rivals([likely, (weaker, certain)]) == [likely, (weaker, certain)]


def test_claims_that_differ_in_both_labels_or_in_their_pair_are_no_rivals() -> None:
    some = [
        (key(EVACUATED, FACT), 0.9),
        (key(REDUCED, PLANNED), 0.5),
        (key(EVACUATED, FACT, "DE"), 0.4),
        (key(EVACUATED, FACT, "ML", "FR"), 0.3),
    ]
    assert without_rivals(some) == some


CLAIMS = st.dictionaries(
    st.tuples(st.sampled_from(["FR", "DE"]), st.sampled_from(["ML", "TD"]), st.integers(0, 3), st.integers(0, 3)),
    st.floats(0, 1),
)


@given(CLAIMS)
def test_the_likeliest_claim_of_each_pair_is_never_lost(chances: dict[Key, float]) -> None:
    kept = dict(without_rivals(list(chances.items())))
    assert kept.items() <= chances.items()
    for pair in {key[:2] for key in chances}:
        best = max(chance for key, chance in chances.items() if key[:2] == pair)
        assert best in [chance for key, chance in kept.items() if key[:2] == pair]
