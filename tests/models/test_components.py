"""The steps of reading as spaCy factories: found by name, complete, saved, added to another pipeline."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from legation.models.claim import Claim
from legation.models.errors import ModelError
from legation.models.load import PIPELINE, load
from tests.conftest import MODEL

STEPS = (
    "legation_country_entities",
    "legation_mission_mentions",
    "legation_status_phrases",
    "legation_modality_cues",
    "legation_status_claims",
)
TEXT = (
    "Fiji and the U.S.-Cuba working group met in Suva on Monday. Oman re-opened its embassy in Kyiv, Ukraine, in May. "
    "Officials added that Tonga may shut the consulate in Nairobi. Peru has not reopened its embassy in Tripoli."
)
# sender, host, city, status, modality of the claims of TEXT
TOLD = [
    ("OM", "UA", "Kyiv", "reopened", "fact"),
    ("TO", "KE", "Nairobi", "closed", "possible"),
    ("PE", "LY", "Tripoli", "reopened", "denied"),
]


FULL = pytest.param("full", marks=pytest.mark.slow("loads a whole language model"))
both = pytest.mark.parametrize("which", ["nlp", FULL])


def claims(doc: Doc) -> tuple[Claim, ...]:
    found: tuple[Claim, ...] = doc._.claims
    return found


def told(doc: Doc) -> list[tuple[str | None, ...]]:
    return [(c.sending_state, c.receiving_state, c.city, c.status, c.modality) for c in claims(doc)]


@pytest.fixture(scope="module")
def full() -> Language:
    """The whole published pipeline, with the steps of reading behind it and no parser of ours."""
    nlp = spacy.load(MODEL)
    for name in STEPS:
        nlp.add_pipe(name)
    return nlp


def test_every_step_is_an_entry_point() -> None:
    found = {point.name: point for point in entry_points(group="spacy_factories")}
    assert set(PIPELINE) <= set(found)
    assert all(callable(found[name].load()) for name in PIPELINE)


def test_steps_are_found_without_importing_this_package() -> None:
    code = f"import spacy; nlp = spacy.blank('en'); [nlp.add_pipe(n) for n in {PIPELINE!r}]; print(nlp.pipe_names)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == str(list(PIPELINE)), done.stderr


@both
def test_no_step_lacks_what_it_needs(which: str, request: pytest.FixtureRequest) -> None:
    analysis = request.getfixturevalue(which).analyze_pipes()
    assert analysis is not None
    assert not any(analysis["problems"].values())


def test_a_step_that_lacks_something_is_told() -> None:
    blank = spacy.blank("en")
    blank.add_pipe("legation_status_phrases")
    analysis = blank.analyze_pipes()
    assert analysis is not None
    assert analysis["problems"]["legation_status_phrases"] == ["doc.sents"]


@both
def test_claims(which: str, request: pytest.FixtureRequest) -> None:
    assert told(request.getfixturevalue(which)(TEXT)) == TOLD


@both
@pytest.mark.parametrize("text", ["", " ", "\n\n", "No mission is named."])
def test_nothing_to_read(which: str, text: str, request: pytest.FixtureRequest) -> None:
    assert claims(request.getfixturevalue(which)(text)) == ()


@both
def test_spans(which: str, request: pytest.FixtureRequest) -> None:
    doc = request.getfixturevalue(which)("Oman may close its consulates in Goma after the French embassy left Mali.")
    assert [(e.text, e.label_, e.kb_id_) for e in doc.ents] == [
        ("Oman", "STATE", "OM"),
        ("Goma", "CITY", "CD"),
        ("French", "DEMONYM", "FR"),
        ("Mali", "STATE", "ML"),
    ]
    assert [(s.text, s.label_) for s in doc.spans["missions"]] == [
        ("consulates", "consulate"),
        ("embassy", "embassy"),
    ]
    assert [(s.text, s.id_) for s in doc.spans["events"]] == [("close", "close"), ("left", "leave")]
    assert [(s.text, s.label_) for s in doc.spans["cues"]] == [("may", "possible"), ("after", "fact")]


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("Oman opened an embassy in Fiji in May.", []),
        ("May Oman open an embassy in Fiji?", [("May", "possible")]),
        ("Oman's embassy in Fiji will not close.", [("will", "planned"), ("not", "denied")]),
        ("Closing Oman's embassy in Fiji is off the table.", [("off the table", "denied")]),
        ("The weather in Fiji will not change.", []),
    ],
)
def test_cues(nlp: Language, text: str, cues: list[tuple[str, str]]) -> None:
    doc = nlp(text)
    assert [(span.text, span.label_) for span in doc.spans["cues"]] == cues


@pytest.mark.slow("writes a language model and loads it back")
@both
def test_saved_and_loaded(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    nlp = request.getfixturevalue(which)
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert again.pipe_names == nlp.pipe_names
    assert claims(again(TEXT)) == claims(nlp(TEXT))


def test_the_inner_pipeline_is_named_in_the_configuration(nlp: Language) -> None:
    assert nlp.config["components"]["legation_focus_parser"]["pipeline"] == MODEL


def test_a_pipeline_that_is_not_installed() -> None:
    with pytest.raises(ModelError, match=r"^\[model\] pipeline: 'en_core_web_none' is not installed: pip install .+$"):
        load("en_core_web_none")


@pytest.mark.slow("builds the reader up to the missing part")
def test_a_pipeline_without_a_parser(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path)
    with pytest.raises(ModelError, match=r"^\[model\] pipeline: .+ has no tagger and parser; name one that has$"):
        load(str(tmp_path))
