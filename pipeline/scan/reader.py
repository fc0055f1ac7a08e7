"""Pages of an archive -> articles with claims, through the funnel."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from models.claim import Text
from pipeline.funnel.stages import Funnel
from pipeline.scan.archive import Broken, Page
from pipeline.worker import Worker, WorkerFailure

if TYPE_CHECKING:
    from pipeline.extract import Reader

ABOUT = ("canonical", "title", "author", "language", "published", "fingerprint", "text")
Article = dict[str, Any]
Complain = Callable[[int, str], None]


class Scanner:
    """Reads pages. The language model and the cleaning process start with the first page that needs them."""

    def __init__(self, model: str, worker: Worker) -> None:
        self._model, self._worker = model, worker
        self.funnel = Funnel()

    @property
    def counts(self) -> Counter[str]:
        return self.funnel.counts

    @property
    def reader(self) -> "Reader":
        return _reader(self._model)

    def articles(
        self, items: Iterable[Page | Broken], complain: Complain
    ) -> Iterator[tuple[int, dict[str, Any] | None]]:
        """For each item where it stands, and its article with claims or None. `complain` gets what is not read."""
        for item in items:
            if isinstance(item, Broken):
                self._broken(item.at, item.reason, complain)
                yield item.at, None
            else:
                yield item.at, self._article(item, complain)

    def _broken(self, at: int, reason: str, complain: Complain) -> None:
        self.counts["broken"] += 1
        complain(at, reason)

    def _article(self, page: Page, complain: Complain) -> dict[str, Any] | None:
        if not self.funnel.page(page.body, page.content_type):
            return None
        if not page.intact():
            self._broken(page.at, f"{page.url}: the digest is not that of the record", complain)
            return None
        try:
            return self._read(page)
        except WorkerFailure as failure:
            self._broken(page.at, f"{page.url}: unparsed: {failure}", complain)
        except Exception as error:  # one page's fault must not end the scan
            self._broken(page.at, f"{page.url}: not read: {type(error).__name__}: {error}", complain)
        return None

    def _read(self, page: Page) -> dict[str, Any] | None:
        cleaned: dict[str, Any] = self._worker.run(
            "clean", page.body, url=page.url, content_type=page.content_type, newest=page.date, anchored=True
        )
        if "unparsed" in cleaned or not self.funnel.text(cleaned["text"]):
            return None
        title, published = cleaned.get("title"), cleaned.get("published")
        claims = next(iter(self.reader.read([Text(cleaned["text"], title, published)])))
        self.counts["claims"] += len(claims)
        self.counts["articles"] += bool(claims)
        if not claims:
            return None
        about = {name: cleaned.get(name) for name in ABOUT}
        row = {"url": page.url, "fetched": page.date, **about, "version": self.reader.version}
        return {**row, "claims": [_claim(claim) for claim in claims]}


@cache
def _reader(model: str) -> "Reader":
    """Loaded once a process, which takes longer than to read many an archive."""
    from pipeline.extract import Reader

    return Reader(model)


def _claim(claim: Any) -> dict[str, Any]:
    return {**asdict(claim), "marks": [[m.label, m.start, m.end] for m in claim.marks]}
