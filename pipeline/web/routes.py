"""Every route of ours in one table: path, methods, who may, and the function that answers."""

import difflib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from legation.db.errors import Locked, Refused, Stale
from legation.pipeline.errors import UsageProblem
from legation.pipeline.web import pages_board, pages_desk, pages_more, pages_product, pages_sources
from legation.pipeline.web.people import EDIT, READ_ALL, REVIEW
from legation.pipeline.web.reply import Request, problem
from legation.pipeline.web.site import Site

READ = "view-instance"
OPEN = ""  # anybody, signed in or not

Handler = Callable[[Site, Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """`may` is the permission that is needed; `method` the only one that is answered (GET answers HEAD too).

    `takes` are the parameters of the query string; any other is refused, because its wish would be passed over.
    """

    pattern: str
    method: str
    may: str
    handler: Handler
    takes: tuple[str, ...] = ()


WORDS = {
    REVIEW: "sign in as a reviewer",
    EDIT: "sign in as an editor",
    READ_ALL: "sign in to read this",
    READ: "sign in to read",
}
NARROW = ("place", "of", "region")
BOARD = (*NARROW, "on")
CHANGES = (*NARROW, "since", "until", "reviewed")
FILTERS = ("sender", "host", "status", "publisher", "confidence", "show", "order")
FOREIGN = re.compile(r"utm_\w+|fbclid|gclid|ref")  # added by others to links to us, and without meaning here

# Paths that Datasette or a plugin would answer too are ours, because ours are asked first.
ROUTES = (
    Route(r"^/$", "GET", READ, pages_board.overview),
    Route(r"^/-/board$", "GET", READ, pages_board.board, BOARD),
    Route(r"^/-/board/part$", "GET", READ, pages_board.part, BOARD),
    Route(r"^/-/search$", "GET", READ, pages_board.search, ("q",)),
    Route(r"^/-/embed$", "GET", READ, pages_board.embed, BOARD),
    Route(r"^/-/picture/(?P<name>timeline|map|hosts)\.(?P<form>svg|png)$", "GET", READ, pages_board.picture, BOARD),
    Route(r"^/-/hosts$", "GET", READ, pages_board.hosts, ("on",)),
    Route(
        r"^/-/mission/(?P<host>[A-Z]{2})/(?P<sender>[A-Z]{2})/(?P<kind>[a-z]+)$",
        "GET",
        READ,
        pages_board.mission,
        ("city",),
    ),
    Route(r"^/-/article/(?P<article>\d{1,15})$", "GET", READ, pages_more.article, ("claim",)),
    Route(r"^/-/article/(?P<article>\d{1,15})/page\.txt$", "GET", READ_ALL, pages_more.archived),
    Route(r"^/-/changes\.atom$", "GET", READ, pages_more.feed, NARROW),
    Route(
        r"^/-/export/(?P<what>claims|status|periods|changes)\.(?P<form>csv|jsonl|geojson)$",
        "GET",
        READ,
        pages_more.export,
        ("on", *NARROW),
    ),
    Route(r"^/-/changes$", "GET", READ, pages_product.changes, CHANGES),
    Route(r"^/-/announcements$", "GET", READ, pages_product.announcements, ("region",)),
    Route(r"^/-/codebook$", "GET", READ, pages_product.codebook),
    Route(r"^/-/about$", "GET", READ, pages_product.about),
    Route(r"^/-/id/(?P<id>(mis|per|chg|clm)-[0-9a-f]{16})$", "GET", READ, pages_product.public),
    Route(r"^/-/enter$", "GET", OPEN, pages_more.enter, ("token",)),
    Route(r"^/-/(databases|plugins)(\.json)?$", "GET", REVIEW, pages_more.gone),
    Route(
        r"^/-/(password-tool|auth-token|messages|patterns|allow-debug|permissions|threads(\.json)?)$",
        "GET",
        REVIEW,
        pages_more.gone,
    ),
    Route(r"^/-/desk$", "GET", REVIEW, pages_desk.desk, ("claim", "skip", *FILTERS)),
    Route(r"^/-/desk/card$", "GET", REVIEW, pages_desk.card, ("claim",)),
    Route(r"^/-/desk/next$", "GET", REVIEW, pages_desk.following, ("skip", *FILTERS)),
    Route(r"^/-/desk/mine$", "GET", REVIEW, pages_desk.mine),
    Route(r"^/-/desk/look$", "POST", REVIEW, pages_desk.look),
    Route(r"^/-/desk/decide$", "POST", REVIEW, pages_desk.decide),
    Route(r"^/-/desk/undo$", "POST", REVIEW, pages_desk.undo),
    Route(r"^/-/desk/list$", "GET", REVIEW, pages_desk.listing, FILTERS),
    Route(r"^/-/desk/article$", "GET", REVIEW, pages_desk.article, ("article", "skip", *FILTERS)),
    Route(r"^/-/desk/together$", "POST", REVIEW, pages_desk.together),
    Route(r"^/-/desk/add$", "GET", REVIEW, pages_desk.add, ("article", "start", "end", "quote")),
    Route(r"^/-/desk/added$", "POST", REVIEW, pages_desk.added),
    Route(r"^/-/desk/remark$", "POST", REVIEW, pages_desk.remark),
    Route(r"^/-/desk/second$", "GET", REVIEW, pages_desk.second, ("skip", "said")),
    Route(r"^/-/desk/opinion$", "POST", REVIEW, pages_desk.opinion),
    Route(r"^/-/desk/settle$", "POST", REVIEW, pages_desk.settle),
    Route(r"^/-/desk/people$", "GET", REVIEW, pages_desk.people),
    Route(r"^/-/desk/places$", "GET", REVIEW, pages_desk.places, ("q",)),
    Route(r"^/-/sources$", "GET", EDIT, pages_sources.listing, ("said", "of")),
    Route(r"^/-/sources\.opml$", "GET", EDIT, pages_sources.export),
    Route(r"^/-/sources/try$", "POST", EDIT, pages_sources.attempt),
    Route(r"^/-/sources/add$", "POST", EDIT, pages_sources.add),
    Route(r"^/-/sources/change$", "POST", EDIT, pages_sources.change),
    Route(r"^/-/sources/import$", "POST", EDIT, pages_sources.take),
)


def view(route: Route) -> Callable[[Any, Any], Awaitable[Any]]:
    """The route as Datasette calls it: permission first, then the method, then the handler; errors become answers."""

    async def answer(request: Any, datasette: Any) -> Any:
        asked = Request(request, datasette)
        if route.may and not await datasette.permission_allowed(request.actor, route.may, default=route.may == READ):
            return await problem(asked, 403, WORDS[route.may])
        if ("GET" if request.method == "HEAD" else request.method) != route.method:
            return await problem(asked, 405, f"this address answers {route.method} only")
        unknown = unknown_parameters(request.args, route.takes)
        if unknown:
            return await problem(asked, 400, unknown)
        try:
            return await route.handler(datasette.legation, asked)
        except Stale as error:
            return await problem(asked, 409, str(error))
        except (Refused, UsageProblem) as error:
            return await problem(asked, 400, str(error))
        except OverflowError:
            return await problem(asked, 400, "a number is too large")
        except (LookupError, Locked) as error:
            return await problem(asked, 503 if isinstance(error, Locked) else 404, str(error.args[0]))

    return answer


def unknown_parameters(args: Any, takes: tuple[str, ...]) -> str:
    """What is wrong with the names in a query string; "" if nothing is."""
    wrong = [name for name in args if name not in takes and not FOREIGN.fullmatch(name)]
    if not wrong:
        return ""
    near = difflib.get_close_matches(wrong[0], takes, n=1)
    may = f"did you mean {near[0]}?" if near else f"there are: {', '.join(takes)}" if takes else "there is none here"
    return f"{wrong[0][:40]}: no such parameter; {may}"


def table() -> list[tuple[re.Pattern[str], Callable[[Any, Any], Awaitable[Any]]]]:
    """What Datasette is given."""
    return [(re.compile(route.pattern), view(route)) for route in ROUTES]
