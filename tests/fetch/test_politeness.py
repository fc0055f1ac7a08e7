"""What a host asks of its visitors is done: Retry-After, robots.txt, pauses, one request at a time."""

import socket
import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from legation.pipeline.fetch.politeness import Hosts
from legation.pipeline.fetch.retry import stamp
from tests.fetch.conftest import NOW, Make
from tests.scripted_server import Request, Script


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", ["120", "Fri, 01 Mar 2024 12:02:00 GMT"])
def test_retry_after_holds_for_the_whole_host_and_across_runs(
    server: Script, fetcher: Make, status: int, header: str
) -> None:
    server.say("/a", b"", status, Retry_After=header)
    server.say("/b", b"<p>text</p>")
    hosts = Hosts()
    first = fetcher(hosts)
    assert first.get(server.url + "/a").retry_at == "2024-03-01T12:02:00Z"
    waiting = first.get(server.url + "/b")
    assert (waiting.requests, waiting.retry_at) == (0, "2024-03-01T12:02:00Z")

    rows = hosts.take_changed()
    early = fetcher(Hosts(rows), now=NOW + timedelta(seconds=119)).get(server.url + "/b")
    assert early.requests == 0
    late = fetcher(Hosts(rows), now=NOW + timedelta(seconds=120)).get(server.url + "/b")
    assert late.outcome == "fetched"


@pytest.mark.parametrize(
    ("robots", "status", "path", "outcome", "reason"),
    [
        (b"User-agent: Legation\nDisallow: /private", 200, "/private/a", "robots-blocked", "robots.txt disallows it"),
        (b"User-agent: Legation\nDisallow: /private", 200, "/a", "fetched", None),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: Legation\nAllow: /", 200, "/a", "fetched", None),
        (b"User-agent: other\nDisallow: /", 200, "/a", "fetched", None),
        (b"", 404, "/a", "fetched", None),
        (b"", 410, "/a", "fetched", None),
        (b"", 500, "/a", "robots-blocked", "robots.txt: HTTP 500"),
        (b"", 503, "/a", "robots-blocked", "robots.txt: HTTP 503"),
        (b"", 429, "/a", "robots-blocked", "robots.txt: HTTP 429"),
        (b"<html>\x00\xff not rules", 200, "/a", "fetched", None),
    ],
)
def test_robots(
    server: Script, fetcher: Make, robots: bytes, status: int, path: str, outcome: str, reason: str | None
) -> None:
    server.say("/robots.txt", robots, status)
    server.say(path, b"<p>text</p>")
    answer = fetcher().get(server.url + path)
    assert (answer.outcome, answer.reason) == (outcome, reason)
    assert server.paths() == ["/robots.txt", path] if outcome == "fetched" else ["/robots.txt"]


def test_robots_is_kept_for_a_day_and_no_longer(server: Script, fetcher: Make) -> None:
    server.say("/a", b"<p>text</p>")
    hosts = Hosts()
    fetcher(hosts).get(server.url + "/a")
    rows = hosts.take_changed()
    fetcher(Hosts(rows), now=NOW + timedelta(hours=23)).get(server.url + "/a")
    assert server.paths().count("/robots.txt") == 1
    fetcher(Hosts(rows), now=NOW + timedelta(hours=25)).get(server.url + "/a")
    fetcher(Hosts(rows), now=NOW - timedelta(days=400)).get(server.url + "/a")  # the clock jumped back
    assert server.paths().count("/robots.txt") == 3


def test_a_robots_that_redirects_for_ever_holds_nothing_up(server: Script, fetcher: Make) -> None:
    server.routes["/robots.txt"] = lambda request: request.redirect("/robots.txt")
    server.say("/a", b"<p>text</p>")
    assert fetcher().get(server.url + "/a").outcome == "fetched"
    assert server.paths().count("/robots.txt") == 6


def test_crawl_delay_parts_two_requests(server: Script, fetcher: Make) -> None:
    server.say("/robots.txt", b"User-agent: *\nCrawl-delay: 0.3")
    server.say("/a", b"<p>text</p>")
    one = fetcher()
    for _ in range(3):
        one.get(server.url + "/a")
    times = [hit.at for hit in server.hits[1:]]
    assert all(later - earlier >= 0.28 for earlier, later in pairwise(times))


def test_a_crawl_delay_of_hours_becomes_a_date(server: Script, fetcher: Make) -> None:
    server.say("/robots.txt", b"User-agent: *\nCrawl-delay: 7200")
    server.say("/a", b"<p>text</p>")
    hosts = Hosts()
    one = fetcher(hosts)
    one.get(server.url + "/robots.txt")
    assert one.get(server.url + "/a").requests == 0
    assert hosts.take_changed()[0]["retry_at"] == "2024-03-01T14:00:00Z"


def test_one_request_in_flight_per_host(server: Script, fetcher: Make) -> None:
    def slowly(request: Request) -> None:
        time.sleep(0.03)
        request.say(b"<p>text</p>")

    for number in range(8):
        server.routes[f"/{number}"] = slowly
    one = fetcher()
    threads = [threading.Thread(target=one.get, args=(f"{server.url}/{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.most_in_flight == 1
    assert len(server.hits) == 9


def test_a_dead_host_is_left_alone_after_three_tries(fetcher: Make) -> None:
    with socket.socket() as taken:  # bound, not listening
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        row = {"origin": f"http://{host}", "robots": "", "robots_note": None, "robots_at": stamp(NOW), "retry_at": None}
        one = fetcher(Hosts([row]), allow_private=[host])
        answers = [one.get(f"http://{host}/{number}") for number in range(5)]
    assert [answer.requests for answer in answers] == [1, 1, 1, 0, 0]
