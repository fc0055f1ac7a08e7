"""Which names a text holds: every State, people, capital; traps of spelling, marks and neighbours; ambiguous names."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.models import gazetteer, senses
from legation.models.fold import fold
from legation.models.names import LABELS, Name, find_names

STATES = list(gazetteer.states().values())
by_code = pytest.mark.parametrize("state", STATES, ids=lambda state: state.code)


def found(text: str) -> list[tuple[str, str, str]]:
    """(words, label, code) of each name."""
    return [(text[name.start : name.end], name.label, name.code) for name in find_names(text)]


@by_code
def test_every_name_of_a_state(state: gazetteer.State) -> None:
    for name in state.names:
        if name != "Congo":  # ISO's name of one Congo; in news the other one
            assert found(f"the embassy of {name} in") == [(name, "STATE", state.code)]
            assert [code for *_, code in found(f"THE EMBASSY OF {name.upper()}")] == [state.code]


@by_code
def test_every_demonym(state: gazetteer.State) -> None:
    for demonym in state.demonyms:
        ((words, label, code),) = found(f"the {demonym} embassy")
        assert (words, code) == (demonym, state.code)
        assert label in ("DEMONYM", "STATE")  # "the New Zealand embassy"


@by_code
def test_every_capital(state: gazetteer.State) -> None:
    for spellings in state.capitals:
        for spelling in spellings:
            (name,) = find_names(f"its embassy in {spelling}")
            assert name.code == state.code
            assert name.label == "STATE" or name.city == spellings[0]  # "Singapore" is a State before it is a city


@by_code
def test_every_city_beside_its_state(state: gazetteer.State) -> None:
    for city in (city for city in gazetteer.cities() if city.country == state.code):
        for spelling in (city.name, *city.aliases):
            name = find_names(f"the consulate in {spelling}, {state.name}")[0]
            assert (name.code, name.city or city.name) == (state.code, city.name)


def test_a_city_alone_is_the_one_that_find_city_gives() -> None:
    """But where a row of ambiguous.toml prefers the better known to the larger."""
    preferred = {"Brest", "Newcastle", "Valencia"}
    for city in gazetteer.cities():
        if city.name not in preferred:
            name = find_names(f"the consulate in {city.name} closed")[0]
            expected = gazetteer.find_city(city.name)
            assert expected is not None
            assert name.code == expected.country


@pytest.mark.parametrize(("words", "code"), list(gazetteer.governments().items()))
def test_every_government(words: str, code: str) -> None:
    assert found(f"officials at the {words} warned") == [(words, "GOVERNMENT", code)]


FORMS = [
    ("the U.S. Embassy", ["US"]), ("a US-led force", ["US"]), ("the U.S.-Cuba talks", ["US", "CU"]),
    ("U.S.–Iran talks", ["US", "IR"]), ("in the U.S.", ["US"]), ("in the U.K.; later", ["GB"]),
    ("the U.S.'s embassy", ["US"]), ("Ukraine's army", ["UA"]), ("Ukraine’s army", ["UA"]), ("back to Kiev.", ["UA"]),
    ("FRANCE TO REOPEN EMBASSY", ["FR"]), ("the Franco-German embassy", ["FR", "DE"]), ("in Sana’a, ", ["YE"]),
    ("in Sana'a", ["YE"]), ("in Sanaa", ["YE"]), ("N’Djamena and N'DJAMENA", ["TD", "TD"]),
    ("São Tomé and Sao Tome", ["ST", "ST"]), ("Washington-based", ["US"]), ("**U.S. Embassy Kabul**", ["US", "AF"]),
    ("__Kyiv__ _Paris_", ["UA", "FR"]), ("(Kyiv) “Kyiv” Kyiv—Slowly", ["UA"] * 3),
    ("[U.S. Embassy in Damascus](https://site.example/France)", ["US", "SY"]), ("Kyiv/Moscow", ["UA", "RU"]),
    ("see https://news.example/Kyiv and www.news.example/Paris", []), ("write to Paris.Office@mail.example", []),
    ("post by @Ukraine", []), ("#Ukraine", ["UA"]), ("US$5 million for us", []), ("Tell us", []),
    ("a turkey and fine china", []), ("pro-Russian, anti-American, non-U.S.", ["RU", "US", "US"]),
    ("New\nZealand", ["NZ"]), ("South\u00a0Korea", ["KR"]), ("Guinea-Bissau’s", ["GW"]),
    ("Equatorial Guinea", ["GQ"]), ("Papua New Guinea", ["PG"]), ("South Sudan", ["SS"]),
    ("Northern Ireland", ["GB"]), ("the Democratic Republic of Congo", ["CD"]), ("Republic of China", ["TW"]),
    ("Chinese Taipei", ["TW"]), ("the People's Republic of China", ["CN"]), ("Port-au-Prince", ["HT"]),
    ("Kuwait City", ["KW"]), ("Guatemala City and Panama City", ["GT", "PA"]),
    ("the Islamic Republic of Iran", ["IR"]), ("Soviet-era flats", []), ("a British-born spokesman", []),
    ("Jack London", []), ("Samuel L. Jordan", []), ("Ukrainex, Kyivan", []), ("X-Kenya", ["KE"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), FORMS)
def test_forms(text: str, codes: list[str]) -> None:
    assert [code for *_, code in found(text)] == codes


BESIDE = [
    ("in Tripoli, Lebanon", "LB"), ("in Tripoli (Lebanon)", "LB"), ("the Lebanese city of Tripoli", "LB"),
    ("in Tripoli", "LY"), ("in Brest, France; Belarus closed one too", "FR"), ("in London, Ontario", "CA"),
    ("in Paris, Texas", "US"), ("in Birmingham, Alabama", "US"), ("in Birmingham", "GB"),
    ("in St. Petersburg, Fla.", "US"), ("Pakistan's Hyderabad", "PK"), ("in Valencia, Venezuela", "VE"),
    ("in San Jose, California", "US"), ("in San José, Costa Rica", "CR"), ("in Barcelona", "ES"),
    ("in Moscow, Ukraine said", "RU"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), BESIDE)
def test_a_city_is_of_the_state_named_beside_it(text: str, code: str) -> None:
    assert next(name.code for name in find_names(text) if name.label == "CITY") == code


MINISTRIES = [
    ("Pakistan's Foreign Office", "PK"), ("the German Foreign Office", "DE"), ("a Foreign Office spokesperson", "GB"),
    ("the Canadian House of Commons", "CA"), ("the U.S. State Department", "US"),
    ("after U.S.-Iran White House talks", "US"), ("Guyana's Ministry of External Affairs", "GY"),
    ("the Ministry of External Affairs", "IN"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), MINISTRIES)
def test_a_ministry_is_of_the_state_named_before_it(text: str, code: str) -> None:
    assert [name.code for name in find_names(text) if name.label == "GOVERNMENT"] == [code]


ROWS = senses.table()
NAMES = [
    pytest.param(row["texts"], text, rule["code"], rule.get("label"), id=text)
    for row in ROWS["name"]
    for rule in ({"code": row["usual"], "examples": row["otherwise"]}, *row["rules"])
    for text in rule["examples"]
]


def first(words: list[str], text: str) -> Name | None:
    """What was found where the first of `words` stands in `text`."""
    plain = fold(text)
    forms = {form for word in words for form in (fold(word), fold(word).upper()) if form in plain}
    start, size = min(((plain.index(form), len(form)) for form in forms), key=lambda spot: (spot[0], -spot[1]))
    return next((name for name in find_names(text) if name.start < start + size and start < name.end), None)


@pytest.mark.parametrize(("words", "text", "code", "label"), NAMES)
def test_examples_of_ambiguous_names(words: list[str], text: str, code: str, label: str | None) -> None:
    name = first(words, text)
    assert (name.code if name else "") == code
    assert label is None or (name and name.label == label)


def test_each_rule_has_an_example_and_each_name_a_note() -> None:
    assert all(row["note"] for row in ROWS["name"])
    assert all(rule["examples"] for row in ROWS["name"] for rule in row["rules"])
    rule_keys = {"code", "label", "city", "before", "after", "document", "unless", "examples"}
    assert all(rule.keys() <= rule_keys for row in ROWS["name"] for rule in row["rules"])


@pytest.mark.parametrize("row", ROWS["weak"], ids=lambda row: row["texts"][0])
def test_weak_cities_need_a_place(row: dict[str, list[str]]) -> None:
    assert all(first(row["texts"], text) for text in row["examples"])
    assert not any(first(row["texts"], text) for text in row["counter_examples"])


PHRASES = [row for row in senses.phrases() if row[0] not in senses.rules()]


@pytest.mark.parametrize(("words", "code", "label"), PHRASES)
def test_phrases(words: str, code: str, label: str) -> None:
    assert found(f"of {words} today") == ([(words, label, code)] if code else [])


def test_accents_apart_from_their_letter() -> None:
    text = unicodedata.normalize("NFD", "from São Tomé to Côte d’Ivoire.")
    assert [(text[n.start : n.end], n.code) for n in find_names(text)] == [
        (unicodedata.normalize("NFD", "São Tomé"), "ST"),
        (unicodedata.normalize("NFD", "Côte d’Ivoire"), "CI"),
    ]


PIECES = ["Kyiv", "U.S.", "French", "Georgia", "Jordan", "Paris", ", ", " and ", " in ", "-", "’s", ".", "\n", "(", "x"]


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
def test_spans_are_in_order_apart_and_labelled(text: str) -> None:
    names = find_names(text)
    assert all(a.end <= b.start for a, b in pairwise(names))
    for name in names:
        assert 0 <= name.start < name.end <= len(text)
        assert name.label in LABELS
        assert name.code in gazetteer.states()
        assert (name.city is not None) == (name.label == "CITY")
