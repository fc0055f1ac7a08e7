"""One page: robots.txt, the host's turn, redirects hop by hop, limits. Every outcome, also a failure, is an Answer."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpcore
import httpx

from legation.pipeline.fetch import addresses
from legation.pipeline.fetch.addresses import Refused
from legation.pipeline.fetch.answer import Answer, Outcome
from legation.pipeline.fetch.decompression import ACCEPTED, BodyError, read_body
from legation.pipeline.fetch.error_messages import server_error
from legation.pipeline.fetch.politeness import ROBOTS_LIMIT, Host, Hosts
from legation.pipeline.fetch.retry import is_due, retry_after, stamp
from legation.pipeline.fetch.transport import ERRORS, CheckedBackend, CheckedTransport, Deadline
from legation.pipeline.fetch.urls import checked_url, origin, without_blanks

if TYPE_CHECKING:
    from legation.pipeline.fetch.settings import FetchConfig

TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
INTERRUPTED = "interrupted"
UNREACHED = (httpcore.ConnectError, httpcore.ConnectTimeout, OSError)
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class _Given(Exception):
    """The request ended without a body; `answer` holds what is known."""

    def __init__(self, outcome: Outcome, reason: str, *, temporary: bool = False, retry_at: str | None = None) -> None:
        self.answer = Answer("", outcome, reason, temporary, retry_at)


@dataclass(slots=True)
class _Trip:
    """One page on its way: what was asked so far, and the seconds that are left for it."""

    headers: dict[str, str]
    limit: int
    seconds: float
    robots: bool = True
    requests: int = 0


class Fetcher:
    """Asks for pages. Safe to call from several threads; close it, or use it as a context manager.

    `clock` gives the time of day for what is stored; `stop` ends pauses early. Raises nothing but programming errors.
    """

    def __init__(
        self,
        settings: "FetchConfig",
        hosts: Hosts,
        clock: Callable[[], datetime],
        stop: threading.Event,
        resolve: addresses.Resolve = addresses.resolve,
    ) -> None:
        self._settings, self.hosts, self._clock, self._stop = settings, hosts, clock, stop
        self._deadline = Deadline()
        backend = CheckedBackend(frozenset(settings.allow_private), self._deadline, resolve)
        transport = CheckedTransport(backend, connections=2 * settings.hosts_at_once)
        timeout = httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds, pool=settings.connect_seconds)
        headers = {
            "User-Agent": settings.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Encoding": ACCEPTED,
        }
        self._http = httpx.Client(transport=transport, headers=headers, timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def get(
        self,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        *,
        limit: int | None = None,
        robots: bool = True,
    ) -> Answer:
        """Ask for `url`, conditionally when `etag` or `last_modified` are known.

        `limit`: bytes of the decoded body. `robots` False: for an address that its own operator gave us.
        """
        begun = time.monotonic()
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        # a server may send an ETag that no request can carry: then its page is asked for unconditionally
        headers = {name: value for name, value in known.items() if value and value.isascii() and value.isprintable()}
        trip = _Trip(headers, limit or self._settings.max_body_bytes, self._settings.whole_seconds, robots)
        try:
            answer = self._follow(url, trip)
        except _Given as given:
            answer = given.answer
        except Refused as refused:
            answer = Answer(url, "refused", str(refused))
        except BodyError as error:
            answer = Answer(url, "failed", str(error))
        except httpcore.TimeoutException as error:
            answer = Answer(url, "failed", f"timeout: {server_error(error)}", temporary=True)
        except ERRORS as error:
            answer = Answer(url, "failed", server_error(error), temporary=True)
        seconds = time.monotonic() - begun
        return replace(answer, url=url, requests=trip.requests, conditional=bool(headers), seconds=seconds)

    def _follow(self, url: str, trip: _Trip) -> Answer:
        seen: set[str] = set()
        target = checked_url(url)
        while len(seen) <= self._settings.max_redirects:
            if str(target) in seen:
                raise _Given("failed", "redirect loop")
            seen.add(str(target))
            answer = self._visit(target, trip)
            if isinstance(answer, Answer):
                return answer
            target = checked_url(answer)
        raise _Given("failed", f"more than {self._settings.max_redirects} redirects")

    def _visit(self, url: httpx.URL, trip: _Trip) -> Answer | httpx.URL:
        """One hop: the answer, or where it redirects to. Holds the host's turn, so that no other thread asks it."""
        host = self.hosts.get(origin(url))
        with host.turn:
            if not is_due(host.retry_at, self._clock()):
                raise _Given(
                    "failed", f"host asked to wait until {host.retry_at}", temporary=True, retry_at=host.retry_at
                )
            if trip.robots:
                self._check_robots(host, url, trip)
            return self._send(host, url, trip)

    def _check_robots(self, host: Host, url: httpx.URL, trip: _Trip) -> None:
        if not host.robots_known(self._clock()):
            text, note = self._read_robots(host, trip)
            host.learn_robots(text, note, self._clock())
        if host.robots is None:
            blocked: Outcome = "robots-blocked" if (host.robots_note or "").startswith("HTTP") else "failed"
            raise _Given(blocked, f"robots.txt: {host.robots_note}", temporary=True)
        if not host.allows(str(url), self._settings.agent):
            raise _Given("robots-blocked", "robots.txt disallows it")

    def _read_robots(self, host: Host, trip: _Trip) -> tuple[str | None, str | None]:
        """Text and note for Host.learn_robots. RFC 9309: 4xx means no rules; 5xx, 429 or no answer that nothing may be
        fetched."""
        own = _Trip({}, ROBOTS_LIMIT, trip.seconds)
        try:
            return self._robots_text(host, own), None
        except _Given as given:
            known_none = given.answer.status and not given.answer.temporary
            return ("", None) if known_none else (None, given.answer.reason)
        except BodyError as error:
            return None, str(error)
        except ERRORS as error:
            return None, server_error(error)
        finally:
            trip.requests += own.requests
            trip.seconds = own.seconds

    def _robots_text(self, host: Host, trip: _Trip) -> str:
        target = httpx.URL(host.origin + "/robots.txt")
        for _ in range(6):  # RFC 9309, 2.3.1.2: at least five redirects are followed
            answer = self._send(host, target, trip)
            if isinstance(answer, Answer):
                return answer.body.decode("utf-8", "replace")
            target = checked_url(answer)
        return ""

    def _send(self, host: Host, url: httpx.URL, trip: _Trip) -> Answer | httpx.URL:
        host.wait(self._stop)
        if self._stop.is_set():
            raise _Given("failed", INTERRUPTED, temporary=True)
        begun = time.monotonic()
        self._deadline.at = begun + trip.seconds
        trip.requests += 1
        request = self._http.build_request("GET", url, headers=trip.headers)
        try:
            with closing(self._http.send(request, stream=True)) as response:
                host.reached()
                return self._read(host, url, response, trip)
        except UNREACHED:
            host.not_reached(self._clock())
            raise
        finally:
            trip.seconds -= time.monotonic() - begun
            self._deadline.at = float("inf")
            pause = host.pause(self._settings.agent, self._settings.delay_seconds)
            host.asked(pause, self._clock())

    def _read(self, host: Host, url: httpx.URL, response: httpx.Response, trip: _Trip) -> Answer | httpx.URL:
        status = response.status_code
        if status in REDIRECTS and "location" in response.headers:
            return url.join(without_blanks(response.headers["location"]))
        if status == 304 and trip.headers:
            return _answer(url, response, "unchanged")
        if status in (200, 203):
            body = read_body(response.iter_raw(), response.headers.get("content-encoding", ""), trip.limit)
            return replace(_answer(url, response, "fetched"), body=body)
        raise self._failure(host, url, response)

    def _failure(self, host: Host, url: httpx.URL, response: httpx.Response) -> _Given:
        status = response.status_code
        wish = retry_after(response.headers.get("retry-after"), self._clock()) if status in (429, 503) else None
        until = stamp(wish) if wish else None
        if until:
            host.hold_until(until)
        failure = _Given("failed", f"HTTP {status}", temporary=status in TEMPORARY, retry_at=until)
        failure.answer = replace(failure.answer, status=status, final_url=str(url))
        return failure


def _answer(url: httpx.URL, response: httpx.Response, outcome: Outcome) -> Answer:
    header = response.headers.get
    return Answer(
        url="",
        outcome=outcome,
        final_url=str(url),
        status=response.status_code,
        content_type=header("content-type"),
        etag=header("etag"),
        last_modified=header("last-modified"),
    )
