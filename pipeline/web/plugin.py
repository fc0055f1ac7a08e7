"""What Datasette asks a plugin for. Hooks do nothing in a Datasette that `legation serve` did not make."""

from collections.abc import Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette

from legation.pipeline.web.faults import fault
from legation.pipeline.web.guard import App, guard
from legation.pipeline.web.people import REVIEW
from legation.pipeline.web.queries import QUERIES
from legation.pipeline.web.routes import table
from legation.pipeline.web.site import Site

PASSWORDS = "datasette-auth-passwords"


class Served(Datasette):  # type: ignore[misc]
    """Datasette with our state, and with the hashes of passwords kept out of its metadata, which it publishes."""

    def __init__(self, site: Site, *given: Any, **settings: Any) -> None:
        self.legation = site
        super().__init__(*given, **settings)

    def plugin_config(self, plugin_name: str, *place: Any, **more: Any) -> Any:
        if plugin_name == PASSWORDS:
            return self.legation.people.passwords()
        return super().plugin_config(plugin_name, *place, **more)


def _site(datasette: Any) -> Site | None:
    return getattr(datasette, "legation", None)


def _routes(datasette: Any) -> list[Any]:
    return table() if _site(datasette) else []


def _guard(datasette: Any) -> Callable[[App], App]:
    site = _site(datasette)
    return (lambda app: guard(app, site.config.serve)) if site else (lambda app: app)


def _may(datasette: Any, actor: Any, action: str) -> bool | None:
    """Deciding is for reviewers; what else needs a permission of its own is refused to everybody."""
    site = _site(datasette)
    if site is None:
        return None
    if action == REVIEW:
        return site.people.may_review(actor)
    if action == "view-instance" and site.config.serve.reading == "signed-in":
        return site.people.known(actor)
    return False if action in ("permissions-debug", "debug-menu", "view-database-download") else None


def _actor(datasette: Any, request: Any) -> Any:
    site = _site(datasette)
    return site.people.of_token(request.headers.get("authorization", "")) if site else None


def _links(datasette: Any, actor: Any) -> list[dict[str, str]]:
    links = [("/", "Overview"), ("/-/board", "Status board"), ("/-/hosts", "World")]
    site = _site(datasette)
    if site is None:
        return []
    if site.people.may_review(actor):
        links.append(("/-/desk", "Review desk"))
    return [{"href": href, "label": label} for href, label in links]


def _fault(datasette: Any, request: Any, exception: Exception) -> Any:
    return fault(datasette, request.path, exception) if _site(datasette) else None


def _values(datasette: Any, request: Any) -> dict[str, Any]:
    """What templates/legation/base.html asks for on every page, those of other plugins included."""
    site = _site(datasette)
    if site is None:
        return {}
    actor = request.actor if request else None
    return {
        "legation_may_review": lambda: site.people.may_review(actor),
        "legation_database": lambda: site.path.stem,
    }


def _queries(datasette: Any) -> dict[str, Any]:
    return QUERIES if _site(datasette) else {}


register_routes = hookimpl(_routes)
asgi_wrapper = hookimpl(_guard, trylast=True)
permission_allowed = hookimpl(_may, tryfirst=True)
actor_from_request = hookimpl(_actor, tryfirst=True)
menu_links = hookimpl(_links)
handle_exception = hookimpl(_fault, tryfirst=True)
extra_template_vars = hookimpl(_values)
canned_queries = hookimpl(_queries)
