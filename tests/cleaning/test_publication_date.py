"""Which of the dates on a page is that of its publication."""

import pytest

from legation.pipeline.cleaning.page import clean
from legation.pipeline.cleaning.publication_date import PublicationDate, reconcile_dates

TEXT = "".join(
    f"<p>Diplomats of country {n} came back, and its embassy in the old town works again.</p>" for n in range(8)
)
LD = '<script type="application/ld+json">%s</script>'
OWN = LD % '{"@type":"NewsArticle","datePublished":"2024-03-05T10:00:00Z","dateModified":"2024-04-20T10:00:00Z"}'
MODIFIED = '<meta property="article:modified_time" content="2024-04-20T10:00:00Z">'
META = '<meta property="article:published_time" content="%s">'


def published(head: str = "", before: str = "", after: str = "", url: str | None = None) -> PublicationDate:
    page = (
        f"<html><head><title>Embassies return</title>{head}</head><body>{before}<article>{TEXT}</article>{after}</body>"
    )
    result = clean(page.encode(), url, None, "2026-11-26")
    return PublicationDate(result["published"], result["dated_by"], result["date_note"])


@pytest.mark.parametrize(
    "head",
    [
        OWN,
        MODIFIED + OWN,
        '<meta property="og:updated_time" content="2024-04-20T10:00:00Z">' + OWN,
        '<meta http-equiv="last-modified" content="2024-04-20">' + OWN,
        '<meta name="dcterms.modified" content="2024-04-20">' + OWN,
        '<meta itemprop="dateModified" content="2024-04-20">' + OWN,
        MODIFIED + META % "2024-03-05",
        LD % '{"@graph":[{"@type":"WebPage","datePublished":"2019-01-01"},'
        '{"@type":["NewsArticle","Article"],"datePublished":["2024-03-05"]}]}',
        LD % '{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","datePublished":"2018-01-01"}]}' + OWN,
        LD % '{"@type":"WebPage","mainEntity":{"@type":"BlogPosting","datePublished":{"@value":"2024-03-05"}}}',
        LD % '{"@type":"NewsArticle","headline":"Another story","datePublished":"2018-01-01"}'
        + LD % '{"@type":"NewsArticle","headline":"Embassies return","datePublished":"2024-03-05"}',
        LD % '{"@type":"NewsArticle","datePublished":"2024-03-05T10:00:00Z",}',
        LD % '<!-- {"@type":"ReportageNewsArticle","datePublished":"2024-03-05"} -->',
        LD % '{"@type":"NewsArticle","datePublished":"2024-03-05", "articleBody": "a "quoted" word"}',
        LD % '{"@type":"NewsArticle","publisher":{"foundingDate":"1850-01-01"},"datePublished":"5 March 2024"}',
        LD % '{"@type":"Organization"}\n{"@type":"NewsArticle","datePublished":"2024-03-05"}',
        LD % "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;datePublished&quot;:&quot;2024-03-05&quot;}",
        LD % '{"@type":"NewsArticle","datePublished":["2024-03-05T10:00","2024-03-05T10:00"]}',
        LD % '{"@type":"NewsArticle","datePublished":"0000-00-00","dateCreated":"Dienstag, 5. März 2024"}',
        '<div property="schema:datePublished" content="2024-03-05"></div>',
        META % "1709632800",
        META % "2024-03-05T00:30:00+03:00",
        '<meta name="pubdate" content="05.03.2024 10:00">',
        '<meta name="parsely-pub-date" content="Tue, 05 Mar 2024 10:00:00 GMT">' + MODIFIED,
        '<link rel="canonical" href="https://news.example/2024/03/05/story.html">' + MODIFIED,
        META % "2024-03-06T02:00:00Z" + '<meta property="og:url" content="https://news.example/2024/03/05/story">',
    ],
)
def test_what_the_publisher_states(head: str) -> None:
    told = published(head)
    assert (told.date, told.by) == ("2024-03-05", "stated")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<aside><time datetime="2018-01-01">1 January 2018</time></aside>', ""),
        ("", "<footer>Copyright 2019 Example. Last build 2019-06-07</footer>"),
        ('<div class="related-stories"><time datetime="2018-01-01">1 Jan 2018</time></div>', ""),
        ("<ul>" + '<li><a href="/b">Story</a> <time datetime="2018-01-01">1 Jan</time></li>' * 2 + "</ul>", ""),
        ("", "<ol>" + '<li><time datetime="2018-02-01"></time><h3><a href="/c">Rain</a></h3></li>' * 3 + "</ol>"),
        ('<nav><span class="date">01.02.2018</span></nav>', '<div id="sidebar"><p>2018-02-01</p></div>'),
        ("", '<section class="most-read"><span itemprop="datePublished" content="2018-01-01">x</span></section>'),
    ],
)
def test_dates_beside_the_article_are_not_its_own(before: str, after: str) -> None:
    assert published("", before, after).date is None
    told = published("", before, after.replace("</footer>", "</footer>") + '<p class="date">Published 5 March 2024</p>')
    assert told.date in ("2024-03-05", None)


def test_a_time_of_change_is_the_last_resort() -> None:
    assert published(MODIFIED) == PublicationDate("2024-04-20", "changed")


@pytest.mark.parametrize("value", ["0001-01-01", "2050-01-01", "1970-01-01T00:00:00Z", "soon"])
def test_a_date_that_is_not_believed_is_noted(value: str) -> None:
    told = published(META % value)
    assert told.date is None
    assert told.note is not None
    assert repr(value) in told.note


@pytest.mark.parametrize(
    ("page", "announced", "announces", "date", "noted"),
    [
        (PublicationDate("2024-03-05", "stated"), "2024-03-06", "publication", "2024-03-05", False),
        (PublicationDate("2024-03-05", "stated"), "2024-05-06", "publication", "2024-03-05", True),
        (PublicationDate("2024-03-05", "stated"), "2024-05-06", "change", "2024-03-05", False),
        (PublicationDate("2019-06-07", "found"), "2024-03-05", "publication", "2024-03-05", True),
        (PublicationDate("2024-03-01", "found"), "2024-03-05", "change", "2024-03-01", False),
        (PublicationDate("2024-03-09", "found"), "2024-03-05", "change", "2024-03-05", True),
        (PublicationDate("2024-04-20", "changed"), "2024-03-05", "publication", "2024-03-05", False),
        (PublicationDate("2024-03-05", "found"), "2024-03", "publication", "2024-03-05", False),
        (PublicationDate(), "2024-03", "change", "2024-03", False),
        (PublicationDate("2024-03-05", "found"), None, None, "2024-03-05", False),
    ],
)
def test_the_date_of_the_feed_is_held_against_that_of_the_page(
    page: PublicationDate, announced: str | None, announces: str | None, date: str, noted: bool
) -> None:
    believed, note = reconcile_dates(page, announced, announces)
    assert (believed, note is not None) == (date, noted)
