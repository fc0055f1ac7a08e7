"""Bytes to characters."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.pipeline.cleaning.charset import decode

GERMAN = "Die Botschaft in Kiew öffnet wieder, sagte die Außenministerin über die Lage. " * 20
RUSSIAN = "Посольство возобновило работу в Киеве, сообщило министерство иностранных дел. " * 20


@pytest.mark.parametrize(
    ("text", "charset", "content_type"),
    [
        (GERMAN, "utf-8", None),
        (GERMAN, "utf-8", "text/html; charset=iso-8859-1"),  # the header is wrong
        (GERMAN, "cp1252", "text/html; charset=ISO-8859-1"),
        (GERMAN + "„Euro“ €", "cp1252", "text/html; charset=latin-1"),  # as browsers read that label
        (GERMAN, "cp1252", None),
        (RUSSIAN, "cp1251", "text/html; charset=windows-1251"),
        (RUSSIAN, "koi8-r", 'text/html; charset="koi8-r"'),
        (RUSSIAN, "cp1251", "text/html; charset=utf-8"),  # the header is wrong
        (RUSSIAN, "cp1251", "text/html; charset=no-such-charset"),
        (RUSSIAN, "cp1251", "text/html; charset=hex"),  # a codec, but no charset
    ],
)
def test_decode(text: str, charset: str, content_type: str | None) -> None:
    assert decode(text.encode(charset), content_type) == text


def test_the_page_may_name_its_charset() -> None:
    page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head>' + RUSSIAN
    assert decode(page.encode("cp1251"), "text/html") == page


@pytest.mark.parametrize(
    ("mark", "charset"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_decides(mark: bytes, charset: str) -> None:
    assert decode(mark + GERMAN.encode(charset), "text/html; charset=koi8-r") == GERMAN


def test_utf8_with_little_damage_stays_utf8() -> None:
    damaged = GERMAN.encode() + b"\xed\xa0\x80 end"
    assert decode(damaged, "text/html; charset=utf-8").startswith(GERMAN)


@given(st.binary(max_size=500), st.none() | st.text(max_size=40))
def test_decode_never_fails(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type), str)


RUSSIAN_WORD = "Посольство"
FILLER = "<p>" + "River market harbour and the railway in winter. " * 60 + "</p>"


@pytest.mark.parametrize(
    ("charset", "word", "content_type", "before"),
    [
        ("windows-1251", RUSSIAN_WORD, "text/html; charset=utf-8", ""),
        ("windows-1251", RUSSIAN_WORD, "text/html; charset=iso-8859-1", ""),
        ("koi8-r", RUSSIAN_WORD, "text/html; charset=utf-8", ""),
        ("windows-1251", RUSSIAN_WORD, None, "<!-- " + "c" * 60_000 + " -->"),  # one word, and looked at once
        ("shift_jis", "日本大使館", "text/html; charset=utf-8", ""),
        ("iso-8859-7", "Πρεσβεία", "text/html; charset=iso-8859-1", ""),
        ("gb18030", "中国外交部", "text/html", ""),
    ],
)
def test_a_few_foreign_letters_in_a_long_page_stay_whole(
    charset: str, word: str, content_type: str | None, before: str
) -> None:
    page = f"<html><head>{before}<meta charset={charset}></head><p>The embassy ({word}) closed.</p>{FILLER}"
    assert decode(page.encode(charset), content_type) == page


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(charset: str) -> None:
    page = f"<html><p>{RUSSIAN_WORD}</p>{FILLER}"
    assert decode(page.encode(charset), None) == page


def test_the_declaration_of_xml_counts() -> None:
    page = f'<?xml version="1.0" encoding="windows-1251"?><rss>{RUSSIAN_WORD}</rss>'
    assert decode(page.encode("cp1251"), None) == page


def test_two_wrong_bytes_in_a_little_utf8_stay_two_wrong_characters() -> None:
    assert decode(f"<t>{RUSSIAN_WORD}</t>".encode() + b"\xe9\xff", None) == f"<t>{RUSSIAN_WORD}</t>\ufffd\ufffd"


@pytest.mark.parametrize(
    ("written", "declared"),
    [("koi8-r", "windows-1251"), ("windows-1251", "koi8-r"), ("iso8859-5", "windows-1251")],
)
def test_one_cyrillic_charset_declared_for_another(written: str, declared: str) -> None:
    text = "Посольство Франции в Киеве снова открыто, сообщило министерство иностранных дел в понедельник. " * 2
    page = f"<html><head><meta charset={declared}></head><body><p>{text}</p><p>The embassy works.</p></body></html>"
    assert decode(page.encode(written), "text/html") == page
