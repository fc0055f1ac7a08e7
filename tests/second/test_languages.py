"""Other languages: articles that name a mission are known, in their language; pages pass the funnel in any charset."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from legation.models import gazetteer
from legation.models.languages import (
    city_name,
    city_names,
    language_name,
    languages,
    mission_languages,
    recognise,
    state_code,
    state_names,
)
from legation.pipeline.funnel.byte_scan import may_hold
from legation.pipeline.funnel.stages import Funnel, language_of, may_claim

FOLDER = Path(__file__).parent / "languages"
ARTICLES = [
    pytest.param(file.stem, line, id=f"{file.stem}-{number}")
    for file in sorted(FOLDER.glob("*.txt"))
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
]
QUIET = {
    "fr": "Le ministre des Affaires étrangères a rencontré son homologue à Genève pour parler du commerce du blé.",
    "de": "Der Außenminister traf in Genf seinen Amtskollegen, um über den Handel mit Weizen zu sprechen.",
    "es": "El ministro de Asuntos Exteriores se reunió en Ginebra con su homólogo para hablar del comercio del trigo.",
    "uk": "Міністр закордонних справ зустрівся в Женеві з колегою, щоб поговорити про торгівлю пшеницею.",
    "ru": "Министр иностранных дел встретился в Женеве с коллегой, чтобы поговорить о торговле пшеницей.",
    "ar": "التقى وزير الخارجية نظيره في جنيف للحديث عن تجارة القمح.",
}


def test_six_languages_with_a_dozen_articles_each() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == set(languages())
    assert len(ARTICLES) == 72


@pytest.mark.parametrize(("code", "text"), ARTICLES)
def test_an_article_is_known_in_its_language(code: str, text: str) -> None:
    pytest.importorskip("py3langid")
    assert code in mission_languages(text)
    assert language_of(text, None) == language_of(text, code) == code


@pytest.mark.parametrize(("code", "text"), ARTICLES)
def test_its_page_passes_the_funnel_in_utf8_and_as_references(code: str, text: str) -> None:
    pytest.importorskip("hyperscan")
    page = f"<html lang={code}><head><meta charset=utf-8></head><body><article><p>{text}</p></article></body></html>"
    assert Funnel(foreign=True).page(page.encode())
    assert may_hold(page.encode("ascii", "xmlcharrefreplace"), foreign=True)
    assert may_hold(json.dumps({"articleBody": text}).encode(), foreign=True)


CHARSETS = {
    "fr": "windows-1252",
    "de": "iso-8859-1",
    "es": "iso-8859-15",
    "uk": "koi8-u",
    "ru": "windows-1251",
    "ar": "windows-1256",
}


@pytest.mark.parametrize(("code", "text"), ARTICLES)
def test_its_page_passes_the_funnel_in_a_charset_of_its_language(code: str, text: str) -> None:
    pytest.importorskip("hyperscan")
    head = f"<html><head><meta charset={CHARSETS[code]}></head><body><p>"
    assert Funnel(foreign=True).page(head.encode() + text.encode(CHARSETS[code], "xmlcharrefreplace"))


@pytest.mark.parametrize(("code", "text"), QUIET.items())
def test_what_names_no_mission_does_not(code: str, text: str) -> None:
    assert mission_languages(text) == frozenset()
    assert language_of(text, code) is None
    assert not may_claim(text, foreign=True)
    if may_hold(b"") is False:  # hyperscan is there
        assert not may_hold(text.encode(), foreign=True)


def test_english_stays_english() -> None:
    text = "Norway reopened its embassy in Kyiv on Monday, said a spokesman for the ministry in Oslo."
    assert language_of(text, None) == language_of(text, "en") == "en"
    assert language_of("The minister left.", None) is None


def test_without_the_library_a_language_is_what_the_page_declares_or_its_letters_show() -> None:
    program = (
        "import sys; sys.modules['py3langid'] = None\n"
        "from legation.models.languages import recognise\n"
        "print(*(recognise(text * 3, declared) for text, declared in ["
        "('Посольство Польши открылось', None), ('Посольство в Києві відкрилося', None),"
        "('أعادت فرنسا فتح سفارتها', None), ('سفارت ایران گشایش یافت پ', None), ('La France rouvre', 'fr')]))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["ru", "uk", "ar", "None", "fr"]


def test_a_short_text_is_what_its_page_declares() -> None:
    assert recognise("Kiew", "de") == "de"
    assert recognise("", None) is None


@pytest.mark.parametrize("code", languages())
def test_every_state_has_a_name_and_is_found_by_it(code: str) -> None:
    names = state_names(code)
    assert len(names) > 240
    wrong = [(state, name) for state, found in names.items() for name in found[:1] if state_code(name) is None]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Allemagne", "DE"), ("Deutschland", "DE"), ("Alemania", "DE"), ("Німеччина", "DE"), ("Германия", "DE"),
        ("ألمانيا", "DE"), ("Ватикан", "VA"), ("США", "US"), ("Union européenne", "EU"), ("UA", "UA"), ("France", "FR"),
        ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_names_of_states(name: str, code: str | None) -> None:
    assert state_code(name) == code


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("Kiew", "Kyiv"), ("Київ", "Kyiv"), ("كييف", "Kyiv"), ("Le Caire", "Cairo"), ("Дамаск", "Damascus"),
        ("دمشق", "Damascus"), ("Lemberg", "Lviv"), ("Pékin", "Beijing"), ("Варшава", "Warsaw"), ("Gotham", None),
    ],
)  # fmt: skip
def test_names_of_cities(name: str, usual: str | None) -> None:
    assert city_name(name) == usual


@pytest.mark.parametrize("code", languages())
def test_cities_of_the_data_are_cities(code: str) -> None:
    written = {usual for usual, _ in city_names(code)} & {city.name for city in gazetteer.cities()}
    assert len(written) > 60


def test_a_city_is_of_the_state_that_is_asked_for() -> None:
    assert city_name("Триполи", "LY") == "Tripoli"
    assert city_name("Kiew", "PL") is None


def test_languages_have_english_names() -> None:
    assert [language_name(code) for code in ("fr", "uk", "ar", "xx")] == ["French", "Ukrainian", "Arabic", "xx"]
