"""Who may do what: every route that the router knows, asked by everybody in every way."""

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from legation.pipeline.config import load_config
from legation.pipeline.web import serve
from legation.pipeline.web.guard import EMBED, FRAMED, HEADERS, POLICY
from tests.web.conftest import PASSWORD, TOKEN, Server, people, sample, serving, serving_here

# What GET, POST without token and POST from another origin give to nobody, to a reader, to a reviewer, and to an editor
# where that is another answer.
# Without cookies there is nothing to forge, so the route itself answers a POST without token.
PAGE = {"nobody": (200, 405, 403), "reader": (200, 403, 403), "reviewer": (200, 403, 403)}
DESK = {"nobody": (403, 403, 403), "reader": (403, 403, 403), "reviewer": (200, 403, 403)}
WRITE = {"nobody": (403, 403, 403), "reader": (403, 403, 403), "reviewer": (405, 403, 403)}
EDIT = {"nobody": (403, 403, 403), "reader": (403, 403, 403), "reviewer": (403, 403, 403), "editor": (200, 403, 403)}
EDITS = EDIT | {"editor": (405, 403, 403)}
GONE = {"nobody": (403, 403, 403), "reader": (403, 403, 403), "reviewer": (404, 403, 403)}
FILE = {"nobody": (200, 200, 403), "reader": (200, 403, 403), "reviewer": (200, 403, 403)}
LINK = {"nobody": (403, 405, 403), "reader": (403, 403, 403), "reviewer": (403, 403, 403)}
LOGIN = {"nobody": (200, 200, 403), "reader": (200, 403, 403), "reviewer": (200, 403, 403)}
LOGOUT = {"nobody": (302, 302, 403), "reader": (200, 403, 403), "reviewer": (200, 403, 403)}
NONE = {"nobody": (404, 405, 403), "reader": (404, 403, 403), "reviewer": (404, 403, 403)}
KEPT = {"nobody": (403, 403, 403), "reader": (404, 403, 403), "reviewer": (404, 403, 403)}
MOVED = {"nobody": (301, 301, 403), "reader": (301, 403, 403), "reviewer": (301, 403, 403)}
DATA = {"nobody": (200, 405, 403), "reader": (200, 405, 403), "reviewer": (200, 405, 403)}
SQL = {"nobody": (403, 405, 403), "reader": (200, 405, 403), "reviewer": (200, 405, 403)}
SHUT = {"nobody": (403, 405, 403), "reader": (403, 405, 403), "reviewer": (403, 405, 403)}
BESIDE = {"nobody": (301, 405, 403), "reader": (301, 405, 403), "reviewer": (301, 405, 403)}

NAMES = {"reader": "ruth", "reviewer": "rolf", "editor": "edith"}

