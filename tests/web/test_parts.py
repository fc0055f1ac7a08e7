"""The small parts of the pages, by tables and properties."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.db.answers import Status
from legation.pipeline.web.desk import paragraphs
from legation.pipeline.web.guard import refusal
from legation.pipeline.web.looking import SECONDS, Looking
from legation.pipeline.web.picture import svg
from legation.pipeline.web.settings import ServeConfig
from legation.pipeline.web.thin import coarser
from legation.pipeline.web.words import began, pieces, when


@pytest.mark.parametrize(
    ("day", "precision", "words"),
    [
        ("2022-04-19", "day", "since 19 April 2022"),
        ("2022-04-01", "month", "since April 2022"),
        ("2022-01-01", "year", "since 2022"),
        ("2022-04-19", "reported", "since 19 April 2022 or before"),
        (None, None, ""),
    ],
)
def test_beginnings_are_as_exact_as_they_are_known(day: str | None, precision: str | None, words: str) -> None:
    assert began(day, precision) == words
    assert when("0900-03") == "March 0900"


MARK = st.tuples(st.sampled_from(["sender", "host", "quote", "cue"]), st.integers(0, 60), st.integers(1, 60))


@given(st.text(min_size=1, max_size=40), st.integers(0, 20), st.lists(MARK, max_size=5), st.integers(0, 60))
def test_pieces_are_the_text_again(text: str, offset: int, marks: list[tuple[str, int, int]], start: int) -> None:
    spans = [(label, first, first + length) for label, first, length in marks]
    cut = list(pieces(text, offset, (start, start + 5), spans))
    assert "".join(piece.text for piece in cut) == text
    place = offset
    for piece in cut:
        for label in piece.labels:
            assert any(m == label and a <= place and place + len(piece.text) <= b for m, a, b in spans)
        place += len(piece.text)


@given(st.text("ab \n😀", max_size=40), st.integers(0, 20), st.integers(0, 40))
def test_paragraphs_know_where_they_begin(text: str, offset: int, start: int) -> None:
    found = paragraphs(pieces(text, offset, (start, start + 5), ()), offset)
    assert ["".join(piece.text for piece in one.pieces) for one in found] == [line for line in text.split("\n") if line]
    for one in found:
        words = "".join(piece.text for piece in one.pieces)
        assert text[one.start - offset :].startswith(words)
        assert one.start == offset or text[one.start - offset - 1] == "\n"
        assert one.hit == any(piece.quoted for piece in one.pieces)


def test_looking_forgets_who_went_away() -> None:
    now = [0.0]
    looking = Looking(lambda: now[0])
    assert looking.look(1, "ann") == []
    assert looking.look(1, "bob") == ["ann"]
    assert looking.look(2, "ann") == []
    assert looking.look(1, "bob") == []
    assert (looking.others("ann"), looking.others("bob"), looking.others("cid")) == ({1}, {2}, {1, 2})
    now[0] = SECONDS + 1
    assert looking.others("cid") == set()


OWN = {"host": "127.0.0.1:8001", "content-length": "10"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, None),
        ("POST", "/-/desk/decide", {}, None),
        ("POST", "/-/desk/decide", {"origin": "http://127.0.0.1:8001"}, None),
        ("POST", "/-/desk/decide", {"origin": "null", "sec-fetch-site": "same-origin"}, None),
        ("POST", "/-/desk/decide", {"origin": "null"}, 403),
        ("POST", "/-/desk/decide", {"origin": "http://127.0.0.1:8002"}, 403),
        ("POST", "/-/desk/decide", {"origin": "http://127.0.0.1:8001", "sec-fetch-site": "cross-site"}, 403),
        ("POST", "/-/desk/decide", {"sec-fetch-site": "same-site"}, 403),
        ("POST", "/legation/claims", {}, 405),
        ("DELETE", "/", {}, 405),
        ("POST", "/-/desk/decide", {"content-length": "x"}, 411),
        ("POST", "/-/desk/decide", {"content-length": "70000"}, 413),
        ("GET", "/", {"host": "elsewhere.example"}, 421),
        ("GET", "/", {"host": "missions.example.org"}, None),
        ("GET", "/", {"host": "10.0.0.1"}, 421),
        ("GET", "/", {"host": "[::1]:8001"}, None),
    ],
)
def test_requests_that_are_refused_at_the_door(
    method: str, path: str, headers: dict[str, str], status: int | None
) -> None:  # fmt: skip
    found = refusal(method, path, {**OWN, **headers}, ServeConfig(names=("missions.example.org",)))
    assert (found and found[0]) == status


def _periods(lengths: list[int], states: list[str]) -> list[Status]:
    day, found = date(2020, 1, 1), []
    for length, state in zip(lengths, states, strict=False):
        after = day + timedelta(days=length)
        span = (day.isoformat(), after.isoformat())
        found.append(Status("FR", "UA", "embassy", "Kyiv", *span, "day", state, None, 0.9, 1, "none", (), (), ()))
        day = after
    return found


@given(
    st.lists(st.integers(1, 90), min_size=1, max_size=60),
    st.lists(st.sampled_from(["open", "closed", "limited"]), min_size=60, max_size=60),
    st.integers(3, 20),
)
def test_coarser_periods_are_few_whole_and_true_in_their_middle(
    lengths: list[int], states: list[str], most: int
) -> None:  # fmt: skip
    periods = _periods(lengths, states)
    last = periods[-1].until or ""
    shown = coarser(periods, most, last)
    assert len(shown) <= most
    assert shown[0].since == periods[0].since
    if len(periods) <= most:
        assert shown == periods
    assert all(a.until == b.since for a, b in pairwise(shown))
    assert {s.state for s in shown} <= {s.state for s in periods}


def test_a_picture_keeps_own_links_and_drops_all_others() -> None:
    spec: dict[str, Any] = {
        "data": {"values": [
            {"x": 1, "go": "https://page.invalid/#claim-1", "words": "<b>one</b>"},
            {"x": 2, "go": "https://elsewhere.example/", "words": "two"},
        ]},
        "mark": "point",
        "encoding": {"x": {"field": "x"}, "href": {"field": "go"}, "description": {"field": "words"}},
    }  # fmt: skip
    drawn = svg(spec, "label")
    assert drawn.count("href=") == 1
    assert 'href="#claim-1" aria-label="&lt;b&gt;one&lt;/b&gt;"' in drawn
    assert "style=" not in drawn
    assert "<script" not in drawn
