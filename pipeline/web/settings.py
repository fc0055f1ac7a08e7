"""The section [serve] of config.toml: where the web pages are, who may read and who may decide."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from legation.pipeline.config_section import Section

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class PersonConfig(Section):
    name: Annotated[str, Field(pattern=r"^[\w.@-]{1,64}$")]
    """Is shown beside every decision; letters, digits, and _ . @ - between them, no blank."""
    role: Literal["reader", "reviewer", "editor"] = "reader"
    """A reviewer may decide; an editor may also keep the sources."""
    password_hash: Annotated[str, Field(pattern=r"^pbkdf2_sha256\$\d+\$")] | None = None
    """As `legation serve --hash-password` prints it; without one no sign-in by password."""
    token_sha256: Sha256 | None = None
    """SHA-256 of an API token, as `legation serve --new-token` prints it; without one no access by token."""


class ServeConfig(Section):
    host: str = "127.0.0.1"
    """Address to listen at; put a proxy with TLS in front of any other than loopback."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8001
    """0: any free one."""
    names: tuple[str, ...] = ()
    """Host names under which a proxy passes requests on, such as "missions.example.org"; others are refused."""
    https: bool = False
    """The proxy speaks HTTPS: cookies are then sent over nothing else."""
    reading: Literal["open", "all", "signed-in"] = "open"
    """What strangers may read: "open": status, periods, quotes and their sources; "all": also whole articles, all
    tables, the queue, names of reviewers, and SQL; "signed-in": nothing. Who signs in reads all; reviewers and editors
    decide."""
    sql_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    """Limit of a query on the data pages; after it the query is ended, even inside one long call."""
    people: tuple[PersonConfig, ...] = ()
    """Who may sign in, one [[serve.people]] each."""

    @field_validator("people")
    @classmethod
    def _names_differ(cls, people: tuple[PersonConfig, ...]) -> tuple[PersonConfig, ...]:
        names = [person.name for person in people]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the name {', '.join(twice)} is given twice")
        return people
