"""Errors on Datasette's own pages, in place of its handler, which prints every local variable to the terminal."""

import logging
import sqlite3
from html import unescape
from traceback import walk_tb
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

TITLES = {400: "This is not possible", 403: "Not for everybody", 404: "No such page", 500: "Something went wrong"}
# What Datasette says that a reader of these pages would not understand -> what is shown.
WORDS = (
    ("sql_time_limit_ms", "the query took too long and was ended"),
    ("Database not found", "there is no page at this address"),
    ("Table not found", "there is no such table"),
    ("Record not found", "there is no such row"),
)
log = logging.getLogger(__name__)


async def error_page(datasette: Any, request: Any, exception: Exception) -> Any:
    """The answer to a request that failed. An internal error is logged with its traceback; the reader gets a line."""
    status, title, words = _told(exception)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": words, "status": status, "title": title}, status=status)
    shown = {"status": status, "title": title or TITLES.get(status, f"Error {status}"), "words": words}
    return Response.html(await datasette.render_template("error.html", shown, request=request), status=status)


def _told(exception: Exception) -> tuple[int, str | None, str]:
    """Status, title (None: none) and words for the reader."""
    if isinstance(exception, Base400):
        return exception.status, None, _plain(str(exception.args[0]) if exception.args else "")
    if isinstance(exception, DatasetteError):
        message = str(exception.message)
        words = unescape(Markup(message).striptags()) if exception.message_is_html else message  # noqa: S704 - its tags are taken out
        # to Datasette an address that names what is not there is a fault of its own
        return 400 if exception.status == 500 else exception.status, exception.title, _plain(words)
    if isinstance(exception, OverflowError):
        return 400, None, "a number is too large"
    if isinstance(exception, sqlite3.OperationalError):
        return 400, None, str(exception)
    if isinstance(exception, QueryInterrupted):
        return 400, None, "the query took too long and was ended"
    if isinstance(exception, (ValueError, KeyError)) and _is_about_the_address(exception):
        log.debug("an address that Datasette cannot read", exc_info=exception)
        return 400, None, "a parameter of the address is not written as it must be"
    log.error("a page failed", exc_info=exception)
    return 500, None, "internal error; the log of the server has the details"


def _is_about_the_address(exception: Exception) -> bool:
    """Whether Datasette stumbled where it takes the parameters of an address apart, and not in code of ours."""
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(exception.__traceback__)]
    last = [module for module in modules if module.startswith(("datasette.", "legation."))][-1:]
    return last in (["datasette.filters"], ["datasette.views.table"], ["datasette.views.database"])


def _plain(message: str) -> str:
    """The message of Datasette, in words for the reader where those are known."""
    return next((words for sign, words in WORDS if sign in message), message)
