"""Lists of feeds as OPML, the format in which feed readers exchange them. `feeds` runs in a worker process."""

from collections.abc import Iterable
from typing import Any

from legation.pipeline.cleaning.control_characters import CONTROL
from legation.pipeline.errors import Unfit
from legation.pipeline.sources.settings import AnySource, FeedSource
from legation.pipeline.sources.xml_repair import repaired_xml

MOST = 1000  # feeds of one list


def feeds(body: bytes, content_type: str | None = None) -> dict[str, Any]:
    """{"feeds": [{"url", "title"}, ...], "left": how many more than MOST}, each address once, in their order.

    Raises Unfit for what is no OPML. Entities are not resolved and nothing is loaded.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    root = etree.fromstring(repaired_xml(body, content_type), parser) if body.strip() else None
    if root is None or _local(root.tag) != "opml":
        raise Unfit("this is no OPML; export the list of feeds from the other program as OPML and take that file")
    found: dict[str, str | None] = {}
    for element in root.iter(etree.Element):
        if _local(element.tag) != "outline":
            continue
        told = {_local(name): " ".join(value.split()) for name, value in element.attrib.items()}
        url = told.get("xmlurl", "")
        if url and not found.get(url):
            found[url] = told.get("title") or told.get("text") or None
    rows = [{"url": url, "title": title} for url, title in found.items()]
    return {"feeds": rows[:MOST], "left": max(0, len(rows) - MOST)}


def _local(name: object) -> str:
    """A tag or attribute without its namespace, in small letters: readers write xmlUrl, xmlurl and XMLURL."""
    return str(name).rpartition("}")[2].lower()


def as_opml(sources: Iterable[AnySource], title: str) -> bytes:
    """The feeds among `sources` as a list for other programs; what is no feed has no place in OPML."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for source in sources:
        if isinstance(source, FeedSource):
            told = {"type": "rss", "text": source.name, "title": source.name, "xmlUrl": CONTROL.sub("", source.url)}
            etree.SubElement(body, "outline", told | ({"language": source.language} if source.language else {}))
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))
