"""What an operator does and meets: two runs, a full disk, a read-only folder, a clock that jumps, signals, backup."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from legation.db import connect, errors, runs
from tests.big_site import story
from tests.conftest import Legation
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Request, Script

PROGRAM = [sys.executable, "-m", "legation"]


def sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as db:
        faults = db.execute("PRAGMA foreign_key_check").fetchall()
        return db.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and not faults


def test_two_runs_at_once(desk: IngestFolder, legation: Legation) -> None:
    desk.run()
    desk.configure()
    with runs.only_run(desk.folder / "legation.db"):
        second = legation("ingest")
    assert second.returncode == 3
    assert second.stderr.strip().endswith("another run holds it; wait for its end, or see `legation runs`")
    assert desk.rows("SELECT count(*) FROM runs") == [(1,)]
    assert legation("ingest").returncode == 0
    assert sound(desk.folder / "legation.db")


def test_the_lock_goes_with_its_holder(desk: IngestFolder, tmp_path: Path) -> None:
    code = (
        f"import time; from pathlib import Path; from legation.db.runs import only_run\n"
        f"with only_run(Path({str(tmp_path / 'x.db')!r})): print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    with runs.only_run(tmp_path / "x.db"):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_after_the_page_at_hand(
    server: Script, desk: IngestFolder, number: signal.Signals
) -> None:
    process: list[subprocess.Popen[str]] = []

    def signalling(request: Request) -> None:
        process[0].send_signal(number)
        time.sleep(0.2)
        request.say(b"<html><article>" + b"<p>The embassy in the old town works again.</p>" * 9)

    server.routes["/story/2.html"] = signalling
    desk.configure()
    process.append(
        subprocess.Popen(
            [*PROGRAM, "ingest"], cwd=desk.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    )
    stdout, stderr = process[0].communicate(timeout=60)
    assert process[0].returncode == 130, stderr
    assert "Traceback" not in stderr
    assert "pages     3 new" in stdout
    assert desk.rows("SELECT outcome FROM runs") == [("interrupted",)]
    assert desk.rows("SELECT count(*) FROM extractions") == [(3,)]
    assert desk.rows("SELECT count(*) FROM pages WHERE state = 'wanted'") == [(3,)]


def test_a_killed_run_is_called_so(desk: IngestFolder) -> None:
    desk.run()
    with closing(sqlite3.connect(desk.folder / "legation.db")) as db:
        db.execute("UPDATE runs SET outcome = NULL, ended = NULL")
        db.commit()
    desk.run()
    assert desk.rows("SELECT outcome FROM runs ORDER BY id") == [("killed",), ("done",)]


def test_a_database_whose_making_was_killed_is_made_to_the_end(tmp_path: Path) -> None:
    program = (
        "import os; from legation.db import connect\n"
        "apply = connect.migrations.apply\n"
        "def killed(db): apply(db, stop_before='002_articles'); os.kill(os.getpid(), 9)\n"
        f"connect.migrations.apply = killed; connect.connect({str(tmp_path / 'a.db')!r})"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == -signal.SIGKILL
    db = connect.connect(tmp_path / "a.db")
    assert {"pages", "articles", "claims"} <= set(db.table_names())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_the_run_and_leaves_what_is_stored(server: Script, small_disk: Path) -> None:
    for number in range(6):
        noise = os.urandom(150_000).hex()
        server.say(
            f"/story/{number}.html",
            f"<article><p>The embassy in town {number} works.</p></article><!--{noise}-->".encode(),
        )
    desk = IngestFolder(small_disk, server)
    desk.configure()
    result = subprocess.run([*PROGRAM, "ingest"], cwd=small_disk, capture_output=True, text=True, timeout=120)
    assert result.returncode == 2, result.stderr
    assert "disk is full; free some room" in result.stderr
    assert "Traceback" not in result.stderr
    assert sound(small_disk / "legation.db")
    assert desk.rows("SELECT count(*) FROM pages WHERE body IS NOT NULL")[0][0] < 6


def test_a_full_database_goes_on_where_it_was(desk: IngestFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for those who cannot mount: SQLite's own limit on the size of the file raises the same error."""

    def small(path: Path) -> object:
        db = connect_as_usual(path)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 4}")
        return db

    connect_as_usual = connect.connect
    desk.run(max_pages=0)
    with monkeypatch.context() as patch:
        patch.setattr(connect, "connect", small)
        with pytest.raises(errors.Unwritable, match="full; free some room"):
            desk.run()
    assert sound(desk.folder / "legation.db")
    code, _ = desk.run()
    assert code == 0
    assert desk.rows("SELECT count(*) FROM extractions") == [(6,)]


def test_a_read_only_database(desk: IngestFolder, legation: Legation) -> None:
    desk.run()
    desk.configure()
    path = desk.folder / "legation.db"
    if os.geteuid() == 0:  # root may write anything: a file that cannot be changed is needed
        if subprocess.run(["chattr", "+i", str(path)], capture_output=True).returncode:
            pytest.skip("root can write to any file of this file system")
    else:
        path.chmod(0o444)
    try:
        result = legation("ingest")
    finally:
        if os.geteuid() == 0:
            subprocess.run(["chattr", "-i", str(path)], check=True)
        else:
            path.chmod(0o644)
    assert result.returncode == 2, result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "legation.db" in result.stderr
    assert sound(path)


