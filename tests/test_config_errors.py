# ruff: noqa: E501 - a table of texts
"""Every mistake in config.toml at once, each in plain words with its place and what to write."""

from pathlib import Path

import pytest

from legation.pipeline.config import load_config
from legation.pipeline.errors import UsageProblem

SOURCE = '[[sources]]\nname = "wire"\n'


def problems(folder: Path, text: str) -> list[str]:
    """What is told about a configuration, without the path of the file."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageProblem) as told:
        load_config(path)
    return [line.removeprefix(f"{path}: ") for line in told.value.problems]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[fetch]\ndelay = 3", "fetch.delay: unknown key `delay`; did you mean `delay_seconds`?"),
        ("[fetch]\nredirects = 3", "fetch.redirects: unknown key `redirects`; did you mean `max_redirects`?"),
        ("[database]\npaht = 'x'", "database.paht: unknown key `paht`; did you mean `path`?"),
        ("[databse]", "databse: unknown section `databse`; did you mean `database`?"),
        ("[status]\nunreviewed = 3", "status.unreviewed: must be at most 1.0, not 3"),
        ("[fetch]\nread_seconds = 'long'", "fetch.read_seconds: must be a number, not 'long'"),
        ("[fetch]\nmax_body_bytes = 1.5", "fetch.max_body_bytes: must be a whole number, not 1.5"),
        ("[fetch]\nhosts_at_once = 0", "fetch.hosts_at_once: must be at least 1, not 0"),
        ("[fetch]\nallow_private = 'a.b'", 'fetch.allow_private: must be a list in brackets; write allow_private = ["a.b"]'),
        ("[database]\npath = 5", "database.path: must be a text in quotation marks, not 5"),
        ("[serve]\nhttps = 'maybe'", "serve.https: must be true or false, not 'maybe'"),
        ("[serve]\nreading = 'everybody'", 'serve.reading: \'everybody\' is not known; it is "open", "all" or "signed-in"'),
        ("fetch = 5", "fetch: must be a section; write [fetch] on a line of its own, and its keys below"),
        ("[sources]\nname = 'x'", "sources: each source is a section of its own; write [[sources]], with two brackets, and its keys below"),
        (SOURCE + "kind = 'rss'\nurl = 'https://a.org'", 'sources[0]: kind "rss" is not known; for RSS and Atom write kind = "feed"'),
        (SOURCE + "kind = 'Atom'\nurl = 'https://a.org'", 'sources[0]: kind "Atom" is not known; for RSS and Atom write kind = "feed"'),
        (SOURCE + "kind = 'feeds'\nurl = 'https://a.org'", 'sources[0]: kind "feeds" is not known; write kind = "feed"'),
        (SOURCE + "kind = 'folder'\npath = 'in'", 'sources[0]: kind "folder" is not known; for files on this machine write kind = "files"'),
        (SOURCE + "kind = 'pigeon'", 'sources[0]: kind "pigeon" is not known; it is one of feed, sitemap, list, pages, files, warc, stdin, gdelt'),
        (SOURCE + "url = 'https://a.org'", "sources[0]: kind is missing; it is one of feed, sitemap, list, pages, files, warc, stdin, gdelt"),
        (SOURCE + "kind = 'feed'", "sources[0].url: is missing: Where it is asked"),
        (SOURCE + "kind = 'feed'\nurl = 'a.org'", "sources[0].url: not a web address; it must begin with http:// or https://"),
        (SOURCE + "kind = 'feed'\nurl = 'https://a.org'\ndelay = 3", "sources[0].delay: unknown key `delay`; did you mean `delay_seconds` in [fetch]?"),
        (SOURCE + "kind = 'feed'\nurl = 'https://a.org'\nlanguge = 'en'", "sources[0].languge: unknown key `languge`; did you mean `language`?"),
        (SOURCE + "kind = 'pages'\nurls = []", "sources[0].urls: must hold at least 1"),
        (SOURCE + "kind = 'feed'\nurl = 'https://a.org'\nmax_new = true", "sources[0].max_new: must be a number, not true"),
        ("[fetch]\ndelay_seconds = false", "fetch.delay_seconds: must be a number, not false"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    assert problems(tmp_path, text) == [line]


def test_all_problems_of_a_source_are_told_at_once(tmp_path: Path) -> None:
    text = """
        [[sources]]
        name = "Two Words"
        kind = "rss"
        keywords = "embassy"
        min_new = -1
        lanugage = "en"
        [[sources]]
        name = "twice"
        kind = "pigeon"
        may_fail = "perhaps"
        [[sources]]
        name = "twice"
        kind = "list"
        url = "https://a.org"
        match = "("
    """
    assert [line.split(": ")[0] for line in problems(tmp_path, text)] == [
        "sources[0]", "sources[1]", "sources[2].match", "sources[0].name", "sources[0].keywords",
        "sources[0].min_new", "sources[0].url", "sources[0].lanugage", "sources[1].may_fail", "sources",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "[fetch]\ncontact = 'two words'", "[serve]\nport = 99999", "[[serve.people]]\nname = ''\nrole = 'boss'",
        "[model]\npipeline = ['x']", "sources = 3", "sources = [3]", "serve = []", "[serve]\npeople = 'maria'",
        "[fetch]\nmax_redirects = 'ten'\nwhole_seconds = -1", "[[sources]]\nkind = 3", "[[sources]]\nkind = []",
        "[[serve.people]]\nname = 'a'\npassword_hash = 'secret'\ntoken_sha256 = 'z'",
    ],
)  # fmt: skip
def test_no_words_of_the_library_reach_a_user(tmp_path: Path, text: str) -> None:
    for line in problems(tmp_path, text):
        for word in ("Input", "input", "valid ", "Extra", "permitted", "pydantic", "Field required", "discriminator"):
            assert word not in line, line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[fetch]\ncontact = 'a@b.org'\n[serve\n", "line 3: `[serve`: this section is not closed; write [name]"),
        ("[fetch]\n[fetch]\n", "line 2: `[fetch]`: this section is in the file twice"),
        ("[fetch]\nagent = 'a'\nagent = 'b'\n", "line 3: `agent = 'b'`: this key is given twice"),
        ("[fetch]\nagent = \u201ca\u201d\n", "line 2: `agent = \u201ca\u201d`: the value is not one of TOML; write texts in straight"),
        ("[fetch]\nagent = a b\n", "line 2: `agent = a b`: the value is not one of TOML; write texts in straight"),
        ("[fetch]\nagent = 'a\n", "line 2: `agent = 'a`: this text is not closed"),
        ('[database]\npath = "C:\\data"\n', "line 2: `path = \"C:\\data\"`: this text contains a backslash; write \\\\"),
        ("[fetch]\nallow_private = ['a'\n", "line 2: `allow_private = ['a'`: this list is not closed; write [..., ...]"),
        ("sources:\n  - name: a\n", "line 1: `sources:`: this is no `key = value`"),
        ('{"sources": []}', 'line 1: `{"sources": []}`: this is neither a [section] nor `key = value`'),
        ("a = " + "[" * 5000 + "]" * 5000, "it is nested too deep"),
        ("\0\0", "line 1: `??`: this is neither"),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_told_by_its_line(tmp_path: Path, text: str, words: str) -> None:
    [line] = problems(tmp_path, text)
    assert line.startswith(f"not TOML: {words}")
    assert "column" not in line


def test_a_file_that_is_not_utf8_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("[fetch]\nagent = '\xe9'".encode("latin-1"))
    with pytest.raises(UsageProblem, match="byte 17 is not UTF-8; save the file as UTF-8"):
        load_config(path)
