"""Step 4, article -> claims: read what this version of the extractor has not read yet. No page is fetched for that."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from legation.db import articles
from legation.db.article_faults import clear_faults
from legation.db.second_requests import note_mentions
from legation.db.transactions import immediate
from legation.models.languages import ENGLISH
from legation.pipeline.article_faults import is_fatal, note_fault
from legation.pipeline.batches import batches
from legation.pipeline.cleaning.live_blog import posts_from_json
from legation.pipeline.date_parsing import whole_day
from legation.pipeline.extract import TOGETHER
from legation.pipeline.funnel.stages import language_of, may_claim
from legation.pipeline.run_context import Run
from legation.pipeline.run_record import NOT_IN
from legation.pipeline.time_limit import time_limit

if TYPE_CHECKING:
    from legation.pipeline.extract import Reader

BATCH = 200  # articles in one transaction, which holds other writers up for a tenth of a second
BATCH_SECONDS = 2.0  # of reading: no more than that is lost by a kill
Row = Mapping[str, Any]
Found = tuple[Row, list[dict[str, Any]]]  # an article, its claims


class Reading:
    """Reads stored articles. The language model is loaded when there may be something to read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._foreign: dict[int, str] = {}  # articles that are not read for their language -> the language wanted
        self._languages = {source.name: source.language for source in run.config.sources}

    @cached_property
    def _reader(self) -> "Reader":
        with self._run.record.timing("load"):
            return self._run.around.reader(self._run.config.model)

    def read_all(self, *, again: bool) -> None:
        """Read the live articles that nobody read yet; with `again` also those that only another version read."""
        version = self._reader.version if again else None
        waiting: list[Found] = []
        begun = time.monotonic()
        for some in batches(articles.unread_articles(self._run.db, version), min(TOGETHER, BATCH)):
            if self._run.over:
                break
            waiting += self._read(some)
            if len(waiting) >= BATCH or time.monotonic() - begun > BATCH_SECONDS:
                self._write(waiting)
                waiting, begun = [], time.monotonic()
        self._write(waiting)

    def read(self, article: int | None) -> None:
        """Read one article, unless that was done (it may be known from another address)."""
        if article is not None and articles.is_unread(self._run.db, article, self._reader.version):
            self._write(self._read([articles.article_to_read(self._run.db, article)]))

    def _read(self, some: Sequence[Row]) -> list[Found]:
        """The articles with their claims, without those that cannot be read."""
        with self._run.record.timing("read"):
            self._foreign |= {article["id"]: wanted for article in some if (wanted := self._missed(article))}
            foreign: list[Found] = [(article, []) for article in some if article["id"] in self._foreign]
            return [*foreign, *self._found([article for article in some if article["id"] not in self._foreign])]

    def _found(self, some: Sequence[Row]) -> list[Found]:
        if not some:
            return []
        reader = self._reader  # loaded before the time of the articles begins
        try:
            with time_limit(self._run.config.model.article_seconds):
                return list(zip(some, _claims(reader, some), strict=True))
        except Exception as error:  # one article's fault must not keep all others from being read, for ever
            if len(some) > 1:
                return [found for article in some for found in self._found([article])]
            self._fault(some[0], "read", error)
            return []

    def _fault(self, article: Row, step: str, error: Exception) -> None:
        fault = {"address": article["url"], "source": article["source"], "page": None, "article": article["id"]}
        note_fault(self._run, {**fault, "body": None, "version": self._reader.version}, step, error)

    def _write(self, found: list[Found]) -> None:
        """Store what was read, in one transaction: all of it or, after a kill, nothing, and then it is read again.

        Where one article's claims cannot be stored, each is stored in a transaction of its own.
        """
        from legation.db.claims import save_extractions

        if not found:
            return
        run, version = self._run, self._reader.version
        try:
            with run.record.timing("write"), immediate(run.db):
                saved = save_extractions(run.db, ((article["id"], version, rows) for article, rows in found), run.now)
                note_mentions(run.db, _mentions(article for article, _ in found))
        except Exception as error:
            if is_fatal(error):
                raise
            if len(found) > 1:
                for one in found:
                    self._write([one])
            else:
                self._fault(found[0][0], "store", error)
            return
        foreign = [self._foreign[article["id"]] for article, _ in found if article["id"] in self._foreign]
        run.record.counts["articles read"] += len(saved) - len(foreign)
        run.record.counts["articles in another language"] += len(foreign)
        run.record.counts.update(f"{NOT_IN}{wanted}" for wanted in foreign)
        run.record.counts["claims new"] += sum(one.new for one in saved)
        run.record.counts["claims kept"] += sum(one.kept for one in saved)
        run.record.counts["claims retired"] += sum(one.retired for one in saved)
        for article, _ in found:
            clear_faults(run.db, articles.address_of(run.db, article["id"]), "read", "store")

    def _missed(self, article: Row) -> str | None:
        """The language in which the article would have been read, if it is not read for its own; None: it is read.

        That is the source's language where the article says that it is in another one; and English where it says, or
        its source does, that it is in another one and it has no English word for a mission.
        """
        wanted, own = self._languages.get(article["source"]), article["language"]
        if wanted and own and own != wanted:
            return wanted
        if (own or wanted or ENGLISH) != ENGLISH and not may_claim(article["text"], article["title"]):
            return ENGLISH
        return None


def _mentions(some: Iterable[Row]) -> Iterator[tuple[int, str]]:
    """Those of the articles that name a mission: id and language."""
    for article in some:
        if (language := language_of(article["text"], article["language"])) is not None:
            yield article["id"], language


def _claims(reader: "Reader", some: Sequence[Row]) -> Iterator[list[dict[str, Any]]]:
    from legation.models.claim import Text

    texts = [
        Text(one["text"], one["title"], whole_day(one["published"]), posts_from_json(one["posts"])) for one in some
    ]
    for claims in reader.read(texts):
        yield [{**asdict(c), "marks": [(m.label, m.start, m.end) for m in c.marks]} for c in claims]
