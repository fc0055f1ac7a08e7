"""Inputs that strangers rebuilt from public bug reports: each folder of ../shared/cases ends as its README says.

Our own inputs of the same kinds are in the tests of each part (tests/sources, tests/cleaning, tests/scan, tests/web,
test_faults.py, test_bad_luck.py ...); these here are not in the repository, so the tests are skipped without them.
"""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from legation.db.connect import connect
from legation.db.decisions import Verdict, decide
from legation.pipeline.check import check
from legation.pipeline.cleaning.page import clean
from legation.pipeline.config import load_config
from legation.pipeline.inputs import Input, read_inputs
from legation.pipeline.scan.warc import Broken, Page, items
from legation.pipeline.sources import feed, sitemap
from tests.conftest import ROOT, SHARED, Legation
from tests.ingest_folder import IngestFolder
from tests.scripted_server import Script
from tests.web.conftest import TOKEN, people, sample, serving_here
from tests.web.test_limits import ENDED

FOLDERS = SHARED / "cases"
pytestmark = pytest.mark.skipif(not FOLDERS.is_dir(), reason="../shared/cases is not on this machine")
HOME = b"http://127.0.0.1:8765"
TODAY = "2026-11-26"
LIVE = "SELECT sending_state FROM claims WHERE retired IS NULL ORDER BY 1"


@dataclass(frozen=True)
class Case:
    """One folder, and what is needed to try it."""

    folder: Path
    server: Script
    desk: IngestFolder
    legation: Legation

    def bytes(self, name: str) -> bytes:
        """A file of the case, with the address of our server in place of its own."""
        return (self.folder / name).read_bytes().replace(HOME, self.server.url.encode())

    def serve(self, path: str, name: str) -> str:
        """Serve a file under `path`, with the type that its .hdr names; returns the address."""
        kind = "text/html" if name.endswith(".html") else "application/xml"
        headers = self.folder / f"{name}.hdr"
        if headers.is_file():
            kind = headers.read_text().partition(": ")[2].strip()
        self.server.say(path, self.bytes(name), Content_Type=kind)
        return self.server.url + path

    def source(self, kind: str, address: str, name: str = "s") -> str:
        return f'[[sources]]\nname = "{name}"\nkind = "{kind}"\nurl = "{address}"\n'

    def pages(self, *addresses: str) -> str:
        return f'[[sources]]\nname = "p"\nkind = "pages"\nurls = {json.dumps(addresses)}\n'

    def lines(self) -> list[str]:
        """What `legation check` says is wrong."""
        return [line.text for line in check(load_config(self.desk.folder / "config.toml")) if line.code]


def ask(method: str, url: str, **more: Any) -> httpx.Response:
    """One request; a busy machine may take long to answer it."""
    return httpx.request(method, url, timeout=60, **more)


def dates_0001_and_9999(case: Case) -> None:
    zero, good = case.serve("/zero.xml", "zero.xml"), case.serve("/good.xml", "good.xml")
    never = case.serve("/never.xml", "never.xml")
    for number in (1, 2, 3):
        says = case.bytes("0.html").replace(b"France", (b"Spain", b"Norway", b"Italy")[number - 1])
        case.server.say(f"/z/{number}.html", says.replace(b"Market", f"Market {number}".encode()))
    shutil.copy(case.folder / "dates.jsonl", case.desk.folder)
    sources = case.source("sitemap", zero, "zero") + case.source("feed", never, "never")
    sources += case.source("feed", good, "good") + '[[sources]]\nname = "f"\nkind = "files"\npath = "dates.jsonl"\n'
    code, record = case.desk.run(sources)
    assert code == 1  # for the lines of the file
    assert len(record.problems) == 8
    told = "\n".join(record.notes)
    assert "0001-01-01" in told
    assert "31 Dec 9999" in told
    assert case.desk.rows(LIVE)[-4:] != []
    days = dict(case.desk.rows("SELECT substr(url, -6), published FROM articles WHERE url LIKE '%/z/%'"))
    assert days == {"1.html": None, "2.html": "2024-03-05", "3.html": None}
    code, record = case.desk.run(sources)
    assert (code, record.problems) == (0, [])
    assert case.lines() == []


