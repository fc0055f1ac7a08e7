"""What a user may type for a State, a city, a day."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legation.pipeline.errors import UsageProblem
from legation.pipeline.render import RUNS, cell, printable
from legation.pipeline.user_input import Place, parse_country, parse_day, parse_moment, parse_place, state_label

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure


@pytest.mark.parametrize("name", ["FR", "FRA", "France", "french", "Paris"])
def test_a_state_by_code_name_demonym_or_capital(name: str) -> None:
    assert parse_country(name) == "FR"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kyiv", Place("UA", "Kyiv")),
        ("Kiev", Place("UA", "Kyiv")),
        ("Ukraine", Place("UA")),
        ("UA", Place("UA")),
        ("Rzeszow", Place("PL", "Rzeszow")),
        ("Singapore", Place("SG")),
        ("Luxembourg", Place("LU")),
        ("Holy See", Place("VA")),
    ],
)
def test_a_place_is_a_city_or_a_state(name: str, expected: Place) -> None:
    assert parse_place(name) == expected


def test_an_unknown_place_gets_the_nearest_names() -> None:
    with pytest.raises(UsageProblem, match="Kyiv"):
        parse_place("Kyiw")
    with pytest.raises(UsageProblem, match="no such place"):
        parse_country("Qwrtzpsdf")


@pytest.mark.parametrize("text", ["2022-02-30", "2022-02", "yesterday", "20220220", "2022-W08-1", ""])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(UsageProblem, match="not a day"):
        parse_day(text)
    with pytest.raises(UsageProblem, match="not a day"):
        parse_moment(text)


def test_known_by_a_day_means_its_end() -> None:
    assert parse_moment("2022-04-20") == "2022-04-20T23:59:59Z"
    assert parse_moment("2022-04-20T12:00:00Z") == "2022-04-20T12:00:00Z"


def test_the_label_of_no_state() -> None:
    assert (state_label(None), state_label("FR"), state_label("??")) == ("(unnamed)", "France", "??")


@CALM
@given(st.text())
def test_no_cell_begins_with_what_a_spreadsheet_runs(text: str) -> None:
    shown = cell(text)
    assert not shown.startswith(RUNS)
    assert shown in (text, f"'{text}")


@CALM
@given(st.text())
def test_printable_text_is_one_line_without_controls(text: str) -> None:
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)