# A regular expression of the router -> an address that it matches, and what that gives.
ROUTES = {
    r"^/$": ("/", DATA),
    r"^/-/board$": ("/-/board?place=Kyiv", PAGE),
    r"^/-/board/part$": ("/-/board/part?place=Kyiv", PAGE),
    r"^/-/picture/(?P<name>timeline|map|hosts)\.(?P<form>svg|png)$": ("/-/picture/timeline.svg?place=Kyiv", PAGE),
    r"^/-/search$": ("/-/search?q=Fiji", PAGE),
    r"^/-/embed$": ("/-/embed?place=Kyiv", PAGE),
    r"^/-/hosts$": ("/-/hosts", PAGE),
    r"^/-/mission/(?P<host>[A-Z]{2})/(?P<sender>[A-Z]{2})/(?P<kind>[a-z]+)$": (
        "/-/mission/UA/FR/embassy?city=Kyiv", PAGE,
    ),
    r"^/-/article/(?P<article>\d{1,15})$": ("/-/article/1?claim=1", PAGE),
    r"^/-/article/(?P<article>\d{1,15})/page\.txt$": ("/-/article/1/page.txt", KEPT),
    r"^/-/changes\.atom$": ("/-/changes.atom", PAGE),
    r"^/-/export/(?P<what>claims|status|periods|changes)\.(?P<form>csv|jsonl|geojson)$": (
        "/-/export/claims.csv", PAGE,
    ),
    r"^/-/changes$": ("/-/changes?region=Europe", PAGE),
    r"^/-/announcements$": ("/-/announcements", PAGE),
    r"^/-/codebook$": ("/-/codebook", PAGE),
    r"^/-/about$": ("/-/about", PAGE),
    r"^/-/id/(?P<id>(mis|per|chg|clm)-[0-9a-f]{16})$": ("/-/id/per-0123456789abcdef", NONE),
    r"^/-/enter$": ("/-/enter?token=guess", LINK),
    r"^/-/(databases|plugins)(\.json)?$": ("/-/databases", GONE),
    r"^/-/(password-tool|auth-token|messages|patterns|allow-debug|permissions|threads(\.json)?)$": (
        "/-/messages", GONE,
    ),
    r"^/-/desk$": ("/-/desk", DESK),
    r"^/-/desk/card$": ("/-/desk/card?claim=1", DESK),
    r"^/-/desk/next$": ("/-/desk/next?skip=1,2", DESK),
    r"^/-/desk/mine$": ("/-/desk/mine", DESK),
    r"^/-/desk/look$": ("/-/desk/look", WRITE),
    r"^/-/desk/decide$": ("/-/desk/decide", WRITE),
    r"^/-/desk/undo$": ("/-/desk/undo", WRITE),
    r"^/-/desk/list$": ("/-/desk/list", DESK),
    r"^/-/desk/article$": ("/-/desk/article?article=1", DESK),
    r"^/-/desk/together$": ("/-/desk/together", WRITE),
    r"^/-/desk/add$": ("/-/desk/add?article=1", DESK),
    r"^/-/desk/added$": ("/-/desk/added", WRITE),
    r"^/-/desk/remark$": ("/-/desk/remark", WRITE),
    r"^/-/desk/second$": ("/-/desk/second", DESK),
    r"^/-/desk/opinion$": ("/-/desk/opinion", WRITE),
    r"^/-/desk/settle$": ("/-/desk/settle", WRITE),
    r"^/-/desk/people$": ("/-/desk/people", DESK),
    r"^/-/desk/places$": ("/-/desk/places?q=Ky", DESK),
    r"^/-/sources$": ("/-/sources", EDIT),
    r"^/-/sources\.opml$": ("/-/sources.opml", EDIT),
    r"^/-/sources/try$": ("/-/sources/try", EDITS),
    r"^/-/sources/add$": ("/-/sources/add", EDITS),
    r"^/-/sources/change$": ("/-/sources/change", EDITS),
    r"^/-/sources/import$": ("/-/sources/import", EDITS),
    # of datasette-auth-passwords
    r"^/-/login$": ("/-/login", LOGIN),
    r"^/-/password-tool$": ("/-/password-tool", GONE),
    # of Datasette
    r"/(\.(?P<format>jsono?))?$": ("/.json", DATA),
    r"/favicon.ico": ("/favicon.ico", DATA),
    r"/-/static/(?P<path>.*)$": ("/-/static/app.css", FILE),
    r"/-/legation/(?P<path>.*)$": ("/-/legation/desk.js", FILE),
    r"/:memory:(?P<rest>.*)$": ("/:memory:", BESIDE),
    r"/-/metadata(\.(?P<format>json))?$": ("/-/metadata.json", PAGE),
    r"/-/versions(\.(?P<format>json))?$": ("/-/versions.json", PAGE),
    r"/-/plugins(\.(?P<format>json))?$": ("/-/plugins.json", GONE),
    r"/-/settings(\.(?P<format>json))?$": ("/-/settings.json", PAGE),
    r"/-/config.json": ("/-/config.json", MOVED),
    r"/-/config": ("/-/config", MOVED),
    r"/-/threads(\.(?P<format>json))?$": ("/-/threads.json", GONE),
    r"/-/databases(\.(?P<format>json))?$": ("/-/databases.json", GONE),
    r"/-/actor(\.(?P<format>json))?$": ("/-/actor.json", PAGE),
    r"/-/auth-token$": ("/-/auth-token", GONE),
    r"/-/logout$": ("/-/logout", LOGOUT),
    r"/-/permissions$": ("/-/permissions", GONE),
    r"/-/messages$": ("/-/messages", GONE),
    r"/-/allow-debug$": ("/-/allow-debug", GONE),
    r"/-/patterns$": ("/-/patterns", GONE),
    r"/(?P<database>[^\/\.]+)\.db$": ("/legation.db", SHUT),
    r"/(?P<database>[^\/\.]+)(\.(?P<format>\w+))?$": ("/legation?sql=select+1", SQL),
    r"/(?P<database>[^\/\.]+)/(?P<table>[^\/\.]+)(\.(?P<format>\w+))?$": ("/legation/claims?_facet=status", DATA),
    r"/(?P<database>[^\/\.]+)/(?P<table>[^/]+?)/(?P<pks>[^/]+?)(\.(?P<format>\w+))?$": ("/legation/claims/1", DATA),
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the whole table; nothing in it may write."""
    folder = tmp_path_factory.mktemp("access")
    sample(folder / "legation.db")
    with serving(folder, people()) as running:
        yield running


class Visitor:
    """Asks with the cookies that it was given, keeps none that an answer sets."""

    def __init__(self) -> None:
        self.client = httpx.Client(verify=False, timeout=30)  # http only: no certificates to load

    def ask(self, method: str, url: str, cookies: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        self.client.cookies.clear()
        headers = more.pop("headers", {})
        if cookies:
            headers = {**headers, "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        return self.client.request(method, url, headers=headers, **more)


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    found = Visitor()
    with found.client:
        yield found


@pytest.fixture(scope="module")
def cookies(site: Server, visitor: Visitor) -> dict[str, dict[str, str]]:
    """The cookies of everybody after signing in."""
    return {"nobody": {}} | {who: signed_in(visitor, site, name) for who, name in NAMES.items()}


def signed_in(visitor: Visitor, server: Server, name: str) -> dict[str, str]:
    page = visitor.ask("GET", f"{server.url}/-/login")
    token = re.search(r'csrftoken" value="([^"]+)"', page.text)
    assert token is not None
    kept = dict(page.cookies)
    form = {"username": name, "password": PASSWORD, "csrftoken": token[1]}
    answer = visitor.ask("POST", f"{server.url}/-/login", kept, data=form)
    assert answer.status_code == 302
    return kept | dict(answer.cookies)


def codes(visitor: Visitor, server: Server, cookies: dict[str, str], address: str) -> tuple[int, ...]:
    """What GET, POST without token and POST from another origin with the right token are answered."""
    form = {"claim": "1", "revision": "0", "approve": "1"}
    foreign = {"origin": "https://elsewhere.example", "x-csrftoken": cookies.get("ds_csrftoken", "")}
    answers = (
        visitor.ask("GET", server.url + address, cookies),
        visitor.ask("POST", server.url + address, cookies, data=form),
        visitor.ask("POST", server.url + address, cookies, data=form, headers=foreign),
    )
    return tuple(answer.status_code for answer in answers)


def test_the_table_has_every_route_that_the_router_knows(site: Server) -> None:
    app = serve.make_app(load_config(site.database.parent / "config.toml"))
    assert {regex.pattern for regex, _ in app._routes()} == set(ROUTES)


@pytest.mark.parametrize("who", ["nobody", "reader", "reviewer", "editor"])
@pytest.mark.parametrize("pattern", ROUTES)
def test_route(site: Server, visitor: Visitor, cookies: dict[str, dict[str, str]], pattern: str, who: str) -> None:
    address, expected = ROUTES[pattern]
    assert re.match(pattern, address.partition("?")[0])
    assert codes(visitor, site, cookies[who], address) == expected.get(who, expected["reviewer"])
    assert decisions(site) == 0


def decisions(server: Server) -> int:
    db = sqlite3.connect(server.database)
    try:
        return int(db.execute("SELECT count(*) FROM decisions").fetchone()[0])
    finally:
        db.close()


@pytest.mark.parametrize("pattern", ROUTES)
def test_where_reading_is_for_those_signed_in_a_stranger_sees_only_the_way_in(
    private: Server, pattern: str, visitor: Visitor
) -> None:
    address, expected = ROUTES[pattern]
    way_in = expected in (FILE, MOVED, BESIDE, LOGIN, LOGOUT) or address == "/favicon.ico"
    got = visitor.ask("GET", private.url + address)
    assert got.status_code == (expected["nobody"][0] if way_in else 403)
    assert "embassy" not in got.text


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("private")
    sample(folder / "legation.db")
    with serving_here(folder, f'[serve]\nreading = "signed-in"\n{people()}') as running:
        yield running


def test_a_reader_who_signed_in_reads_where_strangers_do_not(private: Server, visitor: Visitor) -> None:
    cookies = signed_in(visitor, private, "ruth")
    for address in ("/-/board?place=Kyiv", "/legation/claims.json"):
        assert visitor.ask("GET", private.url + address, cookies).status_code == 200


@pytest.mark.parametrize("pattern", [pattern for pattern in ROUTES if pattern != r"^/-/enter$"])
def test_every_answer_carries_the_policy(site: Server, pattern: str, visitor: Visitor) -> None:
    got = visitor.ask("GET", site.url + ROUTES[pattern][0])
    wanted = {**HEADERS, **(FRAMED if ROUTES[pattern][0].startswith(f"{EMBED}?") else {})}
    assert {name.decode(): value.decode() for name, value in wanted.items()}.items() <= got.headers.items()


def test_only_a_board_that_is_shown_may_stand_in_a_frame(site: Server, visitor: Visitor) -> None:
    for address in ("/-/embed", "/-/embed?place=Atlantis", "/-/board?place=Kyiv", "/-/embed/", "/-/desk"):
        policy = visitor.ask("GET", site.url + address).headers["content-security-policy"]
        assert policy == POLICY, address
    shown = visitor.ask("GET", f"{site.url}/-/embed?place=Kyiv", signed_in(visitor, site, "rolf"))
    assert "frame-ancestors *" in shown.headers["content-security-policy"]
    assert "<form" not in shown.text
    assert "rolf" not in shown.text


def test_metadata_has_no_hash_of_a_password(site: Server, visitor: Visitor) -> None:
    for address in ("/-/metadata.json", "/-/settings.json", "/-/plugins.json", "/-/versions.json"):
        assert "pbkdf2" not in visitor.ask("GET", site.url + address).text


def test_cookies_are_closed_to_scripts(site: Server, visitor: Visitor) -> None:
    cookies = visitor.ask("GET", f"{site.url}/-/login").headers.get_list("set-cookie")
    assert cookies
    assert all("HttpOnly" in cookie and "samesite" in cookie.lower() for cookie in cookies)


def test_the_link_that_serve_prints_works_once_and_gives_the_name(server: Server, visitor: Visitor) -> None:
    answer = visitor.ask("GET", server.link)
    assert answer.headers["location"] == "/-/desk"
    assert visitor.ask("GET", f"{server.url}/-/desk", dict(answer.cookies)).status_code == 200
    assert visitor.ask("GET", f"{server.url}/-/actor.json", dict(answer.cookies)).json() == {"actor": {"id": "maria"}}
    assert visitor.ask("GET", server.link).status_code == 403


@pytest.mark.parametrize(("token", "status"), [(TOKEN, 200), ("guess", 403), (f"{TOKEN} {TOKEN}", 403)])
def test_a_token_decides_under_its_name(server: Server, token: str, status: int, visitor: Visitor) -> None:
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    form = {"claim": "3", "revision": "0", "approve": "1"}
    got = visitor.ask("POST", f"{server.url}/-/desk/decide", data=form, headers=headers)
    assert got.status_code == status
    assert decisions(server) == (status == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "localhost"}, 200),
        ({"host": "127.0.0.1:1"}, 200),
        ({"host": "["}, 421),
    ],
)
def test_only_own_names_are_answered(site: Server, headers: dict[str, str], status: int, visitor: Visitor) -> None:
    assert visitor.ask("GET", f"{site.url}/-/login", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"claim": "1", "revision": "7", "approve": "1"}, 409, "look again"),
        ({"claim": "1", "revision": "0"}, 400, "neither approved"),
        ({"claim": "1", "revision": "0", "reject": "boring"}, 400, "no such reason"),
        ({"claim": "1", "revision": "0", "reject": "other"}, 400, "needs a note"),
        ({"claim": "1", "revision": "0", "correct": "1", "date": "2022-13"}, 400, "no date"),
        ({"claim": "1", "revision": "0", "correct": "1"}, 400, "nothing is corrected"),
        ({"claim": "999", "revision": "0", "approve": "1"}, 400, "no such claim"),
        ({"claim": "1 or 1", "revision": "0", "approve": "1"}, 400, "not a number"),
        ({"claim": "1", "approve": "1"}, 400, "not a number"),
        ({}, 400, "not a number"),
    ],
)
def test_a_form_that_is_not_well_made_writes_nothing(
    site: Server, form: dict[str, str], status: int, words: str, visitor: Visitor) -> None:  # fmt: skip
    headers = {"authorization": f"Bearer {TOKEN}", "accept": "application/json"}
    got = visitor.ask("POST", f"{site.url}/-/desk/decide", data=form, headers=headers)
    assert got.status_code == status
    assert words in got.json()["error"]
    assert decisions(site) == 0


SCRIPT = {"authorization": f"Bearer {TOKEN}"}


def test_sql_is_read_only_and_has_a_time_limit(site: Server, visitor: Visitor) -> None:
    slow = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    for sql in ("DELETE FROM queue", "INSERT INTO settings VALUES (1, 2)", "PRAGMA query_only = 0", slow):
        got = visitor.ask("GET", f"{site.url}/legation.json", params={"sql": sql}, headers=SCRIPT)
        assert got.status_code == 400, sql
    assert (site.database.parent / "log.txt").read_text() == ""
    assert decisions(site) == 0
    db = sqlite3.connect(site.database)
    try:
        assert db.execute("SELECT count(*) FROM queue").fetchone()[0] > 20
    finally:
        db.close()
