"""The sources in the browser: try, add, pause, remove, lists of feeds; what the server asks for an editor, what not."""

import re
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.big_site import feed
from tests.in_process import call
from tests.rows import fresh
from tests.scripted_server import Script, scripted
from tests.web.conftest import EDITS, TOKEN, Server, people, serving, serving_here, sign_in, violations
from tests.web.payloads import PAYLOADS

EDITOR = {"authorization": f"Bearer {EDITS}", "accept": "application/json"}
STORY = (
    "<!doctype html><html lang='{language}'><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    "<p>{words}</p></article></body></html>"
)
WORDS = "The ministry said on Monday that its embassy works as before and that nothing else was decided. " * 5
OPML = """<opml version="2.0"><body><outline text="G">
<outline type="rss" text="Herald" xmlUrl="https://herald.example/feed"/>
<outline type="rss" text="Known" xmlUrl="{known}"/>
<outline text="Bad &lt;b&gt;" xmlUrl="javascript:alert(1)"/></outline>
</body></opml>"""


def rss(*items: tuple[str, str], title: str = "The Gazette") -> bytes:
    from html import escape

    entries = "".join(f"<item><title>{escape(name)}</title><link>{escape(url)}</link></item>" for name, url in items)
    text = f"<rss version='2.0'><channel><title>{escape(title)}</title><language>en</language>{entries}</channel></rss>"
    return text.encode()


def page(*links: str, title: str = "News") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{''.join(links)}</head><body>x</body></html>".encode()


def named(path: str, title: str = "") -> str:
    return f"<link rel='alternate' type='application/rss+xml' href='{path}' title='{title}'>"


def fill(site: Script) -> None:
    """A site with a feed of three pages, of which one is forbidden by robots.txt, and addresses that are no feed."""
    site.say("/robots.txt", b"User-agent: *\nDisallow: /secret/\n")
    for number, language in enumerate(("en", "fr"), 1):
        text = STORY.format(title=f"Story {number}", language=language, words=WORDS)
        site.say(f"/story/{number}", text.encode())
    stories = (("One", f"{site.url}/story/1"), ("Two", f"{site.url}/story/2"), ("Three", f"{site.url}/secret/3"))
    site.say("/feed.xml", rss(*stories), Content_Type="application/rss+xml")
    site.say("/other.xml", rss(("One", f"{site.url}/story/1"), title="Other news"))
    site.say("/known.xml", rss(("One", f"{site.url}/story/1")))
    site.say("/one", page(named("/feed.xml", "All news")))
    site.say("/two", page(named("/feed.xml", "All news"), named("/other.xml", "Other <b>news</b>")))
    site.say("/none", page())
    site.say("/pdf", b"%PDF-1.4 ...", Content_Type="application/pdf")
    site.say("/page-for-a-feed", page(named("/none")))
    site.say("/empty.xml", rss())
    site.routes["/away"] = lambda request: request.redirect("http://127.0.0.1:9/feed.xml")
    site.routes["/metadata"] = lambda request: request.redirect("http://169.254.169.254/latest/")


@pytest.fixture(scope="module")
def site() -> Iterator[Script]:
    with scripted() as script:
        fill(script)
        yield script


def settings(site: Script, more: str = "") -> str:
    """Configuration in which the site may be asked, and is a source already by one of its feeds."""
    source = f'[[sources]]\nname = "of-the-file"\nkind = "feed"\nurl = "{site.url}/known.xml"\n'
    return f'[fetch]\ndelay_seconds = 0\nallow_private = ["{site.host}"]\n{more}{source}{people()}'


@pytest.fixture
def server(tmp_path: Path, site: Script) -> Iterator[Server]:
    fresh(tmp_path / "legation.db", unreviewed=0.5).close()
    with serving_here(tmp_path, settings(site)) as running:
        yield running


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, site: Script) -> Iterator[Server]:
    """A server for tests after which nothing may be stored."""
    folder = tmp_path_factory.mktemp("sources")
    fresh(folder / "legation.db", unreviewed=0.5).close()
    with serving(folder, settings(site)) as running:
        yield running


