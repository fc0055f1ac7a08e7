"""Handlers of the status board, its pictures, and the pages around it."""

import asyncio
from functools import partial
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from legation.pipeline.user_input import parse_place as find_place
from legation.pipeline.web import board as boards
from legation.pipeline.web import image_files as pictures
from legation.pipeline.web import overview as overviews
from legation.pipeline.web.chart import FEW, Drawing, legend
from legation.pipeline.web.date_format import long_day
from legation.pipeline.web.reply import Request, file, go, page
from legation.pipeline.web.report import templates
from legation.pipeline.web.site import VERSION, Site, today


async def overview(site: Site, asked: Request) -> Any:
    """The first page: newest changes, conflicts, queue, health of sources."""
    whole = await asked.reads_all()
    return await page(
        asked, "overview.html", whole=whole, few=FEW, **await site.read(overviews.overview, today(), whole)
    )


async def board(site: Site, asked: Request) -> Any:
    """The board of a place or a sending State; without either the question, and what may be asked for."""
    wanted = boards.asked(asked.args, today())
    asks = wanted.place or wanted.of or wanted.region
    shown = await _shown(site, wanted) if asks else {"board": None, "known": await site.read(boards.known)}
    return await page(
        asked, "board.html", wanted=wanted, licence=site.config.release.licence,
        **shown,
    )  # fmt: skip


async def search(site: Site, asked: Request) -> Any:
    """The board of a city; of a State its missions abroad or the missions in it, whichever are known, or the choice."""
    typed = (asked.args.get("q") or "").strip()
    if not typed:
        return go("/-/board")
    where = find_place(typed)
    if where.city:
        return go(f"/-/board?{boards.Asked(place=where.city).query()}")
    found = await site.read(boards.sides, where.country)
    sides = [(name, number) for name, number in found.items() if number]
    if len(sides) == 1:
        return go(f"/-/board?{urlencode({sides[0][0]: where.country})}")
    return await page(asked, "search.html", code=where.country, sides=dict(sides))


async def part(site: Site, asked: Request) -> Any:
    """The board without the page around it, for the slider."""
    return await page(asked, "part.html", **await _shown(site, boards.asked(asked.args, today())))


async def _shown(site: Site, wanted: boards.Asked, base: str = "") -> dict[str, Any]:
    shown = await site.read(boards.board, wanted, today())
    return {"board": shown, "table": partial(_table, shown), **drawn(shown, base)}


def _table(shown: boards.Board) -> Markup:
    """The missions of a board with their quotes, which is most of its page."""
    table = templates().get_template("legation/_missions.html")
    return Markup(table.render(board=shown, words=boards.words))  # noqa: S704 - a template of our own, which escapes


def drawn(shown: boards.Board, base: str = "") -> dict[str, Any]:
    """The pictures of a board: its timeline with a legend, and for a sending State alone the map.

    Marks lead to the claims on the page `base`, "" the one that shows them.
    """
    if not shown.missions:
        return {}
    timeline = boards.timeline_of(shown, base)
    found = {"timeline": timeline, "legend": legend(row for row, _ in timeline.rows)}
    return {**found, "map": boards.map_of(shown)} if shown.asked.of and not shown.asked.place else found


async def embed(site: Site, asked: Request) -> Any:
    """The board for a frame on another site: no sign-in, nothing to press, and links that open the whole board."""
    wanted = boards.asked(asked.args, today())
    shown = await _shown(site, wanted, f"/-/board?{wanted.query()}")
    return await page(asked, "embed.html", licence=site.config.release.licence, **shown)


async def hosts(site: Site, asked: Request) -> Any:
    """The world: receiving States by the share of missions that do not work there."""
    on = boards.asked(asked.args, today()).on
    found = await site.read(boards.hosts, on)
    first, last = await site.read(boards.span, today())
    return await page(
        asked, "hosts.html", hosts=found, on=on, map=boards.hosts_map(found, on), query=boards.Asked(on=on).query(),
        finding=boards.finding(found), few=FEW, first=min(first, on), last=max(last, on),
    )  # fmt: skip


async def mission(site: Site, asked: Request) -> Any:
    """One mission's whole history with every quote."""
    path = asked.path
    city = asked.args.get("city") or None
    shown = await site.read(overviews.mission, path["sender"], path["host"], path["kind"], city, today())
    return await page(asked, "mission.html", **drawn(shown["board"]), licence=site.config.release.licence, **shown)


async def picture(site: Site, asked: Request) -> Any:
    """A picture to save, as SVG or PNG."""
    name, form = asked.path["name"], asked.path["form"]
    wanted = boards.asked(asked.args, today())
    drawing, title = await _picture(site, name, wanted)
    source = f"Legation {VERSION}, {site.config.release.licence}"
    title = f"{title}, {long_day(wanted.on)}"
    if form == "svg":
        return file(pictures.svg(drawing, title, source), "image/svg+xml", f"{name}.svg")
    return file(await asyncio.to_thread(pictures.png, drawing, title, source), "image/png", f"{name}.png")


async def _picture(site: Site, name: str, wanted: boards.Asked) -> tuple[Drawing, str]:
    """What is drawn, and its title."""
    if name == "hosts":
        found = await site.read(boards.hosts, wanted.on)
        return boards.hosts_map(found, wanted.on), boards.finding(found)
    shown = await site.read(boards.board, wanted, today())
    return (boards.map_of(shown) if name == "map" else boards.timeline_of(shown)), shown.title
