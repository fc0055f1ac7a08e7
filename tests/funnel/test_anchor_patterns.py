"""What the filters drop can give no claim: terms against the lexicon, and pages in every disguise."""

import gzip
import random
from collections.abc import Callable
from html import unescape

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from legation.models.anchors import anchors
from legation.models.claim import Text
from legation.models.lexicon import mission_rows
from legation.pipeline.cleaning.charset import decode
from legation.pipeline.extract import Reader
from legation.pipeline.fetch.decompression import read_body
from legation.pipeline.funnel import byte_scan, visible_text
from legation.pipeline.funnel.anchor_patterns import byte_patterns, holds_anchor, stems, terms
from legation.pipeline.funnel.stages import Funnel, may_claim
from tests.conftest import SHARED
from tests.funnel.spellings import SPELLINGS, WORDS
from tests.site_server import SITE_FOLDER

PAGE = "<html><head><title>News</title></head><body><article><p>{}</p></article></body></html>"
OTHERS = sorted({words for row in mission_rows() for words in (*row.words, *row.plural)} - set(WORDS))
CHARSETS = ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"]
CASES: list[Callable[[str], str]] = [str, str.upper, str.title]


def variants(count: int, seed: int) -> list[tuple[str, bytes, str]]:
    """(word, page, content type) in all combinations of spelling, case and charset, drawn at random."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        word = WORDS[number % len(WORDS)]
        spelled = chance.choice(SPELLINGS)(chance.choice(CASES)(word), chance)
        page = PAGE.format(f"Oman said its {spelled} in Damascus has closed.")
        charset = chance.choice(CHARSETS)
        encoded = page.encode(charset, "xmlcharrefreplace")
        kind = f"text/html; charset={charset.removesuffix('-sig')}"
        if unescape(decode(encoded, kind)) == unescape(page):  # else two letters happen to be one in UTF-8
            made.append((spelled, encoded, kind))
    return made


@pytest.mark.parametrize("seed", range(10))
def test_no_disguise_hides_a_word(seed: int) -> None:
    made = variants(500, seed)
    assert len(made) > 490
    lost = [word for word, page, kind in made if not Funnel().page(page, kind)]
    assert lost == []


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_compressed_bodies_are_looked_into(coding: str) -> None:
    packed = {"br": brotli.compress, "zstd": zstandard.ZstdCompressor().compress, "gzip": gzip.compress}[coding]
    body = PAGE.format("The embassy closed.").encode()
    assert Funnel().page(read_body([packed(body)], coding, 10_000))


@pytest.mark.parametrize("words", WORDS)
def test_every_anchor_passes_every_stage(words: str) -> None:
    body = PAGE.format(f"Oman closed its {words} there.").encode()
    assert byte_scan.may_hold(body)
    assert visible_text.may_show(body)
    assert may_claim(f"Oman closed its {words} there.")


@pytest.mark.parametrize(
    "text", ["The rhythm section won.", "Allegations, relegation and permission.", "The consultants sent an emission."]
)
def test_other_words_are_dropped(text: str) -> None:
    assert not byte_scan.may_hold(PAGE.format(text).encode())
    assert not may_claim(text)


def test_words_in_addresses_and_code_pass_bytes_but_not_the_look() -> None:
    body = PAGE.format('<a href="/us-embassy-closed">More</a><script>var embassy = 1</script>').encode()
    assert byte_scan.may_hold(body)
    assert not visible_text.may_show(body)


def test_without_the_fast_parser_the_other_one_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visible_text, "_texts", visible_text._texts_by_lxml)
    for word, page, kind in variants(200, 11):
        assert visible_text.may_show(page, kind), word
    assert not visible_text.may_show(PAGE.format('<a href="/us-embassy-closed">More</a>').encode())


def test_without_hyperscan_every_page_passes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_scan, "scanner", lambda: None)
    assert byte_scan.may_hold(b"<p>nothing</p>")


def test_terms_come_from_the_lexicon() -> None:
    assert set(anchors()) <= set(WORDS)
    assert all(any(stem in words.casefold() for stem in stems()) for words in WORDS)
    assert all(any(term in words for term in terms()) for words in WORDS)
    assert len(byte_patterns()) > len(terms())


@given(st.text(st.sampled_from("embasy misonMISON\u00ad-' .\u212a"), max_size=40))
def test_text_check_equals_its_pattern(text: str) -> None:
    from legation.pipeline.funnel.anchor_patterns import text_pattern

    assert holds_anchor(text.lower()) == bool(text_pattern().search(text.lower()))


EVENTS = ["Oman reopened its {} in Damascus.", "The Omani {} in Damascus closed.", "Oman evacuated {} from Damascus."]


@pytest.mark.parametrize("words", OTHERS)
def test_no_other_word_gives_a_claim_alone(reader: Reader, words: str) -> None:
    texts = [Text(event.format(words)) for event in EVENTS if not may_claim(event.format(words))]
    assert [claims for text in texts if (claims := reader.doc(text)._.claims)] == []


def stored_texts() -> list[str]:
    import json

    dev = SHARED / "eval" / "dev" / "articles.jsonl"
    return [json.loads(line)["text"] for line in dev.read_text(encoding="utf-8").splitlines()] if dev.exists() else []


def test_dropped_texts_of_the_development_set_hold_no_claim(reader: Reader) -> None:
    texts = stored_texts()
    if not texts:
        pytest.skip("needs ../shared/eval")
    dropped = [Text(text) for text in texts if not may_claim(text)]
    assert [text for text in dropped if reader.doc(text)._.claims] == []


def test_pages_of_the_sample_site_lose_no_claim(reader: Reader) -> None:
    from legation.pipeline.cleaning.page import clean

    for file in sorted(SITE_FOLDER.rglob("*.htm*")):
        body = file.read_bytes()
        text = clean(body, None, None, "2030-01-01").get("text", "")
        if not (Funnel().page(body) and may_claim(text)):
            assert not reader.doc(Text(text))._.claims, file


@pytest.mark.slow("cleans and reads hundreds of real pages")
def test_pages_as_served_lose_no_claim(reader: Reader) -> None:
    """What the filters drop of real pages is read all the same here, cleaned and whole."""
    from legation.pipeline.cleaning.page import clean

    files = sorted((SHARED / "eval" / "pages").glob("*.html.gz"))
    if not files:
        pytest.skip("needs ../shared/eval")
    for file in files:
        body = gzip.decompress(file.read_bytes())
        if not Funnel().page(body):
            text = clean(body, None, None, "2030-01-01").get("text", "")
            assert not reader.doc(Text(text))._.claims, file
