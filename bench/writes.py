"""Articles a second into the database, full text indexed: as a scan loads them, and read again by a newer version.

    python -m bench.writes    4,000 articles of about 6 KB, without a claim and with one each; 10,000 read again

With each claim the status of the missions of two States is computed anew.

Read again is by `legation ingest` without a source, over stored articles of which one in a hundred speaks of a mission
and one in twenty-five names one; "writes" are its transactions alone.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from legation.db.connect import connect
from legation.models.gazetteer import states
from legation.pipeline.config import load_config
from legation.pipeline.ingest import ingest
from legation.pipeline.reference_data import prepare
from legation.pipeline.run_context import Options, Surroundings, load_reader
from legation.pipeline.scan.load import load
from legation.pipeline.scan.outputs import write
from tests.big_site import CITIES, EVENTS, STATES
from tests.rows import claim

CODES = sorted(states())
PAIRS = [tuple(random.Random(number).sample(CODES, 2)) for number in range(1000)]
NOW = "2024-06-01T00:00:00Z"

WORDS = [
    f"{a}{b}"
    for a in ("har", "mar", "bri", "tea", "gar", "rail", "sum", "fer")
    for b in ("bour", "ket", "dge", "den", "way", "mit", "ry")
]


def main() -> None:
    """Make articles, load them twice, read them again, print the speeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=4000)
    parser.add_argument("--again", type=int, default=10_000, help="articles to read again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for claims, what in enumerate(("no claim", "a claim each")):
            _load(Path(folder) / str(claims), arguments.articles, claims, what)
        _read_again(Path(folder) / "again", arguments.again)


def _load(folder: Path, count: int, claims: int, about: str) -> None:
    folder.mkdir()
    file = folder / "articles.jsonl"
    write(file, [_article(number, claims) for number in range(count)])
    db = connect(folder / "legation.db")
    prepare(db, 0.5)
    for what in ("new", "known"):
        begin = time.process_time()
        load(db, [file], NOW)
        print(f"{what + ', ' + about:20} {count / (time.process_time() - begin):7.0f} articles a CPU second")


def _read_again(folder: Path, count: int) -> None:
    """What an older version read, read by this one."""
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text("", encoding="utf-8")
    db = connect(folder / "legation.db")
    file = folder / "articles.jsonl"
    write(file, [_told(number) for number in range(count)])
    load(db, [file], NOW)
    reader = load_reader(load_config(config).model.pipeline)
    _, run = ingest(load_config(config), Options(), Surroundings(reader=lambda model: reader))
    seconds, read = run.record.seconds, run.record.counts["articles read"]
    assert read == count
    new = run.record.counts["claims new"]
    print(f"{'read again':20} {read / run.record.elapsed:7.0f} articles a second, {new} claims")
    print(f"{'  reading':20} {read / seconds['read']:7.0f}")
    print(f"{'  writes':20} {read / seconds['write']:7.0f}")


def _told(number: int) -> dict[str, Any]:
    """An article as an older version read it: without a claim. One in a hundred speaks of a mission."""
    made = _article(number, 0)
    chance = random.Random(number)
    said = chance.choice(EVENTS).format(state=chance.choice(STATES), city=chance.choice(CITIES))
    named = "He lives beside the embassy of a small country."
    first = said if number % 100 == 0 else named if number % 25 == 0 else "He lives in a small country."
    return {**made, "text": f"{first} {made['text'].split('. ', 1)[1]}"}


def _article(number: int, claims: int) -> dict[str, Any]:
    chance = random.Random(number)
    quote = f"Oman closed its embassy in Damascus on day {number}."
    sentences = (" ".join(chance.choices(WORDS, k=20)).capitalize() for _ in range(50))
    text = f"{quote} " + " ".join(f"{sentence}." for sentence in sentences)
    day = f"20{chance.randint(10, 24)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    about = {"canonical": None, "author": None, "language": "en", "published": day, "fetched": day, "version": "1"}
    sending, receiving = PAIRS[int(len(PAIRS) * chance.random() ** 2)]  # a few pairs take most
    fields = {"sending_state": sending, "receiving_state": receiving, "city": None}
    found = [{**claim(text, quote, **fields), "marks": []} for _ in range(claims)]
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
