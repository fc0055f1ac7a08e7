"""Serves tests/site/ on loopback as a news site does: content types, ETag, Last-Modified, 304.

    with serve() as site:
        httpx.get(site.url + "/feed.xml")

The files speak of https://news.example; what is sent names the address that the server really has.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

SITE_FOLDER = Path(__file__).parent / "site"
SITE_ADDRESS = "https://news.example"
# The .htm page names its charset in the page only, as old sites do.
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Site:
    """A running server: its address without a final slash, its folder, and (method, path, status) of each answer."""

    url: str
    folder: Path
    answers: list[tuple[str, str, int]] = field(default_factory=list)


@contextmanager
def serve(folder: Path = SITE_FOLDER, port: int = 0) -> Iterator[Site]:
    """Serve `folder` on 127.0.0.1 until the block ends; port 0 takes a free one. Raises OSError if `port` is taken."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler, bind_and_activate=False)
    server.daemon_threads = True
    try:
        server.server_bind()
        server.server_activate()
        site = Site(f"http://127.0.0.1:{server.server_port}", folder.resolve())
        server.site = site  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()
    finally:
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def site(self) -> Site:
        site: Site = self.server.site  # type: ignore[attr-defined]
        return site

    def do_GET(self) -> None:
        file = self._file()
        if file is None:
            self._answer(404, b"<h1>Not found</h1>", {"Content-Type": "text/html; charset=utf-8"})
            return
        body = file.read_bytes().replace(SITE_ADDRESS.encode(), self.site.url.encode())
        modified = file.stat().st_mtime
        headers = {
            "Content-Type": CONTENT_TYPES[file.suffix],
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
            "Last-Modified": formatdate(modified, usegmt=True),
        }
        if self._unchanged(headers["ETag"], int(modified)):
            self._answer(304, b"", headers)
        else:
            self._answer(200, body, headers)

    do_HEAD = do_GET  # noqa: N815

    def _file(self) -> Path | None:
        """The file that the request's path names inside the site's folder, or None."""
        path = unquote(urlsplit(self.path).path)
        file = (self.site.folder / path.lstrip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        inside = file.is_relative_to(self.site.folder)
        return file if inside and file.is_file() and file.suffix in CONTENT_TYPES else None

    def _unchanged(self, etag: str, modified: int) -> bool:
        """RFC 9110, 13.1: If-None-Match counts before If-Modified-Since."""
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            return etag in wanted
        since = self.headers.get("If-Modified-Since")
        return since is not None and int(parsedate_to_datetime(since).timestamp()) >= modified

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.site.answers.append((self.command, self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep standard error for the program under test."""
