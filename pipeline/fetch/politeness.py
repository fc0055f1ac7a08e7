"""What each host asks of its visitors: one request at a time, a pause between two, its robots.txt, its Retry-After."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from protego import Protego

from legation.pipeline.fetch.retry import LONGEST, parse_stamp, stamp

ROBOTS_KEPT = timedelta(hours=24)  # RFC 9309, 2.4: not longer than 24 hours
UNREAD_KEPT = timedelta(minutes=10)  # an unreadable robots.txt is asked for again by the next run
ROBOTS_LIMIT = 512_000  # RFC 9309, 2.5: at least 500 KiB are to be read
UNREACHABLE_AFTER = 3  # connections in a row that failed; then the host is left alone until the next run
LONGEST_PAUSE = 60.0  # seconds; a host that wants more between two requests gets one request a run


@dataclass(slots=True)
class Host:
    """One origin. `robots`: text of robots.txt, "" for none; None when it could not be read, `robots_note` says why."""

    origin: str
    robots: str | None = None
    robots_note: str | None = None
    robots_at: str | None = None
    retry_at: str | None = None
    next_at: float = 0.0  # monotonic seconds
    failures: int = 0  # connections in a row that failed
    changed: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None

    def robots_known(self, now: datetime) -> bool:
        """Whether robots.txt, or the fact that it cannot be read, is known and still fresh."""
        if self.robots_at is None:
            return False
        age = now - parse_stamp(self.robots_at)
        return timedelta(0) <= age < (UNREAD_KEPT if self.robots is None else ROBOTS_KEPT)

    def learn_robots(self, text: str | None, note: str | None, now: datetime) -> None:
        """Keep what was read (None: nothing could be)."""
        self.robots, self.robots_note, self.robots_at = text, note, stamp(now)
        self.rules, self.changed = None, True

    def allows(self, url: str, agent: str) -> bool:
        """Whether robots.txt lets `agent` fetch `url`; only for a robots.txt that could be read."""
        return bool(self._parsed().can_fetch(url, agent))

    def pause(self, agent: str, least: float) -> float:
        """Seconds between two requests: Crawl-delay or `least`, whichever is longer."""
        return max(least, float(self._parsed().crawl_delay(agent) or 0))

    def _parsed(self) -> Protego:
        if self.rules is None:
            self.rules = Protego.parse(self.robots or "")
        return self.rules

    def wait(self, stop: threading.Event) -> None:
        """Sleep until the host may be asked again, or a stop is wished."""
        stop.wait(max(0.0, self.next_at - time.monotonic()))

    def asked(self, pause: float, now: datetime) -> None:
        """Note that a request was just answered. A pause that would hold up the run becomes a date instead."""
        self.next_at = time.monotonic() + min(pause, LONGEST_PAUSE)
        if pause > LONGEST_PAUSE:
            self.hold_until(stamp(now + min(timedelta(seconds=pause), LONGEST)))

    def reached(self) -> None:
        """Note that a connection stood."""
        self.failures = 0

    def not_reached(self, now: datetime) -> None:
        """Note that none could be made. Else each page of a dead host would wait for its own timeout."""
        self.failures += 1
        if self.failures >= UNREACHABLE_AFTER:
            self.hold_until(stamp(now + UNREAD_KEPT))

    def hold_until(self, when: str) -> None:
        """No request before `when`."""
        self.retry_at, self.changed = when, True


class Hosts:
    """The hosts of a run. `rows` are those of the table hosts."""

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self._hosts = {row["origin"]: Host(**row) for row in rows}
        self._lock = threading.Lock()

    def get(self, origin: str) -> Host:
        with self._lock:
            return self._hosts.setdefault(origin, Host(origin))

    def recall(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Learn from rows of the table hosts what others noted meanwhile: a later wait, a newer robots.txt."""
        for row in rows:
            host = self.get(row["origin"])
            later, newer = ((row[name] or "") > (getattr(host, name) or "") for name in ("retry_at", "robots_at"))
            if not later and not newer:
                continue
            with host.turn:
                host.retry_at = row["retry_at"] if later else host.retry_at
                if newer:
                    host.robots, host.robots_note, host.robots_at = row["robots"], row["robots_note"], row["robots_at"]
                    host.rules = None

    def take_changed(self) -> list[dict[str, str | None]]:
        """Rows to store of the hosts that changed since the last call."""
        with self._lock:
            changed = [host for host in self._hosts.values() if host.changed]
        rows: list[dict[str, str | None]] = []
        for host in changed:
            host.changed = False
            names = ("origin", "robots", "robots_note", "robots_at", "retry_at")
            rows.append({name: getattr(host, name) for name in names})
        return rows
