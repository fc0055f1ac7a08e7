"""`legation report`: the status board as one file that needs nothing else, for mail and archives."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.pipeline.errors import UsageProblem
from legation.pipeline.export import whole_file
from legation.pipeline.web import date_format
from legation.pipeline.web.site import VERSION

if TYPE_CHECKING:
    from jinja2 import Environment
    from sqlite_utils import Database

HERE = Path(__file__).parent


def write_report(
    db: "Database", target: Path, place: str, of: str, on: str, now: str, region: str = "", licence: str = "CC-BY-4.0"
) -> int:  # fmt: skip
    """Write the board of a place, a sending State or a region on a day to `target`; return how many missions it shows.

    `on` "": the day of `now`, a UTC time; `licence` is that of the data. UsageProblem for a place that cannot be meant
    or a file that cannot be written.
    """
    try:
        from legation.pipeline.web import board as boards
        from legation.pipeline.web.pages_board import drawn
    except ImportError as error:
        raise UsageProblem(f"report: {error.name} is missing; install it: pip install 'legation[web]'") from error
    asked = boards.asked({"place": place, "of": of, "on": on, "region": region}, now[:10])
    shown = boards.board(db.conn, asked, now[:10], whole=False)
    html = rendered(board=shown, words=boards.words, made=now, licence=licence, **drawn(shown))
    with whole_file(target) as file:
        file.write(html)
    return len(shown.missions)


def rendered(**values: Any) -> str:
    """The page with its style and script inside; its policy lets exactly these two run, and loads nothing."""
    from markupsafe import Markup

    style, script = ((HERE / "static" / name).read_text(encoding="utf-8") for name in ("legation.css", "tooltip.js"))
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    page = templates().get_template("legation/report.html")
    inner = {"style": Markup(style), "script": Markup(script), "policy": policy}  # noqa: S704 - files of our own
    return page.render(report=True, version=VERSION, **inner, **values)


@cache
def templates() -> "Environment":
    """The templates without what Datasette adds. A template is rendered in half of the time, as nothing is awaited."""
    from jinja2 import Environment, FileSystemLoader

    found = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    date_format.install(found)
    return found


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
