"""The pages as people use them: two reviewers, copies, the slider, narrow screens, assistive technology."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from legation.pipeline.web.date_format import long_day
from legation.pipeline.web.queries import QUERIES
from tests.web.conftest import TOKEN, Server, people, sample, serving_here, sign_in, sign_in_by_form, violations
from tests.web.test_access import DESK, EDIT, ROUTES
from tests.web.test_desk import decisions, press, ready

PAGES = {
    "overview": "/",
    "desk": "/-/desk",
    "empty board": "/-/board?place=Fiji",
    "frame on another site": "/-/embed?place=Kyiv&on=2022-04-20",
    "choice of a search": "/-/search?q=Fiji",
    "database": "/legation",
    "table": "/legation/claims?_facet=status&status__not=closed&_size=5",
    "view": "/legation/current_status",
    "row": "/legation/claims/1",
    "own SQL": "/legation?sql=select+*+from+periods+where+state=:state&state=open",
    "ready-made question": "/legation/missions_in?receiving_state=UA",
    "board of a host": "/-/board?place=Kyiv&on=2022-04-20",
    "board of a sender": "/-/board?of=France&on=2022-04-20",
    "world": "/-/hosts?on=2022-04-20",
    "mission": "/-/mission/UA/FR/embassy?city=Kyiv",
    "article": "/-/article/1?claim=1",
    "own decisions": "/-/desk/mine",
    "claims as a list": "/-/desk/list?publisher=site1.example",
    "claims of an article": "/-/desk/article?article=1",
    "a claim to add": "/-/desk/add?article=1&start=0&end=9",
    "second opinions": "/-/desk/second",
    "reviewers": "/-/desk/people",
    "sources": "/-/sources",
    "sign in": "/-/login",
    "about": "/-/about",
    "codebook": "/-/codebook",
    "changes": "/-/changes",
    "announcements": "/-/announcements",
    "no such place": "/-/board?place=Atlantis",
    "board without a place": "/-/board",
    "no such page": "/nothing/here",
    "public id": "/-/id/{public}",
    "sign out": "/-/logout",
    "who is signed in": "/-/actor",
    "metadata": "/-/metadata",
    "versions": "/-/versions",
    "settings": "/-/settings",
    "SQL that is wrong": "/legation?sql=select+nothing+from+nowhere",
    "table without rows": "/legation/claims?status=none",
    "no such table": "/legation/nothing",
    "no such row": "/legation/claims/999999",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for tests that write nothing."""
    folder = tmp_path_factory.mktemp("pages")
    sample(folder / "legation.db")
    with serving_here(folder, people()) as running:
        yield running


@pytest.fixture(scope="module")
def context(site: Server, chromium: Any) -> Iterator[Any]:
    """A browser signed in as an editor, who may all."""
    found = chromium.new_context()
    sign_in_by_form(found.new_page(), site, "edith")
    yield found
    found.close()


