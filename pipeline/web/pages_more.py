"""Handlers of what is linked from the pages: articles, feed, exports, sign-in."""

import io
import sqlite3
import tempfile
import zlib
from pathlib import Path
from typing import Any

from legation.db.publishers import publisher_name
from legation.pipeline.claim_rows import Selection, select
from legation.pipeline.export import export as write_export
from legation.pipeline.feed import write_feed
from legation.pipeline.web.desk import claim_number
from legation.pipeline.web.labels import marked_pieces
from legation.pipeline.web.reply import Request, file, go, page, problem
from legation.pipeline.web.site import Site

_ARTICLE = "SELECT id, url, title, author, site, published, text, body, replaced_by FROM articles WHERE id = ?"
_CLAIM = 'SELECT start, "end" FROM claims WHERE id = ? AND article = ?'
_MARKS = 'SELECT label, start, "end" FROM evidence WHERE claim = ?'
AROUND = 200  # characters of an article on either side of a quote that a stranger sees
TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson", "geojson": "application/geo+json"}


async def article(site: Site, asked: Request) -> Any:
    """The text of an article, with the quote of the claim that `claim` names: the whole of it, or for strangers only
    what stands around the quote, because the text is the publisher's."""
    given = asked.args.get("claim")
    whole = await asked.reads_all()
    claim = claim_number(given) if given else None
    return await page(asked, "article.html", **await site.read(_article, int(asked.path["article"]), claim, whole))


def _article(connection: sqlite3.Connection, number: int, claim: int | None, whole: bool) -> dict[str, Any]:
    row = connection.execute(_ARTICLE, (number,)).fetchone()
    if row is None:
        raise LookupError(f"article {number}: no such article")
    names = ("id", "url", "title", "author", "site", "published", "text", "body", "replaced_by")
    found = dict(zip(names, row, strict=True))
    found["publisher_name"] = publisher_name(connection, found["site"])
    quote = connection.execute(_CLAIM, (claim, number)).fetchone() if claim else (0, 0)
    if quote is None:
        raise LookupError(f"claim {claim}: no such claim in article {number}")
    marks = connection.execute(_MARKS, (claim,)).fetchall() if claim else []
    link = found["url"] if found["url"].startswith(("https://", "http://")) else None
    text = found["text"] or ""
    first, last = (0, len(text)) if whole else (max(0, quote[0] - AROUND), quote[1] + AROUND) if claim else (0, 0)
    cut = (first > 0, last < len(text))
    shown = list(marked_pieces(text[first:last], first, quote, marks))
    return {"article": found, "pieces": shown, "link": link, "whole": whole, "cut": cut}


async def archived(site: Site, asked: Request) -> Any:
    """The page as it was fetched, as plain text: markup of others is shown, never run."""
    body = await site.read(_body, int(asked.path["article"]))
    return file(body, "text/plain; charset=utf-8")


def _body(connection: sqlite3.Connection, number: int) -> bytes:
    sql = "SELECT b.body FROM articles AS a JOIN bodies AS b ON b.sha256 = a.body WHERE a.id = ?"
    row = connection.execute(sql, (number,)).fetchone()
    if row is None or row[0] is None:
        raise LookupError(f"article {number}: its page is not kept; the cleaned text is")
    return zlib.decompress(row[0])


async def feed(site: Site, asked: Request) -> Any:
    """The newest changes of status that reviewers upheld, as Atom; of a `place`, a sender (`of`) or a `region`."""

    def written(connection: Any) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "changes.atom"
            write_feed(connection, target, 100, _only(connection, asked))
            return target.read_bytes()

    return file(await site.read(written), "application/atom+xml; charset=utf-8")


async def export(site: Site, asked: Request) -> Any:
    """Claims, status, periods or changes as CSV, JSON Lines or GeoJSON; `on` gives the day for status."""
    what, form = asked.path["what"], asked.path["form"]

    def written(connection: Any) -> str:
        out = io.StringIO()
        write_export(connection, [what], form, None, asked.args.get("on"), out, _only(connection, asked))
        return out.getvalue()

    return file(await site.read(written), f"{TYPES[form]}; charset=utf-8", f"{what}.{form}")


def _only(connection: Any, asked: Request) -> Selection:
    """What `of`, `place` and `region` in the address choose."""
    of, place, region = (asked.args.get(name) or None for name in ("of", "place", "region"))
    return select(connection, of, place, {}, region)


async def enter(site: Site, asked: Request) -> Any:
    """Sign in by the one-time link that `legation serve` prints."""
    token = asked.args.get("token") or ""
    if asked.only_looks and site.people.opens(token):  # mail scanners and link previews must not use it up
        return file("", "text/plain; charset=utf-8")
    name = site.people.enter(token)
    if name is None:
        return await problem(asked, 403, "the link is wrong or was used before; start `legation serve` again")
    answer = go("/-/desk")
    answer.set_cookie("ds_actor", asked.datasette.sign({"a": {"id": name}}, "actor"), httponly=True)
    return answer


async def gone(site: Site, asked: Request) -> Any:
    """A page of Datasette that has no use here."""
    raise LookupError("no such page")