def rows(server: Server, sql: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(server.database)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def stored(server: Server) -> list[int]:
    """Rows of everything that a trial must not write."""
    tables = ("added_sources", "sources", "runs", "listings", "pages", "bodies", "articles", "claims")
    return [rows(server, f"SELECT count(*) FROM {table}")[0][0] for table in tables]


NOTHING = [0] * 8


def post(server: Server, path: str, headers: dict[str, str] = EDITOR, **form: str) -> httpx.Response:
    return httpx.post(f"{server.url}/-/sources/{path}", data=form, headers=headers, timeout=120)


def opened(server: Server, browser: Any, **context: Any) -> Any:
    found = browser.new_context(**context).new_page()
    found.set_default_timeout(120_000)
    sign_in(found, server, "edith")
    found.goto(f"{server.url}/-/sources")
    return found


def test_an_address_is_tried_and_added_by_keyboard_alone(server: Server, browser: Any, site: Script) -> None:
    page = opened(server, browser)
    page.locator("#address").focus()
    page.keyboard.type(f"{site.url}/one")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/-/sources/try")
    assert "The page names one feed, this one. It names 3 pages, all of them new." in page.locator(".lede").inner_text()
    lines = [re.sub(r"\s+", " ", row.inner_text()) for row in page.locator("tbody tr").all()]
    assert lines[0].startswith("Story 1 not stated English ")
    assert lines[1].startswith("Story 2 not stated French ")
    assert lines[2].startswith("Three robots.txt disallows it")
    assert int(page.locator("tbody tr").first.locator("td.n").inner_text()) > 400
    assert stored(server) == NOTHING
    page.get_by_label("Only pages about").fill("embassy, consulate")
    page.get_by_label("Only pages about").press("Enter")
    page.get_by_text("the-gazette is added; the next run asks it.").wait_for()
    assert rows(server, "SELECT name, settings, added_by, paused_by FROM added_sources") == [
        (
            "the-gazette",
            f'{{"kind": "feed", "url": "{site.url}/feed.xml", "language": "en", "keywords": ["embassy", "consulate"]}}',
            "edith",
            None,
        )
    ]
    told = call(server.database.parent, "sources", "--format", "jsonl").stdout
    assert re.findall(r'"name": "([^"]+)"', told) == ["of-the-file", "the-gazette"]


def test_a_page_with_two_feeds_lets_choose(still: Server, browser: Any, site: Script) -> None:
    page = opened(still, browser)
    page.locator("#address").fill(f"{site.url}/two")
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("This page is no source, and names 2.").wait_for()
    assert page.locator(".pick strong").all_inner_texts() == ["All news", "Other <b>news</b>"]
    page.locator(".pick button").nth(1).click()
    page.get_by_role("heading", name="Other news").wait_for()
    assert page.get_by_label("Name").input_value() == "other-news"
    assert stored(still) == NOTHING


def test_what_a_run_would_take_is_asked_once_each_and_politely(tmp_path: Path, site: Script) -> None:
    fresh(tmp_path / "legation.db").close()
    text = settings(site).replace("delay_seconds = 0", "delay_seconds = 0.3")
    with serving_here(tmp_path, text) as server:
        for _ in range(2):  # the pause holds from trial to trial too, and robots.txt is read once
            first = len(site.hits)
            assert post(server, "try", address=f"{site.url}/feed.xml").status_code == 200
        hits = [hit for hit in site.hits if hit.headers.get("user-agent", "").startswith("Legation/")][-7:]
    paths = ["/robots.txt", "/feed.xml", "/story/1", "/story/2", "/feed.xml", "/story/1", "/story/2"]
    assert [hit.path for hit in hits] == paths
    assert [hit.path for hit in site.hits[first:]] == paths[4:]
    assert all(later.at - earlier.at >= 0.29 for earlier, later in pairwise(hits))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/gone", "HTTP 404. The address is gone"),
        ("/pdf", "this is a PDF, not a feed; give the address of the site's feed"),
        ("/none", "this page names no feed; look on it for"),
        ("/page-for-a-feed", "names this as its feed, and it is a web page"),
        ("/secret/feed.xml", "robots.txt disallows it. The publisher does not want programs there"),
        ("/known.xml#top", "this is the source of-the-file already"),
        ("/away", "127.0.0.1 is at 127.0.0.1, which is not public. It is on a private network"),
        ("/metadata", "169.254.169.254 is at 169.254.169.254, which is not public"),
    ],
)
def test_what_is_no_source_is_refused_in_one_line_with_the_cure(
    still: Server, site: Script, path: str, words: str
) -> None:
    got = post(still, "try", address=site.url + path)
    assert got.status_code == 422
    assert words in got.json()["error"]
    assert "\n" not in got.json()["error"]
    assert stored(still) == NOTHING


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "an address is missing"),
        ("ftp://a.example/feed", "only http and https are asked. Write an address that begins with https://"),
        ("http://me:secret@127.0.0.1/", "address with a user name"),
        ("http://[::1]/feed", "which is not public"),
        ("http://10.0.0.8/feed", "10.0.0.8 is at 10.0.0.8, which is not public"),
        ("127.0.0.1/feed", "https://127.0.0.1/feed: 127.0.0.1 is at 127.0.0.1, which is not public"),
        ("file:///etc/passwd", "only http and https are asked"),
        ("https://" + "a" * 3000, "address over 2048 characters"),
    ],
)
def test_addresses_that_are_not_asked(still: Server, address: str, words: str) -> None:
    got = post(still, "try", address=address)
    assert (got.status_code, stored(still)) == (422, NOTHING)
    assert words in got.json()["error"]


