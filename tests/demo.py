"""What `make demo` runs: the sample site on loopback, one ingestion of its feed, the claims, the answer for Kyiv.

Everything stays in work/demo/, so that a second run shows that nothing is read twice. `--fresh` starts again,
`--folder PATH` works elsewhere.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from tests.site_server import Site, serve

ROOT = Path(__file__).parent.parent
LEGATION = [sys.executable, "-m", "legation"]
COUNTED = {"pages": "pages", "articles": "articles", "claims": "claims WHERE retired IS NULL"}


def main(argv: list[str] | None = None) -> int:
    """Exit code of the first command that failed, else 0; `argv` None: the command line's own arguments."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--folder", type=Path, default=ROOT / "work" / "demo")
    options = parser.parse_args(argv)
    folder: Path = options.folder
    if options.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    port = _former_port(folder)
    with ExitStack() as stack:
        try:
            site = stack.enter_context(serve(port=port))
        except OSError as error:
            print(f"port {port} of the last demo: {error.strerror}; try `make demo ARGS=--fresh`", file=sys.stderr)
            return 1
        return _show(site, folder)


def _former_port(folder: Path) -> int:
    """Port of the last demo, since pages are known by their addresses; 0 (a free one) the first time."""
    config = folder / "config.toml"
    if not config.exists():
        return 0
    port = re.search(r'"http://127\.0\.0\.1:(\d+)/feed\.xml"', config.read_text(encoding="utf-8"))
    return int(port[1]) if port else 0


def _show(site: Site, folder: Path) -> int:
    (folder / "config.toml").write_text(_configuration(site), encoding="utf-8")
    print(f"The sample site is at {site.url}; configuration and database are in {os.path.relpath(folder)}/.")
    before = _counts(folder)
    failed = _run(folder, "ingest")
    after = _counts(folder)
    added = ", ".join(f"{after[name] - before[name]} {name}" for name in COUNTED)
    total = ", ".join(f"{after[name]} {name}" for name in COUNTED)
    nothing = " Nothing is new: each page was read before." if before == after else ""
    print(f"\nThis run added {added}; there are {total}.{nothing}")
    _print_claims(folder)
    return failed or _run(folder, "status", "Kyiv") or _run(folder, "status", "Kyiv", "--on", "2022-04-20")


def _configuration(site: Site) -> str:
    """config.toml as shipped, with the sample site in place of its sources."""
    shipped = (ROOT / "config.toml").read_text(encoding="utf-8")
    settings = shipped[: shipped.index("\n# The sources")]
    host = site.url.removeprefix("http://")
    for key, value in {"delay_seconds": "0", "allow_private": f'["{host}"]'}.items():
        settings, found = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", settings)
        if not found:
            raise LookupError(f"config.toml: {key} is gone; tests/demo.py changes it")
    return f'{settings}\n\n[[sources]]\nname = "sample-site"\nkind = "feed"\nurl = "{site.url}/feed.xml"\n'


def _counts(folder: Path) -> dict[str, int]:
    """Rows of the counted tables; zeros before the first run."""
    path = folder / "legation.db"
    if not path.exists():
        return dict.fromkeys(COUNTED, 0)
    with sqlite3.connect(path) as db:
        counts = {name: db.execute(f"SELECT count(*) FROM {rows}").fetchone()[0] for name, rows in COUNTED.items()}
    db.close()
    return counts


def _print_claims(folder: Path) -> None:
    """Every claim in two lines: what is claimed, and the quote with its page."""
    print("\n$ legation claims --format jsonl    (shown here in two lines each)")
    command = [*LEGATION, "claims", "--format", "jsonl"]
    listed = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    for claim in map(json.loads, listed.stdout.splitlines()):
        place = ", ".join(filter(None, (claim["city"], claim["receiver"]))) or "place unknown"
        when = f", {claim['date']}" if claim["date"] else ""
        moved = f" to {claim['relocated_to']}" if claim["relocated_to"] else ""
        what = f"{claim['mission']} {claim['status']}{moved} ({claim['modality']}{when})"
        print(f"\n{claim['sender']} in {place}: {what}")
        print(f"    “{claim['quote']}” {urlsplit(claim['url']).path}")


def _run(folder: Path, *arguments: str) -> int:
    print(f"\n$ legation {' '.join(arguments)}", flush=True)
    return subprocess.run([*LEGATION, *arguments], cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
