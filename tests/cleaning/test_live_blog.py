"""Posts of a live blog are dated one by one where the page says so, and only there."""

import json
from pathlib import Path

import pytest

from legation.db.claims import save_extraction
from legation.models.claim import Text
from legation.pipeline.cleaning.live_blog import posts_from_json, posts_to_json
from legation.pipeline.cleaning.page import clean
from legation.pipeline.extract import Reader
from tests.ingest_folder import IngestFolder
from tests.rows import article, claim, fresh
from tests.scripted_server import Script

SAYS = {
    "2024-03-03": "Norway suspended operations at its embassy in Kyiv today, the ministry said in a statement.",
    "2024-03-02": "Italy closed its embassy in Kyiv today, the ministry said on its website this morning.",
    "2024-03-01": "Spain reopened its embassy in Kyiv today, the ministry told reporters in the capital.",
}
INTRO = "<p>Our reporters follow what governments do with their missions. Read the latest of it on this page.</p>"
OWN = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-02-28T08:00:00Z"}</script>'
TODAY = "2024-06-10"


def page(body: str, head: str = OWN) -> bytes:
    text = f"<html lang=en><head><title>Embassies, live</title>{head}</head><body><main><h1>Live</h1>{INTRO}{body}"
    return f"{text}</main></body></html>".encode()


def parts(form: str) -> str:
    return "".join(form.format(day=day, says=says, id=number) for number, (day, says) in enumerate(SAYS.items()))


def json_ld(*updates: object, kind: str = "LiveBlogPosting") -> str:
    node = {"@type": kind, "datePublished": "2024-02-28", "headline": "Live", "liveBlogUpdate": updates}
    return f'<script type="application/ld+json">{json.dumps({"@graph": [node]})}</script>'


def updates(**more: object) -> list[dict[str, object]]:
    return [
        {"@type": "BlogPosting", "datePublished": f"{day}T09:00:00Z", "articleBody": says, **more}
        for day, says in SAYS.items()
    ]


def dated(body: bytes) -> dict[str, str | None]:
    """Sentence of a post -> the day that it has by the page; None: none of its own."""
    found = clean(body, "https://n.example/live", None, TODAY)
    text = found["text"]
    posts = found["posts"]
    assert posts == sorted(posts)
    assert all(0 <= start < end <= len(text) for start, end, _ in posts)
    days = {}
    for says in (*SAYS.values(), "Our reporters follow"):
        at = text.index(says)
        days[says] = next((day for start, end, day in posts if start <= at < end), None)
    return days


EACH = {**{says: day for day, says in SAYS.items()}, "Our reporters follow": None}
NONE = dict.fromkeys(EACH)


