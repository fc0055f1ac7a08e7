"""Pages of an archive -> articles with claims, through the funnel."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any, TypeGuard

from legation.models.claim import Claim, Text
from legation.models.languages import ENGLISH
from legation.pipeline.date_parsing import whole_day
from legation.pipeline.fetch.urls import canonical
from legation.pipeline.funnel.stages import NOT_READ, Funnel, language_of
from legation.pipeline.scan.warc import Broken, Other, Page
from legation.pipeline.time_limit import ARTICLE_SECONDS, time_limit
from legation.pipeline.worker import Worker, WorkerFailure

if TYPE_CHECKING:
    from legation.pipeline.config import ModelConfig
    from legation.pipeline.extract import Reader

ABOUT = ("canonical", "title", "author", "language", "published", "posts", "fingerprint", "text")
PART, TOGETHER = 1000, 32  # items of a part at most: a second; pages of it that may give claims
HELD = 50_000_000  # bytes of them, after which the part ends too: a page may have 20 MB
Article = dict[str, Any]
Part = tuple[int, list[Article]]
Complain = Callable[[int, str], None]


class Scanner:
    """Reads pages. The language model and the cleaning process start with the first page that needs them.

    `foreign`: articles in other languages that name a mission come out too, without claims, for a second reader.
    """

    def __init__(self, model: "str | ModelConfig", worker: Worker, *, foreign: bool = False) -> None:
        self._model, self._worker = model, worker
        self.funnel = Funnel(foreign)

    @property
    def counts(self) -> Counter[str]:
        return self.funnel.counts

    @property
    def reader(self) -> "Reader":
        return _reader(self._model)

    def parts(self, items: Iterable[Page | Broken | Other], complain: Complain) -> Iterator[Part]:
        """The archive in parts: where the last item of each stands, and its articles with claims. `complain` gets what
        is not read.

        The pages of a part that may give claims are first all cleaned, then all read: between two hundred others, what
        each step needs would be gone from the processor's caches every time.
        """
        held: list[Page] = []
        at, number = -1, 0
        for item in items:
            at, number = item.at, number + 1
            if self._passes(item, complain):
                held.append(item)
            if number == PART or len(held) == TOGETHER or sum(len(page.block) for page in held) > HELD:
                yield at, self._articles(held, complain)
                held, number = [], 0
        if number:
            yield at, self._articles(held, complain)

    def _passes(self, item: Page | Broken | Other, complain: Complain) -> TypeGuard[Page]:
        if isinstance(item, Other):
            self.counts["other records"] += 1
            return False
        if isinstance(item, Broken):
            self._broken(item.at, item.reason, complain)
            return False
        if not self.funnel.page(item.body, item.content_type):
            return False
        if canonical(item.url) is None:  # as `ingest` asks it of such records
            self.counts["other records"] += 1
            return False
        if not item.intact():
            self._broken(item.at, f"{item.url}: the digest is not that of the record", complain)
            return False
        return True

    def _broken(self, at: int, reason: str, complain: Complain) -> None:
        self.counts["broken"] += 1
        complain(at, reason)

    def _articles(self, held: list[Page], complain: Complain) -> list[Article]:
        cleaned = [(page, article) for page in held if (article := self._cleaned(page, complain)) is not None]
        claims = self._claims(cleaned, complain)
        self.counts["claims"] += sum(map(len, claims))
        self.counts["articles"] += sum(map(bool, claims))
        kept = [(one, found) for one, found in zip(cleaned, claims, strict=True) if found or self._unread(one[1])]
        return [self._row(*one, found) for one, found in kept]

    def _unread(self, article: Article) -> bool:
        """Whether the article names a mission in another language than English; its language is then noted."""
        if not self.funnel.foreign:
            return False
        code = language_of(article["text"], article.get("language"))
        if code in (None, ENGLISH):
            return False
        article["language"] = code
        self.counts[f"{NOT_READ}{code}"] += 1
        return True

    def _cleaned(self, page: Page, complain: Complain) -> Article | None:
        """What the page holds; None where that can give no claim."""
        try:
            article: Article = self._worker.run(
                "clean",
                page.body,
                url=page.url,
                content_type=page.content_type,
                newest=page.date,
                anchored=True,
                foreign=self.funnel.foreign,
            )
        except WorkerFailure as failure:
            self._broken(page.at, f"{page.url}: unparsed: {failure}", complain)
            return None
        passes = "unparsed" not in article and self.funnel.text(article["text"], article.get("title"))
        return article if passes else None

    def _claims(self, cleaned: list[tuple[Page, Article]], complain: Complain) -> list[list[Claim]]:
        texts = [
            Text(one["text"], one.get("title"), whole_day(one.get("published")), tuple(one.get("posts", ())))
            for _, one in cleaned
        ]
        if not texts:
            return []
        reader = self.reader  # loaded before the time of the articles begins
        try:
            with time_limit(ARTICLE_SECONDS):
                return list(reader.read(texts))
        except Exception as error:  # one page's fault must not end the scan, nor touch the pages beside it
            if len(cleaned) > 1:
                return [self._claims([one], complain)[0] for one in cleaned]
            page = cleaned[0][0]
            self._broken(page.at, f"{page.url}: not read: {type(error).__name__}: {error}", complain)
            return [[]]

    def _row(self, page: Page, article: Article, claims: list[Claim]) -> Article:
        about = {name: article.get(name) for name in ABOUT}
        row = {"url": page.url, "fetched": page.date, **about, "version": self.reader.version}
        return {**row, "claims": [_claim(claim) for claim in claims]}


@cache
def _reader(model: "str | ModelConfig") -> "Reader":
    """Loaded once a process, which takes longer than to read many an archive."""
    from legation.pipeline.extract import Reader

    return Reader(model)


def _claim(claim: Claim) -> dict[str, Any]:
    return {**asdict(claim), "marks": [[m.label, m.start, m.end] for m in claim.marks]}
