"""Article text is hostile: a hundred payloads in every field that a page shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlite_utils import Database

from legation.db import remarks
from legation.db.decisions import Verdict, decide
from tests.in_process import call
from tests.rows import article, claim, fresh, save
from tests.web.conftest import Server, people, serving, sign_in
from tests.web.payloads import PAYLOADS

BENIGN = ("a plain word", "another plain word")  # what the pages of a payload must look like
WATCH = """
    window.violations = [];
    addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective + ' ' + e.sample));
"""
# All that an element says, in text and in fields.
TEXTS = "(e) => e.textContent + [...e.querySelectorAll('input')].map((field) => field.value)"
# Tags and attribute names below an element, in order: what markup in a text would change.
STRUCTURE = """(root) => [...root.querySelectorAll('*')].map(
    (e) => e.tagName + '[' + [...e.attributes].map((a) => a.name).sort() + ']')"""


def hostile(db: Database, text: str, corrected: bool) -> int:
    """A claim with `text` in every field that is free words, about a mission of its own; return its id."""
    whole = f"Before. {text} After."
    number = article(db, whole, site=text, url=f"javascript:{text}")
    with db.conn:
        db.execute("UPDATE articles SET title = ?, author = ? WHERE id = ?", (text, text, number))
    start = whole.index(text)
    fields = {
        "status": "relocated", "city": text, "relocated_to": text, "attribution": text, "sender_text": text,
        "rule": text, "marks": [("sender", start, start + 1), ("speaker", start + 1, start + len(text))],
    }  # fmt: skip
    save(db, number, claim(whole, text, **fields))
    found = int(db.execute("SELECT id FROM claims WHERE article = ?", (number,)).fetchone()[0])
    if corrected:
        verdict = Verdict("correct", "other", note=text, fields={"city": f"{text}!", "relocated_to": f"{text}?"})
        decide(db, found, verdict, revision=0, reviewer=text, now="2022-05-02T00:00:00Z")
    remarks.unsure(db, found, reviewer=text, now="2022-05-03T00:00:00Z", note=text, asked=text)
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, int]]]:
    folder = tmp_path_factory.mktemp("hostile")
    db = fresh(folder / "legation.db", unreviewed=0.5)
    ids = {text: hostile(db, text, i % 2 == 1) for i, text in enumerate([*BENIGN, *PAYLOADS])}
    with db.conn:
        for text in PAYLOADS[:20]:
            db.execute(
                "INSERT INTO sources (name, kind, address, failures, last_error) VALUES (?, 'feed', ?, 1, ?)",
                (text, text, text),
            )
    db.close()
    with serving(folder, people()) as running:
        yield running, ids


@pytest.fixture(scope="module")
def page(site: tuple[Server, dict[str, int]], chromium: Any) -> Iterator[Any]:
    """One page for all tests, signed in as an editor, that notes what its policy refuses."""
    opened = chromium.new_context()
    opened.add_init_script(WATCH)
    found = opened.new_page()
    found.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    sign_in(found, site[0], "edith")
    yield found
    opened.close()


def unharmed(page: Any) -> None:
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("window.violations") == []


def structure(page: Any, selector: str) -> list[str]:
    return list(page.locator(selector).evaluate(STRUCTURE))


def test_there_are_a_hundred() -> None:
    assert len(set(PAYLOADS)) == 100


def test_desk_shows_every_payload_as_text(site: tuple[Server, dict[str, int]], page: Any) -> None:
    server, ids = site
    page.goto(f"{server.url}/-/desk?claim={ids[PAYLOADS[0]]}")
    unharmed(page)
    shown = {}
    for text, number in ids.items():
        page.evaluate(f"fetchClaim({number}).then(put)")  # as the keys of the desk do
        shown[text] = structure(page, "#card")
        assert text in page.locator("#card .text").evaluate("(e) => e.textContent")
        unharmed(page)
    plain = [shown[text] for text in BENIGN]
    assert plain[0] != plain[1]  # one of them is corrected
    for i, text in enumerate(PAYLOADS):
        assert shown[text] == plain[i % 2], text


@pytest.mark.parametrize(
    "address",
    [
        "/", "/-/changes", "/-/announcements",
        "/-/board?place=Ukraine&on=2022-05-01", "/-/board?of=France&on=2022-05-01", "/-/hosts?on=2022-05-01",
        "/-/embed?place=Ukraine&on=2022-05-01", "/-/embed?of=France&on=2022-05-01", "/-/about", "/-/search?q=Ukraine",
        "/legation", "/legation/claims/2", "/legation/current_status?_facet=city&_sort=city",
        "/-/desk/mine", "/-/desk", "/-/desk/list", "/-/desk/people", "/-/desk/second", "/-/desk/article?article=3",
        "/-/desk/article", "/-/desk/add?article=3&start=0&end=40", "/legation/remarks", "/-/sources",
        "/legation/claims?_size=200", "/legation/sources", "/legation/decisions/2",
        "/-/export/claims.csv", "/legation?sql=select+quote,+title+from+claims+join+articles+on+article=articles.id",
    ],
)  # fmt: skip
def test_no_page_runs_any(site: tuple[Server, dict[str, int]], page: Any, address: str) -> None:
    if address.endswith(".csv"):
        with page.expect_download():
            page.evaluate(f"location.href = '{address}'")
        return
    page.goto(site[0].url + address)
    unharmed(page)
    assert page.locator("main img, main iframe, main object, main embed, main style, main script").count() == 0
    assert page.locator("a[href^='javascript:' i], a[href^='data:' i]").count() == 0


@pytest.mark.parametrize("text", PAYLOADS[::9])
def test_pages_of_missions_articles_and_errors(site: tuple[Server, dict[str, int]], page: Any, text: str) -> None:
    server, ids = site
    city = quote(text if PAYLOADS.index(text) % 2 == 0 else f"{text}!", safe="")
    number = ids[text]
    addresses = {
        f"/-/mission/UA/FR/embassy?city={city}": text,
        f"/-/article/{number}?claim={number}": text,
        f"/-/board?place={quote(text, safe='')}": "no such place",
        f"/-/search?q={quote(text, safe='')}": "no such place",
        f"/-/embed?place={quote(text, safe='')}": "no such place",
        f"/-/desk?host={quote(text, safe='')}": "no such place",
        f"/-/desk?publisher={quote(text, safe='')}": text,
        f"/-/desk?claim={quote(text, safe='')}": "not a number",
        f"/-/desk/add?article={number}&quote={quote(text, safe='')}": text,
        f"/-/desk/add?article={number}&quote={quote(text, safe='')}+no": "these words are not in it",
        f"/-/desk/list?publisher={quote(text, safe='')}": text,
        f"/-/sources?said=added&of={quote(text[:60], safe='')}": text[:60],
        f"/-/enter?token={quote(text, safe='')}": "wrong",
        f"/-/changes?region={quote(text, safe='')}": "no such region",
    }
    for address, words in addresses.items():
        page.goto(server.url + address)
        assert words in page.locator("main").evaluate(TEXTS), address
        assert page.locator("main img, main iframe, main object, main embed, main style, main script").count() == 0
        unharmed(page)


def test_texts_of_errors_that_scripts_show_are_text(site: tuple[Server, dict[str, int]], page: Any) -> None:
    server, ids = site
    page.goto(f"{server.url}/-/desk?claim={ids[BENIGN[0]]}")
    page.keyboard.press("e")
    for name, value in {"city": f"{PAYLOADS[0]} anew", "date": PAYLOADS[1][:10]}.items():
        page.locator(f"#field-{name}").evaluate(
            "(e, value) => { e.removeAttribute('pattern'); e.value = value; }", value
        )
    page.get_by_role("button", name="Save the correction").click()
    page.get_by_role("button", name="Save it as it is").wait_for()
    assert f"{PAYLOADS[0]} anew" in page.locator(".doubts").inner_text()
    page.get_by_role("button", name="Save it as it is").click()
    page.get_by_text("Not saved").first.wait_for()
    assert PAYLOADS[1][:10] in page.locator("#others").inner_text()
    unharmed(page)


def test_report_is_one_file_that_runs_none(site: tuple[Server, dict[str, int]], chromium: Any, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    done = call(site[0].database.parent, "report", "Ukraine", "-o", target, "--on", "2022-05-01")
    assert done.returncode == 0, done.stderr
    opened = chromium.new_context()
    page = opened.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(WATCH)
    page.goto(target.as_uri())
    unharmed(page)
    assert asked == [target.as_uri()]
    assert page.locator("tbody tr").count() == len(PAYLOADS) + len(BENIGN)
    page.locator(".picture svg a").first.hover()
    assert page.locator("#tip").is_visible()
    opened.close()