def test_a_private_site_is_not_asked_unless_the_configuration_names_it(tmp_path: Path) -> None:
    fresh(tmp_path / "legation.db").close()
    with scripted() as private, serving_here(tmp_path, people()) as server:
        fill(private)
        for address in (f"{private.url}/feed.xml", private.url.replace("127.0.0.1", "localhost")):
            got = post(server, "try", address=address)
            assert got.status_code == 422
            assert "allow_private" in got.json()["error"]
        assert private.hits == []


def test_a_body_that_is_too_long_and_a_server_that_trickles_are_ended(tmp_path: Path, site: Script) -> None:
    fresh(tmp_path / "legation.db").close()
    site.say("/long.xml", feed(site, [f"/story/{number}" for number in range(1000)]))
    site.routes["/slow.xml"] = lambda request: request.stream((b" " for _ in range(200)), pause=0.1)
    limits = "max_listing_bytes = 20000\nwhole_seconds = 1.0\n"
    with serving_here(tmp_path, settings(site, limits)) as server:
        long, slow = (post(server, "try", address=f"{site.url}/{name}.xml") for name in ("long", "slow"))
    assert "body over 20000 bytes. It is too long: choose a smaller feed" in long.json()["error"]
    assert "timeout" in slow.json()["error"]


def test_an_error_stands_at_its_field_and_keeps_what_was_typed(still: Server, browser: Any, site: Script) -> None:
    page = opened(still, browser)
    page.locator("#address").fill(f"{site.url}/gone")
    page.get_by_role("button", name="Try it").click()
    page.locator("#wrong").wait_for()
    field = page.locator("#address")
    assert field.input_value() == f"{site.url}/gone"
    assert (field.get_attribute("aria-invalid"), field.get_attribute("aria-describedby")) == ("true", "wrong")


