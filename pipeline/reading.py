"""Step 4, article -> claims: read what this version of the extractor has not read yet. No page is fetched for that."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from db import articles
from pipeline.run import Run

if TYPE_CHECKING:
    from pipeline.extract import Reader


class Reading:
    """Reads stored articles. The language model is loaded when there may be something to read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._languages = {source.name: source.language for source in run.config.sources}

    @cached_property
    def _reader(self) -> "Reader":
        with self._run.record.timing("load"):
            return self._run.around.reader(self._run.config.model.pipeline)

    def read_all(self, *, again: bool) -> None:
        """Read the live articles that nobody read yet; with `again` also those that only another version read."""
        version = self._reader.version if again else None
        for article in articles.unread_articles(self._run.db, version):
            if self._run.over:
                return
            self._read(article)

    def read(self, article: int | None) -> None:
        """Read one article, unless that was done (it may be known from another address)."""
        if article is not None and articles.is_unread(self._run.db, article, self._reader.version):
            self._read(articles.article_to_read(self._run.db, article))

    def _read(self, article: Mapping[str, Any]) -> None:
        from db.claims import save_extraction

        run, reader = self._run, self._reader
        with run.record.timing("read"):
            try:
                rows = [] if self._is_foreign(article) else _claims(reader, article)
            except Exception as error:  # one article's fault must not keep all later ones from being read, for ever
                run.problem(f"article {article['id']}: not read: {type(error).__name__}: {error}")
                return
            saved = save_extraction(run.db, article["id"], reader.version, rows, run.now)
        counts = {
            "articles read": 1,
            "claims new": saved.new,
            "claims kept": saved.kept,
            "claims retired": saved.retired,
        }
        run.record.counts.update(counts)

    def _is_foreign(self, article: Mapping[str, Any]) -> bool:
        """Whether the article says that it is in another language than its source's."""
        wanted = self._languages.get(article["source"])
        return bool(wanted and article["language"] and article["language"] != wanted)


def _claims(reader: "Reader", article: Mapping[str, Any]) -> list[dict[str, Any]]:
    from models.claim import Text

    text = Text(article["text"], article["title"], article["published"])
    claims = next(iter(reader.read([text])))
    return [{**asdict(c), "marks": [(m.label, m.start, m.end) for m in c.marks]} for c in claims]
