"""Dates from outside: what is believed of them, and what not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.pipeline.date_parsing import ParsedDate, date_span, parse_date, parse_mission_date, whole_day

TODAY = "2024-06-10"
DAY = "2024-03-05"


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05", "2024-03-05T10:00:00Z", "2024-03-05T00:30:00+03:00", "2024-03-05 23:59", "2024-3-5", "2024/03/05",
        "2024.03.05", "20240305", "20240305T100000Z", "20240305100000", 20240305, 1709632800, 1709632800.5,
        1709632800000, "1709632800", "2024-W10-2", "Tue, 05 Mar 2024 10:00:00 GMT", "Tue, 5 Mar 24 10:00:00 +0000",
        "5 March 2024", "5th of March, 2024", "March 5, 2024", "Mar. 5th 2024", "Tuesday, March 5, 2024 - 10:00",
        "Tue Mar 05 2024 10:00:00 GMT+0100", "Tue Mar  5 10:00:00 2024", "05-Mar-2024", "05.03.2024 10:00",
        "Tue,05 Mar 2024 10:00:00 +0000", "Tuesday 5 March 2024 at 10am", "10:15 GMT, 5 March 2024",
        "10:00 AM, March 5, 2024", "Published on Tuesday, 5 March 2024", "Posted: 2024-03-05",
        "05/Mar/2024:10:00:00 +0000",
        "Tue Mar  5 10:00:00 +0000 2024", "Tue Mar 5 10:00:00 GMT+0100 2024", "/Date(1709632800000)/", "202403051000",
        "2024 03 05", "2024_03_05", "2024. 3. 5.", "Dienstag, 5. März 2024", "Di., 05. Mrz 2024", "mar., 05 mars 2024",
        "le 5 mars 2024", "5 de marzo de 2024", "5 марта 2024", "5 березня 2024", "Di, 05 Mär 2024 10:00:00 +0100",
        ["2024-03-05"], ["2024-03-05", "2024-03-05"], {"@value": "2024-03-05"}, " 2024-03-05\n", '"2024-03-05"',
    ],
)  # fmt: skip
def test_one_day_in_many_forms(value: object) -> None:
    assert parse_date(value, TODAY) == ParsedDate(DAY)


@pytest.mark.parametrize(("value", "date"), [("25/03/2024", "2024-03-25"), ("3/25/2024", "2024-03-25")])
def test_slashes_with_one_meaning(value: str, date: str) -> None:
    assert parse_date(value, TODAY).date == date


@pytest.mark.parametrize("value", ["2024-03", "March 2024", "2024/03", "Mar 2024"])
def test_a_month(value: str) -> None:
    assert parse_date(value, TODAY) == ParsedDate("2024-03")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("0001-01-01T00:00:00+00:00", "before 1995"),
        ("Mon, 01 Jan 0001 00:00:00 +0000", "before 1995"),
        ("1970-01-01T00:00:00Z", "before 1995"),
        ("1066-10-14", "before 1995"),
        (-62135596800, "no day or month"),
        ("9999-12-31", "the day on which it was read"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "the day on which it was read"),
        ("2050-01", "the day on which it was read"),
        ("2024-06-12", "the day on which it was read"),
        (4102444800, "the day on which it was read"),
        ("05/03/2024", "one way only"),
        ("2024", "one way only"),
        (2024, "one way only"),
        ("soon", "one way only"),
        ("Updated: 5 March 2024", "one way only"),
        ("05.03.24", "one way only"),
        ("Q1 2024", "one way only"),
        (["2024-03-05", "2024-03-06"], "a list is"),
        ("0000-00-00", "no day of the calendar"),
        (True, "one way only"),
        ({"a": 1}, "a dict is"),
        (float("nan"), "one way only"),
        (float("inf"), "one way only"),
        ("2024-13-45", "no day of the calendar"),
        ("2023-02-29", "no day of the calendar"),
        ("31 Jun 2023", "no day of the calendar"),
        ("2024-03-00", "no day of the calendar"),
        ("00.03.2024", "no day of the calendar"),
        ("20240300", "no day of the calendar"),
    ],
)
def test_what_is_not_believed(value: object, why: str) -> None:
    said = parse_date(value, TODAY)
    assert said.date is None
    assert said.fault is not None
    assert why in said.fault


@pytest.mark.parametrize("value", [None, "", "  ", [], [None]])
def test_nothing_said_is_no_fault(value: object) -> None:
    assert parse_date([None] if value == [] else value, TODAY) == ParsedDate()


def test_tomorrow_at_the_publisher_is_today_here() -> None:
    assert parse_date("2024-06-11", TODAY) == ParsedDate(TODAY)


def test_the_first_year_can_be_another() -> None:
    assert parse_date("1970-01-01", TODAY, first_year=1900).date == "1970-01-01"


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.from_regex(r"[\d/.:TZ+-]{1,25}"))
def test_whatever_comes_is_a_plausible_date_or_none(value: object) -> None:
    date = parse_date(value, TODAY).date
    there = date_span(date) if date else ("1995-01-01", TODAY)
    assert there is not None
    assert "1995-01-01" <= there[0] <= TODAY


@pytest.mark.parametrize("text", ["2024-02-30", "2024-3-5", "2024-03", "2024", "", None, "0000-01-01"])
def test_what_is_no_whole_day(text: str | None) -> None:
    assert whole_day(text) is None


def test_spans() -> None:
    assert (date_span("2024-02"), date_span("2024-02-10"), date_span("2024-13"), date_span("x")) == (
        ("2024-02-01", "2024-02-29"),
        ("2024-02-10", "2024-02-10"),
        None,
        None,
    )


@pytest.mark.parametrize(
    ("value", "date"),
    [("1779", "1779"), ("2024", "2024"), ("1850-03-05", "1850-03-05"), ("5 March 1913", "1913-03-05"), ("", None),
     ("0001", None), ("2031", None), ("9999-12-31", None), ("2022-02-30", None), ("05/03/2024", None)],
)  # fmt: skip
def test_days_of_a_list_of_missions(value: str, date: str | None) -> None:
    said = parse_mission_date(value, TODAY)
    assert (said.date, said.fault is None) == (date, date is not None or not value)
