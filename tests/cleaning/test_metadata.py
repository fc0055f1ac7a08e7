"""Title, author and fingerprint are those that trafilatura gives."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trafilatura import bare_extraction, load_html
from trafilatura.deduplication import content_fingerprint

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.cleaning.fingerprint import fingerprint
from legation.pipeline.cleaning.page import clean
from tests.conftest import SHARED
from tests.site_server import SITE_FOLDER

SLOW = pytest.mark.slow("cleans real pages, twice each")
SAMPLE = sorted(SITE_FOLDER.rglob("*.html"))[::4]
PAGES = sorted((SHARED / "eval" / "pages").glob("*.html.gz"))[::4]
# Lines that trafilatura gives and no reader sees: their elements have `hidden` or "display: none".
HIDDEN = {
    "2163a7895e51.html.gz": (
        "We independently select everything we recommend. "
        "Buying through us may earn us a commission, which supports our work.",
    ),
    "c91e5bc4a18d.html.gz": ("Loading weather data ...",),
}


@pytest.mark.parametrize(
    "file", [*SAMPLE, *(pytest.param(page, marks=SLOW) for page in PAGES)], ids=lambda file: file.name
)
def test_as_trafilatura_has_it(file: Path) -> None:
    body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    url = "https://news.example/2020/a"
    plain: Any = bare_extraction(
        load_html(decode(body)),
        url=url,
        fast=True,
        include_comments=False,
        with_metadata=True,
    )
    own = clean(body, url, None, "2030-01-01")
    if "unparsed" in own or plain.text.startswith("| "):
        return
    told = (own["title"], own["author"], own["text"].splitlines())
    hidden = HIDDEN.get(file.name, ())
    lines = [line for line in plain.text.strip().splitlines() if line not in hidden]
    assert told == (plain.title, plain.author, lines)
    assert own["fingerprint"] == content_fingerprint(own["text"]).rjust(16, "0")


@given(st.lists(st.text("abcé. 中", max_size=9), max_size=80).map(" ".join))
def test_fingerprint_of_any_text(text: str) -> None:
    assert fingerprint(text) == content_fingerprint(text).rjust(16, "0")


def test_of_a_text_without_a_mission_only_the_text_is_told() -> None:
    sentences = "".join(f"<p>The {word} market opened on Monday, and many came to see it.</p>" for word in "abcdefgh")
    body = f"<html><head><title>Market</title></head><body><article>{sentences}</article></body></html>".encode()
    assert clean(body, None, None, "2030-01-01")["title"] == "Market"
    assert clean(body, None, None, "2030-01-01", anchored=True).keys() == {"text"}
