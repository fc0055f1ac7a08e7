"""Handlers of the status board, its pictures, and the pages around it."""

import asyncio
from typing import Any

from legation.pipeline.web import board as boards
from legation.pipeline.web import overview as overviews
from legation.pipeline.web import picture as pictures
from legation.pipeline.web.chart import Spec
from legation.pipeline.web.reply import Request, file, page
from legation.pipeline.web.site import Site, today


async def overview(site: Site, asked: Request) -> Any:
    """The first page: newest changes, conflicts, queue, health of sources."""
    whole = await asked.reads_all()
    return await page(asked, "overview.html", whole=whole, **await site.read(overviews.overview, today(), whole))


async def board(site: Site, asked: Request) -> Any:
    """The board of a place or a sending State; without either the question, and what may be asked for."""
    wanted = boards.asked(asked.args, today())
    asks = wanted.place or wanted.of or wanted.region
    shown = await _shown(site, wanted) if asks else {"board": None, "known": await site.read(boards.known)}
    return await page(asked, "board.html", wanted=wanted, **shown)


async def part(site: Site, asked: Request) -> Any:
    """The board without the page around it, for the slider."""
    return await page(asked, "part.html", **await _shown(site, boards.asked(asked.args, today())))


async def _shown(site: Site, wanted: boards.Asked) -> dict[str, Any]:
    shown = await site.read(boards.board, wanted, today())
    return {"board": shown, "words": boards.words, **await asyncio.to_thread(drawn, shown)}


def drawn(shown: boards.Board) -> dict[str, str]:
    """The pictures of a board as SVG: its timeline, and for a sending State alone the map."""
    if not shown.missions:
        return {}
    found = {"timeline": pictures.svg(boards.timeline_of(shown), f"Timeline. {shown.title}")}
    if shown.asked.of and not shown.asked.place:
        found["map"] = pictures.svg(boards.map_of(shown), f"Map. {shown.title}")
    return found


async def hosts(site: Site, asked: Request) -> Any:
    """The world: receiving States by the share of missions that do not work there."""
    on = boards.asked(asked.args, today()).on
    found = await site.read(boards.hosts, on)
    svg = await asyncio.to_thread(pictures.svg, boards.hosts_map(found, on), "Map. Share of missions not working")
    return await page(asked, "hosts.html", hosts=found, on=on, map=svg, query=boards.Asked(on=on).query())


async def mission(site: Site, asked: Request) -> Any:
    """One mission's whole history with every quote."""
    path = asked.path
    city = asked.args.get("city") or None
    shown = await site.read(overviews.mission, path["sender"], path["host"], path["kind"], city, today())
    svg = await asyncio.to_thread(pictures.svg, boards.timeline_of(shown["board"]), f"Timeline. {shown['name']}")
    return await page(asked, "mission.html", timeline=svg, **shown)


async def picture(site: Site, asked: Request) -> Any:
    """A picture to save, as SVG or PNG."""
    name, form = asked.path["name"], asked.path["form"]
    spec: Spec = {**await _spec(site, name, boards.asked(asked.args, today())), "background": "#ffffff"}
    draw = pictures.png if form == "png" else pictures.svg
    kind = "image/png" if form == "png" else "image/svg+xml"
    return file(await asyncio.to_thread(draw, spec), kind, f"{name}.{form}")


async def _spec(site: Site, name: str, wanted: boards.Asked) -> Spec:
    if name == "hosts":
        return boards.hosts_map(await site.read(boards.hosts, wanted.on), wanted.on)
    shown = await site.read(boards.board, wanted, today())
    return boards.map_of(shown) if name == "map" else boards.timeline_of(shown)
