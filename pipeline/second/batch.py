"""The second reader by files: what would be asked as JSON Lines, in the form that batch services take, and the answers.

A question that stands in a file is noted as sent and not written again, unless asked for; an answer that is stored is
not read again. So both commands can be repeated at any time.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from legation.db import second_requests
from legation.pipeline.errors import LegationError, UsageProblem
from legation.pipeline.second import prompt
from legation.pipeline.second.due_articles import articles_due
from legation.pipeline.second.requests import Question, question, take, version

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.second.settings import SecondReaderConfig

FORMS = ("openai", "anthropic")
LONGEST_LINE = 2_000_000  # bytes; an answer of a hundred claims has a twentieth of it
MOST_TOKENS = 8192  # of an answer, where the service wants to be told


class NotAnAnswer(Exception):
    """A line of an answers file that cannot be used; the message is the reason by which it is counted."""


class Refused(Exception):
    """The service did not answer a question; the message says why."""


def write_requests(
    db: "Database",
    config: "SecondReaderConfig",
    path: Path,
    *,
    form: str = "openai",
    name: str | None = None,
    limit: int | None = None,
    again: bool = False,
    now: str,
) -> Counter[str]:
    """Write the questions that are due to `path`; counts "requests", and "known" for articles whose answer is stored.

    `name`: of the model at the service; None: the last part of the configured one. `again`: also what stands in an
    earlier file. Raises LegationError where the file cannot be written.
    """
    named = name or needed(config).rsplit("/", 1)[-1]
    counts: Counter[str] = Counter()
    sent: list[Question] = []
    direct = path.is_symlink() or (path.exists() and not path.is_file())  # such as /dev/stdout or a pipe
    part = path if direct else path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            for asked in _questions(db, config, again, counts, now):
                if limit is not None and len(sent) >= limit:
                    break
                file.write(json.dumps(line(asked, form, named, config.options), ensure_ascii=False) + "\n")
                sent.append(asked)
        if not direct:
            os.replace(part, path)
    except OSError as error:
        raise LegationError(f"{path}: {error.strerror}; name a file that can be written") from error
    finally:
        if not direct:
            part.unlink(missing_ok=True)
    second_requests.note_sent(
        db, (asked.asked for asked in sent), now
    )  # after the file: a kill between them loses no question
    counts["requests"] = len(sent)
    return counts


def needed(config: "SecondReaderConfig") -> str:
    """The configured model. Raises UsageProblem for none."""
    if not config.model:
        raise UsageProblem("second_reader.model: not set; name the model that is to read, as `llm models` lists it")
    return config.model


def _questions(
    db: "Database", config: "SecondReaderConfig", again: bool, counts: Counter[str], now: str
) -> Iterator[Question]:
    seen: set[str] = set()
    for article in articles_due(db, config, version(config.model)):
        asked = question(config.model, article, config.longest)
        known = second_requests.request(db, asked.key)
        if known is not None and known.state == "answered":
            counts.update(take(db, config, asked, known.answer, now))
            counts["known"] += 1
        elif asked.key not in seen and (again or known is None or known.state == "failed"):
            seen.add(asked.key)
            yield asked


def line(asked: Question, form: str, name: str, options: dict[str, Any]) -> dict[str, Any]:
    """One question as a batch service takes it."""
    users = {"role": "user", "content": asked.text}
    if form == "anthropic":
        body = {"model": name, "max_tokens": MOST_TOKENS, "system": prompt.system(), "messages": [users], **options}
        return {"custom_id": asked.key, "params": body}
    shape = {"name": "claims", "strict": True, "schema": prompt.schema()}
    body = {
        "model": name,
        "messages": [{"role": "system", "content": prompt.system()}, users],
        "response_format": {"type": "json_schema", "json_schema": shape},
        **options,
    }
    return {"custom_id": asked.key, "method": "POST", "url": "/v1/chat/completions", "body": body}


def read_answers(
    db: "Database", config: "SecondReaderConfig", path: Path, complain: Callable[[str], None], clock: Callable[[], str]
) -> Counter[str]:
    """Store the answers of a file and what stands of them, each in its own transaction.

    Counts "answers", "known" (stored before), "failed" (the service refused), "lines dropped", and what `take` counts.
    `complain` hears of each line that is no answer. Raises UsageProblem where the file cannot be read.
    """
    counts: Counter[str] = Counter()
    try:
        with path.open("rb") as file:
            for number, raw in _lines(file):
                try:
                    _one(db, config, raw, clock(), counts)
                except NotAnAnswer as reason:
                    counts["lines dropped"] += 1
                    complain(f"{path}:{number}: {reason}")
                except Refused as reason:
                    counts["failed"] += 1
                    complain(f"{path}:{number}: {reason}")
    except OSError as error:
        raise UsageProblem(f"{path}: {error.strerror}; name the file of a batch service's answers") from error
    return counts


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, empty ones left out. Of one that is too long only so much as shows that it is."""
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        if raw.strip():
            yield number, raw


