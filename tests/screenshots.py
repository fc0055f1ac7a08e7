"""What `make pictures` runs: every page in light, in dark and on a phone, and ten of them as docs/img/*.png.

    python -m tests.screenshots                   the ten of the docs, made smaller
    python -m tests.screenshots --all FOLDER      every page in every way, whole, as FOLDER/PAGE-WAY.png

The sample site is read anew, so that the pictures show what the program finds today. Needs Chromium.
"""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.demo import main as demo
from tests.site_server import Site, serve
from tests.web.conftest import CHROMIUM, FLAGS, Server, serving

IMAGES = ROOT / "docs" / "img"
CLAIM = (
    "SELECT id FROM claims WHERE sending_state = 'US' AND city = 'Kyiv' AND retired IS NULL ORDER BY id DESC LIMIT 1"
)
ARTICLE = (
    "SELECT article FROM claims WHERE retired IS NULL GROUP BY article ORDER BY abs(count(*) - 6), article LIMIT 1"
)
WORDS = 'SELECT start, "end" FROM claims WHERE article = ? AND retired IS NULL ORDER BY start DESC LIMIT 1'
DAY = "2022-05-20"
DECIDED = "SELECT id FROM claims WHERE city = 'Kyiv' AND retired IS NULL ORDER BY id LIMIT 6"
WAYS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
STRANGER, REVIEWER = "stranger", "reviewer"  # who looks
# Page -> who looks at it, and its address; {claim} is a claim about Kyiv, {article} an article with about six claims,
# and {start} to {end} the words of one of them.
PAGES = {
    "front": (STRANGER, "/"),
    "board": (STRANGER, f"/-/board?place=Kyiv&on={DAY}"),
    "board-of-a-country": (STRANGER, "/-/board?of=United+States"),
    "board-empty": (STRANGER, "/-/board?place=Fiji"),
    "places": (STRANGER, "/-/board"),
    "world": (STRANGER, "/-/hosts"),
    "mission": (STRANGER, "/-/mission/UA/US/embassy?city=Kyiv"),
    "search": (STRANGER, "/-/search?q=Qatar"),
    "changes": (STRANGER, "/-/changes"),
    "announcements": (STRANGER, "/-/announcements"),
    "about": (STRANGER, "/-/about"),
    "codebook": (STRANGER, "/-/codebook"),
    "embed": (STRANGER, f"/-/embed?place=Kyiv&on={DAY}"),
    "article": (STRANGER, "/-/article/1?claim=1"),
    "sign-in": (STRANGER, "/-/login"),
    "error": (STRANGER, "/-/board?place=Atlantis"),
    "not-found": (STRANGER, "/nothing/here"),
    "data": (STRANGER, "/legation"),
    "table": (STRANGER, "/legation/current_status?_facet=state&_size=20"),
    "row": (STRANGER, "/legation/claims/1"),
    "front-of-a-reviewer": (REVIEWER, "/"),
    "desk": (REVIEWER, "/-/desk?claim={claim}"),
    "desk-list": (REVIEWER, "/-/desk/list?confidence=sure"),
    "desk-article": (REVIEWER, "/-/desk/article?article={article}"),
    "desk-add": (REVIEWER, "/-/desk/add?article={article}&start={start}&end={end}"),
    "second-opinions": (REVIEWER, "/-/desk/second"),
    "reviewers": (REVIEWER, "/-/desk/people"),
    "own-decisions": (REVIEWER, "/-/desk/mine"),
    "sources": (REVIEWER, "/-/sources"),
    "sql": (REVIEWER, "/legation?sql=select+*+from+current_status+limit+5"),
}
# Page -> what is typed as the address of a source to try; {site} is the sample site.
TRIED = {"sources-try": "{site}/feed.xml", "sources-choice": "{site}/index.html", "sources-wrong": "{site}/robots.txt"}
SITES: dict[str, str] = {}  # the sample site that goes with each server
# Name, kind, what its runs brought (a digit: new pages, x: it failed, w: it waited), its error, and how many runs.
FARES = (
    ("foreign-ministry", "feed", "3002010", None, 24),
    ("travel-advice", "sitemap", "9400600", None, 24),
    ("gazette", "feed", "00x00", None, 24),
    ("wire", "feed", "7w6x", "https://wire.example/feed.xml: HTTP 503", 24),
    ("capital-times", "feed", "x", "https://capital-times.example/feed.xml: HTTP 404", 12),
    ("herald", "feed", "2110", None, 20),
    ("island-post", "feed", "01", None, 8),
)
# The ten of the docs: (page, way).
SHOWN = (
    ("front", "light"), ("front", "dark"), ("front", "phone"), ("board", "light"), ("board", "dark"),
    ("mission", "light"), ("world", "dark"), ("report", "light"), ("table", "light"), ("desk", "light"),
)  # fmt: skip
PATIENCE = 120_000  # milliseconds that a page may take on a busy machine
HEIGHT = {"report": 1123, "mission": 1000}  # pixels that the docs show of a page; else as much as a window does


