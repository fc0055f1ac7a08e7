"""One question for one article: its key, and what an answer makes of the article."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legation.db.joined_readings import Reading, save_reading
from legation.db.second_requests import Article
from legation.models.languages import ENGLISH
from legation.pipeline.second import prompt
from legation.pipeline.second.answer_checks import LONGEST, check_answer

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.second.settings import SecondReaderConfig

DROPPED = "second reader dropped: "  # with a reason: a count of claims of answers that were not kept


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model for an article, and for others with the same text; `key` follows from all of it."""

    key: str
    model: str
    prompt: str
    article: Article
    text: str

    @property
    def asked(self) -> tuple[str, str, str, int]:
        """As db.second notes it."""
        return (self.key, self.model, self.prompt, self.article.id)

    @property
    def size(self) -> int:
        """About how many tokens it has, the instruction included: a token is about four letters of English."""
        return (len(prompt.system()) + len(self.text.encode())) // 4


def question(model: str, article: Article, longest: int) -> Question:
    """The question for an article, of whose text at most `longest` characters are sent."""
    text = prompt.question(article.text[:longest], article.title, article.published)
    parts = (model, prompt.version(), text)
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    return Question(key, model, prompt.version(), article, text)


def reader_name(model: str) -> str:
    """How the reader of a claim is called: llm:<model>."""
    return f"llm:{model}"


def version(model: str) -> str:
    """Of a reading: the model and the prompt."""
    return f"{reader_name(model)} {prompt.version()}"


def take(
    db: "Database", config: "SecondReaderConfig", asked: Question, answer: str | None, now: str
) -> Counter[str]:  # fmt: skip
    """Check an answer and store what of it stands for the article; `answer` None: it was too long. Returns counts."""
    article, longest = asked.article, "x" * (LONGEST + 1)
    found = check_answer(longest if answer is None else answer, article.text, english=article.language == ENGLISH)
    reading = Reading(
        asked.key, reader_name(asked.model), f"{reader_name(asked.model)} {asked.prompt}", article.language == ENGLISH,
        found.claims, found.drops, config.alone, config.agreed,
    )  # fmt: skip
    saved = save_reading(db, article.id, reading, now)
    counts = Counter({f"{DROPPED}{reason}": count for reason, count in found.drops.items()})
    counts.update({"second reader read": 1, "second reader claims": len(found.claims), "claims new": saved.new})
    return counts
