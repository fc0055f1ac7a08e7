"""Dates in words: absolute, counted from the day of publication, as precise as they are told."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation.models.dates import dates_in

PUBLISHED = "2022-04-20"  # a Wednesday

# words: the dates in a sentence about the past
PAST: dict[str, list[str]] = {
    "It closed.": [],
    "It closed on 3 May 2014.": ["2014-05-03"],
    "It closed on May 3, 2014.": ["2014-05-03"],
    "It closed on the 3rd of May 2014.": ["2014-05-03"],
    "It closed on Sept. 30, 2015.": ["2015-09-30"],
    "It closed on 2014-05-03.": ["2014-05-03"],
    "It closed on 31 June 2014.": [],
    "It closed in May 2014.": ["2014-05"],
    "It closed in May of 2014.": ["2014-05"],
    "It closed in early 2014.": ["2014"],
    "It closed in 2014.": ["2014"],
    "It has been shut since 2014.": ["2014"],
    "It has been shut since late 2014.": ["2014"],
    "It closed (2014).": ["2014"],
    "It employed 2014 people.": [],
    "It stands at 2014 Main Street.": [],
    "It closed today.": ["2022-04-20"],
    "It closed yesterday.": ["2022-04-19"],
    "It closed this morning.": ["2022-04-20"],
    "It closed on Wednesday.": ["2022-04-20"],
    "It closed on Monday.": ["2022-04-18"],
    "It closed on Thursday.": ["2022-04-14"],
    "It closed last Wednesday.": ["2022-04-13"],
    "It closed last week.": ["2022-04"],
    "It closed this month.": ["2022-04"],
    "It closed earlier this month.": ["2022-04"],
    "It closed last month.": ["2022-03"],
    "It closed last year.": ["2021"],
    "It closed this year.": ["2022"],
    "It closed last May.": ["2021-05"],
    "It closed last Feb. after a strike.": ["2022-02"],
    "It closed in February.": ["2022-02"],
    "It closed in November.": ["2021-11"],
    "It closed on November 3.": ["2021-11-03"],
    "It closed on 3 March.": ["2022-03-03"],
    "It closed on March 3 at 12:30.": ["2022-03-03"],
    "It closed two days ago.": ["2022-04-18"],
    "It closed three weeks ago.": ["2022-03"],
    "It closed a month ago.": ["2022-03"],
    "It closed five months ago.": ["2021-11"],
    "It closed a decade ago.": [],
    "It closed ten years ago.": ["2012"],
    "It closed in 1990 and in May 2014.": ["1990", "2014-05"],
    "It may close, they said.": [],
    "They march on the embassy.": [],
    "The April 19 decree was signed on Tuesday.": ["2022-04-19", "2022-04-19"],
}

# words: the dates in a sentence about what is to come
FUTURE: dict[str, list[str]] = {
    "It will close on Wednesday.": ["2022-04-20"],
    "It will close on Monday.": ["2022-04-25"],
    "It will close next Wednesday.": ["2022-04-27"],
    "It will close tomorrow.": ["2022-04-21"],
    "It will close the day after tomorrow.": ["2022-04-22"],
    "It will close next week.": ["2022-04"],
    "It will close next month.": ["2022-05"],
    "It will close next year.": ["2023"],
    "It will close in February.": ["2023-02"],
    "It will close in June.": ["2022-06"],
    "It will close on 1 May.": ["2022-05-01"],
    "It will close on January 15.": ["2023-01-15"],
    "It will close next March.": ["2023-03"],
    "It will close in two weeks.": ["2022-05"],
    "It will close within three months.": ["2022-07"],
    "It will close by the end of the year.": ["2022"],
    "It will close in 2023.": ["2023"],
}


def values(text: str, *, future: bool = False, published: str | None = PUBLISHED) -> list[str]:
    return [when.ahead if future else when.value for when in dates_in(text, published)]


@pytest.mark.parametrize("text", PAST)
def test_past(text: str) -> None:
    assert values(text) == PAST[text]


@pytest.mark.parametrize("text", FUTURE)
def test_future(text: str) -> None:
    assert values(text, future=True) == FUTURE[text]


@pytest.mark.parametrize(
    "text", ["It closed yesterday.", "It closed in May.", "It closed last year.", "It closed on Friday."]
)
def test_relative_dates_need_the_day_of_publication(text: str) -> None:
    assert values(text, published=None) == []


@pytest.mark.parametrize("text", ["It closed in 2014.", "It closed on 3 May 2014.", "It closed in May 2014."])
def test_absolute_dates_do_not(text: str) -> None:
    assert values(text, published=None) == values(text) != []


@pytest.mark.parametrize(
    ("text", "published", "value"),
    [
        ("It closed on Dec. 30.", "2022-01-02", "2021-12-30"),
        ("It closed yesterday.", "2022-01-01", "2021-12-31"),
        ("It closed yesterday.", "2020-03-01", "2020-02-29"),
        ("It closed last month.", "2022-01-15", "2021-12"),
        ("It closed on Sunday.", "2022-01-02", "2022-01-02"),
        ("It closed yesterday.", "2022-01-01T23:59:59Z", "2021-12-31"),
    ],
)
def test_turn_of_a_year_or_month(text: str, published: str, value: str) -> None:
    assert values(text, published=published) == [value]


@pytest.mark.parametrize("text", ["It closed yesterday.", "It closed last week.", "It closed last Monday."])
def test_the_first_day_there_is_has_no_day_before(text: str) -> None:
    assert values(text, published="0001-01-01") == []


WORDS = st.sampled_from(
    "on in since last next this of by until 3 31 2014 1999 two May March Feb. Monday friday week month year ago ahead "
    "yesterday tomorrow today the coming end early - , . ( ) 2014-05-03 embassy closed weekend summer".split()
)


@settings(max_examples=settings().max_examples * 3)
@given(st.lists(WORDS, max_size=12).map(" ".join), st.dates(date(1850, 1, 1), date(2100, 1, 1)), st.booleans())
def test_any_words(text: str, day: date, loose: bool) -> None:
    end = 0
    for when in dates_in(text, day.isoformat(), loose=loose):
        assert end <= when.start < when.end <= len(text)
        end = when.end
        assert when.value <= when.ahead
        for value in (when.value, when.ahead):
            date(*[*(int(part) for part in value.split("-")), 1, 1][:3])
            assert len(value) in (4, 7, 10)
