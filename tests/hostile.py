"""What a server can do to a reader, each at an address of its own, and the outcome that must be recorded for it."""

import gzip
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from legation.pipeline.fetch.addresses import resolve
from tests.big_site import feed, story
from tests.bombs import BOMBS
from tests.scripted_server import Request, Script

HEALTHY = [f"/healthy/{number}.html" for number in range(12)]
PARAGRAPHS = b"<p>The embassy in the old town works again, an official told reporters on Monday.</p>" * 9
FAILED, REFUSED, FETCHED = "failed", "refused", "fetched"

# path -> state of the page, beginning of its reason (None: it is an article), and what the server does
Hostile = dict[str, tuple[str, str | None, Callable[[Request], None]]]


def endless(request: Request) -> None:
    """A body without an end."""
    block = b"<p>more</p>" * 10_000

    def blocks() -> Iterator[bytes]:
        while True:
            yield block

    request.stream(blocks())


def one_byte_a_second(request: Request) -> None:
    """A body that would take hours."""
    request.stream((b"x" for _ in range(10_000)), pause=1.0)


def slow_headers(request: Request) -> None:
    """Headers that would take hours."""
    request.close_connection = True
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000:
        request.wfile.write(bytes([byte]))
        request.wfile.flush()
        time.sleep(1)


def bomb(request: Request, encoding: str) -> None:
    """2 GB in less than 2 MB."""
    request.say(BOMBS[encoding](), 200, Content_Encoding=encoding)


def wrong_length(request: Request) -> None:
    """Half of what was announced."""
    request.close_connection = True
    request.begin(200, Content_Type="text/html", Content_Length="100000")
    request.wfile.write(PARAGRAPHS)


def page(body: bytes, **headers: str) -> Callable[[Request], None]:
    """Answer with this."""
    return lambda request: request.say(body, 200, **headers)


def to(location: str) -> Callable[[Request], None]:
    """Redirect there."""
    return lambda request: request.redirect(location)


def hostile(server: Script) -> Hostile:
    """The hostile pages of `server`."""
    port = server.host.partition(":")[2]
    inside = {
        "/to-metadata": "http://169.254.169.254/latest/meta-data/",
        "/to-mapped": f"http://[::ffff:127.0.0.1]:{port}/secret",
        "/to-decimal": f"http://2130706433:{port}/secret",
        "/to-file": "file:///etc/passwd",
    }
    redirects: Hostile = {path: (REFUSED, None, to(target)) for path, target in inside.items()}
    bombs: Hostile = {
        f"/bomb-{name}": (FAILED, "body over 20000000 bytes", partial(bomb, encoding=name)) for name in BOMBS
    }
    return {
        **redirects,
        **bombs,
        "/trickle": (FAILED, "timeout", one_byte_a_second),
        "/slow-headers": (FAILED, "timeout", slow_headers),
        "/endless": (FAILED, "body over 20000000 bytes", endless),
        "/hops/0": (FAILED, "more than 10 redirects", to("/hops/1")),
        "/loop": (FAILED, "redirect loop", to("/loop")),
        "/short": (FAILED, "the server's answer breaks the rules of HTTP", wrong_length),
        "/reset": (FAILED, "the server closed the connection", Request.reset),
        "/gzip-that-is-none": (FAILED, "not valid gzip", page(PARAGRAPHS, Content_Encoding="gzip")),
        "/pdf": (FETCHED, "unparsed: not HTML: PDF", page(b"%PDF-1.7\n" + bytes(5_000))),
        "/deep": (FETCHED, "unparsed: nested too deep", page(b"<div>" * 100_000 + PARAGRAPHS)),
        "/unclosed": (FETCHED, None, page(b"<a href=/x>" * 50_000 + PARAGRAPHS)),
        "/node": (FETCHED, "unparsed: ", page(b"<p>" + b"The embassy works. " * 800_000)),
        "/wide": (FETCHED, "unparsed: ", page(PARAGRAPHS * 24_000)),
        "/empty": (FETCHED, "unparsed: empty", page(b"")),
        "/nul": (FETCHED, None, page(PARAGRAPHS.replace(b"works", b"wo\0rks"))),
        "/surrogate": (FETCHED, None, page(PARAGRAPHS + b"<p>\xed\xa0\x80 \xed\xbf\xbf &#xD800; &#0;</p>")),
        "/charset": (
            FETCHED,
            None,
            page(("<p>Café. " * 30).encode("cp1252") + PARAGRAPHS, Content_Type="text/html; charset=x"),
        ),
        "/laughs": (FETCHED, None, page(LAUGHS + PARAGRAPHS)),
    }


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lollollollollollollollollollol">'
    + b"".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9))
    + b"]>"
)


