"""The rows of the data files say what they do: each example is found by its own row, no counter-example is."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from spacy.language import Language

import legation.models.lexicon
from legation.models.errors import ModelError
from legation.models.lexicon import EventRow, MissionRow, event_rows, mission_rows

Row = EventRow | MissionRow


def sentences(rows: Sequence[Row], field: str) -> list[object]:
    """(row, sentence) for each sentence in a field of the rows."""
    return [
        pytest.param(row.id, text, id=f"{row.id}-{number}")
        for row in rows
        for number, text in enumerate(getattr(row, field), 1)
    ]


# Counter-examples that give a claim today, by their ids in this test; each is one that the weights read wrongly.
KNOWN_WRONG = set(Path(__file__).with_name("known_wrong_events.txt").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(("row", "text"), sentences(event_rows(), "examples"))
def test_event_is_proposed(row: str, text: str, nlp: Language) -> None:
    assert row in {span.id_ for span in nlp(text).spans["events"]}


@pytest.mark.parametrize(("row", "text"), sentences(event_rows(), "counter_examples"))
def test_event_is_silent(row: str, text: str, nlp: Language, request: pytest.FixtureRequest) -> None:
    fired = {step.rule for step in nlp(text)._.trace if step.outcome == "fired"}
    if request.node.callspec.id in KNOWN_WRONG:
        assert row in fired, "it is read rightly now: take it off known_wrong_events.txt"
        pytest.xfail("the weights read it wrongly")
    assert row not in fired


@pytest.mark.parametrize(("row", "text"), sentences(mission_rows(), "examples"))
def test_mission_is_found(row: str, text: str, nlp: Language) -> None:
    doc = nlp(text)
    assert row in {span.id_ for span in doc.spans["missions"]}


@pytest.mark.parametrize(("row", "text"), sentences(mission_rows(), "counter_examples"))
def test_mission_is_not_found(row: str, text: str, nlp: Language) -> None:
    doc = nlp(text)
    assert row not in {span.id_ for span in doc.spans["missions"]}


def test_every_row_has_both() -> None:
    rows: list[Row] = [*event_rows(), *mission_rows()]
    assert not [row.id for row in rows if not (row.examples and row.counter_examples)]


def test_every_kind_of_need_is_explained_at_the_head_of_its_file() -> None:
    for name, rows in (("events.toml", event_rows()), ("missions.toml", mission_rows())):
        head = (legation.models.lexicon.DATA / name).read_text(encoding="utf-8").split("[[row]]")[0]
        assert not [row.needs for row in rows if row.needs and f'"{row.needs}"' not in head]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[row]]\nid = "a"\nforms = ["b"]\nobjects = {}', r"events\.toml: row a: unknown key objects; allowed: \["),
        ('[[row]]\nid = "a"\nforms = ["b"]\n' * 2, r"events\.toml: an id stands twice"),
    ],
)
def test_mistakes_in_a_file(text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "events.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(legation.models.lexicon, "DATA", tmp_path)
    with pytest.raises(ModelError, match=message):
        legation.models.lexicon._read("events.toml", EventRow)


def test_no_form_stands_twice_in_a_row() -> None:
    for row in event_rows():
        assert len(set(row.forms)) == len(row.forms), row.id
    for mission in mission_rows():
        words = [*mission.words, *mission.plural]
        assert len(set(words)) == len(words), mission.id


def test_forms_are_in_small_letters() -> None:
    """They are compared with words in small letters."""
    forms = [form for row in event_rows() for form in row.forms]
    words = [word for row in mission_rows() for word in (*row.words, *row.plural)]
    assert not [word for word in (*forms, *words) if re.search(r"[A-Z]", word)]