WITH_PLACES = [
    {"datePublished": f"{day}T23:00:00-05:00", "url": f"https://n.example/live#post-{number}"}
    for number, day in enumerate(SAYS)
]
FORMS = {
    "articles": '<article class="post"><time datetime="{day}T10:00:00Z">10:00</time><p>{says}</p></article>',
    "sections": '<section><h2><time datetime="{day}">x</time> News</h2><p>{says}</p></section>',
    "list": '<li class="entry e{id}"><p>{says}</p><p><time datetime="{day}">9:00</time></p></li>',
    "microdata": '<div class="update"><meta itemprop="datePublished" content="{day}T09:00"><p>{says}</p></div>',
    "span": '<div><span itemprop="datePublished">{day}</span><p>{says}</p><p><b>It</b> did not say why.</p></div>',
    "updated": '<div><p><time datetime="{day}">9:00</time>, <time class="updated" datetime="2024-05-05">x</time></p>'
    "<p>{says}</p></div>",
    "headings": '<h2>{id}. <time datetime="{day}T10:00">10:00</time></h2><p>{says}</p>',
    "alone in sections": '<section><div><time datetime="{day}">x</time><p>{says}</p></div></section>',
}
BODIES = {name: page(f"<div>{parts(form)}</div>") for name, form in FORMS.items()} | {
    "json": page(f"<div>{parts('<p>{says}</p>')}</div>", json_ld(*updates())),
    "json twice": page(parts("<p>{says}</p>"), json_ld(*updates(articleBody=None, headline="x"), *updates())),
    "json with places": page(parts('<div id="post-{id}"><p>{says}</p></div>'), json_ld(*WITH_PLACES)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_posts_have_their_own_day(body: bytes) -> None:
    assert dated(body) == EACH


def test_a_day_in_words_is_one_too() -> None:
    body = page(parts("<div><p><time>{day}</time></p><p>{says}</p></div>"))
    for day in SAYS:
        body = body.replace(f">{day}<".encode(), f">{int(day[-2:])} March 2024, 10:00<".encode())
    assert dated(body) == EACH


def test_a_blog_with_a_section_for_each_day_is_dated_post_by_post() -> None:
    posts = '<div class="post"><time datetime="{day}">x</time><p>{says}</p></div>'
    body = page(f'<section class="day">{parts(posts)}</section><section class="day">{parts(posts)}</section>')
    assert dated(body) == EACH


@pytest.mark.parametrize(
    "body",
    [
        page(f'<article><time datetime="2024-03-05">x</time>{INTRO}{parts("<p>{says}</p>")}</article>'),
        page(parts("<article><time>10:00</time><p>{says}</p></article>")),
        page(parts('<article><time datetime="2050-01-01">x</time><p>{says}</p></article>')),
        page(parts('<article><time datetime="0001-01-01">x</time><p>{says}</p></article>')),
        page(parts('<article><time datetime="soon">x</time><p>{says}</p></article>')),
        page(parts("<p>{says}</p>"), json_ld(None, 3, "x", {"datePublished": ["a"], "articleBody": 7})),
        page(parts("<p>{says}</p>"), json_ld(*updates(), kind="NewsArticle")),
        page(parts("<p>{says}</p>") + f"<aside>{parts(FORMS['sections'])}</aside>"),
        page(parts("<p>{says}</p>"), '<script type="application/ld+json">{"liveBlogUpdate": [</script>'),
    ],
    ids=["one time", "hours", "2050", "0001", "word", "junk", "another kind", "aside", "broken json"],
)  # fmt: skip
def test_other_pages_have_one_day(body: bytes) -> None:
    assert dated(body) == NONE


def test_posts_are_kept_as_json() -> None:
    assert posts_from_json(posts_to_json([[0, 5, "2024-03-01"]])) == ((0, 5, "2024-03-01"),)
    assert (posts_to_json([]), posts_to_json(None), posts_from_json(None)) == (None, None, ())


def test_relative_days_of_a_post_count_from_its_day(reader: Reader) -> None:
    first = "Spain reopened its embassy in Kyiv yesterday, the ministry said."
    second = "Italy closed its embassy in Minsk on Monday, the ministry said."
    text = f"{first}\n{second}\nNorway closed its embassy in Juba yesterday, it said."
    posts = ((0, len(first), "2024-03-02"), (len(first) + 1, len(first) + 1 + len(second), "2023-05-04"))
    [claims] = reader.read([Text(text, None, "2020-01-02", posts)])
    assert {c.sending_state: c.date for c in claims} == {"ES": "2024-03-01", "IT": "2023-05-01", "NO": "2020-01-01"}


def test_an_ingested_live_blog(server: Script, desk: IngestFolder) -> None:
    server.say(
        "/story/0.html",
        page(parts('<article class="post"><time datetime="{day}T10:00:00Z">x</time><p>{says}</p></article>')),
    )
    desk.run()
    query = (
        "SELECT DISTINCT c.sending_state, c.date, c.published FROM claims AS c JOIN articles AS a ON a.id = c.article"
    )
    assert desk.rows(f"{query} WHERE a.url LIKE '%/story/0.html' ORDER BY c.start") == [
        ("NO", "2024-03-03", "2024-03-03"), ("IT", "2024-03-02", "2024-03-02"), ("ES", "2024-03-01", "2024-03-01"),
    ]  # fmt: skip
    assert desk.rows("SELECT count(*) FROM articles WHERE posts IS NOT NULL") == [(1,)]


def test_a_claim_of_a_post_was_published_on_its_day(tmp_path: Path) -> None:
    db = fresh(tmp_path / "legation.db")
    text = "France closed it. Norway closed it."
    number = article(db, text, published="2022-04-19")
    db.execute("UPDATE articles SET posts = ? WHERE id = ?", ('[[18, 35, "2022-04-21"]]', number))
    db.conn.commit()
    quotes = ("France closed it.", "Norway closed it.")
    rows = [claim(quote) | {"start": text.index(quote), "end": text.index(quote) + len(quote)} for quote in quotes]
    save_extraction(db, number, "v1", [rows[0], rows[1] | {"sending_state": "NO"}], "2022-05-01T00:00:00Z")
    found = db.execute("SELECT sending_state, published FROM claims ORDER BY id").fetchall()
    assert [day for _, day in found] == ["2022-04-19", "2022-04-21"]
    db.close()
