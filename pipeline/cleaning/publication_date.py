"""When a page was published, by the best evidence that it holds, held against what its feed announced.

What a publisher states of this article (JSON-LD of its own node, <meta>, itemprop, the address) goes before what
htmldate finds in the text, and that before a time of change. Dates of other stories (lists in JSON-LD, asides) and of
the site (footers) do not count.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from legation.pipeline.date_parsing import FIRST_YEAR, ParsedDate, date_span, parse_date

DECODER = json.JSONDecoder(strict=False)
MOST_JSON = 2_000_000  # characters of JSON-LD on one page
NEAR_DAYS = 3  # a feed and its page differ by time zones and by minutes of work, not by more days than these
ARTICLE = re.compile(r"Article$|Posting$|^Report$|^NewsStory$|^Review$")
PAGE = re.compile(r"Page$")
# Names of <meta name=...>, property=..., itemprop=..., in small letters.
PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "rnews:datepublished", "publish-date", "publish_date", "publishdate", "published-date", "published_date",
    "publisheddate", "published_time", "published_at", "publication_date", "publication-date", "publicationdate",
    "pubdate", "pub_date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article.published",
    "citation_publication_date", "originalpublicationdate", "original-publish-date", "article_date_original",
    "date_published",
)  # fmt: skip
# Names that also tell when a template or a file was made.
MADE = (
    "dc.date.issued", "dcterms.issued", "dc.issued", "dc.date", "dcterms.date", "citation_date", "displaydate", "date",
    "article.created", "datecreated", "dc.date.created", "dcterms.created", "dc.created",
)  # fmt: skip
CHANGED = re.compile(r"modif|updat|revis|lastmod|last-mod|expir|build")
ELSEWHERE = re.compile(
    r"(?:^|[-_ ])(?:aside|sidebar|footer|related|recommend\w*|most-?read|trending|popular|comments?|newsletter|teasers?"
    r"|copyright|colophon|promo|more-(?:stories|news|from))(?:$|[-_ ])",
    re.IGNORECASE,
)
IN_ADDRESS = re.compile(r"[/-]((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?=[/_.-]|$)")


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """`date`: YYYY-MM-DD or YYYY-MM, None: not known. `by`: "stated", "found" or "changed", the last where only a time
    of change is told. `note`: what the page states and is not believed."""

    date: str | None = None
    by: str | None = None
    note: str | None = None


def find_publication_date(
    tree: Any, url: str | None, title: str | None, newest: str, first_year: int = FIRST_YEAR
) -> PublicationDate:
    """When the page was published. The tree is changed: what is not about this article is taken out of it."""
    note = None
    changed: list[object] = []
    nodes = json_nodes(tree)
    addresses = _addresses(tree, url)
    in_address = [_in_address(address) for address in addresses]
    for value in (
        *_of_nodes(nodes, ARTICLE, addresses, title),
        *in_address,
        *_of_meta(tree, PUBLISHED),
        *_of_elements(tree),
        *_of_meta(tree, MADE),
        *_of_nodes(nodes, PAGE, addresses, None),
    ):
        found: ParsedDate = parse_date(value, newest, first_year)
        if found.date:
            return PublicationDate(_own_day(found.date, in_address), "stated", note)
        note = note or found.fault
    changed += [node.get("dateModified") for node in nodes if is_kind(node, ARTICLE)]
    changed += _take_out(tree)
    if day := parse_date(_searched(tree, newest, first_year), newest, first_year).date:
        return PublicationDate(day, "found", note)
    days = [one for value in changed if (one := parse_date(value, newest, first_year).date)]
    return PublicationDate(min(days), "changed", note) if days else PublicationDate(note=note)


def reconcile_dates(
    page: PublicationDate, announced: str | None, announces: str | None
) -> tuple[str | None, str | None]:
    """The date that is believed of a page and of its feed, and a note where the two do not agree.

    `announces`: whether the feed's date is of the "publication" or of a "change".
    """
    if page.date is None or announced is None:
        return page.date or announced, None
    days = _apart(page.date, announced)
    if page.by == "changed":
        return announced, None
    if announces == "publication" and abs(days) > NEAR_DAYS:
        kept = page.date if page.by == "stated" else announced
        return kept, f"the page says {page.date}, its source {announced}; {kept} is taken"
    if page.by == "found" and days > 1:  # found on the page, but later than the last change
        return announced, f"the page seems to say {page.date}, its source {announced}; {announced} is taken"
    return page.date, None


def _apart(page: str, announced: str) -> int:
    """Days from the announced date to the page's, 0 where they overlap."""
    one, other = date_span(page), date_span(announced)
    if one is None or other is None:
        return 0
    if one[0] > other[1]:
        return (date.fromisoformat(one[0]) - date.fromisoformat(other[1])).days
    if one[1] < other[0]:
        return -(date.fromisoformat(other[0]) - date.fromisoformat(one[1])).days
    return 0


def _addresses(tree: Any, url: str | None) -> list[str]:
    """The page's own addresses as it and its server name them."""
    linked = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    told_of = [meta.get("content") for meta in tree.iter("meta") if (meta.get("property") or "").lower() == "og:url"]
    return [address.strip() for address in (*linked, *told_of, url) if address and address.strip()]


def _own_day(day: str, in_address: list[str | None]) -> str:
    """The day in the address where it is a day off: the publisher's own, of which `day` is the form in UTC."""
    return next((own for own in in_address if own and date_span(own) and abs(_apart(day, own)) == 1), day)


def _in_address(address: str) -> str | None:
    try:
        found = IN_ADDRESS.search(urlsplit(address).path)
    except ValueError:
        return None
    return "-".join(found.groups()) if found else None


