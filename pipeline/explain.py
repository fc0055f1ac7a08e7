"""Why an article gives the claims that it gives: its words as they were taken, what fired, and what was overruled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from legation.models.claim import Claim, Mark, Step
from legation.pipeline.errors import LegationError, UsageProblem
from legation.pipeline.inputs import Input, Problem, read_inputs

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

UNREAD = "no word for a mission in the sentence or the two before"
COMMON = {"future", "new", "destination"}  # what rows of very common words need
EVENTS = "models/data/events.toml"
# label -> colour behind the words, as displaCy shows entities; told apart without red and green too
COLOURS = {
    "sender": "#7aecec",
    "host": "#feca74",
    "mission": "#bfeeb7",
    "event": "#ff9561",
    "cue": "#c887fb",
    "date": "#bfe1d9",
    "speaker": "#e4e7d2",
}


@dataclass(frozen=True, slots=True)
class Fired:
    """A claim, and the row of EVENTS that gave it, on `line`; `more` are other sentences that say the same."""

    claim: Claim
    row: str
    line: int
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overruled:
    """An event that gave no claim. `line` is where its row stands in EVENTS."""

    rule: str
    line: int
    reason: str
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One article. `marks` are sorted and may overlap; `tokens` are (start, end) in characters, spaces left out."""

    article: str
    title: str | None
    text: str
    version: str
    marks: tuple[Mark, ...]
    tokens: tuple[tuple[int, int], ...]
    fired: tuple[Fired, ...]
    overruled: tuple[Overruled, ...]


def explain(path: str, article: str | None, published: str | None, model: str) -> Explanation:
    """Read the one article of `path`, or the one with the id `article`.

    Raises LegationError where it cannot be read, UsageProblem where it is not clear which one is meant.
    """
    from legation.pipeline.extract import Reader, checked_day

    one = _one(path, article, checked_day(published) if published else None)
    reader = Reader(model)
    return explained(one, reader.doc(one.text), reader.version)


def _one(path: str, article: str | None, published: str | None) -> Input:
    found = [item for item in read_inputs((path,), published) if isinstance(item, Problem) or _asked(item, article)]
    problems = [item.message for item in found if isinstance(item, Problem)]
    articles = [item for item in found if isinstance(item, Input)]
    if problems and not articles:
        raise LegationError(problems[0])
    if not articles:
        raise UsageProblem(f"--id: {path} has no article {article!r}; give the id or address of one that it has")
    if len(articles) > 1:
        raise UsageProblem(f"{path}: {len(articles)} articles; say which with --id, such as --id {articles[0].article}")
    return articles[0]


def _asked(item: Input, article: str | None) -> bool:
    return article is None or item.article == article


def explained(item: Input, doc: "Doc", version: str) -> Explanation:
    """What a read Doc says of its reading."""
    return Explanation(
        article=item.article,
        title=item.text.title,
        text=doc.text,
        version=version,
        marks=tuple(sorted(set(_marks(doc)), key=lambda mark: (mark.start, -mark.end, mark.label))),
        tokens=tuple((token.idx, token.idx + len(token)) for token in doc if not token.is_space),
        fired=tuple(_fired(claim, doc.text) for claim in doc._.claims),
        overruled=tuple(_overruled(doc)),
    )


def _marks(doc: "Doc") -> Iterator[Mark]:
    """What the steps of reading found in the text, and what the claims rest on."""
    for label, spans in (("mission", doc.spans["missions"]), ("cue", doc.spans["cues"])):
        yield from (Mark(label, *_place(span)) for span in spans)
    yield from (Mark("event", step.start, step.end) for step in _telling(doc._.trace))
    for claim in doc._.claims:
        yield from (mark for mark in claim.marks if mark.label in COLOURS)


def _fired(claim: Claim, text: str) -> Fired:
    row = claim.rule.partition(":")[0]
    more = (text[mark.start : mark.end] for mark in claim.marks if mark.label == "quote" and mark.start != claim.start)
    return Fired(claim, row, line_of(row), tuple(dict.fromkeys(" ".join(quote.split()) for quote in more)))


def _overruled(doc: "Doc") -> Iterator[Overruled]:
    """Events that gave nothing, in the order of the text; one that gave a claim by another row is not among them."""
    read = list(_telling(doc._.trace))
    known = {(step.start, step.end) for step in doc._.trace}
    unread = [
        Step(span.id_, span.text, *_place(span), "overruled", UNREAD)
        for span in doc.spans["events"]
        if _place(span) not in known
    ]
    fired = {(step.start, step.end) for step in read if step.outcome == "fired"}
    silent = [step for step in (*read, *_telling(unread)) if (step.start, step.end) not in fired]
    for one in dict.fromkeys(sorted(silent, key=lambda step: (step.start, step.end))):
        sentence = next(sent.text for sent in doc.sents if sent.end_char > one.start)
        yield Overruled(one.rule, line_of(one.rule), one.reason, one.text, " ".join(sentence.split()))


def _place(span: "Span") -> tuple[int, int]:
    return span.start_char, span.end_char


def _telling(steps: Iterable[Step]) -> Iterator[Step]:
    """Without "have", "take" and the like, which are an event only with a mission, where they have none."""
    from legation.models.lexicon import event_rows

    common = {row.id for row in event_rows() if row.needs in COMMON}
    return (step for step in steps if step.rule not in common or step.outcome == "fired")


def line_of(row: str) -> int:
    """The line of EVENTS on which the row is named; 0 if there is no such row."""
    return _lines().get(row, 0)


@cache
def _lines() -> dict[str, int]:
    from legation.models.lexicon import DATA

    lines = (DATA / "events.toml").read_text(encoding="utf-8").splitlines()
    return {line.split('"')[1]: n for n, line in enumerate(lines, 1) if line.startswith("id = ")}
