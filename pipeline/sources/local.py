"""Read sources that are on this machine: saved pages, articles as JSON Lines, web archives, standard input."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from legation.pipeline.errors import LegationError
from legation.pipeline.fetch.urls import canonical
from legation.pipeline.inputs import Problem, json_lines
from legation.pipeline.sources.settings import FilesSource, StdinSource, WarcSource

PAGES = (".html", ".htm", ".html.gz", ".htm.gz")
ARTICLES = (".jsonl", ".jsonl.gz")
ARCHIVES = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True)
class LocalPage:
    """A page as it was saved."""

    url: str
    body: bytes
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class LocalArticle:
    """An article that was cleaned elsewhere; its text is taken as given."""

    url: str
    text: str
    title: str | None
    published: str | None
    note: str | None = None
    """What is not believed of it, as `place: what`; None: all is."""


LocalItem = LocalPage | LocalArticle | Problem


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One file of a source. `token` is another when the file has changed."""

    address: str
    token: str
    items: Iterator[LocalItem]


def local_files(
    source: FilesSource | WarcSource | StdinSource, folder: Path, stdin: Iterable[str], limit: int
) -> Iterator[LocalFile]:
    """The files of `source`, sorted by name; nothing is read before `items` are. `limit`: bytes of one page.

    Raises LegationError when there is no such file, or the extra `archive` is missing.
    """
    if isinstance(source, StdinSource):
        yield LocalFile("-", "", read_articles(stdin, "-"))
        return
    suffixes = ARCHIVES if isinstance(source, WarcSource) else PAGES + ARTICLES
    paths = sorted(path for path in _paths(folder / source.path) if path.name.lower().endswith(suffixes))
    if not paths:
        raise LegationError(f"{source.path}: no file that ends in {', '.join(suffixes)}")
    for path in paths:
        status = path.stat()
        name = str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name
        yield LocalFile(name, f"{status.st_size}:{status.st_mtime_ns}", _read(path, name, limit))


def _paths(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return (file for file in path.rglob("*") if file.is_file())
    if path.is_file():
        return [path]
    anchor = next(parent for parent in path.parents if not set("*?[") & set(str(parent)))
    return (file for file in anchor.glob(str(path.relative_to(anchor))) if file.is_file())


def _read(path: Path, name: str, limit: int) -> Iterator[LocalItem]:
    lower = name.lower()
    try:
        if lower.endswith(ARCHIVES):
            yield from _archive(path, name, limit)
        elif lower.endswith(ARTICLES):
            with _opened(path) as file:
                yield from read_articles(file, name)
        else:
            yield _page(path, name, limit)
    except (OSError, EOFError, zlib.error) as error:
        yield Problem(f"{name}: {type(error).__name__}: {error}")


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def _page(path: Path, name: str, limit: int) -> LocalItem:
    with _opened(path) as file:
        body = file.read(limit + 1)
    return Problem(f"{name}: body over {limit} bytes") if len(body) > limit else LocalPage(name, body)


def read_articles(lines: Iterable[bytes | str], name: str) -> Iterator[LocalItem]:
    """Articles of JSON Lines, as `legation extract` reads them; known by their address, else by id, else by line."""
    for item in json_lines(lines, name):
        if isinstance(item, Problem):
            yield item
        elif not item.text.text.strip():
            yield Problem(f"{item.article}: its text is empty; leave it out")
        else:
            url = (canonical(item.url) if item.url else None) or item.article
            yield LocalArticle(url, item.text.text, item.text.title, item.published, item.note)


def _archive(path: Path, name: str, limit: int) -> Iterator[LocalItem]:
    """HTML pages that were answered with 200; other records are no articles."""
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise LegationError(f"{name}: needs the extra `archive`: pip install 'legation[archive]'") from error
    for record in ArchiveIterator(str(path), record_types=WarcRecordType.response, parse_http=True):
        headers = record.http_headers
        url = canonical(record.headers.get("WARC-Target-URI") or "")
        if url is None or headers is None or headers.status_code != 200:
            continue
        kind = record.http_content_type or ""
        if "html" in kind:
            body = record.reader.read(limit + 1)
            yield (
                Problem(f"{name}: {url}: body over {limit} bytes") if len(body) > limit else LocalPage(url, body, kind)
            )
