"""What became of one request."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["fetched", "unchanged", "failed", "robots-blocked", "refused"]


@dataclass(frozen=True, slots=True)
class Answer:
    """`url` was asked; `final_url` answered, None when nothing did. `reason` is None when fetched or unchanged.

    `temporary`: worth asking again by itself. `retry_at`: not before this time (UTC, as stored); None: no wish.
    `requests`: how many were sent, redirects counted; `conditional`: whether ETag or Last-Modified went along.
    """

    url: str
    outcome: Outcome
    reason: str | None = None
    temporary: bool = False
    retry_at: str | None = None
    final_url: str | None = None
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body: bytes = b""
    requests: int = 0
    conditional: bool = False
    seconds: float = 0.0