def test_pause_resume_remove_and_try_by_mouse(server: Server, browser: Any, site: Script) -> None:
    assert post(server, "add", name="gazette", kind="feed", url=f"{site.url}/feed.xml").json() == {"added": "gazette"}
    page = opened(server, browser)
    row = page.locator("tr", has_text="gazette")
    assert "edith" in row.inner_text()
    for button, said, paused in (
        ("Pause gazette", "gazette is paused; runs leave it out.", "edith"),
        ("Resume gazette", "gazette is asked again from the next run on.", None),
    ):
        row.get_by_role("button", name=button).click()
        page.get_by_text(said).wait_for()
        assert rows(server, "SELECT paused_by FROM added_sources") == [(paused,)]
    row.get_by_role("button", name="Try gazette").click()
    page.get_by_text("It names 3 pages").wait_for()
    page.get_by_role("link", name="Back to the sources").click()
    page.get_by_text("Sources added in the browser, as lines for config.toml").click()
    assert 'name = "gazette"' in page.locator("#lines").input_value()
    row.get_by_role("button", name="Remove gazette").click()
    page.get_by_text("gazette is removed; its pages and claims stay.").wait_for()
    assert rows(server, "SELECT count(*) FROM added_sources") == [(0,)]
    file = page.locator("tr", has_text="of-the-file")
    assert file.get_by_role("button").count() == 1


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("change", {"name": "of-the-file", "act": "pause"}, "it is in config.toml; write paused = true there"),
        ("change", {"name": "of-the-file", "act": "remove"}, "it is in config.toml; take its section out there"),
        ("change", {"name": "of-the-file", "act": "again"}, "no run has asked it yet"),
        ("change", {"name": "nobody", "act": "pause"}, "no source of this name was added"),
        ("change", {"name": "nobody", "act": "burn"}, "burn: a source can be paused"),
        ("add", {"name": "of-the-file", "url": "https://a.example/"}, "there is a source of-the-file"),
        ("add", {"name": "x", "url": "https://a.example/", "kind": "files"}, "a feed or a sitemap can be added"),
        ("add", {"name": "x", "url": "https://a.example/", "language": "klingon"}, "language: "),
        ("add", {"name": "x y", "url": "https://a.example/"}, "name: "),
        ("add", {}, "name: "),
    ],
)
def test_what_cannot_be_changed_is_told_and_nothing_is_written(
    still: Server, path: str, form: dict[str, str], words: str
) -> None:
    got = post(still, path, EDITOR, **form)
    assert got.status_code == 400
    assert words in got.json()["error"]
    assert stored(still) == NOTHING


def test_health_errors_and_advice(tmp_path: Path, site: Script, browser: Any) -> None:
    db = fresh(tmp_path / "legation.db")
    with db.conn:
        db.execute(
            "INSERT INTO sources (name, kind, address) VALUES ('of-the-file', 'feed', ?)", (f"{site.url}/known.xml",)
        )
        db.execute("UPDATE sources SET failures = 10, parked = 1, last_error = 'HTTP 404' WHERE name = 'of-the-file'")
        db.execute("INSERT INTO sources (name, kind, address) VALUES ('former', 'feed', 'https://former.example/')")
        for run, (outcome, new) in enumerate((("listed", 5), ("listed", 0), ("waiting", 0), ("failed", 0)), 1):
            db.execute("INSERT INTO runs (id, started) VALUES (?, '2024-03-01T12:00:00Z')", (run,))
            values = (run, outcome, new, "HTTP 404" if outcome == "failed" else None)
            sql = "INSERT INTO source_runs (run, source, outcome, new, problem) VALUES (?, 'of-the-file', ?, ?, ?)"
            db.execute(sql, values)
    db.close()
    with serving_here(tmp_path, settings(site)) as server:
        page = opened(server, browser)
        chart = page.locator("svg.runs")
        assert chart.get_attribute("aria-label") == (
            "In the last 4 runs: answered 2 times, failed 1 times, waited 1 times, 5 new pages"
        )
        kinds = [bar.get_attribute("class") for bar in chart.locator("rect:not(.catch)").all()]
        assert kinds == ["new", "none", "waited", "failed"]
        ailing = page.locator(".ailing li")
        assert "The address is gone: look on the site for its feed of today, and add that." in ailing.inner_text()
        assert page.get_by_text("1 former source").is_visible()
        ailing.get_by_role("button", name="Ask again in the next run").click()
        page.get_by_text("of-the-file is asked again in the next run").wait_for()
        assert page.locator(".ailing").count() == 0
        assert rows(server, "SELECT parked, failures FROM sources WHERE name = 'of-the-file'") == [(0, 0)]


def chosen(page: Any, file: Path) -> None:
    """Choose a file, and wait until its text is in the field that is sent."""
    page.locator("#file").set_input_files(file)
    page.wait_for_selector("#opml:valid")