def main() -> None:
    """Needs Chromium."""
    parser = argparse.ArgumentParser(prog="tests.screenshots", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER")
    parser.add_argument("--only", nargs="+", default=[], metavar="PAGE", help="with --all: these alone")
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="a database made before by tests.demo")
    options = parser.parse_args()
    with sampled(options.site) as folder, serve() as site, serving(folder, asked(folder, site)) as server:
        SITES[server.url] = site.url
        name_publisher(folder)
        if options.all:
            options.all.mkdir(parents=True, exist_ok=True)
            wanted = [name for name in (*PAGES, *TRIED, "report") if name in options.only or not options.only]
            for way in WAYS:
                take(server, folder, options.all, [(name, way) for name in wanted], whole=True)
        else:
            IMAGES.mkdir(exist_ok=True)
            for way in WAYS:
                take(server, folder, IMAGES, [shot for shot in SHOWN if shot[1] == way], whole=False)


@contextmanager
def sampled(made: Path | None) -> Iterator[Path]:
    """A folder with the database of the sample site, in which a reviewer has approved some claims, and a report."""
    with tempfile.TemporaryDirectory() as new:
        folder = made or Path(new)
        if made is None:
            demo(["--folder", str(folder)])
        db = sqlite3.connect(folder / "legation.db")
        claims = [str(row[0]) for row in db.execute(DECIDED)]
        decided = db.execute("SELECT count(*) FROM decisions").fetchone()[0]
        db.close()
        command = [sys.executable, "-m", "legation"]
        if not decided:
            approved = [part for claim in claims for part in ("--approve", claim)]
            subprocess.run([*command, "review", *approved, "--as", "maria"], cwd=folder, check=True)
        name_publisher(folder)
        report = ["report", "Kyiv", "--on", DAY, "-o", "report.html"]
        subprocess.run([*command, *report], cwd=folder, check=True)
        yield folder


def name_publisher(folder: Path) -> None:
    """Give the sample site, which has only an address, a name; a command with other settings takes it away again."""
    db = sqlite3.connect(folder / "legation.db")
    with db:
        db.execute("INSERT OR REPLACE INTO publishers VALUES ('127.0.0.1', 'The Sample Gazette')")
    db.close()


