"""A server on loopback whose every answer is written by the test: for what no well-behaved site sends.

with scripted() as server:
    server.routes["/slow"] = lambda request: request.trickle()
    server.say("/page", b"<p>text</p>", ETag='"1"')
"""

import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread


@dataclass(frozen=True)
class Hit:
    """One request: path with query, headers in small letters, when its answer began (monotonic), with which status."""

    path: str
    headers: dict[str, str]
    at: float
    status: int


class Request(BaseHTTPRequestHandler):
    """What a route gets: it answers by one of these methods."""

    protocol_version = "HTTP/1.1"
    counted = False  # among the requests in flight

    @property
    def script(self) -> "Script":
        script: Script = self.server.script  # type: ignore[attr-defined]
        return script

    def do_GET(self) -> None:
        with self.script.lock:
            self.counted = True
            self.script.in_flight += 1
            self.script.most_in_flight = max(self.script.most_in_flight, self.script.in_flight)
        try:
            self.script.routes.get(self.path, Request.not_found)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.leave()

    def leave(self) -> None:
        """No longer in flight. Said before the last bytes are sent: a client that has them may ask again at once."""
        with self.script.lock:
            self.script.in_flight -= self.counted
            self.counted = False

    def begin(self, status: int, **headers: str) -> None:
        """Status line and headers; Content_Type becomes Content-Type."""
        sent = {name.lower(): value for name, value in self.headers.items()}
        self.script.hits.append(Hit(self.path, sent, time.monotonic(), status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def say(self, body: bytes, status: int = 200, **headers: str) -> None:
        """A whole answer; 304 if the request holds its ETag or Last-Modified."""
        known = {"If-None-Match": headers.get("ETag"), "If-Modified-Since": headers.get("Last_Modified")}
        if status == 200 and any(value and self.headers.get(name) == value for name, value in known.items()):
            self.begin(304, Content_Length="0", **headers)
            return
        headers.setdefault("Content_Type", "text/html; charset=utf-8")
        headers.setdefault("Content_Length", str(len(body)))
        self.begin(status, **headers)
        self.leave()
        self.wfile.write(body)

    def not_found(self) -> None:
        self.say(b"nothing here", 404)

    def redirect(self, location: str) -> None:
        self.begin(302, Location=location, Content_Length="0")

    def stream(self, parts: Iterable[bytes], pause: float = 0.0, **headers: str) -> None:
        """An answer without a length, until `parts` end or the client is gone."""
        self.close_connection = True
        headers.setdefault("Content_Type", "text/html; charset=utf-8")
        self.begin(200, Connection="close", **headers)
        for part in parts:
            self.wfile.write(part)
            if pause:
                self.wfile.flush()
                time.sleep(pause)

    def reset(self) -> None:
        """Cut the connection in the middle of an answer, with a TCP reset."""
        self.begin(200, Content_Type="text/html", Content_Length="1000")
        self.wfile.write(b"<p>half")
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: `hits` tells."""


Route = Callable[[Request], None]


@dataclass
class Script:
    """A running server. `routes` by path; `hits` in the order in which answers ended."""

    url: str
    host: str
    routes: dict[str, Route] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    in_flight: int = 0
    most_in_flight: int = 0

    def say(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer `path` with this from now on."""
        self.routes[path] = lambda request: request.say(body, status, **headers)

    def paths(self) -> list[str]:
        return [hit.path for hit in self.hits]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: that clients hang up on hostile answers is what is tested."""


@contextmanager
def scripted() -> Iterator[Script]:
    """A server on a free port of 127.0.0.1 until the block ends."""
    server = _Server(("127.0.0.1", 0), Request)
    host = f"127.0.0.1:{server.server_port}"
    script = Script(f"http://{host}", host)
    server.script = script  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