def test_lists_of_feeds_go_in_and_out(server: Server, browser: Any, site: Script, tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(OPML.format(known=f"{site.url}/known.xml"), encoding="utf-8")
    page = opened(server, browser)
    chosen(page, tmp_path / "mine.opml")
    page.get_by_role("button", name="Add its feeds").click()
    page.get_by_role("heading", name="1 feed was added").wait_for()
    left = page.locator("section", has_text="Left out").locator("li").all_inner_texts()
    assert left[0].startswith("Known: this is the source of-the-file already")
    assert left[1].startswith("Bad <b>: not a web address")
    assert rows(server, "SELECT name, paused_by FROM added_sources") == [("herald", "edith")]
    page.get_by_role("link", name="To the sources").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="The feeds below as OPML").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert re.findall(r'xmlUrl="([^"]+)"', text) == [f"{site.url}/known.xml", "https://herald.example/feed"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("opml=%3Crss/%3E", "application/x-www-form-urlencoded", 400),  # no OPML
        ("opml=", "application/x-www-form-urlencoded", 400),
        ("other=x", "application/x-www-form-urlencoded", 400),
        ("opml=" + "x" * 1_100_000, "application/x-www-form-urlencoded", 413),
        ("--x\r\n", "multipart/form-data; boundary=x", 415),
        ("opml=x", "multipart/form-data", 415),
    ],
)
def test_what_is_no_list_is_refused(still: Server, body: str, kind: str, status: int) -> None:
    headers = {**EDITOR, "content-type": kind}
    got = httpx.post(f"{still.url}/-/sources/import", content=body, headers=headers, timeout=120)
    assert got.status_code == status
    assert stored(still) == NOTHING
    assert "Traceback" not in (still.database.parent / "log.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("headers", [{}, {"authorization": f"Bearer {TOKEN}"}])
def test_strangers_and_reviewers_make_the_server_ask_nothing(
    still: Server, site: Script, headers: dict[str, str]
) -> None:
    before = len(site.hits)
    got = post(still, "try", headers, address=f"{site.url}/feed.xml")
    assert (got.status_code, len(site.hits)) == (403, before)


def test_it_works_without_scripts(server: Server, browser: Any, site: Script) -> None:
    page = opened(server, browser, java_script_enabled=False)
    page.locator("#address").fill(f"{site.url}/other.xml")
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Add it paused").click()
    assert "other-news is added and paused" in page.locator(".note").inner_text()
    assert rows(server, "SELECT name, paused_by FROM added_sources") == [("other-news", "edith")]


def test_axe_and_narrow_screens_on_what_answers_a_form(
    server: Server, browser: Any, site: Script, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "mine.opml").write_text(OPML.format(known=f"{site.url}/known.xml"), encoding="utf-8")
    page = opened(server, browser)

    def well() -> None:
        for width in (390, 1200):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert (scheme, violations(page)) == (scheme, [])

    for path in ("/feed.xml", "/two", "/gone"):
        page.goto(f"{server.url}/-/sources")
        page.locator("#address").fill(site.url + path)
        page.get_by_role("button", name="Try it").click()
        page.wait_for_url(f"{server.url}/-/sources/try")
        well()
    page.goto(f"{server.url}/-/sources")
    chosen(page, tmp_path / "mine.opml")
    page.get_by_role("button", name="Add its feeds").click()
    page.wait_for_url(f"{server.url}/-/sources/import")
    well()
    page.goto(f"{server.url}/-/sources")
    for box in page.locator("details").all():
        box.evaluate("(e) => { e.open = true; }")
    well()


def test_titles_of_feeds_and_pages_are_text(still: Server, browser: Any, site: Script) -> None:
    hostile = [(text, f"{site.url}/hostile/{number}") for number, text in enumerate(PAYLOADS[::20])]
    site.say("/hostile.xml", rss(*hostile, title=PAYLOADS[0]))
    site.say(
        "/hostile",
        page(
            named("javascript:window.pwned=1", "&quot;x"), *(named(f"/h{n}.xml") for n in range(2)), title=PAYLOADS[1]
        ),
    )
    tab = opened(still, browser)
    tab.add_init_script(
        "window.violations = []; addEventListener('securitypolicyviolation', (e) => violations.push(e.sample));"
    )
    for path in ("/hostile.xml", "/hostile"):
        tab.goto(f"{still.url}/-/sources")
        tab.locator("#address").fill(site.url + path)
        tab.get_by_role("button", name="Try it").click()
        tab.wait_for_url(f"{still.url}/-/sources/try")
        assert (tab.evaluate("window.pwned"), tab.evaluate("window.violations")) == (None, [])
        assert tab.locator("main img, main iframe, main script, main style, a[href^='javascript:' i]").count() == 0
