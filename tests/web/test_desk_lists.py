"""What reviewers do beside one claim after another: many at once, what was missed, questions, second opinions."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from legation.db.decisions import Verdict, decide
from legation.db.replacements import save_replacement
from tests.rows import article, claim, save
from tests.web.conftest import TOKEN, Server, people, sample, serving_here, sign_in
from tests.web.test_desk import decisions, opened, ready

STORY = (
    "Sweden moves its map of missions.\n"
    "Sweden opened its embassy in Bamako in 2010. 😀 Norway closed its embassy in Bamako last year.\n"
    "Denmark opened an embassy in Dakar in March 2021, and nobody noticed."
)
FOUND = ("Sweden opened its embassy in Bamako in 2010.", "Norway closed its embassy in Bamako last year.")
MISSED = "Denmark opened an embassy in Dakar in March 2021"


def story(path: Any) -> int:
    """Add an article with two claims that were read and one that was missed; its id."""
    from legation.db.connect import connect

    db = connect(path)
    number = article(db, STORY, site="story.example", url="https://story.example/1")
    about = {"receiving_state": "ML", "city": "Bamako"}
    save(
        db, number,
        claim(STORY, FOUND[0], sending_state="SE", status="opened", date="2010", **about),
        claim(STORY, FOUND[1], sending_state="NO", status="closed", confidence=0.6, **about),
    )  # fmt: skip
    db.close()
    return number


@pytest.fixture
def told(server: Server) -> int:
    return story(server.database)


def rows(server: Server, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(server.database)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def test_mouse_only_chip_reject_menu_toast_and_undo(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk?claim=4")
    page.get_by_role("button", name="City Kyiv").click()
    assert page.evaluate("document.activeElement.id") == "field-city"
    page.locator("#field-city").fill("Lviv")
    page.get_by_role("button", name="Save the correction").click()
    after = ready(page, 4)
    assert page.locator("#toast").inner_text().startswith("Corrected: The United States")
    page.locator("#reject summary").click()
    page.get_by_role("button", name="Wrong date").click()
    ready(page, after)
    page.locator("#toast").get_by_role("button", name="Undo").click()
    page.wait_for_selector(f"#card[data-claim='{after}']")
    page.get_by_text("Taken back.").first.wait_for()
    page.locator(".approve").click()
    ready(page, after)
    assert [row[:3] for row in decisions(server)] == [
        (4, "correct", None), (after, "reject", "wrong date"), (after, "undo", None), (after, "approve", None),
    ]  # fmt: skip


def test_a_note_goes_with_any_decision(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk?claim=3")
    page.keyboard.press("m")
    page.keyboard.type("asked the desk")
    page.keyboard.press("Enter")
    ready(page, 3)
    page.goto(f"{server.url}/-/desk?claim=4")
    ready(page)
    page.keyboard.press("e")
    page.locator("#field-city").fill("Lviv")
    page.locator("#edit-note").fill("seen there")
    page.locator("#edit-note").press("Enter")
    ready(page, 4)
    assert [row[:4] for row in decisions(server)] == [
        (3, "approve", None, "asked the desk"), (4, "correct", None, "seen there"),
    ]  # fmt: skip


def test_unsure_by_keyboard_is_left_to_the_colleague(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk")
    first = ready(page)
    page.keyboard.press("x")
    page.keyboard.type("which embassy?")
    page.keyboard.press("Tab")
    page.keyboard.type("maria")
    page.keyboard.press("Enter")
    ready(page, first)
    assert page.locator("#said").inner_text() == "Left open; maria is asked."
    page.goto(f"{server.url}/-/desk")
    assert ready(page) != first
    other = browser.new_context().new_page()
    other.goto(server.link)
    other.goto(f"{server.url}/-/desk?show=asked")
    assert ready(other) == first
    assert "rolf is unsure and asks maria: which embassy?" in other.locator("#card").inner_text()
    other.keyboard.press("a")
    other.get_by_text("Nothing waits here").wait_for()
    other.get_by_text("Approved: ").wait_for()  # the answer, which comes after the next card
    assert decisions(server) == [(first, "approve", None, None, None, "maria")]


def test_filters_help_and_codebook_by_keys(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk")
    page.keyboard.press("h")
    page.locator("#codebook-text h1").wait_for()
    page.keyboard.press("a")  # decides nothing while it is read
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.name") == "sender"
    page.keyboard.type("Poland")
    page.keyboard.press("Enter")
    page.wait_for_url("**sender=Poland**")
    ready(page)
    assert "6 of 28 wait here" in page.locator("#progress").inner_text()
    page.keyboard.press("2")
    page.wait_for_url("**show=changes**")
    page.keyboard.press("l")
    page.wait_for_url("**/-/desk/list?**")
    assert decisions(server) == []


def test_fields_of_cities_suggest_while_one_types(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk?claim=3")
    page.keyboard.press("e")
    page.locator("#field-city").fill("")
    page.locator("#field-city").press_sequentially("Baku")
    page.wait_for_selector("#city-names option[value='Baku']", state="attached")


def test_a_list_is_decided_with_one_undo(server: Server, browser: Any) -> None:
    page = browser.new_context().new_page()
    sign_in(page, server, "rolf")
    page.goto(f"{server.url}/-/desk/list?publisher=site1.example")
    page.wait_for_selector("html[data-more]")
    number = page.locator(".bulk li").count()
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.get_by_role("button", name="Approve 2").wait_for()
    page.locator("#give summary").click()
    page.locator("#give-to").press("Enter")  # in a field Enter decides nothing
    page.keyboard.press("Escape")
    page.locator("h2").first.click()
    page.keyboard.press("a")
    page.get_by_text("Approved: 2 claims").wait_for()
    assert page.locator(".bulk li").count() == number - 2
    page.get_by_role("button", name=f"Approve all {number - 2}").click()
    page.get_by_text("Nothing waits here").wait_for()
    assert [row[1] for row in decisions(server)] == ["approve"] * number
    page.wait_for_selector("html[data-more]")
    page.keyboard.press("u")
    page.wait_for_url("**/-/desk?claim=**")
    assert [row[1] for row in decisions(server)][number:] == ["undo"] * (number - 2)
    page.goto(f"{server.url}/-/desk/list?publisher=site1.example")
    page.wait_for_selector("html[data-more]")
    page.locator("#all-of-them").click()
    page.keyboard.press("r")
    page.keyboard.press("8")
    page.get_by_text("Nothing waits here").wait_for()
    assert [row[1:3] for row in decisions(server)][-(number - 2) :] == [("reject", "wrong date")] * (number - 2)


def test_all_claims_of_an_article_on_one_card(server: Server, browser: Any, told: int) -> None:
    page = browser.new_context().new_page()
    sign_in(page, server, "rolf")
    page.goto(f"{server.url}/-/desk/article?article={told}")
    page.wait_for_selector("html[data-more]")
    assert page.locator(".bulk label").all_inner_texts() == [
        "1Sweden opened its embassy in Bamako, Mali (2010)", "2Norway closed its embassy in Bamako, Mali",
    ]  # fmt: skip
    assert [box.is_checked() for box in page.locator(".bulk input").all()] == [True, False]
    assert page.locator(".article mark").all_inner_texts() == list(FOUND)
    page.locator("#all-of-them").click()
    page.get_by_role("button", name="Approve 2").click()
    page.get_by_text("Approved: 2 claims").wait_for()
    assert {row[1] for row in decisions(server)} == {"approve"}
    assert str(told) in page.url  # it is not shown again


def test_words_of_the_article_become_a_claim(server: Server, browser: Any, told: int) -> None:
    number = rows(server, "SELECT id FROM claims WHERE article = ? ORDER BY id", told)[0][0]
    page = opened(server, browser, f"/-/desk?claim={number}")
    page.evaluate(
        """(words) => {
            const p = [...document.querySelectorAll('.article .text p')].find((e) => e.textContent.includes(words));
            const range = document.createRange();
            const start = p.firstChild.data.indexOf(words);
            range.setStart(p.firstChild, start);
            range.setEnd(p.firstChild, start + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        MISSED,
    )
    page.keyboard.press("n")
    page.wait_for_url("**/-/desk/add?**")
    page.wait_for_selector("html[data-more]")
    assert page.locator("#find-quote").input_value() == MISSED
    given = {name: page.locator(f"#field-{name}").input_value() for name in ("sending_state", "city", "status", "date")}
    assert given == {"sending_state": "Denmark", "city": "Dakar", "status": "opened", "date": "2021-03"}
    page.get_by_role("button", name="Add the claim").click()
    page.wait_for_url("**/-/desk?claim=**")
    assert page.locator("#sentence").inner_text() == "Denmark opened its embassy in Dakar, Senegal (March 2021)"
    [(reader, quote, start)] = rows(server, "SELECT reader, quote, start FROM claims ORDER BY id DESC LIMIT 1")
    assert (reader, quote, STORY[start : start + len(quote)]) == ("reviewer", MISSED, MISSED)
    assert decisions(server)[-1][1:] == ("approve", None, None, None, "rolf")


def judge(server: Server, *claims: int) -> None:
    from legation.db.connect import connect

    db = connect(server.database)
    for number in claims:
        decide(db, number, Verdict("approve"), revision=0, reviewer="maria", now="2022-06-01T00:00:00Z")
    db.close()


def test_second_opinions_are_blind_and_listed_where_they_differ(server: Server, browser: Any) -> None:
    judge(server, 1, 2, 3)
    page = browser.new_context().new_page()
    sign_in(page, server, "rolf")
    page.goto(f"{server.url}/-/desk/second")
    page.wait_for_selector("html[data-more]")
    assert "maria" not in page.locator("main").inner_text()
    assert "approved" not in page.locator("main").inner_text()
    page.keyboard.press("a")
    page.get_by_text("The same as the first verdict.").wait_for()
    page.wait_for_selector("html[data-more]")
    page.keyboard.press("r")
    page.keyboard.press("8")
    page.get_by_text("Not the same as the first verdict.").wait_for()
    page.wait_for_selector("html[data-more]")
    page.keyboard.press("e")
    page.locator("#field-city").fill("Lviv")
    page.locator("#field-city").press("Enter")
    page.get_by_text("Nothing to judge again").wait_for()
    assert [row[1] for row in decisions(server)] == ["approve"] * 3
    page.goto(f"{server.url}/-/desk/people")
    cells = page.locator("table").nth(1).locator("tbody tr td").all_inner_texts()
    assert cells == ["3", "1", "33 %", "0.00"]
    assert sorted(page.locator("table").nth(2).locator("td:nth-child(3)").all_inner_texts()) == [
        "rolf: correct: city Lviv", "rolf: reject: wrong date",
    ]  # fmt: skip


def test_a_changed_article_says_why_its_claim_waits_again(server: Server, browser: Any) -> None:
    from legation.db.connect import connect

    judge(server, 1)
    db = connect(server.database)
    found = {"title": "Another", "text": "Something else.", "body": None, "sha256": "x"}
    save_replacement(db, 1, found, None, "2022-07-02T00:00:00Z")
    db.close()
    page = opened(server, browser, "/-/desk?show=changed")
    assert page.locator("#card").get_attribute("data-claim") == "1"
    assert "came at the article's address on 2 July 2022; it was approved" in page.locator(".again").inner_text()
    page.get_by_role("button", name="The stored text stands").click()
    page.get_by_text("The stored text stays.", exact=True).wait_for()
    assert rows(server, "SELECT verdict, reviewer FROM replacements") == [("kept", "rolf")]
    page.goto(f"{server.url}/-/desk?show=changed")
    assert page.locator("#sentence").inner_text() == "Nothing waits here"


def test_two_reviewers_decide_the_same_list(server: Server, browser: Any) -> None:
    first, second = (browser.new_context().new_page() for _ in range(2))
    sign_in(first, server, "rolf")
    second.goto(server.link)
    for page in (first, second):
        page.goto(f"{server.url}/-/desk/list?publisher=site1.example")
        page.wait_for_selector("html[data-more]")
        page.locator("#all-of-them").click()
    number = first.locator(".bulk li").count()
    first.keyboard.press("a")
    first.get_by_text("Nothing waits here").wait_for()
    second.keyboard.press("r")
    second.keyboard.press("8")
    second.get_by_text(f"0 decided, {number} left out").wait_for()
    assert [row[1] for row in decisions(server)] == ["approve"] * number


def test_the_desk_on_a_phone(server: Server, browser: Any, told: int) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    sign_in(page, server, "rolf")
    page.goto(f"{server.url}/-/desk?claim=3")
    ready(page)
    assert page.locator("blockquote.small-only").is_visible()
    bottom = page.locator(".approve").bounding_box()
    assert bottom["y"] + bottom["height"] <= 844
    assert bottom["height"] >= 40
    page.locator("#reject summary").tap()
    page.get_by_role("button", name="Wrong date").tap()
    after = ready(page, 3)
    page.locator(".approve").tap()
    ready(page, after)
    assert [row[:2] for row in decisions(server)] == [(3, "reject"), (after, "approve")]
    for address in ("/-/desk/list", f"/-/desk/article?article={told}", f"/-/desk/add?article={told}", "/-/desk/people"):
        page.goto(server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_it_all_without_scripts(server: Server, browser: Any, told: int) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, server, "rolf")
    page.goto(f"{server.url}/-/desk?claim=3")
    page.locator("#unsure summary").click()
    page.get_by_label("Whom do you ask?").fill("maria")
    page.get_by_role("button", name="Leave it open").click()
    assert rows(server, "SELECT claim, kind, asked FROM remarks") == [(3, "unsure", "maria")]
    page.goto(f"{server.url}/-/desk/list?publisher=site1.example")
    page.locator(".bulk input").first.check()
    page.get_by_role("button", name="Approve the chosen").click()
    page.get_by_role("button", name="Undo").click()
    assert [row[1] for row in decisions(server)] == ["approve", "undo"]
    page.goto(f"{server.url}/-/desk/list?publisher=site2.example")
    page.locator(".bulk input").first.check()
    page.locator("#give summary").click()
    page.get_by_label("Who is to look at the chosen?").fill("maria")
    page.get_by_role("button", name="Ask", exact=True).click()
    assert rows(server, "SELECT kind, asked FROM remarks ORDER BY id") == [("unsure", "maria"), ("ask", "maria")]
    page.goto(f"{server.url}/-/desk/article?article={told}")
    page.get_by_role("button", name="Approve the ticked").click()
    assert [row[1] for row in decisions(server)][2:] == ["approve"]
    page.goto(f"{server.url}/-/desk/add?article={told}")
    page.locator("#find-quote").fill(MISSED)
    page.get_by_role("button", name="Find them").click()
    page.get_by_role("button", name="Add the claim").click()
    assert rows(server, "SELECT quote, reader FROM claims ORDER BY id DESC LIMIT 1") == [(MISSED, "reviewer")]
    page.goto(f"{server.url}/-/desk/second")
    assert page.get_by_text("Nothing to judge again").is_visible()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client with the token of a reviewer."""
    folder = tmp_path_factory.mktemp("asked")
    sample(folder / "legation.db")
    with serving_here(folder, people()) as running:
        headers = {"authorization": f"Bearer {TOKEN}", "accept": "application/json"}
        with httpx.Client(base_url=running.url, headers=headers, timeout=60) as client:
            yield client


@pytest.mark.parametrize(
    ("address", "form", "status", "words"),
    [
        ("together", {"approve": "1"}, 400, "no claim is chosen"),
        ("together", {"approve": "1", "all": "1"}, 400, "the whole queue is not decided unseen"),
        ("together", {"claim-1": "0"}, 400, "neither approved"),
        ("together", {"claim-1": "0", "reject": "boring"}, 400, "no such reason"),
        ("together", {"claim-x": "0", "approve": "1"}, 400, "not a number"),
        ("together", {"claim-1": "0", "ask": "1"}, 400, "whom do you ask"),
        ("added", {"article": "99"}, 400, "no such article"),
        ("added", {"article": "1"}, 400, "no words"),
        ("added", {"article": "1", "quote": "words that are not there"}, 400, "these words are not in it"),
        ("added", {"article": "1", "quote": "Report 0", "sending_state": "Atlantis"}, 400, "no such place"),
        ("remark", {"claim": "1", "ask": "1"}, 400, "whom do you ask"),
        ("remark", {"claim": "99", "unsure": "1"}, 400, "no such claim"),
        ("opinion", {"claim": "1", "revision": "0", "approve": "1"}, 400, "nobody has decided"),
        ("settle", {"article": "1", "verdict": "burned"}, 400, "say whether"),
        ("settle", {"article": "1", "verdict": "kept"}, 400, "no other text waits"),
    ],
)
def test_a_wrong_form_is_told_in_one_line(
    asked: httpx.Client, address: str, form: dict[str, str], status: int, words: str
) -> None:
    answer = asked.post(f"/-/desk/{address}", data=form)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True), answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("add?article=99", 404), ("add?article=x", 400), ("add", 400), ("article?article=99", 404),
        ("list?show=nothing", 400), ("list?order=nothing", 400), ("article?skip=x", 400),
        ("add?article=1&end=1e9", 200), ("places?q=", 200), ("second?said=<b>", 200),
    ],
)  # fmt: skip
def test_a_wrong_address_is_told(asked: httpx.Client, address: str, status: int) -> None:
    assert asked.get(f"/-/desk/{address}").status_code == status


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("city", "Kyvi", "did you mean Kyiv?"),
        ("city", "Warsaw", "Warsaw is in Poland"),
        ("date", "2031-01", "is after the article"),
        ("receiving_state", "France", "in its own country"),
        ("mission", "delegation", "delegations are of the European Union"),
    ],
)
def test_a_strange_claim_is_asked_back_about_before_it_is_added(
    asked: httpx.Client, field: str, value: str, words: str
) -> None:
    form = {"article": "1", "quote": "Report 0", "sending_state": "France", "receiving_state": "Ukraine"}
    form |= {
        "city": "Kyiv",
        "mission": "embassy",
        "status": "closed",
        "modality": "fact",
        "date": "2022-04",
        field: value,
    }
    answer = asked.post("/-/desk/added", data=form)
    assert (answer.status_code, words in answer.json()["error"]) == (422, True), answer.text
    shown = asked.post("/-/desk/added", data=form, headers={"accept": "text/html"})
    assert shown.status_code == 422
    assert 'action="/-/desk/added"' in shown.text
    assert 'href="/-/desk/add?article=1&amp;quote=Report+0"' in shown.text
    added = asked.post("/-/desk/added", data={**form, "sure": "1"})
    assert added.status_code == 200, added.text
    asked.post("/-/desk/undo", data={})