def test_a_clock_that_jumps_back(server: Script, desk: IngestFolder) -> None:
    future = datetime(2031, 1, 1, tzinfo=UTC)
    server.say("/story/1.html", b"", 503, Retry_After="3600")
    desk.now = lambda: future
    assert desk.run()[0] == 1
    server.say("/story/1.html", b"<article>" + b"<p>The embassy in the old town works again.</p>" * 9)
    desk.now = lambda: future - timedelta(days=2500)
    code, record = desk.run()
    assert (code, record.problems) == (0, [])
    assert desk.rows("SELECT count(*) FROM pages WHERE state IN ('fetched', 'unchanged')") == [(6,)]
    assert desk.rows("SELECT outcome FROM runs ORDER BY id") == [("failures",), ("done",)]
    assert sound(desk.folder / "legation.db")


def test_a_missing_model_is_named_and_costs_nothing(desk: IngestFolder, legation: Legation) -> None:
    config = desk.configure()
    config.write_text(config.read_text() + '\n[model]\npipeline = "xx_none"\n')
    result = legation("ingest")
    assert result.returncode == 2
    assert "xx_none" in result.stderr.splitlines()[-1]
    desk.run()
    assert desk.rows("SELECT count(*) FROM extractions") == [(6,)]


def test_runs_sources_and_problems(server: Script, desk: IngestFolder, legation: Legation) -> None:
    server.say("/story/1.html", b"", 404)
    desk.run()
    desk.configure()
    (run,) = [json.loads(line) for line in legation("runs", "--format", "jsonl").stdout.splitlines()]
    assert (run["outcome"], run["pages new"], run["pages failed"], run["problems"]) == ("failures", 5, 1, 1)
    assert legation("runs", "--problems").stdout == f"{server.url}/story/1.html: failed: HTTP 404\n"
    (source,) = [json.loads(line) for line in legation("sources", "--format", "jsonl").stdout.splitlines()]
    assert (source["name"], source["state"], source["listed"], source["new"], source["failed"]) == (
        "site",
        "asked",
        6,
        5,
        1,
    )
    server.say("/story/1.html", b"<article>" + b"<p>The embassy in the old town works again.</p>" * 9)
    assert legation("sources", "--unpark", "site").returncode == 0
    desk.run()
    assert desk.rows("SELECT count(*) FROM pages WHERE state = 'failed'") == [(0,)]
    assert legation("sources", "--unpark", "nobody").returncode == 2


def test_dry_run_stores_nothing(server: Script, desk: IngestFolder, legation: Legation) -> None:
    desk.configure()
    result = legation("ingest", "--dry-run")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [f"site: {server.url}/story/{number}.html" for number in range(6)]
    assert not (desk.folder / "legation.db").exists()
    desk.run(max_pages=2)
    before = desk.rows("SELECT * FROM pages")
    assert legation("ingest", "--dry-run").returncode == 0
    assert desk.rows("SELECT * FROM pages") == before


def test_heartbeat(server: Script, desk: IngestFolder, legation: Legation) -> None:
    server.say("/beat", b"ok")
    desk.configure()
    assert legation("ingest", "--heartbeat-url", f"{server.url}/beat").returncode == 0
    assert server.paths().count("/beat") == 1
    refused = legation("ingest", "--heartbeat-url", "http://169.254.169.254/beat")
    assert refused.returncode == 1
    assert "heartbeat http://169.254.169.254/beat: refused" in refused.stderr


def test_backup_while_a_run_writes_and_restore(
    server: Script, desk: IngestFolder, legation: Legation, tmp_path: Path
) -> None:
    writing = threading.Event()

    def slowly(request: Request) -> None:
        writing.set()
        time.sleep(0.3)
        request.say(story(int(request.path[7])))

    for number in range(6):
        server.routes[f"/story/{number}.html"] = slowly
    desk.run(max_pages=1)
    desk.configure()
    writing.clear()
    with subprocess.Popen([*PROGRAM, "ingest"], cwd=desk.folder, stdout=subprocess.DEVNULL) as run:
        copy = tmp_path / "copy.db"
        assert writing.wait(120)
        result = legation("backup", copy)
        assert run.wait(120) == 0
    assert result.returncode == 0, result.stderr
    assert sound(copy)
    assert legation("backup", copy).returncode == 2  # never over an older one
    shutil.move(copy, desk.folder / "legation.db")
    for rest in ("legation.db-wal", "legation.db-shm"):
        (desk.folder / rest).unlink(missing_ok=True)
    assert legation("ingest").returncode == 0
    assert desk.rows("SELECT count(DISTINCT article) FROM extractions") == [(6,)]


def test_prune_drops_raw_bodies_only(server: Script, desk: IngestFolder, legation: Legation) -> None:
    desk.run()
    desk.configure()
    texts, claims = desk.rows("SELECT id, text FROM articles"), desk.rows("SELECT * FROM claims")
    assert "dropped 0 raw bodies" in legation("prune", "--raw-older-than", "1d").stdout
    with closing(sqlite3.connect(desk.folder / "legation.db")) as db:
        db.execute("UPDATE pages SET fetched_at = '2020-01-01T00:00:00Z' WHERE url LIKE '%/story/0.html'")
        db.commit()
    assert "dropped 1 raw bodies" in legation("prune", "--raw-older-than", "90d").stdout
    assert desk.rows("SELECT count(*), count(body) FROM bodies") == [(6, 5)]
    assert desk.rows("SELECT id, text FROM articles") == texts
    assert desk.rows("SELECT * FROM claims") == claims
    assert legation("check").returncode == 0
    assert desk.run()[0] == 0
    assert legation("prune", "--raw-older-than", "soon").returncode == 2
