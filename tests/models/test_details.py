"""Details of a claim: which are proposed, in what order they are chosen, and that each feature is documented."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.models.claim import Text
from legation.models.lexicon import table
from legation.models.reading.attribution import speakers
from legation.models.reading.decide import Described
from legation.models.reading.detail import MANY, Detail, Surroundings, choose, choose_some
from legation.models.reading.encoder_features import LIKELY, DetailWords, worth_asking
from legation.models.reading.judge import Key
from legation.models.reading.read import Event
from legation.models.reading.when import Others, days
from legation.models.reading.where import cities, moves
from legation.models.scorers import Trees
from legation.models.training.details import rows_of, same
from legation.models.training.examples import Example, Gold
from legation.models.training.prepared import Prepared
from legation.models.training.stages import prepare
from legation.pipeline.extract import Reader
from legation.pipeline.train import reader_of

KEY: Key = ("NO", "ML", 7, 0)  # Norway, Mali, closed, fact
ARTICLE = Text(
    'Norway closed its consulate in Gao on Friday and moved the embassy from Bamako to Dakar, the "Times" said in May. '
    "On the same day its minister told reporters: it opened in 2013 (it had been planned since 1998).",
    "Minister: Norway shuts its door in Mali",
    "2024-06-12",
)
NOTHING = DetailWords()
HEARD = DetailWords()  # the encoder was asked about the first sentence and takes "Times" for the speaker
HEARD.add(0, [(False, ARTICLE.text.index("Times"), ARTICLE.text.index("Times") + 5, "speaker", 0.9)])


@pytest.fixture(scope="module")
def described(reader: Reader) -> list[Described]:
    _, found = reader_of(reader.nlp)(ARTICLE)
    assert found
    return list(found)


def proposed(described: list[Described]) -> Iterator[Detail]:
    for one in described:
        towns = cities(one, KEY, HEARD)
        yield from (*towns, *moves(one, KEY), *speakers(one, KEY, HEARD), *days(one, KEY, towns[0], HEARD))


def test_every_feature_is_documented(described: list[Described]) -> None:
    tables = [rows for name, rows in table("features.toml").items() if name.startswith("detail_")]
    documented = {name for rows in tables for name in rows}
    made = {name for detail in proposed(described) for name in detail.features if "=" not in name}
    assert made <= documented


def test_a_date_may_be_gone_or_ahead(described: list[Described]) -> None:
    found = {day.value for one in described for day in days(one, KEY, None, NOTHING)}
    assert found >= {"2024-06-07", "2024-06-14", "2024-05", "2025-05", "2013", "2024-06-12"}


def test_a_capital_is_proposed_without_its_name(described: list[Described]) -> None:
    towns = {town.value: town for one in described for town in cities(one, ("NO", "NE", 7, 0), NOTHING)}
    assert "Niamey" in towns
    assert towns["Niamey"].start == -1


def test_speakers_are_found_in_sentence_and_headline(described: list[Described]) -> None:
    found = {speaker.value for one in described for speaker in speakers(one, KEY, NOTHING)}
    assert {"Minister", "its minister"} <= found


def test_words_that_the_encoder_takes_are_told_of_their_candidate(described: list[Described]) -> None:
    one = next(one for one in described if one.frame.sentence == 0)
    heard = {speaker.value: speaker.features for speaker in speakers(one, KEY, HEARD)}
    paper = next(features for value, features in heard.items() if "Times" in value)
    assert paper["encoder: word"] == 0.9
    assert 0 < paper["encoder: words"] <= 0.9
    others = [features for value, features in heard.items() if "Times" not in value]
    assert others
    assert all(features["encoder: less best word"] == -0.9 for features in others)
    assert all("encoder: asked" not in day.features for one in described for day in days(one, KEY, None, NOTHING))


def test_a_sentence_counted_once_gives_what_counting_for_each_candidate_gives(described: list[Described]) -> None:
    counted = 0
    for one in (one for one in described if one.frame.sentence >= 0):
        text, trigger, number = one.about.article.text, one.frame.trigger, one.frame.sentence
        first, end = text.bounds(number)
        rivals = [(a, a + 1) for a in range(first, end, 3)]
        around = Surroundings(one, text, rivals)
        events = {e.start for e in one.about.article.events if e.sentence == number} - {one.frame.event.start}
        for start in range(first, end - 1):
            got, gap = around.features(start, start + 1), abs(start - trigger)
            between = range(min(trigger, start + 1), max(trigger, start))
            assert got["rivals nearer"] == sum(abs(a - trigger) < gap for a, _ in rivals)
            assert got["rivals between"] == sum(a in between for a, _ in rivals)
            assert got["order"] == sum(a < start for a, _ in rivals)
            assert got["events between"] == sum(e in between for e in events)
            assert got["events nearer"] == sum(abs(e - start) < gap for e in events)
            assert got["commas between"] == sum(text.lower[i] == "," for i in between)
            assert got["verbs between"] == sum(text.tags[i].startswith("VB") for i in between)
            counted += 1
    assert counted


@given(st.lists(st.sampled_from(["2023", "2024", "2024-05", "2024-05-01", "2024-06"]), min_size=1))
def test_finer_and_coarser_dates_are_those_that_begin_alike(values: list[str]) -> None:
    others = Others([Detail(value, 0, 1, {"off=0": n % 2}) for n, value in enumerate(values)])
    for value in values:
        got = others.features(value)
        assert got["finer than one"] == any(value.startswith(v) and value != v for v in values)
        assert got["finer than one here"] == any(value.startswith(v) and value != v for v in values[1::2])
        assert got["coarser than one"] == any(v.startswith(value) and value != v for v in values)
        assert (got["told again"], got["told here"]) == (values.count(value) - 1, len(values[1::2]))


def test_the_encoder_is_asked_about_likely_sentences_the_likeliest_first(described: list[Described]) -> None:
    frames = [replace(next(d for d in described if d.frame.sentence == n), claim=p) for n, p in ((0, 0.2), (1, 0.9))]
    assert worth_asking(frames) == [1, 0]
    assert worth_asking([*frames, replace(frames[0], claim=0.95)]) == [0, 1]
    assert worth_asking([replace(frames[0], claim=LIKELY - 0.01), frames[1]]) == [1]


def scorer() -> Trees:
    """Gives the feature "odds" back as log-odds 2 (over 0.5), 0 (0.5) or -2."""
    nodes = ([[0, 0, 0, 0, 0]], [[0.5, -0.5, 0, 0, 0]], [[1, 3, -1, -1, -1]], [[2, 4, -1, -1, -1]], [[0, 0, 2, -2, 0]])
    kinds = ("int32", "float32", "int32", "int32", "float32")
    feature, threshold, left, right, value = (np.array(p, dtype=k) for p, k in zip(nodes, kinds, strict=True))
    return Trees(("odds",), 0.0, (feature, threshold, left, right, value))


def detail(value: str, odds: float) -> Detail:
    return Detail(value, -1, -1, {"odds": odds})


def test_the_likeliest_is_chosen_and_others_as_likely_as_not() -> None:
    found = [detail("Gao", 0), detail("Bamako", 1), detail("Kayes", -1)]
    assert MANY == 0.5
    assert choose(found, scorer(), 0.3) == found[1]
    assert choose_some(found, scorer(), 0.3) == [found[1], found[0]]
    assert choose_some(found[2:], scorer(), 0.3) == []
    assert choose_some(found[2:], scorer(), 0.1) == found[2:]
    assert choose([], scorer(), 0.1) is None


@pytest.mark.parametrize(
    ("name", "want", "got", "right"),
    [
        ("date", "2024-05", "2024-05-03", True),
        ("date", "2024-05-03", "2024-05", False),
        ("city", "St. Petersburg", "St Petersburg", True),
        ("speaker", "The State Department", "State Department", True),
        ("speaker", "The State Department", "he", False),
        ("city", ["Kyiv", "Kiev"], "Kiev", True),
    ],
)
def test_what_is_right(name: str, want: object, got: str, right: bool) -> None:
    assert same(name, want, got) is right


def rows(reader: Reader, **fields: object) -> dict[str, int]:
    """How many rows of training a claim of the article gives, by scorer."""
    row = {"sending_state": "NO", "receiving_state": "ML", "mission": "consulate", "status": "closed"}
    gold = Gold.of({**row, "modality": "fact", "quote": ARTICLE.text[:80], **fields})
    example = Example("own-1", ARTICLE, [gold], "own")
    one: Prepared = prepare([example], reader_of(reader.nlp))[0]
    for described, label in zip(one.described, one.labels, strict=True):
        described.status = [1.0] if label.claim else ()
    return {name: len(list(rows_of(one, name))) for name in ("city", "date", "moved_to", "speaker")}


def test_a_detail_that_gold_does_not_speak_of_teaches_nothing(reader: Reader) -> None:
    assert rows(reader, city="Gao", date=None) == {"city": 1, "date": 1, "moved_to": 0, "speaker": 0}


def day_of(*days: str | None) -> list[Event]:
    return [Event(None, "embassy", day, []) for day in days]


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("2024-05-01", "2024-05-20", True),  # ordered, then carried out
        ("2024-05", "2024-05-31", True),
        ("2024", "2024-12-31", True),
        (None, "1991", True),
        ("1974", "2003", False),
        ("2024-01-10", "2024-03-10", False),
    ],
)
def test_dates_far_apart_are_two_events(one: str | None, other: str, fits: bool) -> None:
    a, b = day_of(one, other)
    assert (a.fits(b), b.fits(a)) == (fits, fits)


def test_each_dated_event_of_a_history_is_a_claim(reader: Reader) -> None:
    text = (
        "Sweden closed its embassy in Luanda in January 1999. Sweden reopened the embassy in 2001. "
        "In 2016 Sweden closed the embassy in Luanda."
    )
    found = [(c.status, c.city, c.date) for c in next(reader.read([Text(text, "Swedish missions", "2020-07-30")]))]
    assert found == [
        ("closed", "Luanda", "1999-01"),
        ("reopened", "Luanda", "2001"),
        ("closed", "Luanda", "2016"),
    ]


def test_two_reports_of_one_event_are_one_claim(reader: Reader) -> None:
    text = (
        "Norway closed its embassy in Tripoli on 27 July 2014. The Norwegian embassy in Tripoli was closed on 28 July "
        "2014, a spokesman said."
    )
    found = [(c.status, c.city, c.date) for c in next(reader.read([Text(text, None, "2014-07-30")]))]
    assert found == [("closed", "Tripoli", "2014-07-27")]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "A Norwegian Interests Section was established in the Swiss Embassy in Tehran on April 24, 1980.",
            [("office", "Tehran")],
        ),
        (
            "Norway closed its embassy and its consulate in Damascus on Monday.",
            [("consulate", "Damascus"), ("embassy", "Damascus")],
        ),
        (
            "Norway closed its embassy in Khartoum and its consulate in Port Sudan on Monday.",
            [("consulate", "Port Sudan"), ("embassy", "Khartoum")],
        ),
    ],
)
def test_an_event_word_tells_of_one_mission_in_a_city_and_of_those_joined_to_it(
    reader: Reader, text: str, want: list[tuple[str, str]]
) -> None:
    found = next(reader.read([Text(text, None, "2024-05-02")]))
    assert sorted((claim.mission, claim.city) for claim in found) == want