def _one(db: "Database", config: "SecondReaderConfig", raw: bytes, now: str, counts: Counter[str]) -> None:
    """Store one answer. Raises NotAnAnswer and Refused."""
    key, row = _parsed(raw)
    known = second_requests.request(db, key)
    if known is None:
        raise NotAnAnswer("no question has this custom_id; was it written for another database?")
    if known.state == "answered":
        counts["known"] += 1
        return
    asked = (known.key, known.model, known.prompt, known.article)
    try:
        answer, tokens = batch_answer(row)
    except Refused as reason:
        second_requests.note_failure(db, asked, str(reason), now, now)
        raise
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    second_requests.note_answer(db, asked, text, tokens or (0, 0), now)
    article = second_requests.article(db, known.article)
    counts.update(take(db, config, Question(*asked[:3], article, ""), text, now))
    counts["answers"] += 1


def _parsed(raw: bytes) -> tuple[str, dict[str, Any]]:
    if len(raw) >= LONGEST_LINE:
        raise NotAnAnswer(f"over {LONGEST_LINE} bytes")
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError):
        raise NotAnAnswer("not JSON; give one object a line") from None
    key = row.get("custom_id") if isinstance(row, dict) else None
    if not isinstance(key, str) or not key.isascii():
        raise NotAnAnswer('no "custom_id"; give what the batch service returned')
    return key, row


def batch_answer(row: dict[str, Any]) -> tuple[str | dict[str, Any], tuple[int, int] | None]:
    """The answer in a line and the tokens that it took, None: not stated.

    Forms: {"answer": ...}; {"response": {"status_code", "body": {"choices", "usage"}}}; {"result": {"type", "message":
    {"content", "usage"}}}. Raises Refused for an error of the service, NotAnAnswer for another form.
    """
    if isinstance(row.get("answer"), (str, dict)):
        return row["answer"], None
    try:
        if row.get("error"):
            raise Refused(f"the service refused: {json.dumps(row['error'], ensure_ascii=False)[:200]}")
        if isinstance(row.get("result"), dict):
            return _message(row["result"])
        response = row["response"]
        if response.get("status_code", 200) != 200:
            raise Refused(f"the service answered with HTTP {response['status_code']}")
        body = response["body"]
        return _text(body["choices"][0]["message"]["content"]), _usage(body, "prompt_tokens", "completion_tokens")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise NotAnAnswer("an unknown form of answer; give what the batch service returned") from None


def _message(result: dict[str, Any]) -> tuple[str, tuple[int, int] | None]:
    if result.get("type") != "succeeded":
        raise Refused(f"the service refused: {json.dumps(result, ensure_ascii=False)[:200]}")
    message = result["message"]
    text = "".join(part["text"] for part in message["content"] if part.get("type") == "text")
    return text, _usage(message, "input_tokens", "output_tokens")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _usage(body: dict[str, Any], asked: str, answered: str) -> tuple[int, int] | None:
    usage = body.get("usage")
    counts = [usage.get(name) for name in (asked, answered)] if isinstance(usage, dict) else []
    whole = [count for count in counts if isinstance(count, int) and 0 <= count < 10**9]
    return (whole[0], whole[1]) if len(whole) == 2 else None
