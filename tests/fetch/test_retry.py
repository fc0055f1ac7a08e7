"""When to ask again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.pipeline.fetch.retry import LONGEST, backoff, is_due, parse_stamp, retry_after, stamp

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", 2 * MINUTE),
        (" 0 ", timedelta(0)),
        ("Fri, 01 Mar 2024 12:05:00 GMT", 5 * MINUTE),
        ("Fri, 01 Mar 2024 11:00:00 GMT", timedelta(0)),  # past
        ("99999999999999999999", LONGEST),
        ("Fri, 01 Mar 2999 12:05:00 GMT", LONGEST),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(header: str | None, wait: timedelta | None) -> None:
    assert retry_after(header, NOW) == (None if wait is None else NOW + wait)


@given(st.text(max_size=60))
def test_no_header_is_waited_for_longer_than_a_week(header: str) -> None:
    when = retry_after(header, NOW)
    assert when is None or NOW <= when <= NOW + LONGEST


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 15), (2, 30), (3, 60), (4, 120), (7, 960), (8, 1440), (99, 1440)]
)
def test_waits_double_up_to_a_day(failures: int, minutes: int) -> None:
    assert backoff(failures, NOW, jitter=0.5) == NOW + minutes * MINUTE


@given(st.integers(1, 1000), st.floats(0, 1))
def test_jitter_spreads_by_a_quarter(failures: int, jitter: float) -> None:
    middle = backoff(failures, NOW, 0.5) - NOW
    assert 0.75 * middle <= backoff(failures, NOW, jitter) - NOW <= 1.25 * middle


@pytest.mark.parametrize(
    ("retry_at", "due"),
    [
        (None, True),
        ("2024-03-01T12:00:00Z", True),
        ("2024-03-01T12:00:01Z", False),
        ("2024-03-08T12:00:00Z", False),
        ("2031-01-01T00:00:00Z", True),  # the clock was years ahead when this was written
    ],
)
def test_due(retry_at: str | None, due: bool) -> None:
    assert is_due(retry_at, NOW) is due


def test_stamps_are_utc_and_read_back() -> None:
    east = datetime.fromisoformat("2024-03-01T14:00:00+02:00")
    assert stamp(east) == "2024-03-01T12:00:00Z"
    assert parse_stamp("2024-03-01T12:00:00Z") == NOW