@pytest.fixture(scope="module")
def tab(context: Any) -> Any:
    """One tab of it, for pages that are looked at one after the other: a new one is a new process, and costs more."""
    return context.new_page()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A new tab of it."""
    found = context.new_page()
    yield found
    found.close()


def address(site: Server, name: str) -> str:
    """Of a page; {public} is the id of a mission."""
    db = sqlite3.connect(site.database)
    public = db.execute("SELECT mission_id FROM changes LIMIT 1").fetchone()[0]
    db.close()
    return site.url + PAGES[name].format(public=public)


# What a browser shows as a page of its own, and what is none: fragments, files, and addresses that lead on or away.
NO_PAGES = re.compile(
    r"/-/(board/part|picture|changes\.atom|export|enter|sources\.opml|desk/(card|next|places)|article/1/page\.txt"
    r"|static|legation/)|/favicon|/:memory:|/legation\.db|/-/config"
)


def test_every_route_that_shows_a_page_is_among_them() -> None:
    told = [path for path, expected in ROUTES.values() if expected["reader"][0] == 200 or expected in (DESK, EDIT)]
    shown = {re.split(r"[?{]|(?<=/id/)", path)[0] for path in PAGES.values()}
    missing = [path for path in told if not NO_PAGES.match(path) and re.split(r"\?|\.json$", path)[0] not in shown]
    assert missing == []


# Words of at most 14 letters, of text that is shown, that do not stand on one line.
BROKEN = """() => {
  const found = [], range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const place = node.parentElement;
    if (!place.checkVisibility() || place.closest("code, pre, textarea, script, style")) continue;
    for (const word of node.data.matchAll(/[\\p{L}]{2,14}/gu)) {
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      const lines = [...range.getClientRects()].filter(box => box.width > 0).map(box => Math.round(box.top));
      if (new Set(lines).size > 1) found.push(word[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_a_phone_and_on_a_desk_light_and_dark(site: Server, tab: Any, name: str) -> None:
    """Loaded once, on a phone; no request goes elsewhere until the end."""
    asked: list[str] = []

    def ask(request: Any) -> None:
        asked.append(request.url)

    tab.on("request", ask)
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(address(site, name))
    assert tab.evaluate(BROKEN) == []
    tab.set_viewport_size({"width": 320, "height": 640})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    tab.set_viewport_size({"width": 1200, "height": 900})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1200
    tab.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is on its way to another
        assert (scheme, violations(tab)) == (scheme, [])
    tab.remove_listener("request", ask)
    assert asked
    assert [url for url in asked if not url.startswith(site.url)] == []


def test_two_reviewers_on_one_claim(server: Server, browser: Any) -> None:
    first, second = (browser.new_context().new_page() for _ in range(2))
    sign_in(first, server, "rolf")
    second.goto(server.link)
    first.goto(f"{server.url}/-/desk?claim=1")
    ready(first)
    second.goto(f"{server.url}/-/desk?claim=1")
    second.get_by_text("rolf looks at this claim too.").first.wait_for()
    second.keyboard.press("e")
    second.locator("#field-city").fill("Lviv")
    press(first, "a", ready(first))
    second.locator("#field-city").press("Enter")
    second.get_by_text("Not saved, somebody was faster").first.wait_for()
    assert second.locator("#field-city").input_value() == "Lviv"
    assert second.locator("#card").get_attribute("data-state") == "approved"
    second.locator("#field-city").press("Enter")
    ready(second, 1)
    assert [row[1:3] + row[4:] for row in decisions(server)] == [
        ("approve", None, None, "rolf"),
        ("correct", None, '{"city": "Lviv"}', "maria"),
    ]


def test_the_queue_gives_each_reviewer_another_claim(server: Server, browser: Any) -> None:
    first, second = (browser.new_context().new_page() for _ in range(2))
    sign_in(first, server, "rolf")
    first.goto(f"{server.url}/-/desk")
    seen = ready(first)
    first.get_by_text("looks at this claim").wait_for(state="detached")
    second.goto(server.link)
    assert ready(second) != seen


def test_copies_are_decided_together_with_one_undo(server: Server, browser: Any) -> None:
    page = browser.new_context().new_page()
    sign_in(page, server, "rolf")
    page.goto(f"{server.url}/-/desk?claim=27")
    ready(page)
    assert page.get_by_text("Decide also the 1 identical claim in copies").is_visible()
    press(page, "a", 27)
    assert [row[:2] for row in decisions(server)] == [(27, "approve"), (28, "approve")]
    page.keyboard.press("u")
    page.wait_for_selector("#card[data-claim='27']")
    page.get_by_text("Taken back.").wait_for()
    assert [row[:2] for row in decisions(server)][2:] == [(27, "undo"), (28, "undo")]


def test_moving_decides_nothing_and_letters_are_dead_in_fields(server: Server, browser: Any) -> None:
    page = browser.new_context().new_page()
    sign_in(page, server, "rolf")
    page.goto(f"{server.url}/-/desk")
    first = ready(page)
    second = press(page, "j", first)
    page.keyboard.press("k")
    page.wait_for_selector(f"#card[data-claim='{first}']")
    page.keyboard.press("s")
    page.wait_for_selector(f"#card[data-claim='{second}']")
    page.locator("summary", has_text="Filters").click()
    page.locator("#filters [name=publisher]").press_sequentially("arsu?jk")
    page.keyboard.press("Escape")
    page.locator("#help-open").focus()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("0")  # "other" needs a note: the focus goes there
    page.keyboard.type("a rumour")
    assert press(page, "Enter", second)
    assert decisions(server) == [(second, "reject", "other", "a rumour", None, "rolf")]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("host=Ukraine&status=closed", "SELECT count(*) FROM claims WHERE id = ? AND status <> 'closed'"),
        ("sender=Norway", "SELECT count(*) FROM claims WHERE id = ? AND sending_state <> 'NO'"),
        ("publisher=wire.example", "SELECT count(*) FROM claims WHERE id = ? AND publisher <> 'wire.example'"),
        ("confidence=low", "SELECT count(*) FROM claims WHERE id = ? AND confidence >= 0.5"),
    ],
)
def test_filters_hold_for_the_next_claims_too(site: Server, page: Any, query: str, wrong: str) -> None:
    page.goto(f"{site.url}/-/desk?{query}")
    first = ready(page)
    db = sqlite3.connect(site.database)
    for claim in (first, press(page, "j", first)):
        assert db.execute(wrong, (claim,)).fetchone()[0] == 0
    db.close()


def test_the_slider_shows_another_day(site: Server, page: Any) -> None:
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(f"{site.url}/-/board?place=Kyiv&on=2022-04-26")
    before = page.locator("#board tbody").inner_text()
    page.locator("#slider").press("Home")
    first = page.locator("#slider").get_attribute("data-first")
    page.get_by_text(f"The board of {first}.").wait_for(state="attached")
    assert page.locator("#on").input_value() == first
    assert f"on={first}" in page.url
    after = page.locator("#board tbody").inner_text()
    assert after != before
    assert re.search(r"France\s+Unknown", after)


def test_play_walks_through_time_and_stops(site: Server, page: Any) -> None:
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(f"{site.url}/-/board?place=Kyiv&on=2022-04-26")
    first = page.locator("#slider").get_attribute("data-first")
    page.locator("#slider").press("Home")
    page.get_by_text(f"The board of {first}.").wait_for(state="attached")
    page.locator("#f-unknown").check()
    page.get_by_role("button", name="Play").click()
    page.locator(f"#said:not(:has-text('{first}'))").wait_for(state="attached")
    page.get_by_role("button", name="Stop").click()
    assert page.locator("#on").input_value() > str(first)
    assert page.get_by_role("button", name="Play").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize(("path", "stays"), [("/", True), ("/-/hosts", False)])
def test_the_map_shows_another_day(site: Server, page: Any, path: str, stays: bool) -> None:
    """On the first page, whose other parts are of today, the address stays."""
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(site.url + path)
    before = page.locator("[data-part=map] .picture").inner_html()
    page.locator("#slider").press("Home")
    first = page.locator("#slider").get_attribute("data-first")
    page.get_by_text(f"The map of {first}.").wait_for(state="attached")
    assert page.locator("[data-part=map] .picture").inner_html() != before
    assert page.locator("[data-part=day]").inner_text() == long_day(first)
    assert (f"on={first}" in page.url) is not stays


def test_a_search_leads_to_the_board_of_a_city_or_a_country(site: Server, page: Any) -> None:
    for typed, title in {"Kyiv": "in Kyiv, Ukraine", "France": "of France", "UA": "in Ukraine", "Fiji": "Fiji"}.items():
        page.goto(site.url)
        page.locator("#q").fill(typed)
        page.get_by_role("button", name="Search").click()
        page.wait_for_selector("h1:not(:has-text('Which'))")
        assert title in page.locator("h1").inner_text()


def test_another_site_may_show_the_board_in_a_frame_and_no_other_page(
    site: Server, browser: Any, tmp_path: Path
) -> None:  # fmt: skip
    for name in ("embed", "board"):
        frame = f'<iframe src="{site.url}/-/{name}?place=Kyiv&on=2022-04-20"></iframe>'
        (tmp_path / f"{name}.html").write_text(f"<!DOCTYPE html><title>a paper</title>{frame}", encoding="utf-8")
    paper = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    threading.Thread(target=paper.serve_forever, daemon=True).start()
    page = browser.new_context().new_page()
    titles = {}
    for name in ("embed", "board"):
        page.goto(f"http://127.0.0.1:{paper.server_port}/{name}.html")
        titles[name] = page.frame_locator("iframe").locator("h1").inner_text().strip()
    paper.shutdown()
    paper.server_close()
    assert titles["embed"].endswith("in Kyiv, Ukraine")
    assert "Kyiv" not in titles["board"]


def test_previews_and_icon_have_an_address_that_answers(site: Server) -> None:
    for address in ("/", "/-/board?place=Kyiv", "/-/hosts", "/legation"):
        text = httpx.get(site.url + address, timeout=30).text
        image = re.search(r'property="og:image" content="([^"]+)"', text)
        assert image
        assert httpx.get(image[1].replace("&amp;", "&"), timeout=30).headers["content-type"] == "image/png"
        assert 'property="og:title"' in text
    assert httpx.get(f"{site.url}/-/legation/mark.svg").headers["content-type"].startswith("image/svg+xml")


def test_a_browser_keeps_styles_and_scripts_until_they_change(site: Server, browser: Any) -> None:
    page = browser.new_context().new_page()  # has seen nothing yet
    sizes = "performance.getEntriesByType('resource').map((file) => [file.name, file.transferSize])"
    page.goto(f"{site.url}/-/board?place=Kyiv")
    first = page.evaluate(sizes)
    page.goto(f"{site.url}/-/board?place=Warsaw")
    again = dict(page.evaluate(sizes))
    kept = [name for name, size in first if size and name in again]
    assert {name.split("?")[0].split("/")[-1] for name in kept} >= {"legation.css", "board.js", "names.js"}
    assert [again[name] for name in kept] == [0] * len(kept)
    plain = httpx.get(kept[0].split("?")[0])
    assert plain.status_code == 200
    assert "immutable" not in plain.headers.get("cache-control", "")


@pytest.mark.parametrize(
    ("address", "field", "offered"),
    [
        ("/-/board?place=Kyiv", "of", "France"), ("/-/board?place=Kyiv", "place", "Kyiv"), ("/", "q", "Kabul"),
        ("/-/changes", "place", "Warsaw"), ("/-/announcements", "region", "Western Africa"),
        ("/-/board?place=Atlantis", "q", "Chad"),
    ],
)  # fmt: skip
def test_a_field_offers_names_when_it_is_entered(
    site: Server, page: Any, address: str, field: str, offered: str
) -> None:  # fmt: skip
    page.goto(site.url + address)
    assert page.locator("datalist").count() == 0
    entered = page.locator(f"main [name={field}]")
    entered.focus()
    assert offered in entered.evaluate("field => [...field.list.options].map((option) => option.value)")


def test_data_pages_have_answers_first_and_hide_what_is_internal(site: Server, page: Any) -> None:
    page.goto(f"{site.url}/legation")
    names = page.locator("main .lines a").all_inner_texts()
    assert names[0] == "Missions today"
    assert not {"Extractions", "Bodies", "Claims fts", "Settings"} & set(names)
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(f"{site.url}/legation/periods")
    assert page.locator("td .pill.state-open").first.inner_text() == "open"


def test_marks_tell_their_quote_on_hover_and_focus_and_lead_to_their_line(site: Server, page: Any) -> None:
    page.goto(f"{site.url}/-/board?place=Kyiv&on=2022-04-20")
    mark = page.locator(".picture svg a").last  # nothing lies above it
    words = mark.get_attribute("aria-label")
    assert "told of its embassy in Kyiv" in words
    mark.focus()
    assert page.locator("#tip").inner_text() == words
    page.mouse.move(0, 0)
    mark.hover()
    assert page.locator("#tip").inner_text() == words
    page.keyboard.press("Enter")
    assert page.locator(page.evaluate("location.hash")).is_visible()


def test_the_claims_of_a_mission_unfold_by_a_press_by_address_and_on_another_day(site: Server, page: Any) -> None:
    board = f"{site.url}/-/board?place=Kyiv&on=2022-04-20"
    page.goto(board)
    lines = page.locator("details.more li")
    assert lines.count() == 0
    page.locator("details.more summary").first.click()
    lines.first.wait_for()
    folded = lines.first.get_attribute("id")
    page.goto("about:blank")
    page.goto(f"{board}#{folded}")
    page.locator(f"#{folded}").wait_for()
    page.locator("#slider").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("The board of 2022-04-19.").wait_for(state="attached")
    page.locator("details.more summary").first.click()
    lines.first.wait_for()


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("/-/picture/timeline.svg?place=Kyiv&on=2022-04-20", b"<svg"),
        ("/-/picture/timeline.png?place=Kyiv&on=2022-04-20", b"\x89PNG"),
        ("/-/picture/map.svg?of=France&on=2022-04-20", b"<svg"),
        ("/-/picture/hosts.png?on=2022-04-20", b"\x89PNG"),
        ("/-/changes.atom", b"<feed"),
        ("/-/export/status.geojson?on=2022-04-20", b'{"type"'),
    ],
)
def test_pictures_and_exports_can_be_taken_away(site: Server, address: str, start: bytes) -> None:
    got = httpx.get(site.url + address, timeout=30)
    assert got.status_code == 200
    assert got.content.startswith(start)


