"""The review desk in a real browser: what a reviewer presses is what the database holds."""

import sqlite3
from typing import Any

from legation.pipeline.web.desk import DONE
from tests.web.conftest import Server, sign_in, sign_in_by_form


def decisions(server: Server) -> list[tuple[Any, ...]]:
    """(claim, verdict, reason, note, fields, reviewer) of each decision, in order."""
    db = sqlite3.connect(server.database)
    try:
        rows = db.execute("SELECT claim, verdict, reason, note, fields, reviewer FROM decisions ORDER BY id").fetchall()
    finally:
        db.close()
    return rows


def ready(page: Any, but: int = 0) -> int:
    """Wait until a card of another claim than `but` is there and the one after it is fetched; return its claim."""
    page.wait_for_selector(f"#card:not([data-claim='{but}'])")
    claim = page.locator("#card").get_attribute("data-claim")
    page.wait_for_selector(f"#desk[data-ready='{claim}']")
    return int(claim)


def press(page: Any, key: str, claim: int) -> int:
    """Press a key that ends with another claim; return that."""
    page.keyboard.press(key)
    return ready(page, claim)


def test_twenty_claims_by_keyboard_alone(server: Server, browser: Any) -> None:
    page = browser.new_context().new_page()
    sign_in_by_form(page, server, "rolf")
    page.goto(f"{server.url}/-/desk")
    claim = ready(page)
    expected: list[tuple[Any, ...]] = []
    for turn in range(20):
        if turn == 5:  # a correction: focus goes to the first field, Tab to the city
            page.keyboard.press("e")
            for _ in range(2):
                page.keyboard.press("Tab")
            page.keyboard.press("Control+A")
            page.keyboard.type("area")  # letters that are keys of the desk elsewhere
            page.keyboard.press("Enter")
            page.get_by_text("area: no city of this name is known in Ukraine").wait_for()
            assert decisions(server) == expected
            page.get_by_role("button", name="Save it as it is").focus()
            after = press(page, "Enter", claim)
            expected.append((claim, "correct", None, None, '{"city": "area"}', "rolf"))
        elif turn == 9:
            page.keyboard.press("r")
            for slip in "aesuj":  # what decides or moves elsewhere does nothing here
                page.keyboard.press(slip)
            after = press(page, "9", claim)
            expected.append((claim, "reject", "old news", None, None, "rolf"))
        else:
            after = press(page, "a", claim)
            expected.append((claim, "approve", None, None, None, "rolf"))
        claim = after
    last_two = [row[0] for row in reversed(expected)][:2]
    assert decisions(server) == expected
    for taken_back in last_two:
        page.keyboard.press("u")
        page.wait_for_selector(f"#card[data-claim='{taken_back}']")
        page.get_by_text(f"Taken back. Claim {taken_back} is unreviewed.").wait_for()
    expected += [(number, "undo", None, None, None, "rolf") for number in last_two]
    assert decisions(server) == expected
    page.goto(f"{server.url}/-/desk/mine")
    verdicts = [cell.split(":")[0] for cell in page.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    assert verdicts == [DONE[row[1]] for row in reversed(expected)]
    assert page.locator("tbody tr").first.locator("td").last.inner_text() == "Unreviewed"


def opened(server: Server, browser: Any, address: str) -> Any:
    """A page of the desk, signed in as a reviewer, with its card ready."""
    page = browser.new_context().new_page()
    sign_in(page, server, "rolf")
    page.goto(server.url + address)
    ready(page)
    return page


def test_enter_saves_where_edit_puts_the_focus_and_escape_drops(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk?claim=3")
    page.keyboard.press("e")
    focused = page.evaluate("document.activeElement.name")
    page.locator(f"#field-{focused}").fill("Germany")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    assert page.locator(f"#field-{focused}").input_value() == "Poland"
    page.locator(f"#field-{focused}").fill("Swedish")  # in any way that people name a State
    press(page, "Enter", 3)
    assert decisions(server) == [(3, "correct", None, None, '{"sending_state": "SE"}', "rolf")]


def test_a_slip_of_the_pen_is_asked_back_about_and_mended_by_a_click(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk?claim=4")
    page.keyboard.press("e")
    page.locator("#field-city").fill("Kyivv")
    page.locator("#field-city").press("Enter")
    page.get_by_text("Kyivv: no city of this name is known in Ukraine; did you mean Kyiv").wait_for()
    page.locator("#field-status").select_option("closed")
    page.locator(".doubts").get_by_role("button", name="Kyiv", exact=True).click()
    ready(page, 4)
    assert decisions(server) == [(4, "correct", None, None, '{"status": "closed"}', "rolf")]


def test_an_approval_that_was_not_written_brings_its_claim_back(server: Server, browser: Any) -> None:
    """The next claim is shown before the answer comes: the answer may be that somebody was faster, or never come."""
    page = opened(server, browser, "/-/desk?claim=1")
    other = opened(server, browser, "/-/desk?claim=1")
    after = press(other, "a", 1)
    page.keyboard.press("a")
    page.get_by_text("Not saved, somebody was faster").first.wait_for()
    assert page.locator("#card").get_attribute("data-claim") == "1"
    assert page.locator("#card").get_attribute("data-state") == "approved"
    other.context.set_offline(True)
    other.keyboard.press("m")
    other.locator("#approve-note").fill("seen in both papers")
    other.locator("#approve-note").press("Enter")
    other.get_by_text("the server cannot be reached").first.wait_for()
    assert other.locator("#card").get_attribute("data-claim") == str(after)
    assert other.locator("#approve-note").input_value() == "seen in both papers"
    other.context.set_offline(False)
    assert press(other, "a", after)
    assert decisions(server) == [
        (1, "approve", None, None, None, "rolf"),
        (after, "approve", None, "seen in both papers", None, "rolf"),
    ]


def test_the_count_says_what_the_filter_holds(server: Server, browser: Any) -> None:
    page = opened(server, browser, "/-/desk?sender=Poland")
    assert page.locator("#progress").inner_text() == "6 of 28 wait here. Today: 0 by you, 0 by all."
    claim = ready(page)
    press(page, "a", claim)
    assert page.locator("#progress").inner_text() == "5 of 27 wait here. Today: 1 by you, 1 by all."
    page.goto(f"{server.url}/-/desk")
    assert page.locator("#progress").inner_text() == "27 wait. Today: 1 by you, 1 by all."
