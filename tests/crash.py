"""Kill the ingester at random moments, and see whether anything is lost, repeated or broken.

    python -m tests.crash --kills 200

A round begins with no database; runs are killed with SIGKILL until one comes to its end; then the claims must be those
of an undisturbed run. After each kill `legation check` must find nothing, and no stored page may have been asked for
again.
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.big_site import publish
from tests.scripted_server import Script, scripted

CLAIMS = """
    SELECT a.url, a.published, sending_state, receiving_state, city, mission, status, modality, c.date, attribution,
           quote, start, "end", confidence, rule
    FROM claims AS c JOIN articles AS a ON a.id = c.article WHERE retired IS NULL ORDER BY 1, 12, 7
"""
PAGES = """
    SELECT p.url, p.state, a.url, a.outcome, a.text_sha256
    FROM pages AS p JOIN articles AS a ON a.id = p.article ORDER BY 1
"""
STORED = "SELECT url FROM pages WHERE body IS NOT NULL"
HALF_WAY = """
    SELECT 1 FROM pages WHERE body IS NOT cleaned
    UNION ALL SELECT 1 FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM extractions WHERE article = a.id)
"""


@dataclass
class Report:
    """What was seen.

    `refetched`: stored pages that a later run asked for again. `broken`: failed checks. `differing`: rounds whose
    claims or pages were not those of an undisturbed run. `half_way`: kills between a page and its claims.
    """

    kills: int = 0
    rounds: int = 0
    claims: int = 0
    requests: int = 0
    refetched: int = 0
    broken: int = 0
    differing: int = 0
    half_way: int = 0

    @property
    def clean(self) -> bool:
        return self.refetched == self.broken == self.differing == 0


def configure(folder: Path, server: Script) -> Path:
    """A configuration for `server` in `folder`, which is made."""
    folder.mkdir(parents=True)
    config = folder / "config.toml"
    config.write_text(
        f'[fetch]\ndelay_seconds = 0\nallow_private = ["{server.host}"]\n\n'
        f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{server.url}/feed.xml"\n',
        encoding="utf-8",
    )
    return config


def legation(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start the program in `folder`; its messages go to messages.txt there."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]
    with (folder / "messages.txt").open("ab") as messages:
        return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=messages)


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Rows of the database in `folder`; none when it is not there yet, or has no tables yet."""
    path = folder / "legation.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as db:
        try:
            return db.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise


def run_and_kill(folder: Path, server: Script, report: Report, wait: float) -> bool:
    """One run, killed after `wait` seconds. Returns whether it came to its end before."""
    stored = {str(url).removeprefix(server.url) for (url,) in rows(folder, STORED)}
    before = len(server.hits)
    process = legation(folder, "ingest")
    try:
        process.wait(wait)
        ended = True
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        ended = False
        report.kills += 1
    report.refetched += sum(hit.path in stored for hit in server.hits[before:])
    report.half_way += bool(not ended and rows(folder, HALF_WAY))
    report.broken += bool(rows(folder, "SELECT 1 FROM pages") and legation(folder, "check").wait() != 0)
    return ended


def crash(kills: int, pages: int, seed: int, folder: Path, pause: float = 0.02) -> Report:
    """Kill `kills` runs over a site of `pages` pages. Raises RuntimeError if an undisturbed run fails."""
    chance, report = random.Random(seed), Report()
    with scripted() as server:
        publish(server, pages, pause)
        begun = time.monotonic()
        expected = finished(folder / "calm", server)
        longest = min(5.0, max(2.0, (time.monotonic() - begun) / 6))  # several kills before a round comes to its end
        report.claims = len(expected[0])
        while report.kills < kills:
            report.rounds += 1
            here = folder / f"round-{report.rounds}"
            configure(here, server)
            while report.kills < kills and not run_and_kill(here, server, report, chance.uniform(0.05, longest)):
                pass
            report.differing += finished(here, server) != expected
        report.requests = len(server.hits)
    return report


def finished(folder: Path, server: Script) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Claims and pages after a run that nobody disturbs."""
    if not folder.exists():
        configure(folder, server)
    code = legation(folder, "ingest").wait()
    if code != 0:
        messages = (folder / "messages.txt").read_text(encoding="utf-8")
        raise RuntimeError(f"an undisturbed run ended with {code}: {messages[-2000:]}")
    return rows(folder, CLAIMS), rows(folder, PAGES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pages", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = crash(options.kills, options.pages, options.seed, Path(folder))
    print(f"{report} in {time.monotonic() - begun:.0f} s")
    print("nothing lost, repeated or broken" if report.clean else "FAILED")
    return 0 if report.clean else 1


if __name__ == "__main__":
    sys.exit(main())
