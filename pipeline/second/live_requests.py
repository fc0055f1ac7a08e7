"""Ask a model while legation runs: within a budget, several questions at a time, each answer stored as it comes.

A kill loses the answers under way and no other: what is stored is never asked again. A question that fails is asked
again later, as a page is; a service that asks to be left alone is.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from legation.db import second_requests
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.retry import backoff, is_due, retry_after, stamp
from legation.pipeline.second import prompt
from legation.pipeline.second.answer_checks import LONGEST
from legation.pipeline.second.due_articles import articles_due
from legation.pipeline.second.requests import Question, question, take, version

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.second.settings import SecondReaderConfig

TRIES = 6  # failures in a row after which an article is not asked of by itself
GIVE_UP = 5  # failures in a row in one run, none answered: the service is away
WAKE = 0.2  # seconds between looks at the clock and at `stop`


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a question: `answer` None and no `error`: too long. `tokens` in and out, None: not stated."""

    question: Question
    answer: str | None = None
    tokens: tuple[int, int] | None = None
    error: Exception | None = None


@dataclass(slots=True)
class LiveRequests:
    """One run of the second reader. `clock` tells the UTC time, `jitter` gives numbers from 0 to 1, `problem` hears
    what failed, a line each; `limit`: at most so many questions, None: as the budget allows."""

    db: "Database"
    config: "SecondReaderConfig"
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    stop: threading.Event
    problem: Callable[[str], None]
    limit: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    _results: "queue.Queue[Result]" = field(default_factory=queue.Queue)
    _waiting: dict[str, tuple[Question, float]] = field(default_factory=dict)  # key -> question, when it is given up
    _same: dict[str, list[Question]] = field(default_factory=dict)  # key -> questions of articles with the same text
    _failed: int = 0  # in a row
    _over: str = ""  # why no more is asked

    @property
    def now(self) -> str:
        return stamp(self.clock())

    def run(self) -> None:
        """Ask for every article that is due, within the budget. Raises UsageProblem where the model cannot be had."""
        model = load_model(self.config.model)
        until = second_requests.limited_until(self.db, self.config.model, self.now)
        if until:
            self.problem(f"second reader: {self.config.model}: asked to wait until {until}")
            self._over = "rate limit"
        for asked in self._questions():
            while len(self._waiting) >= self.config.concurrency:
                self._collect()
            if self._over or self.stop.is_set():
                break
            self._ask(model, asked)
        while self._waiting:
            self._collect()

    def _questions(self) -> Iterator[Question]:
        """Those that are to be asked now; what is known of an equal question is taken instead of asking."""
        for article in articles_due(self.db, self.config, version(self.config.model)):
            asked = question(self.config.model, article, self.config.longest)
            known = second_requests.request(self.db, asked.key)
            if known is not None and known.state == "answered":
                self._take(asked, known.answer)
                self.counts["second reader known"] += 1
            elif asked.key in self._waiting:
                self._same.setdefault(asked.key, []).append(asked)
            elif known is None or (known.state == "failed" and known.retry_at and is_due(known.retry_at, self.clock())):
                if self._over or not self._affords(asked):
                    self.counts["second reader left"] += 1
                else:
                    yield asked

    def _affords(self, asked: Question) -> bool:
        """Whether the day's budget and the limit allow one question more, those under way counted by their size."""
        used = second_requests.spent(self.db, self.now[:10])
        under_way = sum(one.size for one, _ in self._waiting.values())
        return (
            used.questions + len(self._waiting) < self.config.articles_a_day
            and used.tokens + under_way + asked.size <= self.config.tokens_a_day
            and (self.limit is None or self.counts["second reader asked"] < self.limit)
        )

    def _ask(self, model: Any, asked: Question) -> None:
        self.counts["second reader asked"] += 1
        self._waiting[asked.key] = (asked, time.monotonic() + self.config.timeout_seconds)
        options, results, seconds = self.config.options, self._results, self.config.timeout_seconds
        thread = threading.Thread(target=lambda: results.put(answer(model, asked, options, seconds)), daemon=True)
        thread.start()

    def _collect(self) -> None:
        """Wait a moment for an answer, and give up what has taken too long."""
        try:
            result = self._results.get(timeout=WAKE)
            if result.question.key in self._waiting:  # else given up before
                del self._waiting[result.question.key]
                self._store(result)
        except queue.Empty:
            pass
        for key, (asked, until) in list(self._waiting.items()):
            if time.monotonic() > until:
                del self._waiting[key]
                self._store(Result(asked, error=TimeoutError(f"no answer in {self.config.timeout_seconds:g} s")))

    def _store(self, result: Result) -> None:
        if result.error is not None:
            self._fail(result.question, result.error)
            return
        self._failed = 0
        tokens = result.tokens or (result.question.size, len(result.answer or "") // 4)
        second_requests.note_answer(self.db, result.question.asked, result.answer, tokens, self.now)
        self.counts["second reader tokens"] += sum(tokens)
        for asked in (result.question, *self._same.pop(result.question.key, ())):
            self._take(asked, result.answer)

    def _take(self, asked: Question, text: str | None) -> None:
        self.counts.update(take(self.db, self.config, asked, text, self.now))

    def _fail(self, asked: Question, error: Exception) -> None:
        known = second_requests.request(self.db, asked.key)
        failures = (known.failures if known else 0) + 1
        limited = _is_limit(error)
        later = _asked_to_wait(error, self.clock()) or backoff(failures, self.clock(), self.jitter())
        reason = f"{second_requests.LIMITED}: {_line(error)}" if limited else _line(error)
        again = stamp(later) if failures < TRIES or limited else None
        second_requests.note_failure(self.db, asked.asked, reason, self.now, again)
        self.counts["second reader failed"] += 1
        self._failed += 1
        self.problem(f"second reader: article {asked.article.id}: {reason}")
        if limited or self._failed >= GIVE_UP:
            self._over = "rate limit" if limited else "failures"


def load_model(name: str) -> Any:
    """The model of that name. Raises UsageProblem where the extra, the model or its key is missing."""
    try:
        import llm
    except ImportError:
        raise UsageProblem("second_reader: the library llm is not installed; pip install 'legation[llm]'") from None
    try:
        model = llm.get_model(name)
    except llm.UnknownModelError:
        raise UsageProblem(f"second_reader.model: {name}: no such model; `llm models` lists those installed") from None
    if getattr(model, "needs_key", None):
        try:
            model.get_key()
        except llm.NeedsKeyException as error:
            raise UsageProblem(f"second_reader.model: {name}: {_line(error)}") from None
    return model


def answer(model: Any, asked: Question, options: dict[str, Any], seconds: float) -> Result:
    """Ask, and read the answer up to the length that one may have. Runs in a thread of its own; raises nothing."""
    given: dict[str, Any] = {"schema": prompt.schema()} if model.supports_schema else {}
    begun, parts, length = time.monotonic(), [], 0
    try:
        response = model.prompt(asked.text, system=prompt.system(), **given, **options)
        for part in response:
            parts.append(part)
            length += len(part)
            if length > LONGEST:
                return Result(asked)
            if time.monotonic() - begun > seconds:
                break  # nobody waits for it any more
        usage = response.usage()
    except Exception as error:  # a plugin may raise anything; it is one question's fate
        return Result(asked, error=error)
    told = usage.input is not None and usage.output is not None
    return Result(asked, "".join(parts), (usage.input, usage.output) if told else None)


def _is_limit(error: Exception) -> bool:
    return getattr(error, "status_code", None) == 429 or "ratelimit" in type(error).__name__.lower()


def _asked_to_wait(error: Exception, now: datetime) -> datetime | None:
    """The time of a Retry-After header, if the error carries an answer with one."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    try:
        return retry_after(headers.get("retry-after"), now) if headers is not None else None
    except (AttributeError, TypeError):
        return None


def _line(error: Exception) -> str:
    """An error on one line, of bounded length, printable."""
    words = "".join(c if c.isprintable() else " " for c in str(error))
    return f"{type(error).__name__}: {' '.join(words.split())[:200]}"
