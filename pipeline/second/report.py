"""How far the second reader is, what it cost today, and how often each reader was right."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from legation.db import second_requests
from legation.db.joined_readings import BOTH
from legation.models.languages import language_name
from legation.pipeline.second.due_articles import articles_due
from legation.pipeline.second.requests import DROPPED, version

if TYPE_CHECKING:
    from sqlite_utils import Database

    from legation.pipeline.second.settings import SecondReaderConfig

NAMES = {"small": "small reader", "reviewer": "a reviewer"}


def report(db: "Database", config: "SecondReaderConfig", day: str) -> Iterator[str]:
    """Lines for `legation second-reader status`; `day` is today, UTC."""
    yield f"model     {config.model or 'none; set [second_reader] model in config.toml'}"
    if config.model:
        waiting = sum(1 for _ in articles_due(db, config, version(config.model)))
        used = second_requests.spent(db, day)
        yield f"articles  {waiting} due ({config.articles})"
        yield (
            f"today     {used.questions} of {config.articles_a_day} questions, "
            f"{used.tokens} of {config.tokens_a_day} tokens"
        )
    for (model, state), count in sorted(second_requests.states(db).items()):
        yield f"requests  {count} {state}, {model}"
    if drops := second_requests.dropped(db):
        yield "dropped   " + ", ".join(f"{reason} {count}" for reason, count in drops.most_common())
    if unread := second_requests.unread(db):
        counts = sorted(((-count, language_name(code)) for code, count in unread.items()))
        yield "not read  " + ", ".join(f"{name} {-count}" for count, name in counts)
    yield from _readers(db)


def _readers(db: "Database") -> Iterator[str]:
    for row in second_requests.measured(db):
        decided = row["approved"] + row["corrected"] + row["rejected"]
        right = (
            f"{row['approved']} of {decided} decided were right ({row['approved'] / decided:.0%})" if decided else ""
        )
        yield f"claims    {row['claims']} by {reader_label(row['reader'])}; {right or 'none decided yet'}"
    if differ := second_requests.differing(db):
        yield f"differ    {differ} claims found by one of two readers of their article"


def summary(counts: Mapping[str, int]) -> Iterator[str]:
    """What a run of the second reader did, in a line or two; nothing if it did nothing."""
    names = ("asked", "known", "read", "claims", "failed", "left", "tokens")
    told = [f"{counts[f'second reader {name}']} {name}" for name in names if counts.get(f"second reader {name}")]
    if told:
        yield "second    " + ", ".join(told)
    drops = {name.removeprefix(DROPPED): count for name, count in counts.items() if name.startswith(DROPPED)}
    if drops:
        listed = sorted(drops.items(), key=lambda item: (-item[1], item[0]))
        yield "dropped   " + ", ".join(f"{reason} {count}" for reason, count in listed)


def reader_label(reader: str, *, short: bool = False) -> str:
    """The reader of a claim in words; `short`: two readers without their names."""
    if reader.startswith(BOTH):
        if short:
            return "two readers"
        return f"two readers (small reader and {reader.removeprefix(BOTH)})"
    return NAMES.get(reader, reader)
