"""Where sentences end in news, without a parser."""

from functools import cache

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

import legation.models.components.news_sentences  # noqa: F401  registers the factory

# Each line is a text; " | " marks where a sentence ends.
TEXTS = [
    "Oman left. | Fiji stayed.",
    "Oman left! | Did Fiji stay? | Nobody knows.",
    "Oman left … | Fiji stayed.",
    "Headline without a stop\n| The text begins.",
    "First paragraph.\n\n| Second paragraph.",
    "* Embassy closed\n| * Consulate open",
    "Oman's ambassador to the U.S. left on Monday.",
    "The ambassador left the U.S. | The embassy stayed open.",
    "He flew to the U.S. Embassy in Rome.",
    "Mr. Smith and Dr. Jones met Gen. Brown in St. Petersburg on Feb. 3.",
    "It closed at 5 p.m. on Friday.",
    "It cost 3.5 million dollars.",
    '"We closed." | He left.',
    "“We closed,” he said. | “We may return.”",
    '"We closed," he said. | "We may return."',
    "“We closed.” | “We may return.”",
    '"We closed!" he said.',
    "(It closed.) | Fiji stayed.",
    "It closed (in May). | Fiji stayed.",
    "Closed. | 31 March 1997.",
    "The embassy closed . | Fiji stayed .",
    "It closed; Fiji's did not.",
    "He asked: why? and left.",
    "One.  | Two spaces.",
]


@cache
def blank() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("legation_news_sentences")
    return nlp


@pytest.mark.parametrize("text", TEXTS)
def test_boundaries(text: str) -> None:
    plain = text.replace("| ", "")
    doc = blank()(plain)
    assert doc.text == plain
    assert [sent.text.strip() for sent in doc.sents] == [part.strip() for part in text.split("| ")]


@settings(deadline=None)  # the first text waits for the tokenizer
@given(text=st.text(alphabet="aB1 .!?…\"'“”’()\n\t,-", max_size=60))
def test_any_text_is_wholly_in_sentences(text: str) -> None:
    doc = blank()(text)
    assert doc.has_annotation("SENT_START") or not len(doc)
    assert "".join(sent.text_with_ws for sent in doc.sents) == text