def json_nodes(tree: Any) -> list[dict[str, Any]]:
    """The nodes of JSON-LD that describe this page: not those inside lists of other stories."""
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) <= MOST_JSON:
            nodes += _nodes(_json(script.text), 0)
    return nodes


def _json(text: str) -> Any:
    """JSON as sites write it: in a comment, with a comma too many, with characters of HTML, several values in a row; of
    what is broken more, the plain fields."""
    bare = re.sub(r"^\s*(?://)?\s*<!(?:\[CDATA\[|--)|(?://)?\s*(?:\]\]|--)>\s*$", "", text.strip()).strip().rstrip(";")
    for attempt in (bare, re.sub(r",(\s*[}\]])", r"\1", bare), html.unescape(bare)):
        try:
            return _values(attempt)
        except (ValueError, RecursionError):
            continue
    kind = re.search(r'"@type"\s*:\s*\[?\s*"(\w+)"', bare)
    day = re.search(r'"datePublished"\s*:\s*"([^"]{4,60})"', bare)
    return {"@type": kind[1], "datePublished": day[1]} if kind and day and "ListItem" not in bare else None


def _values(text: str) -> list[Any]:
    """The values of JSON that stand in a row."""
    found, at = list[Any](), 0
    while at < len(text):
        value, at = DECODER.raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def _nodes(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 5:
        return
    if isinstance(data, list):
        for one in data:
            yield from _nodes(one, depth + 1)
    elif isinstance(data, dict):
        yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(data.get(name), (list, dict)):
                yield from _nodes(data[name], depth + 1)


def is_kind(node: dict[str, Any], kind: re.Pattern[str]) -> bool:
    """Whether one of the types of a node of JSON-LD matches."""
    kinds = node.get("@type")
    return any(isinstance(k, str) and kind.search(k) for k in (kinds if isinstance(kinds, list) else [kinds]))


def _of_nodes(
    nodes: list[dict[str, Any]], kind: re.Pattern[str], addresses: list[str], title: str | None
) -> Iterator[object]:
    """Dates of publication, of the node first that names the page's address or title."""

    def fits(node: dict[str, Any]) -> int:
        page = node.get("mainEntityOfPage")
        named = [node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page]
        ends = {_end(address) for address in addresses}
        if any(isinstance(name, str) and _end(name) in ends for name in named):
            return 0
        headline = node.get("headline")
        return 1 if title and isinstance(headline, str) and headline.casefold()[:40] == title.casefold()[:40] else 2

    for node in sorted((node for node in nodes if is_kind(node, kind)), key=fits):
        yield node.get("datePublished")
        yield node.get("dateCreated")


def _end(address: str) -> str:
    """Host and path, without what differs between forms of one address."""
    return re.sub(r"^https?://(?:www\.|m\.|amp\.)?|[?#].*$|/+$", "", address.strip().lower())


def _of_meta(tree: Any, names: tuple[str, ...]) -> Iterator[object]:
    """The contents of <meta> in the order of `names`."""
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and meta.get("content") and not elsewhere(meta):
                values.setdefault(name, meta.get("content"))
    yield from (values[name] for name in names if name in values)


def _of_elements(tree: Any) -> Iterator[object]:
    """Dates of elements with itemprop, property (RDFa) or pubdate that are not beside the article."""
    for element in tree.iter("time", "span", "div", "p", "abbr"):
        named = (element.get("itemprop") or "", (element.get("property") or "").rpartition(":")[2])
        stated = "datePublished" in named or element.get("pubdate") is not None
        if stated and not elsewhere(element):
            yield element.get("datetime") or element.get("content") or " ".join(element.itertext())


def elsewhere(element: Any) -> bool:
    """Whether an element stands beside the article: in an aside, a footer, a list of other stories."""
    return any(_is_elsewhere(above) for above in (element, *element.iterancestors()))


def _is_elsewhere(element: Any) -> bool:
    if element.tag in ("aside", "footer", "nav"):
        return True
    if element.tag in ("body", "html", "article", "main"):
        return False
    if element.get("role") in ("complementary", "contentinfo", "navigation"):
        return True
    about = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(about.strip()) and bool(ELSEWHERE.search(about))


def _take_out(tree: Any) -> list[object]:
    """Remove what is not about this article, and what tells a change; returns the times of change."""
    changed: list[object] = []
    gone = []
    for rows in tree.iter("ul", "ol"):
        gone += _stories(rows)
    for element in tree.iter("meta", "time", "script", "aside", "footer", "nav", "div", "section", "ul", "p", "span"):
        if element.tag == "script":
            unwanted = "ld+json" in (element.get("type") or "").lower()
        elif element.tag in ("meta", "time"):
            names = ("property", "name", "itemprop", "http-equiv", "class")
            unwanted = any(CHANGED.search((element.get(name) or "").lower()) for name in names)
            if unwanted:
                changed.append(element.get("content") or element.get("datetime"))
        else:
            unwanted = _is_elsewhere(element)
        if unwanted:
            gone.append(element)
    for element in gone:
        if element.getparent() is not None:
            element.drop_tree()
    return changed


def _stories(rows: Any) -> list[Any]:
    """The items of a list of other stories: at least two that have a link and a time each."""
    items = [item for item in rows.iterchildren("li") if next(item.iter("time"), None) is not None]
    linked = [item for item in items if any(link.get("href") for link in item.iter("a"))]
    return linked if len(linked) > 1 else []


def _searched(tree: Any, newest: str, first_year: int) -> str | None:
    from htmldate import find_date

    found: str | None = find_date(
        tree, original_date=True, extensive_search=False, min_date=f"{first_year:04}-01-01", max_date=newest, url=""
    )
    return found
