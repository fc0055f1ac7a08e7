"""What `make pictures` runs: the desk and the board with the sample site's data, as docs/img/*.png."""

import sqlite3
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import ROOT
from tests.demo import main as demo
from tests.web.conftest import CHROMIUM, FLAGS, serving

IMAGES = ROOT / "docs" / "img"
CLAIM = (
    "SELECT id FROM claims WHERE sending_state = 'US' AND city = 'Kyiv' AND retired IS NULL ORDER BY id DESC LIMIT 1"
)


def main() -> None:
    """Needs Chromium; the sample site is read anew, so that the pictures show what the program finds today."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo(["--folder", folder])
        db = sqlite3.connect(Path(folder) / "legation.db")
        claim = db.execute(CLAIM).fetchone()[0]
        db.close()
        pages = {"desk": f"/-/desk?claim={claim}", "board": "/-/board?place=Kyiv&on=2022-04-20"}
        with serving(Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            page.goto(server.link)
            for name, address in pages.items():
                page.goto(server.url + address)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=IMAGES / f"{name}.png")
            browser.close()


if __name__ == "__main__":
    main()
