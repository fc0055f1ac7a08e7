"""One page's fault is its own; a page that came back as another text takes nothing back."""

import pytest

from legation.pipeline.limits import TooLong, limited
from tests.big_site import story
from tests.desk import Desk
from tests.scripted_server import Script

PARTNERS = "<p>We and our {} partners store and access information on a device, such as cookies, for measurement.</p>"


def wall(first: int) -> bytes:
    text = "".join(PARTNERS.format(first + number) for number in range(6))
    head = "<html lang=en><head><title>Your privacy</title></head>"
    return f"{head}<body><main><h1>We value your privacy</h1>{text}</main></body></html>".encode()


def test_a_consent_page_takes_nothing_back_and_waits_for_a_reviewer(server: Script, desk: Desk) -> None:
    desk.run()
    before = desk.rows("SELECT id FROM claims WHERE retired IS NULL")
    server.say("/story/0.html", wall(800))
    code, record = desk.run()
    assert code == 1
    assert "changed beyond recognition" in record.problems[0]
    server.say("/story/0.html", wall(900))  # the same wall is told once
    assert desk.run()[0] == 0
    assert desk.rows("SELECT id FROM claims WHERE retired IS NULL") == before
    assert desk.rows("SELECT title, verdict FROM replacements") == [("Your privacy", None)]
    server.say("/story/0.html", story(0))
    desk.run()
    assert desk.rows("SELECT verdict FROM replacements") == [("kept",)]


def test_a_block_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TooLong, match=r"longer than 0\.05 seconds"), limited(0.05):
        _turn_for_ever()


def test_a_block_in_time_is_left_alone() -> None:
    with limited(60):
        assert sum(range(10)) == 45


def _turn_for_ever() -> None:
    while True:
        pass
