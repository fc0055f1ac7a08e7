"""Which articles go to the second reader."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from legation.db.second_requests import Article, due_articles, has_claims, least_confidence
from legation.models.languages import ENGLISH
from legation.pipeline.funnel.stages import may_claim

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.second.settings import SecondReaderConfig


def articles_due(db: "Database", config: "SecondReaderConfig", version: str) -> Iterator[Article]:
    """The articles that [second_reader] chooses and that this version has not read, newest first."""
    languages = [*config.languages, *([ENGLISH] if config.articles != "foreign" else [])]
    for article in due_articles(db, version, languages):
        if config.articles != "unsure" or article.language != ENGLISH or _unsure(db, article, config.sure):
            yield article


def unsure(least: float | None, title: str | None, sure: float) -> bool:
    """Whether the small reader is unsure of an article: its least sure claim is below `sure`, or it found none (`least`
    None) although the title names a mission."""
    return may_claim(title or "") if least is None else least < sure


def _unsure(db: "Database", article: Article, sure: float) -> bool:
    """The same of a stored article. If all its claims are decided, nothing is unsure."""
    least = least_confidence(db, article.id)
    return unsure(least, article.title, sure) and (least is not None or not has_claims(db, article.id))