@pytest.mark.parametrize("query", QUERIES)
def test_ready_made_questions_are_answered_and_described(site: Server, query: str) -> None:
    values = {"receiving_state": "UA", "sending_state": "FR", "day": "2022-04-20"}
    signed: dict[str, Any] = {"headers": {"authorization": f"Bearer {TOKEN}"}, "timeout": 30}
    got = httpx.get(f"{site.url}/legation/{query}.json", params={**values, "_shape": "array"}, **signed)
    assert got.status_code == 200
    assert got.json() or query == "wrong_rules"
    assert QUERIES[query]["description"] in httpx.get(f"{site.url}/legation/{query}", **signed).text


def test_tables_and_columns_have_names_for_people_beside_their_own(site: Server, page: Any) -> None:
    page.goto(f"{site.url}/legation/current_status?_facet=works_from&_sort=city")
    assert page.locator("h1").inner_text() == "Missions today current_status"
    heads = page.locator("thead th").all_inner_texts()
    assert {"Receiving State", "Works from", "Since"} <= set(heads)
    assert not [head for head in heads if "_" in head]
    assert page.locator(".facet h2").first.inner_text().startswith("Works from")
    page.locator("select[name=_filter_column]").select_option(label="Sending State")
    page.locator("input[name=_filter_value]").fill("FR")
    page.get_by_role("button", name="Apply").click()
    assert "sending_state__exact=FR" in page.url
    page.goto(f"{site.url}/legation/claims/1")
    assert page.locator("h1").inner_text() == "Claims as read: 1 claims"
    links = page.locator("ul.lines a").all_inner_texts()
    assert any(link.endswith("of Marked words") for link in links)
    assert not [link for link in links if link.startswith("0 ") or "airs" in link]


