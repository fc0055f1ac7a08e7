"""Handlers of the pages of the data product: changes, announcements, codebook, about, and each public id."""

import json
import re
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from legation.db.publishers import publisher_names
from legation.pipeline.changes import Wanted, for_people
from legation.pipeline.changes import changes as find_changes
from legation.pipeline.public_ids import look_up_id, title
from legation.pipeline.regions import states_in
from legation.pipeline.web.reply import Request, data, page
from legation.pipeline.web.site import Site

CODEBOOK = Path(__file__).parent.parent / "data" / "codebook.md"
SCROLLS = '<div class="wide" tabindex="0">'
MOST = 500  # rows of a page; the exports have all
_ANNOUNCED = """
    SELECT a.*, coalesce(n.name, a.publisher) AS publisher_name
    FROM announcements AS a LEFT JOIN publishers AS n ON n.site = a.publisher
    WHERE :hosts IS NULL OR receiving_state IN (SELECT value FROM json_each(:hosts))
    ORDER BY overdue DESC, due IS NULL, due, published, claim
"""


async def changes(site: Site, asked: Request) -> Any:
    """Changes of status, newest first, by place, sender, region and time; JSON for scripts."""
    fields = ("place", "of", "region", "since", "until")
    typed = {name: (asked.args.get(name) or "").strip() for name in fields}
    reviewed = asked.args.get("reviewed") == "1"
    place, of, region, since, until = (typed[name] or None for name in fields)
    wanted = Wanted(place, of, region, since, until, reviewed, limit=MOST + 1)
    rows = await site.read(find_changes, wanted)
    if asked.wants_json:
        return data(rows[:MOST])
    called = await site.read(publisher_names, {name for row in rows for name in row["sites"]})
    query = urlencode({name: typed[name] for name in ("place", "of", "region") if typed[name]})
    return await page(
        asked, "changes.html", rows=[for_people(row) for row in rows[:MOST]], more=len(rows) > MOST, wanted=typed,
        reviewed=reviewed, query=query, called=called,
    )  # fmt: skip


async def announcements(site: Site, asked: Request) -> Any:
    """What was announced and has not come about, overdue ones first."""
    region = (asked.args.get("region") or "").strip()
    hosts = json.dumps(sorted(states_in(region))) if region else None
    rows = await site.read(_rows, _ANNOUNCED, {"hosts": hosts})
    return data(rows) if asked.wants_json else await page(asked, "announcements.html", rows=rows, region=region)


def _rows(connection: sqlite3.Connection, sql: str, values: dict[str, str | None]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


async def public(site: Site, asked: Request) -> Any:
    """The page of a public id: what it stands for, since when, and what has taken its place."""
    from legation.pipeline.errors import UsageProblem

    try:
        found = await site.read(look_up_id, asked.path["id"])
    except UsageProblem as error:
        raise LookupError(str(error)) from error
    return data(found) if asked.wants_json else await page(asked, "public.html", found=found, title=title(found))


async def codebook(site: Site, asked: Request) -> Any:
    """What the words mean: docs/codebook.md as a page."""
    return await page(asked, "codebook.html", text=_codebook())


async def about(site: Site, asked: Request) -> Any:
    """What the site is, how an entry comes about, and what may be done with the data."""
    return await page(asked, "about.html", licence=site.config.release.licence)


@cache
def _codebook() -> str:
    from markdown_it import MarkdownIt

    text = re.sub(r"<!--.*?-->", "", CODEBOOK.read_text(encoding="utf-8"), flags=re.DOTALL)  # where it is made from
    drawn = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    plain = str(drawn).replace("<th></th>", "<td></td>")  # a heading without words is none
    return plain.replace("<table>", f"{SCROLLS}<table>").replace("</table>", "</table></div>")
