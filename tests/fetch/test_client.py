"""One page against a real server: conditional requests, redirects, limits, broken answers."""

import socket
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.fetch.conftest import Make
from tests.scripted_server import Request, Script


def test_a_page_comes_with_what_recognises_it(server: Script, fetcher: Make) -> None:
    server.say("/a", b"<p>text</p>", ETag='"1"', Last_Modified="Fri, 01 Mar 2024 10:00:00 GMT")
    answer = fetcher(contact="https://desk.example/legation").get(server.url + "/a")
    assert (answer.outcome, answer.status, answer.body, answer.etag) == ("fetched", 200, b"<p>text</p>", '"1"')
    assert answer.last_modified == "Fri, 01 Mar 2024 10:00:00 GMT"
    assert server.paths() == ["/robots.txt", "/a"]
    assert server.hits[1].headers["user-agent"].startswith("Legation/")
    assert "(+https://desk.example/legation)" in server.hits[1].headers["user-agent"]


@pytest.mark.parametrize(
    ("etag", "modified"),
    [('"1"', None), (None, "Fri, 01 Mar 2024 10:00:00 GMT"), ('"1"', "Thu, 29 Feb 2024 10:00:00 GMT")],
)
def test_a_known_page_is_asked_for_conditionally(
    server: Script, fetcher: Make, etag: str | None, modified: str | None
) -> None:
    server.say("/a", b"<p>text</p>", ETag='"1"', Last_Modified="Fri, 01 Mar 2024 10:00:00 GMT")
    answer = fetcher().get(server.url + "/a", etag, modified)
    assert (answer.outcome, answer.status, answer.body, answer.conditional) == ("unchanged", 304, b"", True)


@pytest.mark.parametrize(("etag", "modified"), [("\xe9\xff", None), ('"a\tb"', None), (None, "gestern, fr\xfch")])
def test_what_no_request_can_carry_is_not_sent_back(
    server: Script, fetcher: Make, etag: str | None, modified: str | None
) -> None:
    server.say("/a", b"<p>text</p>", ETag="\xe9\xff")
    answer = fetcher().get(server.url + "/a", etag, modified)
    assert (answer.outcome, answer.body, answer.conditional) == ("fetched", b"<p>text</p>", False)


def test_304_to_an_unconditional_request_is_a_failure(server: Script, fetcher: Make) -> None:
    server.routes["/a"] = lambda request: request.begin(304, Content_Length="0")
    answer = fetcher().get(server.url + "/a")
    assert (answer.outcome, answer.reason) == ("failed", "HTTP 304")


@pytest.mark.parametrize(
    ("status", "temporary"),
    [(404, False), (410, False), (403, False), (500, True), (502, True), (503, True), (429, True)],
)
def test_errors_are_temporary_or_not(server: Script, fetcher: Make, status: int, temporary: bool) -> None:
    server.say("/a", b"", status)
    answer = fetcher().get(server.url + "/a")
    assert (answer.outcome, answer.reason, answer.temporary) == ("failed", f"HTTP {status}", temporary)


def test_redirects_are_followed_and_each_hop_is_checked(server: Script, fetcher: Make) -> None:
    server.routes["/a"] = lambda request: request.redirect("/b")
    server.say("/b", b"<p>text</p>")
    answer = fetcher().get(server.url + "/a")
    assert (answer.outcome, answer.final_url, answer.requests) == ("fetched", server.url + "/b", 3)


def test_too_many_redirects_and_a_loop(server: Script, fetcher: Make) -> None:
    for number in range(30):
        server.routes[f"/{number}"] = partial(Request.redirect, location=f"/{number + 1}")
    server.routes["/loop"] = lambda request: request.redirect("/pool")
    server.routes["/pool"] = lambda request: request.redirect("/loop")
    one = fetcher()
    assert one.get(server.url + "/0").reason == "more than 10 redirects"
    assert one.get(server.url + "/loop").reason == "redirect loop"


def slow_body(request: Request) -> None:
    request.stream((b"x" for _ in range(1000)), pause=0.1)


def slow_headers(request: Request) -> None:
    request.close_connection = True
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
        request.wfile.write(bytes([byte]))
        request.wfile.flush()
        time.sleep(0.1)


def silence(request: Request) -> None:
    time.sleep(1.5)
    request.close_connection = True


@pytest.mark.parametrize("route", [slow_body, slow_headers, silence])
def test_slowness_ends_at_the_limit(server: Script, fetcher: Make, route: Callable[[Request], None]) -> None:
    server.routes["/a"] = route
    answer = fetcher().get(server.url + "/a")
    assert (answer.outcome, answer.temporary) == ("failed", True)
    assert answer.reason is not None
    assert answer.reason.startswith("timeout")


def endless(request: Request) -> None:
    def parts() -> Iterator[bytes]:
        while True:
            yield b"x" * 10_000

    request.stream(parts())


def short(request: Request) -> None:
    request.close_connection = True
    request.begin(200, Content_Length="1000")
    request.wfile.write(b"<p>half")


def two_lengths(request: Request) -> None:
    request.close_connection = True
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello")


def no_http(request: Request) -> None:
    request.close_connection = True
    request.wfile.write(b"SSH-2.0-OpenSSH_9.0\r\n")


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (endless, "body over 100000 bytes"),
        (short, "the server's answer breaks the rules of HTTP"),
        (two_lengths, "the server's answer breaks the rules of HTTP"),
        (no_http, "the server's answer breaks the rules of HTTP"),
        (Request.reset, "the server closed the connection"),
    ],
)
def test_broken_answers_are_named(server: Script, fetcher: Make, route: Callable[[Request], None], reason: str) -> None:
    server.routes["/a"] = route
    answer = fetcher().get(server.url + "/a")
    assert answer.outcome == "failed"
    assert str(answer.reason).startswith(reason)


def test_more_bytes_than_announced_are_not_read(server: Script, fetcher: Make) -> None:
    server.say("/a", b"<p>text</p>and more", Content_Length="11")
    assert fetcher().get(server.url + "/a").body == b"<p>text</p>"


def test_nobody_there(fetcher: Make) -> None:
    with socket.socket() as taken:  # bound, not listening
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = fetcher(allow_private=[host]).get(f"http://{host}/a")
    assert (answer.outcome, answer.temporary) == ("failed", True)
    assert "refuses connections" in str(answer.reason)


def test_connections_are_reused(server: Script, fetcher: Make) -> None:
    ports: set[int] = set()

    def note(request: Request) -> None:
        ports.add(request.client_address[1])
        request.say(b"<p>text</p>")

    server.routes["/a"] = note
    one = fetcher()
    for _ in range(5):
        one.get(server.url + "/a")
    assert len(ports) == 1
