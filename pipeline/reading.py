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
    """Reads stored articles. The language model is loaded when there is something to read."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @cached_property
    def _reader(self) -> "Reader":
        from pipeline.extract import Reader

        with self._run.record.timing("load"):
            return Reader(self._run.config.model.pipeline)

    def read_new(self) -> None:
        """Read every live article that has no extraction by this version, one after the other, until the run is over."""
        for article in articles.articles_to_read(self._run.db, self._reader.version):
            if self._run.over:
                return
            self._read(article)

    def _read(self, article: Mapping[str, Any]) -> None:
        from db.claims import save_extraction
        from models.claim import Text

        run = self._run
        with run.record.timing("read"):
            text = Text(article["text"], article["title"], article["published"])
            try:
                claims = next(iter(self._reader.read([text])))
            except (
                Exception
            ) as error:  # one article's fault must not keep all later ones from being read, run after run
                run.problem(f"article {article['id']}", f"not read: {type(error).__name__}: {error}")
                return
            rows = [{**asdict(c), "marks": [(m.label, m.start, m.end) for m in c.marks]} for c in claims]
            saved = save_extraction(run.db, article["id"], self._reader.version, rows, run.now)
        run.record.counts.update({"articles read": 1, "claims new": saved.new, "claims kept": saved.kept})
        run.record.counts["claims retired"] += saved.retired
