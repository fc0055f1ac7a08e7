"""The reading pipeline does what users of spaCy expect: several processes, bytes, files, entities of their own."""

import json
import pickle
import shutil
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from legation.models.claim import Claim
from legation.models.components.focus_parser import COPY, OFFICIAL
from legation.models.errors import ModelError
from legation.models.load import load, version
from legation.pipeline.extract import Reader

TEXT = "France reopened its embassy in Kyiv on Monday. Spain will evacuate its consulate in Lagos, officials said."
BEHIND_A_PARSER = ("country_entities", "mission_mentions", "status_phrases", "modality_cues", "status_claims")


@pytest.fixture(scope="module")
def nlp(reader: Reader) -> Language:
    return reader.nlp


@pytest.fixture(scope="module")
def doc(nlp: Language) -> Doc:
    """TEXT, read."""
    doc = nlp(TEXT)
    assert [claim.fact[:3] for claim in doc._.claims] == [("FR", "UA", "Kyiv"), ("ES", "NG", "Lagos")]
    assert doc._.trace
    return doc


def places(doc: Doc) -> list[str]:
    return [span.text for span in doc.spans["places"]]


def entities(doc: Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


def test_a_claim_survives_json(doc: Doc) -> None:
    for claim in doc._.claims:
        assert claim.marks
        assert Claim.from_row(json.loads(json.dumps(claim.to_row()))) == claim


def test_a_row_that_is_no_claim_is_refused(doc: Doc) -> None:
    row = doc._.claims[0].to_row()
    with pytest.raises(TypeError, match="colour"):
        Claim.from_row({**row, "colour": "red"})


def assert_same(again: Doc, doc: Doc) -> None:
    assert again is not doc
    assert again.text == doc.text
    assert again._.claims == doc._.claims
    assert again._.trace == doc._.trace
    assert places(again) == places(doc) == ["France", "Kyiv", "Spain", "Lagos"]


def test_a_doc_survives_bytes(nlp: Language, doc: Doc) -> None:
    assert_same(Doc(nlp.vocab).from_bytes(doc.to_bytes()), doc)


def test_a_doc_survives_the_disk(nlp: Language, doc: Doc, tmp_path: Path) -> None:
    doc.to_disk(tmp_path / "doc")
    assert_same(Doc(nlp.vocab).from_disk(tmp_path / "doc"), doc)


def test_a_doc_survives_docbin(nlp: Language, doc: Doc) -> None:
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    [again] = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert_same(again, doc)


def test_a_doc_survives_pickle(doc: Doc) -> None:
    assert_same(pickle.loads(pickle.dumps(doc)), doc)


def test_bytes_need_no_code_of_ours(doc: Doc) -> None:
    """Another program finds plain values in the user data."""
    again = Doc(spacy.blank("en").vocab).from_bytes(doc.to_bytes())
    assert [row["sending_state"] for row in again.user_data["legation.claims"]] == ["FR", "ES"]


def test_a_doc_that_was_not_read_has_no_claims(nlp: Language) -> None:
    doc = nlp.make_doc(TEXT)
    assert (doc._.claims, doc._.trace) == ((), ())


def test_two_processes(nlp: Language, doc: Doc) -> None:
    texts = [TEXT, "Nothing of the kind.", TEXT, ""]
    docs = list(nlp.pipe(texts, n_process=2, batch_size=1))
    assert [doc.text for doc in docs] == texts
    assert [len(doc._.claims) for doc in docs] == [2, 0, 2, 0]
    assert_same(docs[2], doc)


@pytest.mark.slow("pickles a language model and loads it back")
def test_components_can_be_sent_to_a_spawned_process(nlp: Language) -> None:
    """Where processes are spawned, as on macOS, spaCy pickles each component and the table of extensions."""
    from spacy.tokens.underscore import Underscore

    assert pickle.loads(pickle.dumps(Underscore.get_state()))
    doc = pickle.loads(pickle.dumps(nlp.tokenizer))(TEXT)
    for _, component in nlp.pipeline:
        doc = pickle.loads(pickle.dumps(component))(doc)
    assert [claim.sending_state for claim in doc._.claims] == ["FR", "ES"]


@pytest.mark.slow("writes a language model and loads it back")
def test_a_pipeline_survives_the_disk(nlp: Language, doc: Doc, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert version(again) == version(nlp)
    assert_same(again(TEXT), doc)


@pytest.fixture(scope="module")
def english() -> Language:
    """An English pipeline of a user's own: tagger, parser and names of persons and organisations."""
    return spacy.load(COPY, exclude=["lemmatizer"])


@pytest.mark.slow("loads a language model")
@pytest.mark.parametrize("position", ["before", "last"])
def test_behind_the_parser_of_another_pipeline(doc: Doc, position: str) -> None:
    """The order of docs/in-your-own-pipeline.md; and behind the names too, where no name is near a claim."""
    nlp = spacy.load(COPY, exclude=["lemmatizer"])
    for name in BEHIND_A_PARSER:
        nlp.add_pipe(f"legation_{name}", **({"before": "ner"} if position == "before" else {"last": True}))
    analysis = nlp.analyze_pipes()
    assert analysis is not None
    assert not any(analysis["problems"].values())
    read = nlp(f"Emmanuel Macron met Angela Merkel. {TEXT}")
    assert [claim.fact for claim in read._.claims] == [claim.fact for claim in doc._.claims]
    assert {("Emmanuel Macron", "PERSON"), ("Angela Merkel", "PERSON"), ("Kyiv", "CITY")} <= set(entities(read))
    assert places(read) == places(doc)


def test_entities_that_share_no_token_with_a_place_survive() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("legation_country_entities")
    doc = nlp.make_doc("Ann Lee of Acme left the French Embassy in Kyiv")
    #                   0   1   2  3    4    5   6      7       8  9
    doc.ents = [
        Span(doc, 0, 2, label="PERSON"),
        Span(doc, 3, 4, label="ORG"),
        Span(doc, 5, 8, label="ORG"),
        Span(doc, 9, 10, label="GPE"),
    ]
    doc = nlp.get_pipe("legation_country_entities")(doc)
    assert entities(doc) == [("Ann Lee", "PERSON"), ("Acme", "ORG"), ("French", "DEMONYM"), ("Kyiv", "CITY")]
    assert places(doc) == ["French", "Kyiv"]


def test_a_pipeline_of_another_language_is_refused() -> None:
    with pytest.raises(ModelError, match=r"^legation_country_entities: the pipeline's language is 'de'; .+$"):
        spacy.blank("de").add_pipe("legation_country_entities")


def test_a_parser_of_another_language_is_refused(tmp_path: Path) -> None:
    spacy.blank("de").to_disk(tmp_path)
    with pytest.raises(ModelError, match=r"^\[model\] pipeline: .+ is not for English; name one that is$"):
        load(str(tmp_path))


@pytest.mark.slow("loads the reader three times")
def test_the_default_is_the_official_package_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package with Explosion's name, made of the copy's files; then without it."""
    if spacy.util.is_package(OFFICIAL):
        assert "+en_core_web_sm-3.8.0" in version(load())
        return
    assert f"+{COPY}-3.8.0" in version(load())
    copy = spacy.util.get_package_path(COPY)
    package = tmp_path / OFFICIAL
    shutil.copytree(copy, package)
    for meta in package.rglob("meta.json"):
        values = json.loads(meta.read_text(encoding="utf-8"))
        meta.write_text(json.dumps({**values, "name": "core_web_sm"}), encoding="utf-8")
    [data] = package.glob("en_core_*")
    data.rename(package / data.name.replace(COPY, OFFICIAL))
    metadata = tmp_path / f"{OFFICIAL}-3.8.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {OFFICIAL}\nVersion: 3.8.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        assert f"+{OFFICIAL}-3.8.0" in version(load())
        assert f"+{COPY}-3.8.0" in version(load(COPY))
    finally:
        sys.modules.pop(OFFICIAL, None)
