"""What is cached for a Doc is what spaCy gives without the cache."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokenizer import Tokenizer

from legation.models.dates import PATTERNS, _likely
from legation.models.doc_cache import characters, entities, small_words, text_of
from legation.pipeline.extract import Reader
from tests.models.known_failures import CASES

TEXTS = [json.loads(line)["text"] for path in CASES for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow("reads 148 texts")
def test_of_a_doc(reader: Reader) -> None:
    for text in TEXTS[::9]:
        doc = reader.nlp(text)
        assert text_of(doc) == doc.text == text
        assert small_words(doc) == [token.lower for token in doc]
        for span in (*doc.sents, doc[1:9], doc[0:0]):
            assert characters(span) == span.text
            assert entities(span) == list(span.ents)


def test_words_are_cut_as_by_the_plain_tokenizer(reader: Reader) -> None:
    own = reader.nlp.tokenizer
    settings = ("rules", "prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
    plain = Tokenizer(reader.nlp.vocab, **{name: getattr(own, name) for name in settings}, max_cache_size=0)
    for text in TEXTS[::5]:
        assert [(t.text, t.whitespace_) for t in own(text)] == [(t.text, t.whitespace_) for t in plain(text)]


@pytest.mark.slow("draws texts from each pattern of a date")
@pytest.mark.parametrize("pattern", [pattern for pattern, _, _ in PATTERNS])
@settings(max_examples=settings().max_examples * 3 // 10, deadline=None)
@given(data=st.data())
def test_whatever_a_date_pattern_matches_is_looked_at(pattern: str, data: st.DataObject) -> None:
    words = re.compile(pattern, re.ASCII | re.IGNORECASE)
    text = data.draw(st.from_regex(words, fullmatch=True, alphabet=st.characters(codec="ascii")))
    assert pattern in [
        tried.pattern.removeprefix(r"(?<![\w-])").removesuffix(r"(?![\w-])") for tried, _ in _likely(text, loose=True)
    ]