def a_consent_page(case: Case) -> None:
    own = "<p>Officials said that the decision {} had been taken after weeks of talks about the staff.</p>"
    text = "<p>Spain reopened its embassy in Kyiv on Monday.</p>" + "".join(map(own.format, range(6)))
    article = f"<html lang=en><head><title>Story</title></head><body><article><h1>Story</h1>{text}</article></body>"
    addresses = [case.server.url + "/c/w4.html", case.server.url + "/c/w5.html"]
    for number, path in enumerate(("/c/w4.html", "/c/w5.html")):
        case.server.say(path, article.replace("weeks", f"{number} weeks").encode())
    case.desk.run(case.pages(*addresses))
    with closing(connect(case.desk.folder / "legation.db")) as db:
        decide(db, 1, Verdict("approve"), revision=0, reviewer="ann", now="2024-03-01T00:00:00Z")
    before = case.desk.rows("SELECT id FROM claims WHERE retired IS NULL")
    case.serve("/c/w4.html", "consent.html")
    case.serve("/c/w5.html", "w3.html")
    code, record = case.desk.run(case.pages(*addresses))
    assert code == 1
    assert ["changed beyond recognition" in line for line in record.problems] == [True, True]
    assert case.desk.rows("SELECT id FROM claims WHERE retired IS NULL") == before
    assert (1,) in case.desk.rows("SELECT claim FROM queue")


def a_canonical_link_to_the_front_page(case: Case) -> None:
    names = ("a1", "a2", "a3", "a4", "a5")
    addresses = [case.serve(f"/c/{name}.html", f"{name}.html") for name in names]
    addresses.append(case.serve("/", "index.html"))
    case.desk.run(case.pages(*addresses))
    case.desk.run(case.pages(*addresses))
    urls = [url.removeprefix(case.server.url) for (url,) in case.desk.rows("SELECT url FROM articles ORDER BY url")]
    own = [f"/c/{name}.html" for name in names[:4]]
    assert urls in (["/", *own, "/c/a5.html"], ["/", *own, "/deep/er/story5.html"])
    assert {state for (state,) in case.desk.rows(LIVE)} == {"CL", "ES", "GH", "IT", "NO"}


def pictures_in_a_sitemap(case: Case) -> None:
    [one] = sitemap.entries(case.bytes("image.xml"), 10_000)["entries"]
    assert (one["url"], one["title"]) == (f"{case.server.url}/s/20.html", "Spain closes embassy")


def dates_of_listings(case: Case) -> None:
    for number in range(7):
        case.server.say(f"/n2/{number}.html", case.bytes("0.html").replace(b"m0", f"n{number}".encode()))
    for number in (3, 4, 5, 6):
        case.server.say(f"/s/{number}.html", case.bytes("0.html").replace(b"m0", f"s{number}".encode()))
    sources = case.source("sitemap", case.serve("/dates.xml", "dates.xml"), "map")
    sources += case.source("feed", case.serve("/jf.json", "jf.json"), "json")
    code, record = case.desk.run(sources)
    assert (code, record.problems) == (0, [])
    assert record.counts["articles read"] == 11
    days = dict(case.desk.rows("SELECT substr(url, -9), published FROM articles WHERE url LIKE '%/n2/%'"))
    assert days == {
        "n2/0.html": "2024-03", "n2/1.html": None, "n2/2.html": None, "n2/3.html": "2024-03-05",
        "n2/4.html": "2024-03-05", "n2/5.html": "2024-03-05", "n2/6.html": None,
    }  # fmt: skip
    assert {day for (day,) in case.desk.rows("SELECT published FROM articles WHERE url LIKE '%/s/%'")} == {
        None, "2024-03-05",
    }  # fmt: skip
    assert case.lines() == []


def archives(case: Case) -> None:
    pytest.importorskip("fastwarc")
    wanted = 21
    for path in sorted(case.folder.glob("*.warc*")):
        found = list(items(path))
        pages = [item.url for item in found if isinstance(item, Page)]
        assert len(pages) == len(set(pages)) == wanted
        assert not [item for item in found if isinstance(item, Broken)]
        assert "http://newsangle.example/a" in pages
    case.desk.configure()
    done = case.legation("scan", case.folder / "all.warc", "-o", "found", "--jobs", "1")
    assert done.returncode == 0, done
    texts = [path.read_text(encoding="utf-8") for path in (case.desk.folder / "found").glob("*.jsonl")]
    scanned = {json.loads(line)["url"] for text in texts for line in text.splitlines()}
    (case.desk.folder / "in").mkdir()
    shutil.copy(case.folder / "all.warc", case.desk.folder / "in")
    code, record = case.desk.run('[[sources]]\nname = "w"\nkind = "warc"\npath = "in"\n')
    assert (code, record.problems) == (0, [])
    assert [note.partition(": ")[2] for note in record.notes] == [
        "left out: 1 records of the kind revisit, 1 records of the kind conversion"
    ]
    ingested = {url for (url,) in case.desk.rows("SELECT p.url FROM claims AS c JOIN pages AS p USING (article)")}
    assert len(scanned) == wanted
    assert {url.replace(" ", "%20") for url in scanned} == ingested


