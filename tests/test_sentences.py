"""Claims as sentences, why the reader thinks so, and the first guess of a claim that it missed: tables of cases."""

from typing import Any

import pytest

from legation.db.vocabulary import KINDS, MODALITIES, STATUSES
from legation.pipeline.claim_guess import guess
from legation.pipeline.sentences import chips, reasons, sentence

SWEDEN = {
    "sending_state": "SE", "receiving_state": "ML", "city": "Bamako", "mission": "embassy", "status": "opened",
    "modality": "fact", "date": "2010", "relocated_to": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Sweden opened its embassy in Bamako, Mali (2010)"),
        ({"status": "closed", "modality": "planned", "date": "2024-12"},
         "Sweden plans to close its embassy in Bamako, Mali (December 2024)"),
        ({"modality": "planned", "date": None}, "Sweden plans to open an embassy in Bamako, Mali"),
        ({"modality": "possible", "mission": "office"}, "Sweden may open an office in Bamako, Mali (2010)"),
        ({"sending_state": "DE", "status": "reopened", "modality": "denied", "date": None},
         "Germany has not reopened its embassy in Bamako, Mali"),
        ({"sending_state": "US", "receiving_state": "NL", "city": None, "date": "2022-02-14"},
         "The United States opened its embassy in the Netherlands (14 February 2022)"),
        ({"status": "relocated", "relocated_to": "Dakar", "date": None},
         "Sweden moved its embassy from Bamako, Mali to Dakar"),
        ({"status": "relocated", "date": None}, "Sweden moved its embassy from Bamako, Mali to another place"),
        ({"sending_state": None, "sender_text": "at least 17 countries", "status": "closed", "date": None},
         "At least 17 countries closed their embassies in Bamako, Mali"),
        ({"sending_state": None, "status": "closed", "modality": "planned", "date": None},
         "Several States plan to close their embassies in Bamako, Mali"),
        ({"receiving_state": None, "city": None, "date": None},
         "Sweden opened its embassy in a country that is not stated"),
        ({"receiving_state": "SG", "city": "Singapore", "date": None}, "Sweden opened its embassy in Singapore"),
        ({"receiving_state": "EU", "city": "Brussels", "mission": "mission", "date": None},
         "Sweden opened its mission to the European Union in Brussels"),
        ({"sending_state": "EU", "mission": "delegation", "status": "evacuated", "date": None},
         "The European Union evacuated its delegation in Bamako, Mali"),
    ],
)  # fmt: skip
def test_sentence(changed: dict[str, Any], words: str) -> None:
    assert sentence({**SWEDEN, **changed}) == words


def test_who_says_so_follows() -> None:
    assert sentence(SWEDEN, "the ministry").endswith("(2010), according to the ministry")


def test_every_claim_that_can_be_has_a_sentence_of_its_own() -> None:
    told = {
        sentence({**SWEDEN, "status": status, "modality": modality, "mission": kind})
        for status in STATUSES
        for modality in MODALITIES
        for kind in KINDS
    }
    assert len(told) == len(STATUSES) * len(MODALITIES) * len(KINDS)
    assert not [words for words in told if "{" in words or "  " in words]


def test_chips_are_words_in_the_order_of_a_sentence() -> None:
    assert [value for _, _, value in chips({**SWEDEN, "city": None})] == [
        "Sweden", "embassy", "not stated", "Mali", "opened", "happened", "2010",
    ]  # fmt: skip
    assert ("relocated_to", "Moved to", "Dakar") in list(
        chips({**SWEDEN, "status": "relocated", "relocated_to": "Dakar"})
    )


def test_three_reasons_begin_with_the_words_of_the_article() -> None:
    marked = [("sender", "Swedish"), ("event", "opened"), ("cue", "will"), ("host", "Mali"), ("date", "in 2010")]
    rule = "open: pair: both roles (+0.8); the sentence says “will” (+0.6); form of the event VBD (+0.5)"
    assert reasons(SWEDEN, marked, rule) == [
        "“opened” says what happened: opened; “will” makes it happened",
        "“Swedish” says whose it is, “Mali” says where, “in 2010” says when",
        "The grammar gives both the country that sends and the one that receives",
    ]
    assert reasons(SWEDEN, [], "imported") == ["Imported"]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("Sweden opened its embassy in Bamako in 2010.",
         ("SE", "ML", "Bamako", "embassy", "opened", "fact", "2010", None)),
        ("The U.S. Embassy in Kyiv has moved its operations to Lviv, it was said on 14 February 2022.",
         ("US", "UA", "Kyiv", "embassy", "relocated", "fact", "2022-02-14", "Lviv")),
        ("Germany has not reopened its consulate in Aleppo.",
         ("DE", "SY", "Aleppo", "consulate", "reopened", "denied", None, None)),
        ("New Zealand's high commission in Port Moresby will reopen in March 2025.",
         ("NZ", "PG", "Port Moresby", "embassy", "reopened", "planned", "2025-03", None)),
        ("Nothing that a table knows.", (None, None, None, "embassy", "closed", "fact", None, None)),
        ("\x00\ud7ff 😀 (", (None, None, None, "embassy", "closed", "fact", None, None)),
    ],
)  # fmt: skip
def test_a_marked_sentence_gives_a_first_guess(words: str, fields: tuple[str | None, ...]) -> None:
    assert tuple(guess(words).fields.values()) == fields


def test_what_the_sentence_leaves_open_is_looked_for_around_it() -> None:
    found = guess("The embassy was closed.", ("Norway leaves Sudan", "Staff in Khartoum were told on Monday."))
    assert (found.fields["sending_state"], found.fields["receiving_state"], found.fields["city"]) == (
        "NO", "SD", "Khartoum",
    )  # fmt: skip
