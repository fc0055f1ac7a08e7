"""The desk and the board in a browser that runs no scripts: forms and links do it all."""

from typing import Any

import pytest

from tests.web.conftest import Server, sign_in_by_form
from tests.web.test_desk import decisions


@pytest.fixture
def page(browser: Any, server: Server) -> Any:
    plain = browser.new_context(java_script_enabled=False).new_page()
    sign_in_by_form(plain, server, "rolf")
    return plain


def test_decide_and_undo(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/-/desk")
    page.get_by_role("button", name="Approve").click()
    page.locator("#reject summary").click()
    page.get_by_role("button", name="Wrong status").click()
    page.get_by_text("Correct the fields").click()
    page.get_by_label("City", exact=True).fill("Lviv")
    page.get_by_role("button", name="Save the correction").click()
    page.get_by_role("button", name="Undo").click()
    assert [(claim, verdict, reason, fields) for claim, verdict, reason, _, fields, _ in decisions(server)] == [
        (1, "approve", None, None),
        (2, "reject", "wrong status", None),
        (3, "correct", None, '{"city": "Lviv"}'),
        (3, "undo", None, None),
    ]
    assert page.url == f"{server.url}/-/desk?claim=3"


def test_a_strange_correction_is_asked_back_about_on_a_page_of_its_own(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/-/desk?claim=3&sender=Poland")
    page.get_by_text("Correct the fields").click()
    page.get_by_label("City", exact=True).fill("Waršaw")
    page.get_by_role("button", name="Save the correction").click()
    assert "Nothing is saved yet" in page.locator("h1").inner_text()
    assert decisions(server) == []
    page.get_by_role("button", name="Save it as it is").click()
    assert page.url == f"{server.url}/-/desk?sender=Poland"
    assert [row[4] for row in decisions(server)] == ['{"city": "Waršaw"}']


def test_no_button_that_does_nothing(page: Any, server: Server) -> None:
    for address in ("/-/desk", "/-/board?place=Kyiv"):
        page.goto(server.url + address)
        idle = page.locator("button[type=button], input[type=range]").all()
        assert idle
        assert not [control for control in idle if control.is_visible()]


def test_tiles_show_one_state_alone(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/-/board?place=Kyiv&on=2022-04-26")
    rows = page.locator("#board tbody tr")
    states = [row.get_attribute("data-s") for row in rows.all()]
    assert len(set(states)) > 1
    page.locator(f"#f-{states[0]}").check()
    assert [row.get_attribute("data-s") for row in rows.all() if row.is_visible()] == [
        state for state in states if state == states[0]
    ]
    page.locator("#f-all").check()
    assert all(row.is_visible() for row in rows.all())


def test_another_day_and_place(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/-/board?place=Kyiv")
    page.get_by_label("Day", exact=True).fill("2022-04-10")
    page.get_by_role("button", name="Show").click()
    assert "On 10 April 2022" in page.locator("main").inner_text()


def test_the_claims_of_a_mission_unfold_and_fields_offer_names(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/-/board?place=Kyiv&on=2022-04-26")
    page.locator("details.more summary").first.click()
    assert page.locator("details.more li").first.is_visible()
    assert page.locator("#places option").count() > 200
