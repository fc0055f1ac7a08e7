"""The sentence encoder with the model that is shipped."""

import pytest

from legation.models.encoder import (
    DETAILS,
    LABELS,
    LEAST,
    OWN,
    TITLE,
    WINDOW,
    Encoder,
    Part,
    Pieces,
    Reading,
    Span,
    eligible,
    encode,
    window,
)
from legation.models.weights import ENCODER

NO_TITLE = Part("", ())


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(ENCODER)


def sentence(text: str, *found: tuple[str, str, str]) -> Part:
    """A sentence with (words, kind, code) found in it."""
    spans = [Span(text.index(words), text.index(words) + len(words), kind, code) for words, kind, code in found]
    return Part(text, tuple(sorted(spans)))


def closing(sender: str, sender_code: str, host: str, host_code: str) -> Part:
    return sentence(
        f"{sender} closed its embassy in {host} on Monday.",
        (sender, "STATE", sender_code),
        ("closed", "EVENT", ""),
        ("embassy", "MISSION", ""),
        (host, "STATE", host_code),
    )


def read(encoder: Encoder, *sentences: Part, title: Part = NO_TITLE) -> Reading:
    """What the encoder says of the last sentence."""
    (reading,) = encoder.read(title, sentences, [len(sentences) - 1])
    return reading


def probability(reading: Reading, sender: str, host: str, label: str) -> float:
    return next((labels.get(label, 0.0) for s, r, labels in reading.pairs if (s, r) == (sender, host)), 0.0)


def words_at(encoder: Encoder, pieces: Pieces, places: list[int]) -> str:
    tokens = [encoder.tokenizer.id_to_token(pieces.ids[place]) for place in places]
    return "".join(str(token).removeprefix("##") for token in tokens)


def test_sender_and_receiver_are_told_apart(encoder: Encoder) -> None:
    reading = read(encoder, closing("Norway", "NO", "Mali", "ML"))
    assert probability(reading, "NO", "ML", "closed|fact") > 0.5
    assert probability(reading, "ML", "NO", "closed|fact") < 0.2


def test_exchanged_sender_and_receiver_give_exchanged_scores(encoder: Encoder) -> None:
    reading = read(encoder, closing("Mali", "ML", "Norway", "NO"))
    assert probability(reading, "ML", "NO", "closed|fact") > 0.5
    assert probability(reading, "NO", "ML", "closed|fact") < 0.2


def test_only_known_labels_of_at_least_the_least_probability_are_told(encoder: Encoder) -> None:
    reading = read(encoder, closing("Norway", "NO", "Mali", "ML"))
    told = [reading.sentence, *(labels for _, _, labels in reading.pairs)]
    assert all(label in LABELS and LEAST <= p <= 1 for labels in told for label, p in labels.items())
    assert max(reading.sentence, key=lambda label: reading.sentence[label]) == "closed|fact"


def test_names_are_found_at_the_right_word_pieces(encoder: Encoder) -> None:
    before = sentence("Ouagadougou was quiet.", ("Ouagadougou", "CITY", "BF"))
    own = closing("Liechtenstein", "LI", "Burkina Faso", "BF")
    pieces = encode(window(NO_TITLE, [before, own], 1), encoder.tokenizer)
    liechtenstein, burkina = pieces.codes.index("LI"), pieces.codes.index("BF")
    assert words_at(encoder, pieces, pieces.own[liechtenstein]) == "liechtenstein"
    assert words_at(encoder, pieces, pieces.own[burkina]) == "burkinafaso"
    assert words_at(encoder, pieces, pieces.context[burkina]) == "ouagadougou"
    assert pieces.context[liechtenstein] == []


def test_windows_are_cut_to_size(encoder: Encoder) -> None:
    long = "The envoys went on and on and talked about the weather and the harvest. " * 30
    title = sentence(long + "Mali", ("Mali", "STATE", "ML"))
    own = sentence("Norway closed its embassy. " + long, ("Norway", "STATE", "NO"), ("closed", "EVENT", ""))
    pieces = encode(window(title, [Part(long, ()), own], 1), encoder.tokenizer)
    assert len(pieces.ids) == len(pieces.marks) == len(pieces.kinds) <= WINDOW
    assert sum(pieces.marks) == OWN + 1  # the own sentence and the mark at its end
    assert pieces.codes == ["NO"]  # what was cut off is not there
    assert encoder.score(pieces)[0].shape == (2, 2, len(LABELS))


def test_a_long_sentence_before_keeps_its_end(encoder: Encoder) -> None:
    long = "Words and words and words. " * 100
    before = sentence(f"Chad {long} Niger", ("Chad", "STATE", "TD"), ("Niger", "STATE", "NE"))
    pieces = encode(window(NO_TITLE, [before, closing("Norway", "NO", "Mali", "ML")], 1), encoder.tokenizer)
    assert "NE" in pieces.codes
    assert "TD" not in pieces.codes


def test_no_names_give_no_pairs(encoder: Encoder) -> None:
    own = sentence("The embassy closed on Monday.", ("embassy", "MISSION", ""), ("closed", "EVENT", ""))
    reading = read(encoder, own)
    assert reading.pairs == []
    assert reading.sentence


def test_the_title_alone_is_a_sentence_of_its_own(encoder: Encoder) -> None:
    title = closing("Norway", "NO", "Mali", "ML")
    (reading,) = encoder.read(title, [], [TITLE])
    assert reading.number == TITLE
    assert probability(reading, "NO", "ML", "closed|fact") > 0.5


def test_an_empty_text_and_title_can_be_scored(encoder: Encoder) -> None:
    pieces = encode(window(NO_TITLE, [NO_TITLE], 0), encoder.tokenizer)
    pairs, labels, details = encoder.score(pieces)
    assert pairs.shape == (1, 1, len(LABELS))
    assert labels.shape == (len(LABELS),)
    assert details.shape == (len(pieces.ids), len(DETAILS))


def test_details_are_told_by_the_characters_of_their_sentence(encoder: Encoder) -> None:
    before = Part("Nothing else happened on that day in the whole of the country.", ())
    text = "The foreign ministry said on Thursday that Norway closed its embassy in Bamako."
    own = sentence(
        text, ("Norway", "STATE", "NO"), ("closed", "EVENT", ""), ("embassy", "MISSION", ""), ("Bamako", "CITY", "ML")
    )
    (reading,) = encoder.read(NO_TITLE, [before, own], [1])
    for detail, words in (("speaker", "foreign ministry"), ("city", "Bamako")):
        likely = [(start, end) for _, start, end, name, p in reading.details if name == detail and p > 0.5]
        assert text[likely[0][0] : likely[-1][1]].endswith(words)
    assert {number for number, *_ in reading.details} <= {0, 1}


def test_sentences_far_from_a_mission_are_not_asked_about() -> None:
    event = sentence("The shop closed.", ("closed", "EVENT", ""))
    mission = sentence("The embassy is white.", ("embassy", "MISSION", ""))
    plain = Part("It rained.", ())
    assert eligible(NO_TITLE, [plain, event, plain], 5000) == []
    assert eligible(NO_TITLE, [mission, plain, event, event], 5000) == [0, 2]
    assert eligible(closing("Norway", "NO", "Mali", "ML"), [plain, event], 5000) == [TITLE, 1]
