"""Errors on Datasette's own pages, in place of its handler, which prints every local variable to the terminal."""

import logging
from html import unescape
from typing import Any

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

log = logging.getLogger(__name__)


async def fault(datasette: Any, path: str, exception: Exception) -> Any:
    """The answer to a request that failed. What nobody foresaw goes to the log whole, and not to the reader."""
    status, title, words = _told(exception)
    if path.endswith(".json"):
        return Response.json({"ok": False, "error": words, "status": status, "title": title}, status=status)
    page = datasette.jinja_env.get_template("error.html")
    return Response.html(await page.render_async(status=status, title=title, error=words), status=status)


def _told(exception: Exception) -> tuple[int, str | None, str]:
    """Status, title (None: none) and words for the reader."""
    if isinstance(exception, Base400):
        return exception.status, None, str(exception.args[0]) if exception.args else ""
    if isinstance(exception, DatasetteError):
        message = str(exception.message)
        words = unescape(Markup(message).striptags()) if exception.message_is_html else message  # noqa: S704 - its tags are taken out
        return exception.status, exception.title, words
    log.error("a page failed", exc_info=exception)
    return 500, None, "a fault of the program; its log tells more"