def take(server: Server, folder: Path, target: Path, shots: list[tuple[str, str]], whole: bool) -> None:
    """Write the pages in the ways of `shots`; `whole`: all of a page, else what a window shows."""
    from playwright.sync_api import sync_playwright

    db = sqlite3.connect(folder / "legation.db")
    claim, article = (db.execute(sql).fetchone()[0] for sql in (CLAIM, ARTICLE))
    start, end = db.execute(WORDS, (article,)).fetchone()
    db.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, way in shots:
            who = REVIEWER if name in TRIED else PAGES.get(name, (STRANGER,))[0]
            context = signed(browser, server, folder, who, way)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            if name == "report":
                page.goto((folder / "report.html").resolve().as_uri())
            elif name in TRIED:
                page.goto(f"{server.url}/-/sources")
                page.locator("#address").fill(TRIED[name].format(site=SITES[server.url]))
                page.get_by_role("button", name="Try it").click()
                page.wait_for_url(f"{server.url}/-/sources/try")
            else:
                page.goto(server.url + PAGES[name][1].format(claim=claim, article=article, start=start, end=end))
            page.wait_for_load_state("networkidle")
            if not whole and name in HEIGHT:
                page.set_viewport_size({"width": WAYS[way]["viewport"]["width"], "height": HEIGHT[name]})
            page.screenshot(path=target / f"{name}-{way}.png", full_page=whole)
            context.close()
        browser.close()


def asked(folder: Path, site: Site) -> str:
    """Configuration of sources in every state, whose last runs are written into the database, and of `site`, which
    may be tried: none of the pages that it names now was read."""
    db = sqlite3.connect(folder / "legation.db")
    with db:
        db.execute("DELETE FROM runs WHERE id > 1000")
        db.execute("DELETE FROM source_runs WHERE run > 1000")
        db.execute("DELETE FROM added_sources")
        db.executemany(
            "INSERT INTO runs (id, started, ended, outcome) VALUES (?, ?, ?, 'done')",
            [(1001 + n, f"2026-11-{n // 4 + 20:02}T{n % 4 * 6:02}:00:00Z", None) for n in range(24)],
        )
        for name, kind, new, problem, days in FARES:
            failures = 0
            for n in range(24 - days, 24):
                word = new[n % len(new)]
                outcome = {"x": "failed", "w": "waiting"}.get(word, "listed")
                failures = failures + 1 if word == "x" else 0 if outcome == "listed" else failures
                db.execute(
                    "INSERT INTO source_runs (run, source, outcome, new, problem) VALUES (?, ?, ?, ?, ?)",
                    (1001 + n, name, outcome, int(word) if word.isdigit() else 0, problem if word == "x" else None),
                )
            state = (name, kind, f"https://{name}.example/{kind}.xml", failures, failures > 9, problem)
            db.execute(
                "INSERT OR REPLACE INTO sources (name, kind, address, failures, parked, last_error, last_success, "
                "retry_at) VALUES (?, ?, ?, ?, ?, ?, '2026-11-25T18:00:00Z', ?)",
                (*state, "2026-11-26T12:00:00Z" if 0 < failures < 10 else None),
            )
            if name in ("herald", "island-post"):
                url = '{"kind": "feed", "url": "https://' + name + '.example/feed.xml"}'
                paused = ("maria", "2026-11-20T09:00:00Z") if name == "island-post" else (None, None)
                row = (name, url, "maria", "2026-11-12T09:00:00Z", *paused)
                db.execute("INSERT INTO added_sources VALUES (?, ?, ?, ?, ?, ?)", row)
    db.close()
    sections = "".join(
        f'[[sources]]\nname = "{name}"\nkind = "{kind}"\nurl = "https://{name}.example/{kind}.xml"\n'
        for name, kind, *_ in FARES
        if name not in ("herald", "island-post")
    )
    return f'[fetch]\ndelay_seconds = 0\nallow_private = ["{site.url.removeprefix("http://")}"]\n{sections}'


COOKIES: dict[str, list[Any]] = {}  # of the reviewer, by the server's address: its link signs in once


def signed(browser: Any, server: Server, folder: Path, who: str, way: str) -> Any:
    """A browser context in a way, signed in if `who` is the reviewer."""
    context = browser.new_context(**WAYS[way])
    if who == REVIEWER:
        if server.url not in COOKIES:
            page = context.new_page()
            page.goto(server.link)
            page.close()
            COOKIES[server.url] = context.cookies()
        context.add_cookies(COOKIES[server.url])
    return context


if __name__ == "__main__":
    main()
