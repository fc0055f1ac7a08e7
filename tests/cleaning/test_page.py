"""Bytes of a page to text and metadata."""

import pytest

from legation.pipeline.cleaning.control_characters import strip_control_characters
from legation.pipeline.cleaning.fingerprint import fingerprint
from legation.pipeline.cleaning.page import LONGEST_TEXT, clean

STORY = "".join(
    f"<p>Diplomats of country number {n} returned to the capital, and its embassy in the old town works again, an "
    f"official told reporters on day {n}.</p>"
    for n in range(8)
)


def page(body: str, head: str = "") -> bytes:
    return f'<html lang="en-GB"><head>{head}</head><body><article>{body}</article></body></html>'.encode()


def cleaned(body: bytes) -> dict[str, str | None]:
    return clean(body, "https://news.example/a", None, newest="2024-03-01")


def test_text_and_metadata() -> None:
    head = (
        '<title>Embassies return</title><link rel="canonical" href="/story">'
        '<meta property="article:published_time" content="2024-02-03T10:00:00Z">'
        '<meta name="author" content="Ann Writer">'
    )
    result = cleaned(page(STORY, head))
    assert "Diplomats of country number 7 returned" in str(result["text"])
    assert {name: result[name] for name in ("title", "author", "language", "published", "canonical")} == {
        "title": "Embassies return",
        "author": "Ann Writer",
        "language": "en",
        "published": "2024-02-03",
        "canonical": "/story",
    }


def test_a_date_after_the_fetch_is_no_date() -> None:
    head = '<meta property="article:published_time" content="2031-02-03T10:00:00Z">'
    assert cleaned(page(STORY, head))["published"] is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"%PDF-1.7 ...", "not HTML: PDF"),
        (b"\x89PNG\r\n", "not HTML: PNG"),
        (b"PK\x03\x04", "not HTML: ZIP"),
        (b"\x1f\x8b\x08", "not HTML: gzip"),
        (b'{"error": "log in"}', "not HTML"),
        (b"<div>" * 100_000 + STORY.encode(), "nested too deep"),
        (page("<p>" + "The embassy works. " * 800_000), "one text too long for the parser"),
        (page("<img src=a.png>"), "no article text found"),
        (page("<p>" + "The embassy works. " * (LONGEST_TEXT // 15) + "</p>"), f"text over {LONGEST_TEXT} characters"),
    ],
    ids=["empty", "blank", "pdf", "png", "zip", "gzip", "json", "deep", "node", "picture", "long"],
)
def test_what_is_no_article_says_why(body: bytes, why: str) -> None:
    assert cleaned(body)["unparsed"] == why


def test_characters_that_cannot_be_stored_are_dropped() -> None:
    hostile = page(STORY.replace("returned", "re\x00tur\x1b[31mned")) + b"\xed\xa0\x80"
    text = str(cleaned(hostile)["text"])
    assert not any(ord(c) < 32 and c not in "\n\t" for c in text)
    text.encode("utf-8")


def test_markup_in_the_text_stays_text() -> None:
    result = cleaned(
        page(STORY + "<p>He wrote &lt;script&gt;alert(1)&lt;/script&gt; on the embassy wall, they said.</p>")
    )
    assert "<script>alert(1)</script>" in str(result["text"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, None), ("", None), (" \x00 ", None), ("a\x00b\ud800c\n", "abc"), ("tab\tstays", "tab\tstays")],
)
def test_tidy(text: str | None, expected: str | None) -> None:
    assert strip_control_characters(text) == expected


def test_fingerprints_have_sixteen_digits() -> None:
    assert len(fingerprint("x")) == len(fingerprint("The embassy works again in the capital " * 9)) == 16


