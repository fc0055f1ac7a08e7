"""One address for an article, and copies of it."""

import pytest

from legation.pipeline.cleaning.duplicates import article_address, copy_window, find_original, is_new_version
from legation.pipeline.cleaning.fingerprint import fingerprint

WIRE = (
    "The foreign ministry said on Tuesday that its embassy in the capital had resumed work after three months. "
    "The ambassador returned with a small staff and will receive citizens by appointment only. "
    "Two consulates in the south of the country stay closed because roads to them cannot be used. "
    "The ministry thanked neighbouring states that had hosted its diplomats since the winter. "
    "A spokesman said that visa services would follow once the building is repaired. "
) * 2
OTHER = (
    "Diplomats of another state packed documents as fighting came closer to the airport over the weekend. "
    "Their government had told families to leave, and flights were booked for the last days of the month. "
    "Nobody could say when the mission would open again, an adviser told parliament in a closed session. "
    "The opposition asked for a plan, and the minister promised one within a fortnight at the latest. "
) * 2


@pytest.mark.parametrize(
    ("page", "final", "link", "expected"),
    [
        ("https://news.example/a", None, None, "https://news.example/a"),
        ("https://news.example/a?utm_source=x", None, "/story", "https://news.example/story"),
        ("https://m.example.com/a", None, "https://www.example.com/a", "https://www.example.com/a"),
        ("https://news.example/a", "https://news.example/b", None, "https://news.example/b"),
        ("https://news.example/a", None, "https://other.example/a", "https://news.example/a"),  # not another's to give
        ("https://news.example/a", None, "javascript:alert(1)", "https://news.example/a"),
        ("https://news.example/a", None, "http://[", "https://news.example/a"),
        ("saved/page.html", None, "https://news.example/story", "https://news.example/story"),
        ("saved/page.html", None, None, "saved/page.html"),
    ],
)
def test_own_address(page: str, final: str | None, link: str | None, expected: str) -> None:
    assert article_address(page, final, link) == expected


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (WIRE, True),
        ("CAPITAL (Wire) - " + WIRE, True),
        (WIRE.rsplit(". ", 2)[0], True),  # the last paragraph cut
        (WIRE + "Additional reporting by our staff in the region.", True),
        (OTHER, False),
        ("The embassy works again.", False),
    ],
)
def test_wire_copies_are_found(text: str, copy: bool) -> None:
    texts = {1: WIRE, 2: OTHER[: len(OTHER) // 3]}
    known = [{"id": number, "fingerprint": fingerprint(one), "origin": None} for number, one in texts.items()]
    assert find_original(text, fingerprint(text), known, texts.__getitem__) == (1 if copy else None)


def test_a_copy_of_a_copy_has_the_same_origin() -> None:
    known = [{"id": 7, "fingerprint": fingerprint(WIRE), "origin": 3}]
    assert find_original(WIRE, fingerprint(WIRE), known, lambda article: WIRE) == 3


def test_window() -> None:
    assert copy_window("2024-03-01") == ("2024-02-27", "2024-03-04")
    assert copy_window("2024-02") == ("2024-01-29", "2024-03-03")
    for odd in ("2024", "", "0001-01-01", "9999-12-31", "2024-13-45"):
        assert copy_window(odd) == (odd, odd)


@pytest.mark.parametrize(
    ("page", "link", "expected"),
    [
        ("https://news.example/world/a-story", "/", "https://news.example/world/a-story"),
        ("https://news.example/world/a-story", "/index.html", "https://news.example/world/a-story"),
        ("https://news.example/world/a-story", "/world/", "https://news.example/world/a-story"),
        ("https://news.example/world/2024/a-story", "/sport", "https://news.example/world/2024/a-story"),
        ("https://news.example/spain-reopens-its-embassy", "/news", "https://news.example/spain-reopens-its-embassy"),
        ("https://news.example/world/a", "https://shop.news.example/b", "https://news.example/world/a"),
        ("https://news.example/amp/world/a-story", "/world/a-story", "https://news.example/world/a-story"),
        ("https://news.example/index.php?id=3", "/world/a-story", "https://news.example/world/a-story"),
        ("https://amp.news.example/a", "https://www.news.example/world/a", "https://www.news.example/world/a"),
        ("https://news.example/", "/", "https://news.example/"),
        ("https://news.example/world/a-story/amp", "/world/a-story", "https://news.example/world/a-story"),
        ("https://news.example/world/123/print.html", "/world/123", "https://news.example/world/123"),
        ("https://news.example/world/print", "/world", "https://news.example/world/print"),
        ("https://news.example/w/a-story", "/w/{{slug}}", "https://news.example/w/a-story"),
        ("https://news.example/w/a", "/w/undefined", "https://news.example/w/a"),
        ("https://news.example/w/a-story", "https://u:p@news.example/w/a-story", "https://news.example/w/a-story"),
        (
            "https://news.example/w/envoys-return-home",
            "/w/rain-in-the-north",
            "https://news.example/w/envoys-return-home",
        ),
        ("https://news.example/w/embassy-opens-1", "/w/embassy-opens-2", "https://news.example/w/embassy-opens-1"),
        ("https://news.example/w/12345", "/w/67890", "https://news.example/w/12345"),
        (
            "https://news.example/w/envoy-opens-post",
            "/w/envoy-opens-a-post",
            "https://news.example/w/envoy-opens-a-post",
        ),
        ("https://news.example/w/old-title-48213", "/w/new-words-48213", "https://news.example/w/new-words-48213"),
        ("https://news.example/s/abc123", "/world/embassy-opens", "https://news.example/world/embassy-opens"),
        ("https://news.example/w/12345", "/w/12345-embassy-opens", "https://news.example/w/12345-embassy-opens"),
        ("saved/page.html", "https://news.example/", "saved/page.html"),
    ],
)
def test_a_canonical_link_that_cannot_be_the_articles_is_not_believed(page: str, link: str, expected: str) -> None:
    assert article_address(page, None, link) == expected


CONSENT = "We and our {} partners store and access information on a device, such as cookies, and process data. " * 5
ASKED = "Subscribe to read the rest of this story. It costs one euro for the first month, then twelve euros each month."


@pytest.mark.parametrize(
    ("text", "title", "is_version"),
    [
        (WIRE + " This story was corrected.", "Embassy resumes work", True),
        (WIRE[: len(WIRE) * 3 // 4], "Another title", True),
        (OTHER + " Its embassy was closed.", "Embassy resumes work", True),  # written anew under its title
        (CONSENT, "We value your privacy", False),
        (CONSENT, "Embassy resumes work", False),
        ("Sorry, the page that you look for cannot be found. It may have been moved or removed.", "Not found", False),
        (WIRE[:120] + " " + ASKED, "Embassy resumes work", False),
        (OTHER + " Read more: the embassy in another city was closed.", "Latest news", False),
    ],
)
def test_a_new_version_resembles_the_old(text: str, title: str, is_version: bool) -> None:
    assert is_new_version(WIRE, "Embassy resumes work", text, title) == is_version


@pytest.mark.parametrize(
    ("base", "link", "known"),
    [
        ("article?id=7", "article", "article?id=7"),
        ("story.php?id=7&sec=2", "/story.php", "story.php?id=7&sec=2"),
        ("article?id=7", "article?id=8", "article?id=7"),
        ("view?p=3", "?", "view?p=3"),
        ("news/2024/story-one", "/news?page=1", "news/2024/story-one"),
        ("news/2024/story-one", "/search?q=embassy", "news/2024/story-one"),
        ("article?id=7&ref=home", "article?id=7", "article?id=7"),
        ("news/story-one?sid=7", "/news/story-one", "news/story-one"),
        ("story?ref=home", "story", "story"),
    ],
)
def test_what_tells_which_article_it_is_stays_in_the_address(base: str, link: str, known: str) -> None:
    assert article_address(f"https://n.example/{base}", None, link) == f"https://n.example/{known}"


LINES = [
    "Norway closed its embassy in Minsk on Monday, the foreign ministry said.",
    "Officials said that the decision had been taken after weeks of talks about the staff of the mission.",
    "More is expected in the coming days, according to people who know of it.",
    "The ambassador had left the country in spring, and four diplomats followed in the summer.",
    "The opposition in Oslo asked for a debate in parliament about the move next week.",
]
HEADLINE = "Norway closes its embassy in Minsk"
WALL = [
    "This story is for subscribers only. Log in, or choose the offer that suits you best.",
    "A month costs one euro, then twelve euros each month, and you may end it at any time.",
    "Already a subscriber? Then log in here to go on with all our stories.",
]


@pytest.mark.parametrize(
    ("lines", "is_version"),
    [
        (WALL, False),
        ([*LINES[:1], *WALL], False),
        ([*LINES[:2], *WALL, *WALL[:1]], False),
        (["Please switch on scripts and cookies to go on.", *WALL[2:]], False),
        (["This story was taken down at the wish of the embassy of Norway."], False),
        ([], False),
        ([*LINES, "Update: the ministry confirmed it later."], True),
        ([LINES[0].replace("closed", "will close"), *LINES[1:]], True),
        ([LINES[0], *LINES[3:], "A reader told us that the embassy had been closed on Sunday."], True),
        (
            [
                "Oslo has shut the embassy in the capital of Belarus, its minister told reporters late in the evening.",
                "All of the staff have been told to be home by Friday, and the building goes to a caretaker.",
                "Trade between the two countries has fallen for years, and visas are issued in Vilnius now.",
            ],
            True,
        ),
    ],
)
def test_a_wall_under_the_headline_of_the_article_is_no_version(lines: list[str], is_version: bool) -> None:
    old, new = ("\n".join([HEADLINE, *some]) for some in (LINES, lines))
    assert is_new_version(old, HEADLINE, new, HEADLINE) == is_version
