"""Who signs in, and what each may do. Nobody may decide unless named here as a reviewer."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from legation.pipeline.web.settings import ServeConfig

REVIEW = "legation-review"  # the permission to decide
EDIT = "legation-edit"  # the permission to add, pause and remove sources, and to have the server ask addresses
READ_ALL = "legation-read-all"  # the permission to read whole articles, tables, the queue, and to ask in SQL
MOST_SESSIONS = 10_000  # kept at a time; the oldest end first
Actor = dict[str, Any]


@dataclass(slots=True)
class People:
    """Those of the configuration, and the person who holds the one-time link that `legation serve` prints."""

    config: ServeConfig
    guest: str | None = None
    link: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    arrived: bool = False
    sessions: dict[str, None] = field(default_factory=dict)

    def may_review(self, actor: Actor | None) -> bool:
        return self._has(actor, ("reviewer", "editor"))

    def may_edit(self, actor: Actor | None) -> bool:
        return self._has(actor, ("editor",))

    def _has(self, actor: Actor | None, roles: tuple[str, ...]) -> bool:
        """Whether the actor has one of the roles; the holder of the one-time link started the server, and has all."""
        name = (actor or {}).get("id")
        if self.arrived and name == self.guest and name is not None:
            return True
        return any(person.name == name and person.role in roles for person in self.config.people)

    def known(self, actor: Actor | None) -> bool:
        """Whether the actor of a cookie is still one of ours."""
        name = (actor or {}).get("id")
        return (self.arrived and name == self.guest) or any(person.name == name for person in self.config.people)

    def reads_all(self, actor: Actor | None) -> bool:
        """Whether more is open to the actor than status, periods, quotes and sources."""
        return self.config.reading == "all" or self.known(actor)

    def begin(self) -> str:
        """Begin a session; return its name, which a cookie carries."""
        session = secrets.token_urlsafe(16)
        self.sessions[session] = None
        while len(self.sessions) > MOST_SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        return session

    def lasts(self, session: str) -> bool:
        return session in self.sessions

    def end(self, session: str) -> None:
        self.sessions.pop(session, None)

    def opens(self, token: str) -> bool:
        """Whether a one-time link would sign in; nothing is used up."""
        known = self.guest is not None and not self.arrived
        return known and secrets.compare_digest(token.encode(), self.link.encode())

    def enter(self, token: str) -> str | None:
        """The name that a one-time link gives, once; None: wrong or used before."""
        if not self.opens(token):
            return None
        self.arrived = True
        return self.guest

    def of_token(self, authorization: str) -> Actor | None:
        """The person of an `Authorization: Bearer TOKEN` header; None: no token of ours."""
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer":
            return None
        digest = hashlib.sha256(token.strip().encode()).hexdigest()
        for person in self.config.people:
            if person.token_sha256 and secrets.compare_digest(digest, person.token_sha256):
                return {"id": person.name}
        return None

    def passwords(self) -> dict[str, Any]:
        """The configuration of datasette-auth-passwords."""
        hashes = {f"{p.name}_password_hash": p.password_hash for p in self.config.people if p.password_hash}
        return {**hashes, "actors": {person.name: {"id": person.name} for person in self.config.people}}
