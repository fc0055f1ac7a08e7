"""The sample site is served as a news site would be, and is the site that the tests and README speak of."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

from tests.site_server import SITE_ADDRESS, SITE_FOLDER, Site, serve


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, trust_env=False) as client:
        yield client


def expected() -> list[dict[str, object]]:
    return [json.loads(line) for line in (SITE_FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


def test_feed_names_every_page_at_the_servers_address(site: Site, client: httpx.Client) -> None:
    feed = ElementTree.fromstring(client.get("/feed.xml").content)
    links = [link.text or "" for link in feed.iterfind("channel/item/link")]
    assert sorted(links) == sorted(f"{site.url}/{page['id']}" for page in expected())
    for link in links:
        assert client.get(link).status_code == 200


def test_site_is_what_it_is_meant_to_be() -> None:
    pages = expected()
    assert len(pages) >= 25
    assert sum(not page["claims"] for page in pages) >= 8
    kyiv = pages[0]["claims"]
    assert isinstance(kyiv, list)
    assert sum(claim["must"] for claim in kyiv) == 26


@pytest.mark.parametrize("header", ["etag", "last-modified"])
def test_unchanged_page_gives_304(client: httpx.Client, header: str) -> None:
    first = client.get("/robots.txt")
    condition = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}[header]
    second = client.get("/robots.txt", headers={condition: first.headers[header]})
    assert (second.status_code, second.content) == (304, b"")


@pytest.mark.parametrize("path", ["/nowhere.html", "/../site_server.py", "/%2e%2e/conftest.py", "/world/"])
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_legacy_page_names_its_charset_inside(client: httpx.Client) -> None:
    page = client.get("/gazette/2020/itamaraty.htm")
    assert page.headers["content-type"] == "text/html"
    assert "São Tomé" in page.content.decode("cp1252")
    with pytest.raises(UnicodeDecodeError):
        page.content.decode("utf-8")


def test_taken_port_is_refused(site: Site) -> None:
    with pytest.raises(OSError, match="in use"), serve(port=int(site.url.rsplit(":", 1)[1])):
        pass


def test_answers_are_kept_and_address_is_replaced(site: Site, client: httpx.Client) -> None:
    assert SITE_ADDRESS.encode() not in client.get("/").content
    assert site.answers[-1] == ("GET", "/", 200)
