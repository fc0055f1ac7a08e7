"""Read sources that are on this machine: saved pages, articles as JSON Lines, web archives, standard input."""

import gzip
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from legation.pipeline.date_parsing import FIRST_YEAR
from legation.pipeline.errors import LegationError, UsageProblem
from legation.pipeline.fetch.urls import canonical
from legation.pipeline.inputs import Problem, json_lines
from legation.pipeline.scan.warc import NO_ADDRESS, Broken, Other, items
from legation.pipeline.sources.settings import FilesSource, StdinSource, WarcSource

PAGES = (".html", ".htm", ".html.gz", ".htm.gz")
ARTICLES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
ARCHIVES = (".warc", ".warc.gz")
# Endings of files that may hold articles or pages; those that a source does not read are counted and named.
LOOKALIKES = (
    *PAGES, *ARTICLES, *ARCHIVES, ".json", ".json.gz", ".txt", ".xhtml", ".mhtml", ".mht", ".pdf", ".warc.zst", ".arc",
    ".arc.gz", ".wacz", ".zip",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LocalPage:
    """A page as it was saved."""

    url: str
    body: bytes
    content_type: str | None = None
    fetched: str | None = None
    """The day on which it was fetched, YYYY-MM-DD; None: not stated."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a file holds that is no article, which is no failure: one line."""

    message: str


@dataclass(frozen=True, slots=True)
class LocalArticle:
    """An article that was cleaned elsewhere; its text is taken as given."""

    url: str
    text: str
    title: str | None
    published: str | None
    note: str | None = None
    """What is not believed of it, as `place: what`; None: all is."""
    local: bool = False
    """Whether `url` is only our name for it, so that another text may come under the same."""


LocalItem = LocalPage | LocalArticle | Problem | LeftOut


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One file of a source. `token` is another when the file has changed."""

    address: str
    token: str
    items: Iterator[LocalItem]


def local_files(
    source: FilesSource | WarcSource | StdinSource,
    folder: Path,
    stdin: Iterable[str],
    limit: int,
    first_year: int = FIRST_YEAR,
) -> Iterator[LocalFile]:
    """The files of `source`, sorted by name; nothing is read before `items` are. `limit`: bytes of one page.

    Raises LegationError when there is no such file, or the extra `archive` is missing.
    """
    if isinstance(source, StdinSource):
        yield LocalFile("-", "", read_articles(stdin, "-", first_year))
        return
    suffixes = ARCHIVES if isinstance(source, WarcSource) else PAGES + ARTICLES
    there = sorted(_paths(folder / source.path))
    paths = [path for path in there if path.name.lower().endswith(suffixes)]
    if not paths:
        raise LegationError(f"{source.path}: no file that ends in {', '.join(suffixes)}")
    others = [path for path in there if path not in paths and path.name.lower().endswith(LOOKALIKES)]
    if others:
        token = f"{len(others)}:{_name(Path(others[0].name))}"  # told again only when there are others
        yield LocalFile(f"{source.path}/*", token, iter([LeftOut(_not_read(source.path, others, suffixes))]))
    for path in paths:
        name = _name(path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name))
        yield LocalFile(name, _token(path), _read(path, name, limit, first_year))


def _not_read(place: str, others: list[Path], suffixes: tuple[str, ...]) -> str:
    """What to say of files that only look as if they were read."""
    number = "1 file is" if len(others) == 1 else f"{len(others)} files are"
    return f"{place}: {number} not read, such as {_name(Path(others[0].name))}; read are {', '.join(suffixes)}"


def _name(path: Path) -> str:
    """The path as text that can be stored: bytes of a name that are no UTF-8 are written as \\xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _token(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:  # it went away since the folder was listed; reading it will say so
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}"


def _paths(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return (file for file in path.rglob("*") if file.is_file())
    if path.is_file():
        return [path]
    anchor = next(parent for parent in path.parents if not set("*?[") & set(str(parent)))
    return (file for file in anchor.glob(str(path.relative_to(anchor))) if file.is_file())


def _read(path: Path, name: str, limit: int, first_year: int) -> Iterator[LocalItem]:
    lower = name.lower()
    try:
        if lower.endswith(ARCHIVES):
            yield from _archive(path, name, limit)
        elif lower.endswith(ARTICLES):
            with _opened(path) as file:
                yield from read_articles(file, name, first_year)
        else:
            yield _page(path, name, limit)
    except (gzip.BadGzipFile, zlib.error):
        yield Problem(f"{name}: not gzip, or damaged; restore it, or name it without .gz")
    except EOFError:
        yield Problem(f"{name}: its gzip data is cut short; what came before was read")
    except OSError as error:
        yield Problem(f"{name}: {error.strerror or 'cannot be read'}")


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def _page(path: Path, name: str, limit: int) -> LocalItem:
    with _opened(path) as file:
        body = file.read(limit + 1)
    return (
        Problem(f"{name}: body over {limit} bytes; raise [fetch] max_body_bytes")
        if len(body) > limit
        else LocalPage(name, body)
    )


def read_articles(lines: Iterable[bytes | str], name: str, first_year: int = FIRST_YEAR) -> Iterator[LocalItem]:
    """Articles of JSON Lines, as `legation extract` reads them; known by their address, else by file and id, else by
    file and line. An id that comes again in the file is another article."""
    seen: set[str] = set()
    for item in json_lines(lines, name, first_year=first_year):
        if isinstance(item, Problem):
            yield item
        elif not item.text.text.strip():
            yield Problem(f"{item.article}: its text is empty; leave it out")
        else:
            url = canonical(item.url) if item.url else None
            local = f"{item.place if item.article in seen else name}#{item.article}" if item.is_id else item.article
            if url is None:
                seen.add(item.article)
            yield LocalArticle(url or local, item.text.text, item.text.title, item.published, item.note, url is None)


def _archive(path: Path, name: str, limit: int) -> Iterator[LocalItem]:
    """The pages of an archive, as `legation scan` reads them; what cannot be read is named, what is no page counted."""
    others: Counter[str] = Counter()
    if not path.stat().st_size:
        yield Problem(f"{name}: empty; copy or download it again")
    try:
        for item in items(path):
            if isinstance(item, Other):
                others[item.kind] += 1
            elif isinstance(item, Broken):
                yield Problem(f"{name}: byte {item.at}: {item.reason}")
            elif (url := canonical(item.url)) is None:
                others[NO_ADDRESS] += 1
            elif len(item.body) > limit:
                yield Problem(f"{name}: byte {item.at}: {url}: body over {limit} bytes")
            elif not item.intact():
                yield Problem(f"{name}: byte {item.at}: {url}: the digest is not that of the record")
            else:
                yield LocalPage(url, item.body, item.content_type, item.date or None)
    except UsageProblem as error:
        raise LegationError(f"{name}: {error}") from error
    if others:
        counted = ", ".join(f"{number} {kind}" for kind, number in others.most_common())
        yield LeftOut(f"{name}: left out: {counted}")
