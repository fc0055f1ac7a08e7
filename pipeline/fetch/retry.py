"""When to ask again. Pure: `now` is given, and so is the random number that spreads the retries."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

TIME = "%Y-%m-%dT%H:%M:%SZ"
LONGEST = timedelta(days=7)  # the longest wait, even if a header or a wrong clock asks for more
FIRST_RETRY = timedelta(minutes=15)  # one turn of the usual timer
LONGEST_BACKOFF = timedelta(days=1)


def stamp(time: datetime) -> str:
    """A time as the database holds it: UTC, whole seconds, Z."""
    return time.astimezone(UTC).strftime(TIME)


def parse_stamp(text: str) -> datetime:
    """The inverse of `stamp`."""
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """The time that a Retry-After header names, in seconds or as an HTTP date; None for no or a senseless header."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return now + min(timedelta(seconds=int(text[:9])), LONGEST)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(when, now), now + LONGEST)


def backoff(failures: int, now: datetime, jitter: float) -> datetime:
    """The next try after `failures` failures in a row: 15 minutes, doubled each time, at most a day, +- a quarter.

    `jitter` is a random number from 0 to 1, so that sources which failed together do not come back together.
    """
    wait = min(FIRST_RETRY * (1 << min(failures - 1, 10)), LONGEST_BACKOFF)
    return now + wait * (0.75 + jitter / 2)


def is_due(retry_at: str | None, now: datetime) -> bool:
    """Whether a stored `retry_at` has come. One further away than LONGEST was written by a clock that was wrong."""
    if retry_at is None:
        return True
    when = parse_stamp(retry_at)
    return when <= now or when > now + LONGEST
