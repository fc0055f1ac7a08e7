"""What every answer carries, and which requests are refused before Datasette sees them.

Datasette 0.65 sets no content security policy, and its token against forged requests is only checked where there are
cookies; so the origin of every request that writes is checked here as well.
"""

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from legation.pipeline.web.login_throttle import SIGN_IN, LoginThrottle
from legation.pipeline.web.settings import ServeConfig
from legation.pipeline.web.static_files import KEPT, is_hashed

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
EMBED = "/-/embed"  # the one page that other sites may show in a frame: nothing on it acts
FRAMED = {
    b"content-security-policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors *").encode(),
    b"cross-origin-resource-policy": b"cross-origin",
}
SIGN_OUT = "/-/logout"  # of Datasette
OK = 200
SAFE = ("GET", "HEAD", "OPTIONS")
MAX_BODY = 64 * 1024  # bytes; the longest form of ours is the correction of a claim with its note
TAKES_LISTS = "/-/sources/import"  # the one address that a file is sent to, a list of feeds
MAX_LIST = 1024 * 1024  # bytes, as a form; a list of 3000 feeds


def guard(app: App, config: ServeConfig, end_session: Callable[[str], None]) -> App:
    """`app` with HEADERS on every answer; refuses foreign hosts, foreign origins, long bodies and guessed passwords.

    `end_session` is given the cookie of the person who signs out.
    """
    wrong = LoginThrottle()

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        signs_in = (scope["method"], scope["path"]) == ("POST", SIGN_IN)
        signs_out = (scope["method"], scope["path"]) == ("POST", SIGN_OUT)
        client = (scope.get("client") or [""])[0]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if signs_in and message["status"] == 200:
                    wrong.note(client, monotonic())
                if signs_out and message["status"] == 302:
                    end_session(_cookie(headers.get("cookie", "")))
                found = message["status"] == OK
                extra = FRAMED if found and scope["path"] == EMBED else {}
                if found and is_hashed(scope["path"], scope.get("query_string", b"")):
                    extra = KEPT
                message = {**message, "headers": secured(message.get("headers", ()), config.https, extra)}
            await send(message)

        problem = refusal(scope["method"], scope["path"], headers, config)
        if signs_in and problem is None and (seconds := wrong.wait(client, monotonic())):
            problem = 429, f"too many wrong passwords; try again in {seconds} seconds"
        if problem:
            await _refuse(send_with_headers, *problem)
        else:
            await app(scope, receive, send_with_headers)

    return guarded


def refusal(method: str, path: str, headers: dict[str, str], config: ServeConfig) -> tuple[int, str] | None:
    """Status and words of the refusal of a request; None: it may pass."""
    host = headers.get("host", "")
    if not own_name(host, config):
        return 421, f"{host}: not a name of this server; add it to [serve] names"
    if method in SAFE:
        return None
    if _foreign(headers.get("origin"), headers.get("sec-fetch-site"), host):
        return 403, "the request comes from another site"
    if not path.startswith("/-/"):
        return 405, "nothing is written here"
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return 411, "the request does not say how long it is"
    if int(length) > (MAX_LIST if path == TAKES_LISTS else MAX_BODY):
        return 413, "the request is too long"
    if headers.get("content-type", "").startswith("multipart/"):  # the check of the token cannot read it
        return 415, "the form is sent in parts; send it as application/x-www-form-urlencoded"
    return None


def _cookie(header: str) -> str:
    """The cookie that signs somebody in; "" if there is none."""
    try:
        found = SimpleCookie(header).get("ds_actor")
    except CookieError:
        return ""
    return found.value if found else ""


def _foreign(origin: str | None, site: str | None, host: str) -> bool:
    """Whether another site made the request. Our own forms say `Origin: null`, because no referrer is sent."""
    if site is not None and site not in ("same-origin", "none"):
        return True
    if origin == "null":
        return site != "same-origin"
    return origin is not None and urlsplit(origin).netloc != host


def own_name(host: str, config: ServeConfig) -> bool:
    """Whether a Host header names this server: else a page elsewhere could reach it by a name of its own."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", config.host, *config.names):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def secured(headers: Any, https: bool, extra: dict[bytes, bytes] | None = None) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with HEADERS, changed by `extra`, and cookies no script can read."""
    own = {**HEADERS, **(extra or {})}
    kept = [(key.lower(), value) for key, value in headers if key.lower() not in own]
    cookies = [(key, _closed(value, https) if key == b"set-cookie" else value) for key, value in kept]
    return [*cookies, *own.items()]


def _closed(cookie: bytes, https: bool) -> bytes:
    said = cookie.lower()
    extra = b"" if b"httponly" in said else b"; HttpOnly"
    return cookie + extra + (b"; Secure" if https and b"; secure" not in said else b"")


async def _refuse(send: Send, status: int, words: str) -> None:
    body = words.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