def json_feeds(case: Case) -> None:
    for name, wanted in (("jfbom.json", None), ("jfnull.json", 1), ("jf.json", 4), ("rel.xml", 7)):
        found = feed.entries(case.bytes(name), f"{case.server.url}/f/{name}", None)
        assert found["problem"] is None
        assert found["entries"]
        assert wanted is None or len(found["entries"]) == wanted, name
        assert ("entry 1 (empty)" in "".join(found["notes"])) == (name == "jfnull.json")


WITHOUT_A_DATE = ("d_expiry_js.html", "d_copyright.html", "d_related.html")  # none of their dates is the article's


def dates_of_pages(case: Case) -> None:
    for path in sorted(case.folder.glob("*.html")):
        url = f"https://n.example/{'2024/03/05/' if path.name == 'd_url.html' else ''}story"
        found = clean(path.read_bytes(), url, None, TODAY)["published"]
        assert found == (None if path.name in WITHOUT_A_DATE else "2024-03-05"), path.name
    script, _, _ = (case.folder / "t2.py").read_text().partition("from pipeline.extract")  # then: how fast it reads
    script = script.replace("from pipeline", "from legation.pipeline")
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=True)
    assert {line.rpartition(" -> ")[2] for line in done.stdout.splitlines()} == {"2024-03-05"}


def one_id_in_two_files(case: Case) -> None:
    shutil.copytree(case.folder / "in", case.desk.folder / "in")
    code, record = case.desk.run('[[sources]]\nname = "f"\nkind = "files"\npath = "in"\n')
    assert (code, record.problems) == (0, [])
    assert case.desk.rows(LIVE) == [("CL",), ("ES",), ("GH",), ("IT",), ("NO",)]


def slow_texts(case: Case) -> None:
    """Each text ends in time, or is named: nothing takes longer than the limit on one article."""
    slow, good = case.serve("/x/slow.html", "slow.html"), "/x/good.html"
    case.server.say(good, b"<html lang=en><article><h1>x</h1>" + b"<p>Spain closed its embassy in Kyiv.</p>" * 3)
    begun = time.process_time()
    code, record = case.desk.run("[model]\narticle_seconds = 10\n" + case.pages(slow, case.server.url + good))
    assert time.process_time() - begun < 60
    assert code == 0 or all("slow.html" in line and "not read: " in line for line in record.problems)
    assert ("ES",) in case.desk.rows(LIVE)


def greedy_sql(case: Case) -> None:
    """The two statements of the case; more are in tests/web/test_limits.py."""
    sample(case.desk.folder / "legation.db")
    said = (case.folder / "README.md").read_text()
    statements = re.findall(r"sql=(select .*?)\" ; and (select .*)", said)
    assert len(statements) == 1
    with serving_here(case.desk.folder, f'[serve]\nreading = "all"\n{people()}') as running:
        assert ask("GET", f"{running.url}/legation.json", params={"sql": "select 1"}).status_code == 200
        for sql in statements[0]:
            got = ask("GET", f"{running.url}/legation.json", params={"sql": sql})
            assert got.status_code == 400
            assert got.json()["error"] in ENDED
    with serving_here(case.desk.folder, people()) as running:
        for sql in statements[0]:
            assert ask("GET", f"{running.url}/legation.json", params={"sql": sql}).status_code == 403


def formulas(case: Case) -> None:
    shutil.copy(case.folder / "x.jsonl", case.desk.folder)
    case.desk.run('[[sources]]\nname = "f"\nkind = "files"\npath = "x.jsonl"\n')
    with serving_here(case.desk.folder, people()) as running:
        for address in (
            "legation/articles.csv",
            "legation/claims_reviewed.csv",
            "legation.csv?sql=select+*+from+claims",
            "-/export/claims.csv",
        ):
            got = ask("GET", f"{running.url}/{address}", headers={"authorization": f"Bearer {TOKEN}"})
            rows = list(csv.reader(io.StringIO(got.text)))
            assert len(rows) > 1
            assert not [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell)]


def charsets(case: Case) -> None:
    text = clean(case.bytes("l2.html"), None, "text/html; charset=utf-8", TODAY)["text"]
    assert "\ufffd" not in text
    assert re.search(r"embassy \([а-я]+\)", text, re.IGNORECASE)
    [one] = feed.entries(case.bytes("badbyte.xml"), "http://x.example/", "application/rss+xml; charset=utf-8")[
        "entries"
    ]
    assert one["title"].replace("\ufffd", "") == "Посольство Франции снова открыто"
    late = clean(case.bytes("x_meta_late.html"), None, None, TODAY)["text"]
    assert "\ufffd" not in late
    assert re.search(r"[а-яА-Я]", late)


