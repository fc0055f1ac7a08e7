"""Articles a second into the database, full text indexed, with a claim each, as a scan loads them.

python -m bench.writes             4,000 articles of about 6 KB
python -m bench.writes --claims 0  articles alone
"""

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from db.connect import connect
from pipeline.reference import prepare
from pipeline.scan.load import load
from pipeline.scan.outputs import write
from tests.rows import claim

WORDS = [
    f"{a}{b}"
    for a in ("har", "mar", "bri", "tea", "gar", "rail", "sum", "fer")
    for b in ("bour", "ket", "dge", "den", "way", "mit", "ry")
]


def main() -> None:
    """Make articles, load them twice, print both speeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=4000)
    parser.add_argument("--claims", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "articles.jsonl"
        write(file, [_article(number, arguments.claims) for number in range(arguments.articles)])
        db = connect(Path(folder) / "legation.db")
        prepare(db, 0.5)
        for what in ("new", "known"):
            begin = time.process_time()
            load(db, [file], "2024-06-01T00:00:00Z")
            print(f"{what:6} {arguments.articles / (time.process_time() - begin):7.0f} articles a CPU second")


def _article(number: int, claims: int) -> dict[str, Any]:
    chance = random.Random(number)
    quote = f"Oman closed its embassy in Damascus on day {number}."
    text = f"{quote} " + " ".join(chance.choices(WORDS, k=1000))
    day = f"20{chance.randint(10, 24)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    about = {"canonical": None, "author": None, "language": "en", "published": day, "fetched": day, "version": "1"}
    found = [{**claim(text, quote), "marks": []} for _ in range(claims)]
    url = f"https://news.example/{number}"
    return {
        "url": url,
        "title": f"Day {number}",
        "fingerprint": f"{chance.getrandbits(64):016x}",
        "text": text,
        **about,
        "claims": found,
    }


if __name__ == "__main__":
    main()
