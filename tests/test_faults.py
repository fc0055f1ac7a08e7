"""One page's fault is its own; a page that came back as another text takes nothing back."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from legation.db import pages
from legation.db.connect import connect
from legation.db.decisions import Verdict, decide
from legation.pipeline import extract
from legation.pipeline.check import check
from legation.pipeline.config import load_config
from legation.pipeline.errors import UsageProblem
from legation.pipeline.extract import Reader
from legation.pipeline.fetch.client import Fetcher
from legation.pipeline.operations import problem_rows, run_rows, source_rows, unpark
from legation.pipeline.review import settle
from legation.pipeline.sources.web import Asker
from legation.pipeline.time_limit import TooLong, time_limit
from tests.big_site import story
from tests.conftest import MODEL
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Script
from tests.test_worker import MANY_NODES

PARTNERS = "<p>We and our {} partners store and access information on a device, such as cookies, for measurement.</p>"
PAGE = (
    "<html lang={language}><head><title>{title}</title></head><body><main><h1>{title}</h1>{text}</main></body></html>"
)
LIMITS = "[model]\narticle_seconds = 1\n"


def html(title: str, text: str, language: str = "en") -> bytes:
    return PAGE.format(title=title, text=text, language=language).encode()


def wall(first: int) -> bytes:
    return html("Your privacy", "".join(PARTNERS.format(first + number) for number in range(6)))


def stub(number: int) -> bytes:
    """The first two sentences of a story, and the wish that the reader pays."""
    begins = story(number).partition(b"<article>")[2].split(b"</p>")[:2]
    paid = "<p>Subscribe to read the rest. It costs one euro for the first month, then twelve euros each month.</p>" * 3
    return html(f"Report {number}", b"</p>".join(begins).decode() + "</p>" + paid)


MISSING = html(
    "Not found", "<p>Sorry, the page that you look for was moved or is no longer here. Try our search.</p>" * 4
)
LIVE = "SELECT id FROM claims WHERE retired IS NULL ORDER BY id"


def queue(desk: IngestFolder) -> set[int]:
    return {claim for (claim,) in desk.rows("SELECT claim FROM queue")}


def test_pages_that_changed_beyond_recognition_take_nothing_back(server: Script, desk: IngestFolder) -> None:
    desk.run()
    before = desk.rows(LIVE)
    of_first = desk.rows(
        "SELECT c.id FROM claims AS c JOIN articles AS a ON a.id = c.article WHERE a.url LIKE '%/story/0.html'"
    )
    (claim,), *_ = of_first
    with closing(connect(desk.folder / "legation.db")) as db:
        decide(db, claim, Verdict("approve"), revision=0, reviewer="ann", now="2024-03-01T00:00:00Z")
    assert claim not in queue(desk)

    server.say("/story/0.html", wall(800))
    server.say("/story/1.html", MISSING)
    server.say("/story/2.html", stub(2))
    code, record = desk.run()
    assert code == 1
    assert sorted(line.partition(": the page changed beyond recognition")[0][-13:] for line in record.problems) == [
        "/story/0.html", "/story/1.html", "/story/2.html",
    ]  # fmt: skip
    assert desk.rows(LIVE) == before
    assert claim in queue(desk)  # approved, and yet before a reviewer again

    server.say("/story/0.html", wall(900))  # the same wall with other numbers is told once
    server.say("/story/2.html", story(2))  # the page is back
    code, record = desk.run()
    assert (code, record.problems) == (0, [])
    verdicts = "SELECT r.title, verdict FROM replacements AS r JOIN articles AS a ON a.id = r.article ORDER BY a.url"
    titles = ["We value your privacy", "Your privacy", "Not found", "Report 2"]
    assert [(title in titles, verdict) for title, verdict in desk.rows(verdicts)] == [
        (True, None), (True, None), (True, "kept"),
    ]  # fmt: skip

    lines = [line.text for line in check(load_config(desk.folder / "config.toml"))]
    assert sum("changed beyond recognition" in line for line in lines) == 2

    db = connect(desk.folder / "legation.db")
    first, second = (row[0] for row in desk.rows("SELECT article FROM replacements WHERE verdict IS NULL ORDER BY 1"))
    settle(db, first, "kept", "ann", "2024-03-02T00:00:00Z")
    settle(db, second, "taken", "ann", "2024-03-02T00:00:00Z")
    with pytest.raises(UsageProblem, match="no other text waits"):
        settle(db, first, "kept", "ann", "2024-03-02T00:00:00Z")
    db.close()
    assert claim not in queue(desk)
    _, record = desk.run()
    lost = {row[0] for row in before} - {row[0] for row in desk.rows(LIVE)}
    assert lost == {row[0] for row in desk.rows("SELECT id FROM claims WHERE article = ?", second)} != set()


@Language.component("faulty")
def _faulty(doc: Doc) -> Doc:
    """A component that has a fault with some texts."""
    if "has a fault" in doc.text:
        raise RuntimeError("a rule failed")
    while "takes for ever" in doc.text:
        pass
    return doc


def faulty_reader(model: object) -> Reader:
    """A reader with that component, of another version than the usual one."""
    return _faulty_reader()


@cache
def _faulty_reader() -> Reader:
    found = Reader(MODEL)
    found.nlp.add_pipe("faulty", last=True)
    found.version = "faulty"
    return found


def test_articles_that_cannot_be_read_are_named_and_tried_by_the_next_version(desk: IngestFolder) -> None:
    says = "Norway closed its embassy in Minsk on Monday. "
    texts = [says, says + "The rule has a fault.", says + "This text takes for ever.", says + "More is to come."]
    lines = [json.dumps({"url": f"http://n.example/{n}", "text": text}) for n, text in enumerate(texts)]
    (desk.folder / "a.jsonl").write_text("\n".join(lines))
    source = LIMITS + '[[sources]]\nname = "in"\nkind = "files"\npath = "a.jsonl"\n'

    code, record = desk.run(source, reader=faulty_reader)
    assert code == 1
    assert record.problems == [
        "http://n.example/1: article 2: not read: RuntimeError: a rule failed",
        "http://n.example/2: article 3: not read: TooLong: longer than 1 seconds",
    ]
    assert desk.rows("SELECT count(DISTINCT article) FROM claims") == [(2,)]

    code, record = desk.run(source, reader=faulty_reader)  # not tried again, but told again
    assert (code, record.counts["faults"]) == (0, 0)
    assert [note.partition(" (since ")[0] for note in record.notes] == [
        "http://n.example/1: article 2: not read: RuntimeError: a rule failed",
        "http://n.example/2: article 3: not read: TooLong: longer than 1 seconds",
    ]
    told = [line for line in check(load_config(desk.folder / "config.toml")) if ": not read: " in line.text]
    assert [line.code for line in told] == [1, 1]

    code, record = desk.run(source)  # another version
    assert (code, record.problems, record.notes) == (0, [], [])
    assert desk.rows("SELECT count(*) FROM faults") == [(0,)]
    assert desk.rows("SELECT count(DISTINCT article) FROM claims WHERE retired IS NULL") == [(4,)]


def test_an_article_that_cannot_be_stored_is_named_and_the_others_are(desk: IngestFolder) -> None:
    desk.run(max_pages=1)
    with closing(sqlite3.connect(desk.folder / "legation.db")) as connection:
        connection.execute(
            "CREATE TRIGGER no_article BEFORE INSERT ON articles WHEN new.url LIKE '%/story/2.html' "
            "BEGIN SELECT raise(ABORT, 'no room for it'); END"
        )
        connection.execute(
            "CREATE TRIGGER no_claim BEFORE INSERT ON claims WHEN new.article = "
            "(SELECT id FROM articles WHERE url LIKE '%/story/3.html') BEGIN SELECT raise(ABORT, 'no claim'); END"
        )
        connection.commit()
    code, record = desk.run()
    assert code == 1
    assert [line.partition(": ")[2] for line in record.problems] == [
        "not stored: IntegrityError: no room for it",
        "article 3: not stored: IntegrityError: no claim",
    ]
    read = {
        url[-6:] for (url,) in desk.rows("SELECT a.url FROM articles AS a JOIN extractions AS e ON e.article = a.id")
    }
    assert read == {"0.html", "1.html", "4.html", "5.html"}
    db = connect(desk.folder / "legation.db")
    config = load_config(desk.folder / "config.toml")
    assert [row["faults"] for row in source_rows(db, config)] == [2]
    assert "no room for it" in "\n".join(str(row["problem"]) for row in problem_rows(db, 1))
    assert run_rows(db, 1)[0]["problems"] == 2
    db.execute("DROP TRIGGER no_article")
    db.execute("DROP TRIGGER no_claim")
    unpark(db, ("site",))
    db.close()
    assert desk.run()[0] == 0
    assert desk.rows("SELECT count(*) FROM faults") == [(0,)]
    assert desk.rows("SELECT count(DISTINCT article) FROM extractions") == [(6,)]


def test_a_page_that_cannot_be_cleaned_is_tried_again_after_unpark(server: Script, desk: IngestFolder) -> None:
    fetch = "recheck_hours = 0\nclean_bytes = 400_000_000\nmax_body_bytes = 30_000_000"
    server.say("/story/2.html", MANY_NODES)
    code, record = desk.run(fetch=fetch)
    assert code == 1
    assert len(record.problems) == 1
    assert "/story/2.html: not cleaned: unparsed: " in record.problems[0]
    assert desk.rows("SELECT count(*) FROM extractions") == [(5,)]
    code, record = desk.run(fetch=fetch)
    assert (code, len(record.notes)) == (0, 1)
    db = connect(desk.folder / "legation.db")
    unpark(db, ("site",))
    db.close()
    code, record = desk.run(fetch=fetch)
    assert code == 1
    assert desk.rows("SELECT step, times FROM faults") == [("clean", 1)]


FRENCH = "<p>La France a rouvert son ambassade en Ukraine lundi, selon le ministre. {}</p>".format("Rien de plus. " * 9)


def test_a_page_that_is_not_read_for_its_language_is_counted_so(server: Script, desk: IngestFolder) -> None:
    english = story(2).replace(b'lang="en"', b'lang="fr"')  # that says of itself that it is French
    server.say("/story/2.html", english)
    server.say("/story/3.html", html("Titre", FRENCH, "fr"))
    site = f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{server.url}/feed.xml"\nlanguage = "{{}}"'
    _, record = desk.run(site.format("en"))
    assert record.counts["articles read"] == 4
    assert "4 read (2 not in English)" in "\n".join(record.summary())
    _, record = desk.run(site.format("en"))
    assert record.counts["articles in another language"] == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ('language = "fr"', "1 read (1 not in English, 4 not in French)"),
        ('language = "uk"', "0 read (6 not in Ukrainian)"),
        ("", "5 read (1 not in English)"),
    ],
)
def test_the_language_that_is_not_met_is_named(server: Script, desk: IngestFolder, language: str, words: str) -> None:
    server.say("/story/2.html", story(2).replace(b'lang="en"', b'lang="fr"'))
    server.say("/story/3.html", html("Titre", FRENCH, "fr"))
    _, record = desk.run(f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{server.url}/feed.xml"\n{language}')
    assert words in "\n".join(record.summary())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the first alarm may ring within gc
def test_extract_names_an_article_that_takes_too_long(
    desk: IngestFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extract, "ARTICLE_SECONDS", 1)
    monkeypatch.setattr(extract, "Reader", faulty_reader)
    says = "Norway closed its embassy in Minsk on Monday. "
    path = desk.folder / "a.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}) for text in (says, says + "It takes for ever.", says)))
    told: list[str] = []
    with (desk.folder / "out").open("w") as out:
        code = extract.print_claims((str(path),), None, "en_core_web_sm", out=out, complain=told.append)
    assert code == 1
    assert told == [f"{path}:2: not read: TooLong: longer than 1 seconds"]
    assert len((desk.folder / "out").read_text().splitlines()) == 2


def test_a_block_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TooLong, match=r"longer than 0\.05 seconds"), time_limit(0.05):
        _turn_for_ever()


def test_a_block_in_time_is_left_alone() -> None:
    with time_limit(60):
        assert sum(range(10)) == 45


def _turn_for_ever() -> None:
    while True:
        pass


def test_half_characters_in_json_cost_no_more_than_themselves(server: Script, desk: IngestFolder) -> None:
    """JSON can hold lone surrogates, which no database takes: once, one of them ended every run."""
    stories = [f"{server.url}/story/{number}.html" for number in range(6)]
    items = [
        {"url": stories[0], "title": "a\ud800b"},
        {"url": stories[1] + "?x=\udfff"},
        {"id": stories[1], "title": "n\0l"},
    ]
    about = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    server.say("/a.json", about, Content_Type="application/json")
    articles = {"articles": [{"url": stories[2], "title": "\udc00", "seendate": "\ud800"}, {"url": stories[3]}]}
    query = "/b?query=x&mode=artlist&format=json&maxrecords=250&sort=datedesc"
    server.say(query, json.dumps(articles).encode(), Content_Type="application/json")
    node = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"\\ud800","author":"\\ud800"}</script>'
    server.say("/story/4.html", story(4).replace(b"</head>", node.encode() + b"</head>"))
    sources = f'[[sources]]\nname = "a"\nkind = "feed"\nurl = "{server.url}/a.json"\n'
    sources += f'[[sources]]\nname = "b"\nkind = "gdelt"\nquery = "x"\nurl = "{server.url}/b"\n'
    sources += f'[[sources]]\nname = "c"\nkind = "pages"\nurls = {json.dumps(stories[4:])}\n'
    code, record = desk.run(sources)
    assert (code, record.problems) == (1, [f"{stories[1]}?x=%EF%BF%BD: failed: HTTP 404"])
    assert desk.rows("SELECT count(*) FROM extractions") == [(6,)]
    titles = desk.rows("SELECT title FROM pages WHERE title IS NOT NULL ORDER BY 1")
    assert titles == [("a\ufffdb",), ("nl",), ("\ufffd",)]


def test_an_answer_that_our_code_stumbles_over_is_one_sources_or_pages_fault(
    server: Script, desk: IngestFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, get, want = Asker.ask, Fetcher.get, pages.want

    def stumbling(part: str, whole: Any) -> Any:
        def first(*given: Any, **more: Any) -> Any:
            if part in str(given):
                raise IndexError("list index\nout of range")
            return whole(*given, **more)

        return first

    def refused(source: str, some: Iterable[Any]) -> Iterator[Any]:
        for one in some:
            if source == "two":
                raise IndexError("list index\nout of range")
            yield one

    monkeypatch.setattr(Asker, "ask", stumbling("name='one'", ask))
    monkeypatch.setattr(pages, "want", lambda db, source, some, *more: want(db, source, refused(source, some), *more))
    monkeypatch.setattr(Fetcher, "get", stumbling("/story/3.html", get))
    source = f'[[sources]]\nname = "{{}}"\nkind = "feed"\nurl = "{server.url}/feed.xml"\n'
    code, record = desk.run("".join(map(source.format, ("one", "two", "site"))))
    place = f"{server.url}/feed.xml: "
    assert code == 1
    assert sorted(record.problems) == sorted(
        [
            f"{server.url}/story/3.html: failed: IndexError: list index out of range",
            f"one: {place}IndexError: list index out of range",
            f"two: {place}not stored: IndexError: list index out of range",
        ]
    )
    assert desk.rows("SELECT count(*) FROM extractions") == [(5,)]
    assert dict(desk.rows("SELECT name, failures FROM sources")) == {"one": 1, "two": 1, "site": 0}
