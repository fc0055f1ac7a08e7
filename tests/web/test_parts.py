"""The small parts of the pages, by tables and properties."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legation.db.status_queries import Status
from legation.models.gazetteer import states
from legation.pipeline.web import chart
from legation.pipeline.web.chart import (
    NARROW,
    STATES,
    WIDE,
    Bar,
    Dot,
    Row,
    Scale,
    Spot,
    spread,
    timeline,
    world,
)
from legation.pipeline.web.date_format import ago, long_day, short_day, short_time
from legation.pipeline.web.desk import paragraphs
from legation.pipeline.web.downsample import merge_periods
from legation.pipeline.web.guard import refusal
from legation.pipeline.web.image_files import colours, styles, svg
from legation.pipeline.web.labels import marked_pieces, since_words, when
from legation.pipeline.web.presence import SECONDS, Presence
from legation.pipeline.web.settings import ServeConfig
from legation.pipeline.web.world_map import STEP, land, pixels, place

# What a picture may be made of.
TAGS = {
    "svg", "title", "style", "defs", "symbol", "path", "circle", "rect", "line", "text", "tspan", "g", "a", "use",
    "pattern", "linearGradient", "stop", "marker",
}  # fmt: skip


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
    assert since_words(day, precision) == words
    assert when("0900-03") == "March 0900"


MARK = st.tuples(st.sampled_from(["sender", "host", "quote", "cue"]), st.integers(0, 60), st.integers(1, 60))


@given(st.text(min_size=1, max_size=40), st.integers(0, 20), st.lists(MARK, max_size=5), st.integers(0, 60))
def test_pieces_are_the_text_again(text: str, offset: int, marks: list[tuple[str, int, int]], start: int) -> None:
    spans = [(label, first, first + length) for label, first, length in marks]
    cut = list(marked_pieces(text, offset, (start, start + 5), spans))
    assert "".join(piece.text for piece in cut) == text
    place = offset
    for piece in cut:
        for label in piece.labels:
            assert any(m == label and a <= place and place + len(piece.text) <= b for m, a, b in spans)
        place += len(piece.text)


@given(st.text("ab \n😀", max_size=40), st.integers(0, 20), st.integers(0, 40))
def test_paragraphs_know_where_they_begin(text: str, offset: int, start: int) -> None:
    found = paragraphs(marked_pieces(text, offset, (start, start + 5), ()), offset)
    assert ["".join(piece.text for piece in one.pieces) for one in found] == [line for line in text.split("\n") if line]
    for one in found:
        words = "".join(piece.text for piece in one.pieces)
        assert text[one.start - offset :].startswith(words)
        assert one.start == offset or text[one.start - offset - 1] == "\n"
        assert one.hit == any(piece.quoted for piece in one.pieces)


def test_looking_forgets_who_went_away() -> None:
    now = [0.0]
    looking = Presence(lambda: now[0])
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
    shown = merge_periods(periods, most, last)
    assert len(shown) <= most
    assert shown[0].since == periods[0].since
    if len(periods) <= most:
        assert shown == periods
    assert all(a.until == b.since for a, b in pairwise(shown))
    assert {s.state for s in shown} <= {s.state for s in periods}


@pytest.mark.parametrize("hostile", ["<script>", '"><b onload=x>', "' href='x", "&amp;", "]]>"])
def test_words_in_a_picture_stay_words(hostile: str) -> None:
    bar = Bar("2022-01-01", "2022-06-01", "open", hostile, "2022-01-01", False)
    row = Row(hostile, "/x", "open", (bar,), (Dot("2022-03-01", "closed", "denied", f"#{hostile}", hostile),))
    spot = Spot("FR", f"/{hostile}", hostile, 5, 2, name=hostile, named=True)
    for drawing in (timeline([row], "2022-04-01", ("2022-01-01", "2022-12-31"), hostile), world([spot], hostile)):
        root = ET.fromstring(svg(drawing, hostile, hostile))
        shown = list(root.iter())
        assert {element.tag.split("}")[1] for element in shown} <= TAGS
        assert not [name for element in shown for name in element.attrib if name.startswith("on")]
        assert hostile in [element.get("aria-label") for element in shown]
        assert any(hostile in (element.text or "") for element in shown)


RADIUS = chart.MARK
DOTS = st.lists(st.tuples(st.integers(0, 1800), st.integers(0, 3)), max_size=60)


@given(DOTS)
def test_marks_do_not_cover_one_another_and_none_is_lost(given_dots: list[tuple[int, int]]) -> None:
    first = date(2020, 1, 1)
    dots = [
        Dot((first + timedelta(days=day)).isoformat(), "closed", "fact", f"#{i}", "words", others)
        for i, (day, others) in enumerate(given_dots)
    ]
    scale = Scale("2020-01-01", "2025-01-01")
    shown = spread(dots, scale)
    places = [scale(dot.day) for dot, _ in shown]
    assert all(b - a >= 100 * 2 * RADIUS / WIDE for a, b in pairwise(places))
    wide = [scale(dot.day) for dot, thin in shown if not thin]
    assert all(b - a >= 100 * 2 * RADIUS / NARROW for a, b in pairwise(wide))
    assert sum(1 + dot.others for dot, _ in shown) == sum(1 + others for _, others in given_dots)
    if dots:
        assert shown[-1][0].day == max(dot.day for dot in dots)


def test_pictures_have_the_colours_of_the_stylesheet() -> None:
    rules = styles()
    for state in STATES:
        assert f".state-{state}" in rules
        assert colours()[state] in rules
    assert "var(" not in rules


@pytest.mark.parametrize(
    ("written", "day", "words"),
    [
        (short_day, "2026-11-26", "26 Nov 2026"), (short_day, "2026-11", "Nov 2026"), (short_day, "2026", "2026"),
        (short_day, "by 2026-11-06", "by 6 Nov 2026"), (short_day, "0900-03-01", "1 Mar 0900"), (short_day, None, ""),
        (short_day, "2026-11-26T21:06:05Z", "26 Nov 2026"), (long_day, "2026-11-26", "26 November 2026"),
        (short_time, "2026-11-26T21:06:05Z", "26 Nov 2026, 21:06 UTC"), (short_time, None, ""),
    ],
)  # fmt: skip
def test_days_as_people_write_them(written: Callable[[str | None], str], day: str | None, words: str) -> None:
    assert written(day) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-26", "today"), ("2026-11-25", "yesterday"), ("2026-11-13", "13 days ago"),
        ("2026-11-12", "2 weeks ago"), ("2026-08-28", "12 weeks ago"), ("2026-08-27", "2 months ago"),
        ("2025-11-27", "11 months ago"), ("2025-11-26", "1 year ago"), ("2012", "14 years ago"), (None, "never"),
        ("2026-12-01", "1 Dec 2026"),
    ],
)  # fmt: skip
def test_ages_as_people_say_them(day: str | None, words: str) -> None:
    assert ago(day, "2026-11-26") == words


@pytest.mark.parametrize(
    ("place", "where"),
    [((11, 0), (560.0, None)), ((-169, 0), (20.0, None)), ((190.999, 0), (1100.0, None)), ((11, 83.7), (560.0, 16.0))],
)
def test_the_map_is_where_it_should_be(place: tuple[float, float], where: tuple[float, float | None]) -> None:
    x, y = pixels(*place)
    assert x == pytest.approx(where[0], abs=0.01)
    assert where[1] is None or y == pytest.approx(where[1])


def test_the_largest_bubble_of_every_state_is_inside_the_map() -> None:
    spots = [Spot(code, "/", code, missions=9) for code in states() if place(code)]
    assert len(spots) > 190
    drawn = ET.fromstring(svg(world(spots, "World"), "World", ""))
    circles = [{k: float(c.get(k, "0")) for k in ("cx", "cy", "r")} for c in drawn.iter() if c.get("class") == "all"]
    assert len(circles) == len(spots)
    assert all(
        c["r"] < c[axis] < size - c["r"] for c in circles for axis, size in zip(("cx", "cy"), chart.MAP, strict=True)
    )


def test_there_is_land_where_there_is_land() -> None:
    dots = set()
    for row in land().split("M")[1:]:
        start, *steps = row.split("m")
        x, y = map(int, start.removesuffix("h0").split())
        dots.add((x, y))
        for step in steps:
            x += int(step.split()[0])
            dots.add((x, y))

    def near(longitude: float, latitude: float) -> bool:
        x, y = pixels(longitude, latitude)
        return any(abs(x - a) < STEP and abs(y - b) < STEP for a, b in dots)

    assert all(near(*place) for place in [(10, 50), (-100, 40), (135, -25), (25, -29), (-60, -10), (100, 60)])
    assert not any(near(*place) for place in [(-30, 30), (-140, 0), (80, -30), (0, -50)])
