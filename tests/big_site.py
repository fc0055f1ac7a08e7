"""A made-up news site of any size, in which each page says something about missions, for long runs."""

import random
import time
import zlib
from functools import partial

from tests.scripted_server import Request, Script

STATES = ("France", "Italy", "Turkey", "Lithuania", "Slovakia", "Slovenia", "Portugal", "Belgium", "Austria", "Norway")
CITIES = ("Kyiv", "Tripoli", "Kabul", "Damascus", "Juba", "Khartoum", "Caracas", "Mogadishu", "Baghdad", "Minsk")
EVENTS = (
    "{state} reopened its embassy in {city} on Monday.",
    "{state} has closed its embassy in {city}, the foreign ministry said.",
    "{state} will reopen its embassy in {city} next month, a spokesperson said.",
    "The {state} embassy in {city} suspended operations last week.",
    "{state} evacuated its embassy in {city} on Sunday.",
)
WORDS = [
    *("market", "harbour", "council", "winter", "bridge", "teacher", "garden", "railway", "summit", "ferry", "quarry"),
    *("orchard", "lantern", "parade", "museum", "reservoir", "tunnel", "library", "village", "charter", "festival"),
    *("budget", "inquiry", "weather", "pasture", "granary", "mural", "compass", "archive", "chapel", "meadow"),
]


def story(number: int) -> bytes:
    """Page `number`: always the same, and unlike the others but for its subject."""
    chance = random.Random(number)
    told = EVENTS[number % len(EVENTS)].format(state=chance.choice(STATES), city=chance.choice(CITIES))
    filler = (" ".join(chance.choices(WORDS, k=14)).capitalize() + "." for _ in range(12))
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in (told, *filler))
    return (
        f'<html lang="en"><head><title>Report {number}</title>'
        f'<meta property="article:published_time" content="2024-02-{1 + number % 28:02}T08:00:00Z"></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>Report {number}</h1>{paragraphs}</article></body></html>"
    ).encode()


def feed(server: Script, paths: list[str]) -> bytes:
    """An RSS feed that names `paths`."""
    items = "".join(f"<item><link>{server.url}{path}</link><title>{path}</title></item>" for path in paths)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def publish(server: Script, pages: int, pause: float = 0.0) -> list[str]:
    """Serve so many pages and /feed.xml; each answer waits `pause` seconds. Returns the paths."""
    paths = [f"/story/{number}.html" for number in range(pages)]
    for number, path in enumerate(paths):
        server.routes[path] = partial(_answer, body=story(number), pause=pause)
    server.say("/robots.txt", b"User-agent: *\nAllow: /\n", Content_Type="text/plain")
    server.say("/feed.xml", feed(server, paths), Content_Type="application/rss+xml", ETag='"feed"')
    return paths


def _answer(request: Request, body: bytes, pause: float) -> None:
    time.sleep(pause)
    request.say(body, ETag=f'"{zlib.crc32(body)}"')
