"""What Datasette asks a plugin for. Hooks do nothing in a Datasette that `legation serve` did not make."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted, Results
from datasette.utils.asgi import BadRequest, Forbidden
from itsdangerous import BadSignature
from markupsafe import Markup

from legation.pipeline.web import date_format, labels, static_files, table_titles
from legation.pipeline.web.chart import STATES
from legation.pipeline.web.error_pages import error_page
from legation.pipeline.web.guard import App, guard
from legation.pipeline.web.people import EDIT, READ_ALL, REVIEW
from legation.pipeline.web.queries import OPEN_QUERIES, QUERIES
from legation.pipeline.web.routes import table
from legation.pipeline.web.sandbox import BIG_NUMBER, TIMEOUT, Sandboxes
from legation.pipeline.web.site import VERSION, Site

PASSWORDS = "datasette-auth-passwords"
STATE_COLUMNS = ("state", "before", "after")  # of any table: those that hold the state of a mission
AT_ONCE = 3  # queries; others wait for their turn
# What a stranger may see of the tables: status, periods, quotes and where they come from.
OPEN_TABLES = frozenset(
    (
        "claims",
        "claims_reviewed",
        "periods",
        "period_claims",
        "status_periods",
        "current_status",
        "conflicts",
        "states",
        "countries",
        "changes",
        "announcements",
        "public_ids",
        "ageing",
    )
)


class Boxed(Database):  # type: ignore[misc]
    """A database whose queries run in processes of their own, within limits of time and memory that hold."""

    def __init__(self, datasette: Datasette, path: str) -> None:
        super().__init__(datasette, path, is_mutable=True)
        self._boxes = Sandboxes(Path(path), AT_ONCE)

    async def execute(
        self, sql: str, params: Any = None, truncate: bool = False, custom_time_limit: int | None = None,
        page_size: int | None = None, log_sql_errors: bool = True,
    ) -> Results:  # fmt: skip
        """As Datasette's own; `custom_time_limit` is in milliseconds and can only shorten the limit.

        Nothing is written to the terminal: a wrong query is the visitor's.
        """
        limit = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        most = self.ds.max_returned_rows
        most += most == (page_size or self.ds.page_size)
        values = {} if params is None else params if isinstance(params, dict) else list(params)
        try:
            columns, rows = await self._boxes.ask(sql, values, limit / 1000, most + 1 if truncate else None)
        except sqlite3.OperationalError as error:
            if error.args == (TIMEOUT,):
                raise QueryInterrupted(error, sql, params) from error
            if error.args == (BIG_NUMBER,):
                raise BadRequest(BIG_NUMBER) from error
            raise
        shown = rows[:most] if truncate else rows
        description, found = _as_rows(columns, shown)
        return Results(found, len(rows) > len(shown), description)

    def stop(self) -> None:
        """End the processes."""
        self._boxes.stop()


def _as_rows(columns: list[str], rows: list[list[Any]]) -> tuple[Any, list[sqlite3.Row]]:
    """A cursor's description and its rows, as if they had been read in this process."""
    if not columns:
        return (), []
    names = ", ".join('NULL AS "{}"'.format(name.replace('"', '""')) for name in columns)
    connection = sqlite3.connect(":memory:")
    try:
        cursor = connection.execute(f"SELECT {names}")
        return cursor.description, [sqlite3.Row(cursor, tuple(row)) for row in rows]
    finally:
        connection.close()


class Served(Datasette):  # type: ignore[misc]
    """Datasette with our state, with boxed queries, with sessions that end, and with the hashes of passwords kept out
    of its metadata, which it publishes.

    It is a subclass because Datasette 0.65 has no hook for how a query is run or a cookie is signed. What depends on
    its insides is in this class and in Boxed; the pages of the desk are handlers of our own (routes.py).
    """

    def __init__(self, site: Site, path: Path, **settings: Any) -> None:
        self.legation = site
        super().__init__([str(path)], **settings)

    def add_database(self, db: Database, name: str | None = None, route: str | None = None) -> Database:
        return super().add_database(Boxed(self, db.path) if db.path else db, name, route)

    def stop(self) -> None:
        """End the threads and processes that answered queries; no request may follow."""
        for database in self.databases.values():
            if isinstance(database, Boxed):
                database.stop()
        self.executor.shutdown()

    def sign(self, value: Any, namespace: str = "default") -> str:
        """A cookie that signs somebody in begins a session, and is worth nothing after it."""
        if namespace == "actor":
            value = {**value, "s": self.legation.people.begin()}
        return str(super().sign(value, namespace))

    def unsign(self, signed: str, namespace: str = "default") -> Any:
        value = super().unsign(signed, namespace)
        if namespace == "actor" and not self.legation.people.lasts(value.get("s", "")):
            raise BadSignature("the session has ended")
        return value

    def end_session(self, cookie: str) -> None:
        """Sign out: the cookie, and every copy of it, is worth nothing from now on."""
        try:
            self.legation.people.end(super().unsign(cookie, "actor").get("s", ""))
        except (BadSignature, AttributeError):
            return

    def plugin_config(self, plugin_name: str, *place: Any, **more: Any) -> Any:
        if plugin_name == PASSWORDS:
            return self.legation.people.passwords()
        return super().plugin_config(plugin_name, *place, **more)


