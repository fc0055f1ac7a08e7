"""A small database for the pages in docs/, written by hand, so that it stays the same when the reader learns.

python -m tests.example FOLDER    make FOLDER/legation.db and FOLDER/config.toml

The claims are invented. `shown` runs commands on it and prints what they print: `make docs` makes docs/analysts.md so.
"""

import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from legation.db.connect import connect
from legation.db.decisions import Verdict, decide
from legation.db.transactions import immediate
from legation.pipeline.reference_data import prepare
from tests.rows import tell

ROOT = Path(__file__).parent.parent
NOW = "2026-01-31T12:00:00Z"
CONFIGURATION = """\
[database]
path = "legation.db"

[status]
unreviewed = 0.5

[[alerts]]
name = "all"
file = "alerts.atom"
since = "2017-01-01"
"""
# sender, host, city, status, modality, date, published, site, whether a reviewer approved it, the sentence
CLAIMS = (
    ("CA", "UA", "Kyiv", "suspended", "fact", "2022-02-12", "2022-02-13", "herald.example", True,
     "Canada suspended the work of its embassy in Kyiv on Saturday."),
    ("CA", "UA", "Kyiv", "reopened", "fact", "2022-05-08", "2022-05-08", "herald.example", False,
     "Canada has reopened its embassy in Kyiv."),
    ("CA", "UA", "Kyiv", "reopened", "fact", "2022-05-08", "2022-05-09", "courier.example", False,
     "The Canadian flag was raised at the embassy in Kyiv again on Sunday."),
    ("FR", "BF", "Ouagadougou", "remained_open", "fact", None, "2020-01-15", "courier.example", False,
     "The French embassy in Ouagadougou works as usual."),
    ("FR", "BF", "Ouagadougou", "closed", "planned", "2024", "2023-09-02", "courier.example", False,
     "France will close its embassy in Ouagadougou in the course of 2024, officials said."),
    ("NO", "ML", "Bamako", "opened", "fact", "2017-09-01", "2017-09-02", "fjord.example", True,
     "Norway opened an embassy in Bamako on Friday."),
    ("NO", "ML", "Bamako", "closed", "fact", "2023-04-30", "2023-05-02", "fjord.example", False,
     "Norway's embassy in Bamako closed at the end of April."),
    ("US", "SD", "Khartoum", "remained_open", "fact", "2023-04-16", "2023-04-16", "herald.example", False,
     "The US embassy in Khartoum stays open, a spokesman said."),
    ("US", "SD", "Khartoum", "suspended", "fact", "2023-04-22", "2023-04-23", "herald.example", True,
     "The United States suspended operations at its embassy in Khartoum on Saturday."),
    ("US", "SD", "Khartoum", "evacuated", "fact", "2023-04-22", "2023-04-23", "courier.example", False,
     "The staff of the American embassy in Khartoum were flown out overnight."),
)  # fmt: skip


def make(folder: Path) -> None:
    """Write the configuration and the database into `folder`, which must not hold a database."""
    (folder / "config.toml").write_text(CONFIGURATION, encoding="utf-8")
    db = connect(folder / "legation.db")
    prepare(db, 0.5)
    for sender, host, city, status, modality, date, published, site, approved, text in CLAIMS:
        told: dict[str, Any] = {"status": status, "modality": modality, "date": date}
        where: dict[str, Any] = {"sending_state": sender, "receiving_state": host, "city": city}
        number = tell(db, text, site=site, published=published, now=NOW, **told, **where)
        if approved:
            with immediate(db) as connection:
                decide(connection, number, Verdict("approve"), revision=0, reviewer="ana", now=NOW)
    db.close()


@cache
def _made() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory()
    make(Path(folder.name))
    return folder


def shown(*commands: str) -> None:
    """Print a block with each command and what it prints, on a database that all blocks of a page share.

    Checksums are shortened: those of a release cover the codebook too, and change with it.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "165", "NO_COLOR": "1"}
    print("```text")
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", *command.split()], cwd=_made().name, env=environment, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip
        print(f"$ {command}")
        print(re.sub(r"\b([0-9a-f]{4})[0-9a-f]{60}\b", "…", done.stdout + done.stderr).rstrip())
    print("```")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    make(target)