def test_a_publisher_is_called_by_its_name_where_that_is_known(tmp_path: Path) -> None:
    sample(tmp_path / "legation.db")
    with serving_here(tmp_path, people()) as running:
        db = sqlite3.connect(running.database)
        with db:
            db.execute("INSERT INTO publishers VALUES ('site0.example', 'The <Gazette>')")
        claim, article = db.execute("SELECT id, article FROM claims WHERE publisher = 'site0.example'").fetchone()
        other = db.execute(
            "SELECT id FROM claims WHERE publisher <> 'site0.example' AND sending_state = 'FR'"
        ).fetchone()
        db.close()
        for address in (
            f"/-/desk?claim={claim}", f"/-/desk?claim={other[0]}", "/-/desk/list?publisher=site0.example",
            f"/-/desk/article?article={article}", f"/-/article/{article}?claim={claim}", "/-/board?place=Kyiv",
            f"/-/desk/add?article={article}&start=0&end=20", "/",
        ):  # fmt: skip
            text = httpx.get(running.url + address, headers={"authorization": f"Bearer {TOKEN}"}, timeout=60).text
            assert "The &lt;Gazette&gt;" in text, address


def test_columns_are_described_on_datasettes_pages(site: Server) -> None:
    page = httpx.get(f"{site.url}/legation/claims?_facet=status&_sort=published", timeout=30).text
    assert "first 16 hex digits of sha256" in page
    assert "status=closed" in page


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "2022-02-29", "today", ""])
@pytest.mark.parametrize("address", ["/-/board?place=Kyiv&", "/-/hosts?", "/-/picture/map.png?of=France&"])
def test_any_day_is_answered_or_refused(site: Server, address: str, on: str) -> None:
    status = httpx.get(f"{site.url}{address}on={on}", timeout=60).status_code
    assert status == (400 if on in ("2022-02-29", "today") else 200)
