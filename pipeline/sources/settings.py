"""[[sources]] of config.toml: what each kind of source needs."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt

from legation.pipeline.config_section import Section


def _web_address(url: str) -> str:
    if not re.match(r"https?://[^\s/]+", url):
        raise ValueError("not a web address; it must begin with http:// or https://")
    return url


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


Url = Annotated[str, AfterValidator(_web_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Source(Section):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
    """Short and unique; small letters, digits, hyphens."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    """Two-letter code; articles in another language are stored and not read. Left out: all are read."""
    keywords: tuple[str, ...] = ()
    """One of these must be in a page's address or announced title; upper and lower case are the same."""
    min_new: PositiveInt | None = None
    """A run that gets fewer new pages from an answer of this source says so and ends with 1."""
    max_new: PositiveInt = 500
    """A run takes no more new pages than this from the source, says so, and leaves the rest to the next."""
    may_fail: bool = False
    """Its failures are recorded but do not make a run end with 1."""
    paused: bool = False
    """Runs leave it out, unless --only names it."""

    @property
    def address(self) -> str:
        """What the source is asked for, as `legation sources` shows it."""
        return ""


class WebSource(Source):
    url: Url
    """Where it is asked."""

    @property
    def address(self) -> str:
        return self.url


class FeedSource(WebSource):
    """RSS, Atom or JSON Feed."""

    kind: Literal["feed"]


class SitemapSource(WebSource):
    """A sitemap, news sitemap or sitemap index."""

    kind: Literal["sitemap"]
    max_sitemaps: PositiveInt = 20
    """Of an index, so many sitemaps are read, the latest first."""


class ListSource(WebSource):
    """A page that links to articles."""

    kind: Literal["list"]
    match: Pattern
    """Regular expression that an article's address must match somewhere."""


class PagesSource(Source):
    """Pages named one by one."""

    kind: Literal["pages"]
    urls: Annotated[tuple[Url, ...], Field(min_length=1)]
    """Their addresses."""

    @property
    def address(self) -> str:
        return " ".join(self.urls)


class PathSource(Source):
    path: str
    """A file, a folder or a pattern such as `in/*.html`; relative to the configuration's folder."""

    @property
    def address(self) -> str:
        return self.path


class FilesSource(PathSource):
    """Saved pages (.html, .htm, also with .gz) and articles (.jsonl, .ndjson, as `legation extract` reads them)."""

    kind: Literal["files"]


class WarcSource(PathSource):
    """Web archives (.warc, .warc.gz), such as CC-NEWS; needs the extra `archive`."""

    kind: Literal["warc"]


class StdinSource(Source):
    """Articles as JSON Lines on standard input, as trafilatura prints them; asked only with --only."""

    kind: Literal["stdin"]

    @property
    def address(self) -> str:
        return "-"


class GdeltSource(Source):
    """The GDELT DOC API. It often refuses to answer, so its failures never fail a run."""

    kind: Literal["gdelt"]
    query: str
    """As https://api.gdeltproject.org/api/v2/doc/doc takes it."""
    url: Url = "https://api.gdeltproject.org/api/v2/doc/doc"
    """Where the API is asked."""
    may_fail: bool = True

    @property
    def address(self) -> str:
        return self.query


AnySource = Annotated[
    FeedSource | SitemapSource | ListSource | PagesSource | FilesSource | WarcSource | StdinSource | GdeltSource,
    Field(discriminator="kind"),
]
LocalSource = FilesSource | WarcSource | StdinSource
KINDS = ("feed", "sitemap", "list", "pages", "files", "warc", "stdin", "gdelt")