def feeds(server: Script) -> dict[str, tuple[str, bytes, str | None]]:
    """Hostile sources: name -> (kind, body, beginning of what is said of it; None: nothing)."""
    item = f"<item><link>{server.url}/from-feed</link><title>&j;&x;</title></item>".encode()
    secret = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">'
    rss = b'<rss version="2.0"><channel>' + item + b"</channel></rss>"
    index = f"<sitemapindex><sitemap><loc>{server.url}/index-loop</loc></sitemap></sitemapindex>".encode()
    entry = b"<url><loc>http://x.example/1</loc></url>"
    return {
        "laughs-feed": ("feed", LAUGHS + rss, None),
        "xxe-feed": ("feed", secret + b"]>" + rss, None),
        "xxe-sitemap": ("sitemap", secret + b"]><urlset><url><loc>&x;</loc></url></urlset>", None),
        "laughs-sitemap": ("sitemap", LAUGHS + b"<urlset><url><loc>&j;</loc></url></urlset>", None),
        "index-loop": ("sitemap", index, None),
        "many": ("sitemap", b"<urlset>" + entry * 400_000 + b"</urlset>", "only its first 50000 entries"),
        "million": ("sitemap", b"<urlset>" + entry * 1_000_000 + b"</urlset>", "body over 20000000 bytes"),
        "packed": ("sitemap", gzip.compress(b"<urlset>" + entry * 1_000_000 + b"</urlset>"), "over 20000000 bytes"),
        "consent": ("feed", b"<html><body>We value your privacy</body></html>", "this is a web page, not a feed"),
        "deep-feed": ("feed", b'<rss version="2.0">' + b"<channel>" * 100_000, None),
        "deep-json": ("feed", b'{"version":' + b"[" * 100_000, "nested too deep"),
    }


def publish(server: Script) -> None:
    """Serve all of it, with healthy pages among it, and /feed.xml that names them."""
    pages = hostile(server)
    for build in BOMBS.values():
        build()  # now, since the answer must not wait for it
    for path, (_, _, route) in pages.items():
        server.routes[path] = route
    for number in range(1, 31):
        server.routes[f"/hops/{number}"] = to(f"/hops/{number + 1}")
    for number, path in enumerate(HEALTHY):
        server.say(path, story(number))
    for name, (_, body, _) in feeds(server).items():
        server.say(f"/{name}", body, Content_Type="application/xml")
    server.say("/robots.txt", b"")
    server.say("/secret", PARAGRAPHS)
    mixed = [path for pair in zip(HEALTHY, list(pages), strict=False) for path in pair] + list(pages)[len(HEALTHY) :]
    server.say("/feed.xml", feed(server, mixed), Content_Type="application/rss+xml")


def configuration(server: Script) -> str:
    """config.toml for all of it: short limits on time, so that the test is short; the others as they are."""
    port = server.host.partition(":")[2]
    lines = [
        f'[fetch]\ndelay_seconds = 0\nwhole_seconds = 3\nread_seconds = 2.5\nallow_private = ["{server.host}"]',
        "max_body_bytes = 20_000_000",
        f'[[sources]]\nname = "site"\nkind = "feed"\nurl = "{server.url}/feed.xml"',
        f'[[sources]]\nname = "names"\nkind = "pages"\nurls = ["http://both.example:{port}/secret"]',
    ]
    keywords = 'keywords = ["from-feed", "passwd", "root:"]'
    for name, (kind, _, _) in feeds(server).items():
        lines.append(f'[[sources]]\nname = "{name}"\nkind = "{kind}"\nurl = "{server.url}/{name}"\n{keywords}')
    return "\n".join(lines)


def names(host: str, port: int) -> list[str]:
    """As the system resolves them, but for one name with a public and a private address."""
    return ["93.184.216.34", "127.0.0.1"] if host == "both.example" else resolve(host, port)


def main(config: str) -> None:
    """One run with those names; prints the exit code and the peak memory of the run in bytes."""
    from legation.pipeline.config import load_config
    from legation.pipeline.ingest import ingest
    from legation.pipeline.logs import log_to_stderr
    from legation.pipeline.run_context import Options, Surroundings
    from legation.pipeline.worker import peak_memory

    log_to_stderr("lines")
    code, _ = ingest(load_config(Path(config)), Options(), Surroundings(resolve=names))
    sys.stdout.write(f"{code} {peak_memory()}\n")


if __name__ == "__main__":
    main(sys.argv[1])