def _site(datasette: Any) -> Site | None:
    return getattr(datasette, "legation", None)


def _routes(datasette: Any) -> list[Any]:
    return table() if _site(datasette) else []


def _startup(datasette: Any) -> Any:
    """What the first query would wait for: Datasette's own notes on the tables."""

    async def prepared() -> None:
        if _site(datasette):
            await datasette.refresh_schemas()

    return prepared


def _guard(datasette: Any) -> Callable[[App], App]:
    site = _site(datasette)
    return (lambda app: guard(app, site.config.serve, datasette.end_session)) if site else (lambda app: app)


def _may(datasette: Any, actor: Any, action: str, resource: Any) -> bool | None:
    """Deciding is for reviewers; a stranger sees what `reading` opens; what else needs a permission is refused."""
    site = _site(datasette)
    if site is None:
        return None
    if action == REVIEW:
        return site.people.may_review(actor)
    if action == EDIT:
        return site.people.may_edit(actor)
    if action == "view-instance" and site.config.serve.reading == "signed-in":
        return site.people.known(actor)
    if action in (READ_ALL, "execute-sql"):
        return site.people.reads_all(actor)
    if action in ("view-table", "view-query") and not site.people.reads_all(actor):
        return None if resource[1] in (OPEN_TABLES if action == "view-table" else OPEN_QUERIES) else False
    return False if action in ("permissions-debug", "debug-menu", "view-database-download") else None


def _actor(datasette: Any, request: Any) -> Any:
    site = _site(datasette)
    return site.people.of_token(request.headers.get("authorization", "")) if site else None


def _filters(datasette: Any, request: Any) -> None:
    """A stranger's search stays in the table at hand: words of whole articles are not to be guessed one by one."""
    site = _site(datasette)
    if site and "_fts_table" in request.args and not site.people.reads_all(request.actor):
        raise Forbidden("_fts_table is for those who sign in")


def _links(datasette: Any, actor: Any) -> list[dict[str, str]]:
    links = [("/", "Overview"), ("/-/board", "Status board"), ("/-/hosts", "World")]
    site = _site(datasette)
    if site is None:
        return []
    if site.people.may_review(actor):
        links.append(("/-/desk", "Review desk"))
    if site.people.may_edit(actor):
        links.append(("/-/sources", "Sources"))
    return [{"href": href, "label": label} for href, label in links]


def _fault(datasette: Any, request: Any, exception: Exception) -> Any:
    return error_page(datasette, request, exception) if _site(datasette) else None


def _values(datasette: Any, request: Any) -> dict[str, Any]:
    """What templates/legation/base.html asks for on every page, those of other plugins included."""
    site = _site(datasette)
    if site is None:
        return {}
    actor = request.actor if request else None
    return {
        "legation_may_review": lambda: site.people.may_review(actor),
        "legation_may_edit": lambda: site.people.may_edit(actor),
        "legation_reads_all": lambda: site.people.reads_all(actor),
        "legation_database": lambda: site.path.stem,
        "legation_version": lambda: VERSION,
        "legation_origin": lambda: _origin(site, request),
    }


def _origin(site: Site, request: Any) -> str:
    """The address of this server as the visitor knows it, without a path: previews need whole addresses."""
    host = request.headers.get("host", "") if request else ""
    return f"{'https' if site.config.serve.https else 'http'}://{host}"


def _filters_of_templates(env: Any, datasette: Any) -> None:
    date_format.install(env)
    env.globals |= {"static": static_files.address, "typed_names": labels.typed_names}
    env.filters |= {"table_title": table_titles.table_title, "column_title": table_titles.column_title}
    env.tests["internal"] = table_titles.HIDDEN.__contains__


def _cell(value: Any, column: str) -> Any:
    """A state as a pill, in the words of the table."""
    if column not in STATE_COLUMNS or value not in STATES:
        return None
    return Markup('<span class="pill plain state-{0}">{0}</span>').format(value)


def _queries(datasette: Any) -> dict[str, Any]:
    return QUERIES if _site(datasette) else {}


register_routes = hookimpl(_routes)
startup = hookimpl(_startup)
asgi_wrapper = hookimpl(_guard, trylast=True)
permission_allowed = hookimpl(_may, tryfirst=True)
actor_from_request = hookimpl(_actor, tryfirst=True)
filters_from_request = hookimpl(_filters, tryfirst=True)
menu_links = hookimpl(_links)
handle_exception = hookimpl(_fault, tryfirst=True)
extra_template_vars = hookimpl(_values)
canned_queries = hookimpl(_queries)
render_cell = hookimpl(_cell)
prepare_jinja2_environment = hookimpl(_filters_of_templates)
