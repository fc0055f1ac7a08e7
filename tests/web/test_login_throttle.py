"""Who guesses passwords has to wait; who knows one, and who only looks, does not."""

import httpx
import pytest

from legation.pipeline.web.login_throttle import MANY, SECONDS, LoginThrottle
from tests.web.conftest import PASSWORD, Server


def test_after_many_wrong_passwords_nobody_signs_in_from_there(server: Server) -> None:
    with httpx.Client(base_url=server.url, verify=False, timeout=30) as client:
        assert _sign_in(client, PASSWORD).status_code == 302
        assert [_sign_in(client, f"guess {n}").status_code for n in range(MANY)] == [200] * MANY
        refused = _sign_in(client, PASSWORD)
        assert refused.status_code == 429
        assert refused.text.startswith("too many wrong passwords; try again in ")
        assert client.get("/-/board?place=Kyiv").status_code == 200
        assert _sign_in(client, PASSWORD, "10.0.0.1").status_code == 302  # by way of a proxy on this machine


def _sign_in(client: httpx.Client, password: str, address: str | None = None) -> httpx.Response:
    client.cookies.clear()
    token = client.get("/-/login").text.partition('csrftoken" value="')[2].partition('"')[0]
    form = {"username": "rolf", "password": password, "csrftoken": token}
    return client.post("/-/login", data=form, headers={"x-forwarded-for": address} if address else {})


@pytest.mark.parametrize(
    ("address", "now", "wait"),
    [
        ("10.0.0.1", MANY - 1, SECONDS - MANY + 1),
        ("10.0.0.1", SECONDS - 0.5, 1),
        ("10.0.0.1", SECONDS, 0),  # the first of them no longer counts
        ("10.0.0.2", MANY, 0),
    ],
)
def test_the_wait(address: str, now: float, wait: int) -> None:
    wrong = LoginThrottle()
    for second in range(MANY):
        assert wrong.wait("10.0.0.1", second) == 0
        wrong.note("10.0.0.1", second)
    wrong.note("10.0.0.2", MANY)
    assert wrong.wait(address, now) == wait


def test_old_ones_are_forgotten() -> None:
    wrong = LoginThrottle()
    for second in range(0, 1000, 10):
        wrong.note(f"10.0.0.{second}", second)
    assert len(wrong._times) < SECONDS / 10 + 2
