"""Handlers of the status board."""

from typing import Any

from pipeline.web.reply import Request, go
from pipeline.web.site import Site


async def overview(site: Site, asked: Request) -> Any:
    """The first page."""
    return go("/-/desk")
