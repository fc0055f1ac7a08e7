"""Sitemaps, news sitemaps and sitemap indexes to entries. Runs in a worker process."""

from io import BytesIO
from typing import Any

from legation.pipeline.fetch.bodies import read_body

MOST_ENTRIES = 50_000  # the protocol's own limit for one file


def entries(body: bytes, limit: int) -> dict[str, Any]:
    """{"entries": [{"url", "title", "published"}, ...], "sitemaps": [addresses, the latest first], "cut": bool}.

    `limit`: bytes after decompression of a .gz. `cut`: there were more entries than MOST_ENTRIES. Raises ValueError for
    what is no sitemap. Entities are not resolved and nothing is loaded.
    """
    from lxml import etree

    if body.startswith(b"\x1f\x8b"):
        body = read_body([body], "gzip", limit)
    pages: list[dict[str, Any]] = []
    maps: list[tuple[str, str]] = []
    tags = ("{*}url", "{*}sitemap")
    options = {"resolve_entities": False, "no_network": True, "huge_tree": False, "recover": True}
    cut = False
    for _, element in etree.iterparse(BytesIO(body), events=("end",), tag=tags, **options):
        texts = {etree.QName(child).localname: _text(child) for child in element.iterdescendants("{*}*")}
        if etree.QName(element).localname == "sitemap":
            maps.append((texts.get("lastmod", ""), texts.get("loc", "")))
        else:
            published = texts.get("publication_date") or texts.get("lastmod") or ""
            pages.append(
                {"url": texts.get("loc", ""), "title": texts.get("title"), "published": published[:10] or None}
            )
        element.clear()
        if element.getparent() is not None:
            del element.getparent()[0]
        cut = len(pages) + len(maps) >= MOST_ENTRIES
        if cut:
            break
    if not pages and not maps and b"urlset" not in body[:2000] and b"sitemapindex" not in body[:2000]:
        raise ValueError("not a sitemap")
    latest = [url for _, url in sorted(maps, reverse=True) if url]
    return {"entries": [page for page in pages if page["url"]], "sitemaps": latest, "cut": cut}


def _text(element: Any) -> str:
    return " ".join((element.text or "").split())
