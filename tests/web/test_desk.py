"""The review desk in a real browser: what a reviewer presses is what the database holds."""

import sqlite3
from typing import Any

from tests.web.conftest import Server, sign_in


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
    sign_in(page, server, "rolf")
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
            after = press(page, "Enter", claim)
            expected.append((claim, "correct", None, None, '{"city": "area"}', "rolf"))
        elif turn == 9:
            page.keyboard.press("r")
            after = press(page, "i", claim)
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
    assert verdicts == [row[1] for row in reversed(expected)]
    assert page.locator("tbody tr").first.locator("td").last.inner_text() == "unreviewed"
