"""[fetch] of config.toml: who we say we are, and the limits of a request, a page and a run."""

from importlib.metadata import version
from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from legation.pipeline.config_section import Section

Share = Annotated[int, Field(ge=1, le=32)]


class FetchConfig(Section):
    agent: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z_-]*$")] = "Legation"
    """Our name: in the User-Agent, and looked up in robots.txt."""
    contact: Annotated[str, Field(pattern=r"^[\x21-\x7e]*$")] = ""
    """Address or web page, sent to publishers in the User-Agent, so that they can reach you."""
    delay_seconds: NonNegativeFloat = 1.0
    """Pause between two requests to one host; a longer Crawl-delay of its robots.txt is obeyed."""
    hosts_at_once: Share = 8
    """So many hosts are asked at the same time; each of them one page at a time."""
    connect_seconds: PositiveFloat = 10.0
    """Longest wait for a connection."""
    read_seconds: PositiveFloat = 15.0
    """Longest silence of a server."""
    whole_seconds: PositiveFloat = 30.0
    """Longest time for one page with all its redirects; pauses not counted."""
    max_body_bytes: PositiveInt = 10_000_000
    """Longest page, decompressed."""
    max_listing_bytes: PositiveInt = 20_000_000
    """Longest feed, sitemap or list page, decompressed; a sitemap of 50,000 addresses has about 10 MB."""
    max_redirects: Annotated[int, Field(ge=0, le=20)] = 10
    """More than these fail the page."""
    recheck_hours: NonNegativeFloat = 12.0
    """A page stored is asked again, conditionally, after so many hours, since articles are corrected."""
    recheck_days: NonNegativeFloat = 7.0
    """... as long as it was first seen within so many days."""
    park_after: PositiveInt = 10
    """A source or page that failed so often in a row is not asked any more; `legation sources --unpark` undoes it."""
    clean_seconds: PositiveFloat = 30.0
    """Longest time for cleaning one page."""
    clean_bytes: PositiveInt = 500_000_000
    """Memory for cleaning one page (address space of the worker)."""
    first_year: Annotated[int, Field(ge=1, le=9999)] = 1995
    """A date of publication before this year is not believed, nor is one later than the day of fetching."""
    allow_private: tuple[str, ...] = ()
    """Hosts, as `host` or `host:port`, that may be at private addresses. All others are refused there."""

    @property
    def user_agent(self) -> str:
        name = f"{self.agent}/{version('legation')}"
        return f"{name} (+{self.contact})" if self.contact else name
