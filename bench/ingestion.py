"""Fetching, cleaning and storing the sample site: this tree beside another one, such as an older commit.

    git archive COMMIT | tar -x -C older
    python -m bench.ingestion older             five runs of each, turn by turn, and the ratio of the medians
    python -m bench.ingestion older --big 300   a made-up site of 300 pages instead

The same server gives both trees the same pages. Reading is left out: the reader finds nothing and costs nothing. What
is compared is processor time of the run and of its worker, because other programs disturb the time on the clock, which
is printed beside it.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FETCH = '[fetch]\ndelay_seconds = 0\nallow_private = ["{host}"]\n'
SOURCE = '[[sources]]\nname = "{kind}"\nkind = "{kind}"\nurl = "{url}/{path}"\n'


class _NoReader:
    """Reads nothing in no time."""

    version = "none"

    def read(self, texts: Any) -> Iterator[list[Any]]:
        yield from ([] for _ in texts)


def child(config: str) -> None:
    """One run in a process of its own; prints processor seconds, seconds on the clock and the counts."""
    package = "legation." if Path("legation").is_dir() else ""  # before, the packages had no name in common
    names = ("ingest", "run_context") if Path("pipeline/run_context.py").is_file() else ("way", "run")  # the old ones
    way, run, settings = (import_module(f"{package}pipeline.{name}") for name in (*names, "config"))
    loaded = settings.load_config(Path(config))
    around = run.Surroundings(reader=lambda model: _NoReader())
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    code, done = way.ingest(loaded, run.Options(), around)
    seconds, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF)
    worker = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = {"cpu": own + worker.ru_utime + worker.ru_stime, "clock": seconds, "code": code}
    told |= {name: (getattr(done, "record", done)).counts[name] for name in ("pages new", "articles cleaned")}
    print(json.dumps(told))


@contextmanager
def site(big: int) -> Iterator[tuple[str, str]]:
    """The address of a running server, and what to write into config.toml."""
    from tests import big_site, scripted_server, site_server

    if big:
        with scripted_server.scripted() as server:
            big_site.publish(server, big)
            yield server.host, SOURCE.format(kind="feed", url=server.url, path="feed.xml")
    else:
        with site_server.serve() as running:
            sources = SOURCE.format(kind="feed", url=running.url, path="feed.xml")
            sources += SOURCE.format(kind="sitemap", url=running.url, path="news-sitemap.xml")
            yield running.url.removeprefix("http://"), sources


def measure(tree: Path, host: str, sources: str) -> dict[str, Any]:
    """One run of `tree` in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(FETCH.format(host=host) + sources + "max_new = 10000\n", encoding="utf-8")
        command = [sys.executable, str(Path(__file__).resolve()), "--child", str(config)]
        done = subprocess.run(command, cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def main() -> None:
    """Run both trees turn by turn; print each and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("older", type=Path, nargs="?", help="folder of the other tree")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--big", type=int, default=0)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return
    if options.older is None:
        parser.error("name the folder of the other tree")
    trees = {"older": options.older.resolve(), "this": ROOT}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in trees}
    with site(options.big) as (host, sources):
        for turn in range(options.runs + 1):  # the first of each warms the disk up
            for name, tree in trees.items():
                one = measure(tree, host, sources)
                if turn:
                    found[name].append(one)
    for name, runs in found.items():
        cpu, clock = (statistics.median(run[key] for run in runs) for key in ("cpu", "clock"))
        counts = f"{runs[0]['pages new']} pages, {runs[0]['articles cleaned']} articles"
        print(f"{name:5}  {cpu:6.2f} s of processor  {clock:6.2f} s  {counts}")
    ratio = statistics.median(
        this["cpu"] / older["cpu"] for this, older in zip(found["this"], found["older"], strict=True)
    )
    print(f"this tree takes {100 * (ratio - 1):+.1f} % processor time")


if __name__ == "__main__":
    main()
