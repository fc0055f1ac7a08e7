"""Which articles go to the second reader."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from legation.db.second import Article, due_articles, has_claims, least_confidence
from legation.models.languages import ENGLISH
from legation.pipeline.funnel.stages import may_claim

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.second.settings import SecondReaderConfig


def due(db: "Database", config: "SecondReaderConfig", version: str) -> Iterator[Article]:
    """The articles that [second_reader] chooses and that this version has not read, newest first."""
    languages = [*config.languages, *([ENGLISH] if config.articles != "foreign" else [])]
    for article in due_articles(db, version, languages):
        if config.articles != "unsure" or article.language != ENGLISH or _unsure(db, article, config.sure):
            yield article


def _unsure(db: "Database", article: Article, sure: float) -> bool:
    """Whether a claim is below `sure`, or none was found although the title names a mission."""
    least = least_confidence(db, article.id)
    if least is not None:
        return least < sure
    return not has_claims(db, article.id) and may_claim(article.title or "")