SAID = "Norway closed its embassy in Kyiv on Monday, the ministry said in a statement."


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        (f"<p>{SAID}</p>", True),
        (f"<noscript><p>{SAID}</p></noscript>", True),
        (f"<p hidden>{SAID}</p>", False),
        (f"<div hidden='until-found'><p>{SAID}</p></div>", False),
        (f"<template><p>{SAID}</p></template>", False),
        (f"<dialog><p>{SAID}</p></dialog>", False),
        (f"<p style='color: red; DISPLAY : none'>{SAID}</p>", False),
        (f"<p style='visibility:hidden'>{SAID}</p>", False),
        (f"<p aria-hidden='true'>{SAID}</p>", False),
        (f"<p style='visibility: collapse'>{SAID}</p>", False),
        (f"<p style='font-size:0'>{SAID}</p>", False),
        (f"<p style='font-size:0.9em'>{SAID}</p>", True),
        (f"<p><del>{SAID}</del> They came back, people said.</p>", False),
        (f"<p><s>{SAID}</s> They came back, people said.</p>", False),
        (f"<noscript><p>Please enable scripts. {SAID}</p></noscript>", False),
    ],
)
def test_only_what_a_reader_sees_is_text(markup: str, seen: bool) -> None:
    text = str(cleaned(page(STORY + markup + STORY.replace("country", "state")))["text"])
    assert (SAID in text) == seen
    assert "Diplomats of state number 7 returned" in text


@pytest.mark.parametrize(
    ("style", "seen"),
    [
        (".x { display: none }", False),
        ("p.x, div.y { color: red; display:none !important; }", False),
        ("#y { DISPLAY: NONE }", False),
        (".z .x { visibility: hidden }", False),
        ("article .z > p.x { display: none }", False),
        ("@media screen { .x { display: none } }", False),
        ("@layer a { .x { display: none } }", False),
        ("@import url('a.css'); @font-face { src: url(x) } .x { display: none }", False),
        ("a::before { content: '}{' } .x { display: none }", False),
        (".x { display: none !important } p.x { display: block }", False),
        (".x { display: none } .x.open { display: block }", False),
        (".x { display: none } .x { display: block }", True),
        (".x { display: none } p#y { display: block }", True),
        (".x { display: none } .x:hover { display: block }", True),
        (".x { display: none } [class=x] { display: block }", True),
        ("@media print { .x { display: none } }", True),
        ("@media (max-width: 600px) { .x { display: none } }", True),
        ("@keyframes a { from { visibility: hidden } }", True),
        ("/* .x { display: none } */", True),
        (".x:not(.open) { display: none }", True),
        (".w > .x { display: none }", True),
        (".x::before { display: none } b + .w { display: none }", True),
        (".x { display: none", True),
        ("body { display: none } article { display: none }", True),
    ],
)
def test_what_the_style_of_the_page_hides_is_no_text(style: str, seen: bool) -> None:
    markup = f"<div class=z><p id=y class='a x'>{SAID}</p></div>"
    for head, before in ((f"<style>{style}</style>", ""), ("", f"<style media=screen>{style}</style>")):
        text = str(cleaned(page(before + STORY + markup + STORY.replace("country", "state"), head))["text"])
        assert (SAID in text) == seen
        assert "Diplomats of state number 7 returned" in text


def test_what_hides_most_of_a_page_waits_for_a_script() -> None:
    head = "<style>.late { visibility: hidden }</style>"
    text = str(
        cleaned(page(f"<div class=late>{STORY}</div><p>Loading the rest of the page for you.</p>", head))["text"]
    )
    assert "Diplomats of country number 7 returned" in text


def test_a_style_for_print_or_of_another_element_hides_nothing() -> None:
    for media in ("print", "'(width < 9em)'"):
        style = f"<style media={media}>.x{{display:none}}</style>"
        assert SAID in str(cleaned(page(f"{STORY}<p class=x>{SAID}</p>", style))["text"])
    shown = "<style>.x{display:none}</style>"
    assert SAID in str(cleaned(page(f"{STORY}<p class=x style='display:block'>{SAID}</p>", shown))["text"])


def test_the_canonical_link_starts_from_the_base_of_the_page() -> None:
    head = '<base href="https://news.example/deep/er/"><link rel="canonical" href="story.html">'
    assert cleaned(page(STORY, head))["canonical"] == "https://news.example/deep/er/story.html"
