"""The spaCy component: names become entities on whole tokens."""

from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

import legation.models.components.country_entities  # noqa: F401  registers the factory


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("legation_country_entities")
    return nlp


def rows(doc: Doc) -> list[tuple[str, str, str, str]]:
    return [(ent.text, ent.label_, ent.kb_id_, ent.id_) for ent in doc.ents]


CASES = [
    ("France reopened its embassy in Kiev.", [("France", "STATE", "FR", ""), ("Kiev", "CITY", "UA", "Kyiv")]),
    ("Poles and the Kremlin", [("Poles", "DEMONYM", "PL", ""), ("Kremlin", "GOVERNMENT", "RU", "")]),
    ("The Taliban's envoy", [("Taliban", "GOVERNMENT", "AF", "")]),
    ("the U.S.-Cuba talks", [("U.S.", "STATE", "US", ""), ("Cuba", "STATE", "CU", "")]),
    ("U.S.–Iran", [("U.S.", "STATE", "US", ""), ("Iran", "STATE", "IR", "")]),
    (
        "[U.S. Embassy in Damascus](https://site.example/France)",
        [("U.S.", "STATE", "US", ""), ("Damascus", "CITY", "SY", "Damascus")],
    ),
    ("**Sana’a**", [("Sana’a", "CITY", "YE", "Sanaa")]),
    ("no name at all", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_entities(nlp: Language, text: str, expected: list[tuple[str, str, str, str]]) -> None:
    doc = nlp(text)
    assert rows(doc) == expected
    assert doc.text == text


def test_parsed_doc_keeps_its_tokens(nlp: Language) -> None:
    """A split would invent heads; a name inside a token is then passed over."""
    words = ["U.S.-Cuba", "talks", "in", "Havana"]
    doc = Doc(nlp.vocab, words, heads=[1, 1, 1, 2], deps=["compound", "ROOT", "prep", "pobj"])
    nlp.get_pipe("legation_country_entities")(doc)
    assert [token.text for token in doc] == words
    assert [ent.text for ent in doc.ents] == ["Havana"]


def test_pipeline_has_no_problems_and_survives_the_disk(nlp: Language, tmp_path: Path) -> None:
    analysis = nlp.analyze_pipes()
    assert analysis is not None
    assert not any(analysis["problems"].values())
    nlp.to_disk(tmp_path / "model")
    again = spacy.load(tmp_path / "model")
    for text, _ in CASES:
        assert rows(again(text)) == rows(nlp(text))


def test_a_long_text(nlp: Language) -> None:
    sentence = "On Monday the French embassy in Kyiv said that staff had come back to work after two months in Lviv. "
    doc = nlp.get_pipe("legation_country_entities")(nlp.make_doc(sentence * 1000))
    assert [ent.text for ent in doc.ents] == ["French", "Kyiv", "Lviv"] * 1000
