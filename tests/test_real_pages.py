"""Real news pages, served as a site: each is cleaned or has its reason, in any order, twice, with the same result."""

import random
from pathlib import Path

import pytest

from tests.big_site import feed
from tests.conftest import SHARED
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Script

PAGES = SHARED / "eval" / "pages"
RESULT = """
    SELECT p.url, p.reason, a.url, a.outcome, a.reason, a.title, a.published, a.language, a.text_sha256,
           (SELECT group_concat(quote || status || coalesce(sending_state, ''), char(10))
            FROM (SELECT * FROM claims WHERE article = a.id AND retired IS NULL ORDER BY key))
    FROM pages AS p JOIN articles AS a ON a.id = p.article ORDER BY p.url
"""


@pytest.mark.skipif(not PAGES.is_dir(), reason="the collection of real pages is not here")
def test_real_pages_in_any_order_and_twice(server: Script, tmp_path: Path) -> None:
    files = sorted(PAGES.glob("*.html.gz"))
    for file in files:
        server.say(f"/{file.name}.html", file.read_bytes(), Content_Encoding="gzip", ETag=f'"{file.name}"')
    paths = [f"/{file.name}.html" for file in files]
    results = []
    for seed in (None, 7):
        if seed is not None:
            random.Random(seed).shuffle(paths)
        server.say("/feed.xml", feed(server, paths))
        (tmp_path / str(seed)).mkdir()
        desk = IngestFolder(tmp_path / str(seed), server)
        desk.run()
        results.append(desk.rows(RESULT))
        _, again = desk.run()
        assert again.counts["not modified"] == len(files)
        assert again.counts["articles cleaned"] == again.counts["articles read"] == 0
        assert desk.rows(RESULT) == results[-1]
    assert len(results[0]) == len(files)
    assert results[0] == results[1]
    assert all(outcome == "cleaned" or reason for _, _, _, outcome, reason, *_ in results[0])
