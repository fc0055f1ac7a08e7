"""What is asked for wrongly gets an answer that says so, in the frame of all pages."""

from collections.abc import Iterator

import httpx
import pytest

from tests.web.conftest import TOKEN, Server, people, sample, serving


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("answers")
    sample(folder / "legation.db")
    with serving(folder, people()) as running:
        yield running


def get(site: Server, address: str) -> httpx.Response:
    with httpx.Client(verify=False, timeout=120, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        return client.get(site.url + address)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/-/desk?claim=99999", 404, "claim 99999: no such claim"),
        ("/-/desk/card?claim=99999", 404, "claim 99999: no such claim"),
        ("/-/article/1?claim=99999", 404, "claim 99999: no such claim in article 1"),
        ("/-/article/99999", 404, "article 99999: no such article"),
        ("/-/board?plcae=Kyiv", 400, "plcae: no such parameter; did you mean place?"),
        ("/-/board?place=Kyiv&day=2022-04-20", 400, "day: no such parameter; there are: place, of, region, on"),
        ("/-/hosts?place=Kyiv", 400, "place: no such parameter; there are: on"),
        ("/-/desk?stauts=closed", 400, "stauts: no such parameter; did you mean status?"),
        ("/-/desk?status=shut", 400, "status=shut: no such word; it is one of reopened, opened"),
        ("/-/desk?confidence=0.5", 400, "confidence=0.5: no such word; it is one of low, middle, high"),
        ("/-/desk?host=Atlantis", 400, "Atlantis: no such place"),
        ("/-/export/status.csv?date=2022-04-20", 400, "date: no such parameter; there are: on"),
        ("/?q=Kyiv", 400, "q: no such parameter; there is none here"),
        ("/-/mission/UA/FR/embassy?town=Kyiv", 400, "town: no such parameter; there are: city"),
        ("/-/mission/UA/FR/embassy?city=Rome", 404, "nothing is known of such a mission"),
        ("/nowhere", 404, "there is no page at this address"),
        ("/nowhere/at/all", 404, ""),
        ("/-/nowhere", 404, ""),
        ("/legation/nowhere", 404, "there is no such table"),
        ("/legation/claims/99999", 404, "there is no such row"),
        ("/legation/claims?_size=many", 400, "_size must be a positive integer"),
        ("/legation?sql=delete+from+claims", 400, "Statement must be a SELECT"),
    ],
)  # fmt: skip
def test_a_wrong_address_is_answered_in_the_frame(site: Server, address: str, status: int, words: str) -> None:
    got = get(site, address)
    assert got.status_code == status
    assert words in got.text
    for part in ('<nav aria-label="Pages">', "legation.css", '<main id="main"'):
        assert part in got.text
    assert (site.database.parent / "log.txt").read_text() == ""


def test_parameters_that_others_add_to_a_link_are_no_mistake(site: Server) -> None:
    assert get(site, "/-/board?place=Kyiv&utm_source=letter&fbclid=x").status_code == 200


def test_the_board_without_a_place_says_what_may_be_asked(site: Server) -> None:
    page = get(site, "/-/board").text
    assert '<a href="/-/board?place=Ukraine">Ukraine</a>' in page
    assert '<a href="/-/board?of=Norway">Norway</a>' in page
    assert 'href="/-/board?place=Kyiv"' not in page


def test_names_are_whole_in_pictures_and_the_day_lies_under_the_marks(site: Server) -> None:
    from legation.pipeline.web.chart import Bar, Dot, Row, timeline
    from legation.pipeline.web.image_files import svg

    name = "Democratic Republic of the Congo, consulate, Thiruvananthapuram"[:60]
    days = ("2022-01-01", "2022-12-31")
    row = Row(name, "#", "open", (Bar(*days, "open", "words"),), (Dot("2022-05-01", "closed", "fact", "#x", "mark"),))
    drawn = svg(timeline([row], "2022-05-01", days), "title", "source")
    assert name in drawn
    assert "…" not in drawn
    assert drawn.index('class="day"') < drawn.index('aria-label="mark"')
