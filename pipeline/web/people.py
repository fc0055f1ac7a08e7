"""Who signs in, and what each may do. Nobody may decide unless named here as a reviewer."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from legation.pipeline.web.settings import ServeConfig

REVIEW = "legation-review"  # the permission to decide
Actor = dict[str, Any]


@dataclass(slots=True)
class People:
    """Those of the configuration, and whoever holds the one-time link that `legation serve` prints."""

    config: ServeConfig
    guest: str | None = None
    link: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    arrived: bool = False

    def may_review(self, actor: Actor | None) -> bool:
        name = (actor or {}).get("id")
        if self.arrived and name == self.guest and name is not None:
            return True
        return any(person.name == name and person.role == "reviewer" for person in self.config.people)

    def known(self, actor: Actor | None) -> bool:
        """Whether the actor of a cookie is still one of ours."""
        name = (actor or {}).get("id")
        return (self.arrived and name == self.guest) or any(person.name == name for person in self.config.people)

    def enter(self, token: str) -> str | None:
        """The name that a one-time link gives, once; None: wrong or used before."""
        if self.guest is None or self.arrived or not secrets.compare_digest(token.encode(), self.link.encode()):
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