def what_check_notices(case: Case) -> None:
    """Each damage is noticed with its cure. All of them by name are in tests/test_check.py."""
    line = json.dumps({"url": "http://n.example/1", "text": "Norway closed its embassy in Minsk on Monday. " * 3})
    (case.desk.folder / "a.jsonl").write_text(line)
    address = case.server.url + "/story/0.html"
    case.desk.run(case.pages(address) + '[[sources]]\nname = "f"\nkind = "files"\npath = "a.jsonl"\n')
    database = case.desk.folder / "legation.db"
    assert case.lines() == []
    with closing(connect(database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sound = database.read_bytes()
    for damage, words in (
        ("UPDATE bodies SET body = x'00ff'", "cannot be unpacked"),
        ("DELETE FROM claims_fts_docsize WHERE id = 1", "is missing in claims_fts"),
        ("UPDATE articles SET published = '2024-13-45' WHERE id = 1", "is no day"),
        ("UPDATE articles SET fingerprint = 'zz' WHERE id = 1", "is no hexadecimal number"),
    ):
        with closing(connect(database)) as db:
            db.execute(damage)
            db.conn.commit()
        assert any(words in line and ";" in line for line in case.lines()), damage
        for name in ("", "-wal", "-shm"):
            Path(f"{database}{name}").unlink(missing_ok=True)
        database.write_bytes(sound)
    database.write_bytes(b"")
    done = case.legation("check")
    assert done.returncode == 2
    assert "the file is empty; restore the last backup" in done.stderr
    middle = len(sound) // 2 // 4096 * 4096
    database.write_bytes(sound[:middle] + b"\xa5" * 40_960 + sound[middle + 40_960 :])
    done = case.legation("check")
    assert done.returncode in (1, 2)
    assert "restore the last backup" in done.stderr
    assert "internal error" not in done.stderr


def hidden_text_and_posts(case: Case) -> None:
    found = {path.stem: clean(path.read_bytes(), None, None, TODAY) for path in case.folder.glob("*.html")}
    assert "Norway closed" not in found["t_hidden"]["text"]
    assert "Italy closed" not in found["t_hidden"]["text"]
    assert "Spain reopened" not in found["t_template"]["text"]
    assert "Spain reopened" in found["t_lazy_noscript"]["text"]
    [said] = read_inputs((str(case.folder / "t_live.html"),), None)
    assert isinstance(said, Input)
    assert [day for _, _, day in said.text.posts] == ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]
    shutil.copy(case.folder / "t_live.html", case.desk.folder)
    case.desk.run('[[sources]]\nname = "f"\nkind = "files"\npath = "t_live.html"\n')
    assert case.desk.rows("SELECT sending_state, date FROM claims GROUP BY 1, 2 ORDER BY min(start)") == [
        ("ES", "2024-03-01"), ("IT", "2024-03-02"), ("NO", "2024-03-03"), ("JP", "2024-03-04"),
    ]  # fmt: skip


def head_of_the_link(case: Case) -> None:
    sample(case.desk.folder / "legation.db")
    with serving_here(case.desk.folder) as running:
        assert ask("HEAD", running.link).status_code == 200
        assert ask("GET", running.link).status_code == 303


CASES: dict[str, Callable[[Case], None]] = {
    "01-date-0001-kills-every-run": dates_0001_and_9999,
    "02-consent-page-retires-claims": a_consent_page,
    "03-canonical-to-front-page": a_canonical_link_to_the_front_page,
    "04-sitemap-image-loc": pictures_in_a_sitemap,
    "05-announced-date-not-checked": dates_of_listings,
    "07-warc-source-drops-encoded-bodies": archives,
    "08-warc-wget-angle-brackets": archives,
    "10-json-feed-strict": json_feeds,
    "12-wrong-date-from-page": dates_of_pages,
    "13-same-id-in-two-files": one_id_in_two_files,
    "14-reading-is-cubic-and-unlimited": slow_texts,
    "15-sql-limit-does-not-hold": greedy_sql,
    "16-datasette-csv-formulas": formulas,
    "18-charset-small-damage": charsets,
    "20-check-does-not-notice": what_check_notices,
    "21-hidden-and-late-text": hidden_text_and_posts,
    "23-head-uses-up-the-sign-in-link": head_of_the_link,
}


def test_every_folder_has_a_test() -> None:
    assert sorted(path.name for path in FOLDERS.iterdir() if path.is_dir()) == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, server: Script, desk: IngestFolder, legation: Legation) -> None:
    CASES[name](Case(FOLDERS / name, server, desk, legation))
