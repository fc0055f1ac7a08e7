"""A real server on a real database, and a real browser where there is one.

`serving` starts the command, three seconds of processor time; `serving_here` the same server in a thread of the tests,
for those that are not about the process, its memory or what it writes to the terminal.
"""

import asyncio
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import skip_if_quick
from tests.rows import STATES, article, claim, fresh, save, tell

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "correct horse"
TOKEN = "a-token-of-a-script"
EDITS = "a-token-of-an-editor"


@dataclass(frozen=True)
class Server:
    """A running `legation serve`; `link` signs in its user once."""

    url: str
    link: str
    database: Path


@contextmanager
def serving(folder: Path, settings: str = "") -> Iterator[Server]:
    """Serve the database that is in `folder`, with `settings` as the configuration."""
    _configure(folder, settings)
    command = [sys.executable, "-m", "legation", "serve", "--port", "0", "--as", "maria"]
    with (
        (folder / "log.txt").open("w") as log,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            url, link = process.stdout.readline().strip(), process.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url), url
            yield Server(url.rstrip("/"), link.split(": ", 1)[1], folder / "legation.db")
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def serving_here(folder: Path, settings: str = "") -> Iterator[Server]:
    """As `serving`, in a thread of this process."""
    skip_if_quick("the server starts another interpreter")
    from legation.db.connect import connect
    from legation.pipeline.config import load_config
    from legation.pipeline.reference_data import prepare_for
    from legation.pipeline.web import serve

    config = load_config(_configure(folder, settings))
    config = config.model_copy(update={"serve": config.serve.model_copy(update={"port": 0})})
    db = connect(config.database_path, create=False)
    prepare_for(db, config.status)
    db.close()
    datasette = serve.make_app(config, "maria")
    running = serve.server(datasette)
    with serve.listener(config) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[listener])))
        thread.start()
        try:
            yield Server(url, f"{url}/-/enter?token={datasette.legation.people.link}", folder / "legation.db")
        finally:
            running.should_exit = True  # requests on their way are answered, so that no socket stays open
            thread.join(timeout=5)
            running.force_exit = True
            thread.join(timeout=20)
            datasette.stop()


def _configure(folder: Path, settings: str) -> Path:
    """Write config.toml; skip the test where the server's packages are missing."""
    pytest.importorskip("datasette", reason="the extra `web` is not installed")
    path = folder / "config.toml"
    path.write_text("[status]\nunreviewed = 0.5\n" + settings, encoding="utf-8")
    return path


@cache
def people() -> str:
    """Configuration of a reader, a reviewer and an editor, all with PASSWORD; the reviewer also with TOKEN, the editor
    with EDITS."""
    passwords = pytest.importorskip("datasette_auth_passwords.utils", reason="the extra `web` is not installed")
    hashed = passwords.hash_password(PASSWORD, iterations=1000)
    token, edits = (hashlib.sha256(text.encode()).hexdigest() for text in (TOKEN, EDITS))
    return (
        f'[[serve.people]]\nname = "ruth"\npassword_hash = "{hashed}"\n'
        f'[[serve.people]]\nname = "rolf"\nrole = "reviewer"\npassword_hash = "{hashed}"\ntoken_sha256 = "{token}"\n'
        f'[[serve.people]]\nname = "edith"\nrole = "editor"\npassword_hash = "{hashed}"\ntoken_sha256 = "{edits}"\n'
    )


def sample(path: Path) -> None:
    """Thirty claims about missions in Kyiv and Warsaw, of all statuses, with one wire copy and one conflict."""
    path.write_bytes(_sampled())


@cache
def _sampled() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "legation.db"
        _make_sample(path)
        return path.read_bytes()


def _make_sample(path: Path) -> None:
    from legation.db.vocabulary import STATUSES

    db = fresh(path, unreviewed=0.5)
    for number in range(26):
        sender = ("FR", "NO", "PL", "US")[number % 4]
        status = STATUSES[number % len(STATUSES)]
        name = STATES[sender][0]
        text = f"Report {number}. {name} told of its embassy in Kyiv on day {number + 1}: it is {status}. More follows."
        quote = f"{name} told of its embassy in Kyiv on day {number + 1}: it is {status}."
        start = text.index(quote)
        place = text.index("Kyiv")
        tell(
            db, text, quote=quote, site=f"site{number % 5}.example", published=f"2022-04-{number + 1:02}",
            sending_state=sender, status=status, relocated_to="Lviv" if status == "relocated" else None,
            confidence=0.4 + (number % 6) / 10,
            marks=[("sender", start, start + len(name)), ("host", place, place + 4)],
        )  # fmt: skip
    wire = "The Norwegian ministry says that its embassy in Kyiv is open again."
    first = article(db, wire, site="wire.example")
    copy = article(db, wire, site="copy.example", origin=first)
    for number in (first, copy):
        save(db, number, claim(wire, sending_state="NO", status="reopened"))
    db.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on its own copy of the sample, with the people of `people()`."""
    sample(tmp_path / "legation.db")
    with serving_here(tmp_path, people()) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests; each test opens contexts of its own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The browser; contexts that a test opens are closed after it.

    Tests wait for selectors: functions of Playwright that are polled are refused by our content security policy.
    """
    before = set(chromium.contexts)
    yield chromium
    for context in set(chromium.contexts) - before:
        context.close()


def sign_in_by_form(page: Any, server: Server, name: str) -> None:
    """By password, as a person does."""
    page.goto(f"{server.url}/-/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.url}/")


def sign_in(page: Any, server: Server, name: str) -> None:
    """The same by the requests that the form sends, without drawing it and the page after it."""
    requests = page.context.request
    form = requests.get(f"{server.url}/-/login").text()
    token = form.partition('csrftoken" value="')[2].partition('"')[0]
    answer = requests.post(
        f"{server.url}/-/login",
        form={"username": name, "password": PASSWORD, "csrftoken": token},
        max_redirects=0,
    )
    assert answer.status == 302, answer.text()


def violations(page: Any) -> list[Any]:
    """What axe finds wrong with the page as it is shown. Its script is put into the page once."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    ready = page.evaluate("Boolean(window.axe)")
    found = (axe.Axe("") if ready else axe.Axe()).run(page).response["violations"]
    return [(rule["id"], [node["html"][:300] for node in rule["nodes"]][:3]) for rule in found]
