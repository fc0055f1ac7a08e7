"""Other languages than English: does a text name a mission, which language is it in, what are States and cities called?

    data/languages.toml   words for missions, names of cities
    Babel (Unicode CLDR)  names of States, of cities by their time zone, of languages
    pycountry             its translations of ISO 3166-1

A language is recognised by py3langid where that is installed (extra `llm`), else by what the page declares and by its
letters.
"""

import gettext
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from legation.models import gazetteer
from legation.models.fold import key

FILE = Path(__file__).parent / "data" / "languages.toml"
ENGLISH = "en"
SHORT, LONG = 20, 200  # letters: below SHORT a text is what its page declares, from LONG on what is recognised
SAMPLE = 4000  # characters that are looked at
UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
CYRILLIC, ARABIC = re.compile("[\u0400-\u04ff]"), re.compile("[\u0621-\u064a]")
ALIEN = re.compile("[پچژگڑٹےۆێ]")  # letters of other languages in Arabic script
UNSEEN = re.compile("[\u0640\u064b-\u0652\u0670\u0301]")  # lengthened letters, marks of vowels and of stress


@dataclass(frozen=True, slots=True)
class Language:
    """`code`: ISO 639-1; `name` in English; `words` for missions as they stand in languages.toml."""

    code: str
    name: str
    words: tuple[str, ...]


@cache
def languages() -> dict[str, Language]:
    """The languages with words of their own, by code; English is not among them."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["language"]
    return {row["code"]: Language(row["code"], language_name(row["code"]), tuple(row["words"])) for row in rows}


@cache
def language_name(code: str) -> str:
    """The English name of a language; the code itself where there is none."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def plain(text: str) -> str:
    """Small letters, composed, without vowel marks: the form in which words are compared."""
    if text.isascii():
        return text.lower()
    return UNSEEN.sub("", unicodedata.normalize("NFC", text)).lower()


@cache
def pattern(code: str) -> re.Pattern[str]:
    """The words for missions of one language, in a text as `plain` makes it."""
    return re.compile("|".join(_spelled(words) for words in languages()[code].words))


def _spelled(words: str) -> str:
    inner = r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in words.strip("*").split())
    left, right = ("" if words.startswith("*") else r"\b"), ("" if words.endswith("*") else r"\b")
    return f"{left}{inner}{right}"


@cache
def stems(code: str) -> tuple[str, ...]:
    """Runs of letters of which any text with one of the language's words holds one, a cheap first check."""
    runs = {max(re.findall(r"\w+", words), key=len) for words in languages()[code].words}
    return tuple(sorted(run for run in runs if not any(other in run for other in runs - {run})))


def mission_languages(text: str) -> frozenset[str]:
    """The languages whose words for missions stand in the text; empty if it names none."""
    small = plain(text)
    likely = (code for code in languages() if any(stem in small for stem in stems(code)))
    return frozenset(code for code in likely if pattern(code).search(small))


def named_in(text: str, declared: str | None, english: bool) -> str | None:
    """The language in which the text names a mission: en or one of `languages`; None if it names none.

    `declared`: what the page says of itself, two letters, None: nothing. `english`: whether it holds an English word
    for missions. The language is recognised only where there is doubt, which takes a thousand times as long.
    """
    found = mission_languages(text)
    if not found:
        foreign = declared not in (None, ENGLISH) and recognise(text, declared) != ENGLISH
        return ENGLISH if english and not foreign else None
    code = recognise(text, declared, found | {ENGLISH})
    if code == ENGLISH:
        return ENGLISH if english else None
    return code if code in found else None


def recognise(text: str, declared: str | None, likely: Collection[str] = ()) -> str | None:
    """The language of the text as two letters; what is declared where the text is too short or nothing can tell.

    `likely`: of a short text it is one of these, if any are given.
    """
    sample = text[:SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if letters < SHORT:
        return declared
    rank = _ranking()
    if rank is not None:
        ranked = [str(code) for code, _ in rank(sample)]
        return next(code for code in ranked if letters >= LONG or not likely or code in likely)
    if len(CYRILLIC.findall(sample)) * 2 > letters:
        return "uk" if UKRAINIAN.search(sample) else "ru"
    if len(ARABIC.findall(sample)) * 2 > letters:
        return None if ALIEN.search(sample) else "ar"
    return declared


@cache
def _ranking() -> Any:
    """py3langid's function, likeliest language first; None where it is not installed."""
    try:
        from py3langid import rank
    except ImportError:
        return None
    return rank


def state_code(name: str) -> str | None:
    """The code of the State that `name` means in English or one of `languages`; None if it means none."""
    code = name.strip().upper()
    if code in gazetteer.states():
        return code
    return gazetteer.find_state(name) or _states().get(_key(name))


def city_name(name: str, country: str | None = None) -> str | None:
    """The usual English name of a city that is named in English or one of `languages`; None: not known.

    `country` chooses among cities of one name; a city of another State is then not the one.
    """
    found = gazetteer.find_city(name, country)
    if found is not None:
        return found.name
    for english in _cities().get(_key(name), ()):
        if (city := gazetteer.find_city(english, country)) is not None:
            return city.name
    return None


@cache
def state_names(code: str) -> dict[str, tuple[str, ...]]:
    """Names of the States in one of `languages`, by State."""
    from babel import Locale

    territories = Locale(code).territories
    names = {state: [territories[state]] for state in gazetteer.states() if territories.get(state)}
    for state, translated in _iso(code):
        names.setdefault(state, []).append(translated)
    return {state: tuple(dict.fromkeys(found)) for state, found in names.items()}


def _iso(code: str) -> Iterator[tuple[str, str]]:
    """pycountry's translations: State and name."""
    import pycountry

    try:
        words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[code])
    except OSError:
        return
    for country in pycountry.countries:
        for name in filter(None, (country.name, getattr(country, "common_name", None))):
            if (translated := words.gettext(name)) != name:
                yield country.alpha_2, translated


def city_names(code: str) -> Iterator[tuple[str, str]]:
    """Names of cities in one of `languages`: the usual English name and that of the language."""
    from babel import Locale

    english, other = Locale("en").time_zones, Locale(code).time_zones
    for zone, row in other.items():
        usual = english.get(zone, {}).get("city") or zone.rsplit("/", 1)[-1].replace("_", " ")
        if row.get("city"):
            yield usual, row["city"]
    for usual, names in tomllib.loads(FILE.read_text("utf-8"))["cities"].items():
        yield from ((usual, name) for name in names.get(code, ()))


@cache
def _states() -> dict[str, str]:
    index: dict[str, str] = {}
    for code in languages():
        for state, names in state_names(code).items():
            for name in names:
                index.setdefault(_key(name), state)
    return index


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    index: dict[str, dict[str, None]] = {}
    for code in languages():
        for usual, name in city_names(code):
            index.setdefault(_key(name), {})[usual] = None
    return {name: tuple(found) for name, found in index.items()}


def _key(name: str) -> str:
    return key(plain(name))
