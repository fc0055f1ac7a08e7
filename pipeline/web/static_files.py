"""The addresses of stylesheets, scripts and signs: each carries a hash of its file, so that a browser may keep it."""

import hashlib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
PREFIX = "/-/legation/"
HASHED = b"v="  # begins the query string of an address whose file never changes
KEPT = {b"cache-control": b"public, max-age=31536000, immutable"}  # a year


def address(name: str) -> str:
    """Where a browser finds a file of static/. The hash follows the file when it is edited while the server runs."""
    return f"{PREFIX}{name}?v={_hash(name, (FOLDER / name).stat().st_mtime_ns)}"


def is_hashed(path: str, query: bytes) -> bool:
    """Whether a request asks for a file by the address that carries its hash."""
    return path.startswith(PREFIX) and query.startswith(HASHED)


@lru_cache(maxsize=64)
def _hash(name: str, changed: int) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
