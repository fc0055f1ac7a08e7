"""The pages with 100,000 claims in a real browser: the desk's next claim, and the board of a capital.

    python -m bench.status --keep FILE    makes the database
    python -m bench.desk_pages FILE             serves a copy of it, measures, prints a table
    python -m bench.desk_pages FILE --sitting   a reviewer decides on 200 claims by keyboard alone; prints the steps

The browser is the machine's own Chromium, and the times are those that a reviewer waits: from the key or the address to
the claim or the board on screen.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.web.conftest import CHROMIUM, FLAGS, Server, people, serving, sign_in
from tests.web.test_desk import ready

LIMITS = {"next claim by its key": 0.3, "next claim after an approval": 0.3, "board of a capital": 0.4}
STEP = 0.15  # seconds of a step of the sitting, for 95 of 100
END = "footer.foot"  # below the timeline and the table: the whole page is there and laid out
DAYS = [f"2023-{month:02}-15" for month in range(1, 11)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.desk_pages", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--sitting", action="store_true", help="200 claims by keyboard alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(options.database, Path(folder) / "legation.db")
        with serving(Path(folder), people()) as server:
            if options.sitting:
                print("\n".join(told(sitting(server))))
                return
            for name, times in measured(server).items():
                print(line(name, times))
            print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def sitting(server: Server, claims: int = 200) -> list[float]:
    """Seconds of each step of a reviewer who decides on that many claims by keyboard: nine of ten are approved, every
    tenth is rejected by a reason. A step is from its key to the next claim on screen, which the reviewer then reads."""
    from playwright.sync_api import sync_playwright

    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        sign_in(page, server, "rolf")
        page.goto(f"{server.url}/-/desk")
        for number in range(claims):
            ready(page)
            if number % 10 == 9:
                page.keyboard.press("r")
                times.append(pressed(page, "8"))
            else:
                times.append(pressed(page, "a"))
        ready(page)  # the last decision is written
        assert f"{claims} by you" in page.locator("#progress").inner_text()
        browser.close()
    return times


def told(times: list[float]) -> list[str]:
    """Median, 95th of 100 and longest step, and whether the limit of 150 ms holds."""
    ordered = sorted(times)
    late = ordered[int(len(ordered) * 0.95) - 1]
    verdict = "holds" if late < STEP else "BROKEN"
    return [
        f"steps                 {len(times)}",
        f"median                {statistics.median(times) * 1000:.0f} ms",
        f"95 of 100 are below   {late * 1000:.0f} ms   limit {STEP * 1000:.0f} ms: {verdict}",
        f"longest               {ordered[-1] * 1000:.0f} ms",
        f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors",
    ]


def measured(server: Server) -> dict[str, list[float]]:
    """Seconds of each kind of wait."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        sign_in(page, server, "rolf")
        page.goto(f"{server.url}/-/desk")
        ready(page)
        found = {
            "next claim by its key": [pressed(page, "j") for _ in range(20)],
            "next claim after an approval": [pressed(page, "a") for _ in range(20)],
            "next claim, nothing fetched ahead": [opened(page, f"{server.url}/-/desk", "#sentence") for _ in range(10)],
            "board of a capital": [opened(page, board(server, day), END) for day in DAYS],
            "overview": [opened(page, server.url, "#changes-title") for _ in range(5)],
            "world": [opened(page, f"{server.url}/-/hosts?on={day}", "main svg") for day in DAYS],
        }
        browser.close()
    return found


def board(server: Server, day: str) -> str:
    """The address of a board that was not drawn before."""
    return f"{server.url}/-/board?place=Kyiv&on={day}"


def pressed(page: Any, key: str) -> float:
    """From the key to another claim on screen; the page has had the time to look ahead, as with a reader."""
    claim = ready(page)
    return timed(lambda: page.keyboard.press(key), lambda: page.wait_for_selector(f"#card:not([data-claim='{claim}'])"))


def opened(page: Any, address: str, selector: str) -> float:
    """From asking for an address to what it is about on screen."""
    return timed(lambda: page.goto(address, wait_until="commit"), lambda: page.wait_for_selector(selector))


def timed(*steps: Callable[[], Any]) -> float:
    start = time.perf_counter()
    for step in steps:
        step()
    return time.perf_counter() - start


def line(name: str, times: list[float]) -> str:
    """Name, median and longest wait, and whether the limit holds."""
    limit = LIMITS.get(name)
    verdict = f"limit {limit} s: {'holds' if statistics.median(times) < limit else 'BROKEN'}" if limit else ""
    return f"{name:36}{statistics.median(times):8.3f} s (most {max(times):.3f})   {verdict}".rstrip()


if __name__ == "__main__":
    main()
