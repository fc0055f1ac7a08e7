"""A list page's links to entries. Runs in a worker process."""

from typing import Any
from urllib.parse import urljoin

from legation.pipeline.cleaning.charset import decode
from legation.pipeline.errors import Unfit

MOST_ENTRIES = 10_000


def entries(body: bytes, url: str, content_type: str | None) -> dict[str, Any]:
    """{"entries": [{"url", "title", "published": None}, ...]} in the page's order, each address once.

    `title`: the first words that link to it. Raises Unfit for what is not HTML.
    """
    from trafilatura import load_html

    tree = load_html(decode(body, content_type))
    if tree is None:
        raise Unfit("not HTML")
    found: dict[str, str] = {}
    base = base_of(tree, url)
    for link in tree.iter("a"):
        target = absolute_link(base, link.get("href"))
        if target and not found.get(target):
            found[target] = " ".join("".join(link.itertext()).split())[:300]
    first = list(found.items())[:MOST_ENTRIES]
    return {"entries": [{"url": target, "title": words or None, "published": None} for target, words in first]}


def base_of(tree: Any, url: str) -> str:
    """What the page's relative addresses start from: its <base href>, else its own address."""
    for base in tree.iter("base"):
        if base.get("href"):
            return absolute_link(url, base.get("href")) or url
    return url


def absolute_link(base: str, href: str | None) -> str | None:
    """The address of a link; None for none."""
    try:
        return urljoin(base, href.strip()) if href else None
    except ValueError:  # such as "http://[": no address
        return None
