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
from tests.web.conftest import CHROMIUM, FLAGS, Server, serving

IMAGES = ROOT / "docs" / "img"
CLAIM = (
    "SELECT id FROM claims WHERE sending_state = 'US' AND city = 'Kyiv' AND retired IS NULL ORDER BY id DESC LIMIT 1"
)
ARTICLE = (
    "SELECT article FROM claims WHERE retired IS NULL GROUP BY article ORDER BY abs(count(*) - 6), article LIMIT 1"
)
DAY = "2022-05-20"
DECIDED = "SELECT id FROM claims WHERE city = 'Kyiv' AND retired IS NULL ORDER BY id LIMIT 6"
WAYS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
STRANGER, REVIEWER = "stranger", "reviewer"  # who looks
# Page -> who looks at it, and its address; {claim} is a claim about Kyiv, {article} an article with about six claims.
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
    "desk-add": (REVIEWER, "/-/desk/add?article={article}&start=0&end=160"),
    "second-opinions": (REVIEWER, "/-/desk/second"),
    "reviewers": (REVIEWER, "/-/desk/people"),
    "own-decisions": (REVIEWER, "/-/desk/mine"),
    "sql": (REVIEWER, "/legation?sql=select+*+from+current_status+limit+5"),
}
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
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="a database made before by tests.demo")
    options = parser.parse_args()
    with sampled(options.site) as folder, serving(folder) as server:
        if options.all:
            options.all.mkdir(parents=True, exist_ok=True)
            for way in WAYS:
                take(server, folder, options.all, [(name, way) for name in (*PAGES, "report")], whole=True)
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
        report = ["report", "Kyiv", "--on", DAY, "-o", "report.html"]
        subprocess.run([*command, *report], cwd=folder, check=True)
        yield folder


def take(server: Server, folder: Path, target: Path, shots: list[tuple[str, str]], whole: bool) -> None:
    """Write the pages in the ways of `shots`; `whole`: all of a page, else what a window shows."""
    from playwright.sync_api import sync_playwright

    db = sqlite3.connect(folder / "legation.db")
    claim, article = (db.execute(sql).fetchone()[0] for sql in (CLAIM, ARTICLE))
    db.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, way in shots:
            context = signed(browser, server, folder, PAGES.get(name, (STRANGER,))[0], way)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            if name == "report":
                page.goto((folder / "report.html").resolve().as_uri())
            else:
                page.goto(server.url + PAGES[name][1].format(claim=claim, article=article))
            page.wait_for_load_state("networkidle")
            if not whole and name in HEIGHT:
                page.set_viewport_size({"width": WAYS[way]["viewport"]["width"], "height": HEIGHT[name]})
            page.screenshot(path=target / f"{name}-{way}.png", full_page=whole)
            context.close()
        browser.close()


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
