"""Archives like a news crawl, made from real pages: most of them do not speak of missions.

The pages are those of the folder ../shared/eval/pages, else those of the sample site without missions. Pages that speak
of missions have one to three sentences as a paragraph among those of the page's own text.
"""

import gzip
import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

from legation.pipeline.cleaning.page import clean
from legation.pipeline.funnel.byte_scan import may_hold
from legation.pipeline.funnel.stages import may_claim
from tests.archive import record, write_archive
from tests.big_site import CITIES, EVENTS, STATES
from tests.conftest import SHARED
from tests.site_server import SITE_FOLDER

PARAGRAPH = re.compile(rb"</p>\s*<p[^>]*>", re.IGNORECASE)
SIDEBAR = (
    b'<aside class="sidebar"><ul><li><a href="/2024/05/embassy-in-juba-to-close">'
    b"Embassy in Juba to close</a></li></ul></aside>"
)
SLUG = b'<div class="more"><a href="/world/us-embassy-kabul-reopens.html">Read more</a></div>'


def real_pages() -> list[bytes]:
    """Pages whose text does not speak of missions, as they were served."""
    files = sorted((SHARED / "eval" / "pages").glob("*.html.gz")) or sorted(SITE_FOLDER.rglob("*.html"))
    return [gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files]


def quiet_pages() -> list[bytes]:
    """Those without any word for a mission in their bytes, in any language, with a text of some length."""
    pages = [page for page in real_pages() if not may_hold(page, foreign=True) and len(PARAGRAPH.findall(page)) > 3]
    return [page for page in pages if len(clean(page, None, None, "2030-01-01").get("text", "")) > 500]


def told(page: bytes, chance: random.Random) -> bytes:
    """The page with one to three sentences on missions in its text, such that cleaning keeps them."""
    places = [found.start() + 4 for found in PARAGRAPH.finditer(page)]
    count = chance.randint(1, 3)
    sentences = " ".join(
        chance.choice(EVENTS).format(state=chance.choice(STATES), city=chance.choice(CITIES)) for _ in range(count)
    )
    for place in sorted(places, key=lambda p: abs(p - len(page) / 2)):
        made = page[:place] + f"<p>{sentences}</p>".encode() + page[place:]
        if may_claim(clean(made, None, None, "2030-01-01").get("text", "")):
            return made
    return b""


def falsely(page: bytes, chance: random.Random) -> bytes:
    """The page with a mission word in its sidebar or in the address of a link."""
    end = page.lower().rfind(b"</body")
    return page[:end] + chance.choice((SIDEBAR, SLUG)) + page[end:] if end >= 0 else page + SLUG


def stream(pages: int, share: float, false: float = 0.0, seed: int = 1) -> Iterator[bytes]:
    """Records of so many pages, `share` of them on missions, `false` of them with false hits."""
    chance = random.Random(seed)
    quiet = quiet_pages()
    ready = [made for page in quiet if (made := told(page, chance))]
    kinds = itertools.cycle(range(1000))
    for number, kind in zip(range(pages), kinds, strict=False):
        at = (kind * 617) % 1000  # spread evenly
        page = chance.choice(ready) if at < share * 1000 else chance.choice(quiet)
        if share * 1000 <= at < (share + false) * 1000:
            page = falsely(page, chance)
        yield record(f"https://news.example/{seed}/{number}", page)


def archive(path: Path, pages: int, share: float, false: float = 0.0, seed: int = 1) -> Path:
    """The stream as an archive, made once."""
    if not path.exists():
        part = path.with_name("part.warc.gz")
        write_archive(part, stream(pages, share, false, seed), level=6)
        part.rename(path)
    return path
