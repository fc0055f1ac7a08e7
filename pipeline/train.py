"""Fits the reader's weights: from gold files, from what reviewers decided, and from what the second reader taught.

Of an article in the database, only the settled claims are known: those that reviewers approved or corrected, and those
that both readers found, are right, rejected ones wrong, and the rest of the article teaches nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legation.models.claim import Text
from legation.models.training.examples import Example, Gold
from legation.models.training.gold import gold_examples, group, json_rows
from legation.pipeline.cleaning.live_blog import posts_from_json
from legation.pipeline.date_parsing import whole_day
from legation.pipeline.errors import UsageProblem

if TYPE_CHECKING:
    from sqlite_utils import Database

DECIDED = """
    SELECT c.article, c.review, c.sending_state, c.receiving_state, c.city, c.mission, c.status, c.modality, c.date,
           c.relocated_to, c.attribution, c.quote, r.sending_state AS read_sender, r.receiving_state AS read_receiver,
           r.status AS read_status, r.modality AS read_modality,
           (SELECT d.reason FROM decisions AS d WHERE d.thread = c.thread ORDER BY d.revision DESC LIMIT 1) AS reason
    FROM claims_reviewed AS c JOIN claims AS r ON r.id = c.id LEFT JOIN mentions AS m ON m.article = c.article
    WHERE coalesce(m.language, 'en') = 'en'
      AND (:reviewed AND c.review <> 'unreviewed'
           OR :teacher AND instr(c.reader, 'llm:') AND (c.review <> 'unreviewed' OR instr(c.reader, '+')))
    ORDER BY c.article, c.id
"""
# Why a claim may be rejected although its States, status and modality are right: it teaches nothing about them.
NOT_OF_THE_READING = {"wrong city", "wrong mission", "wrong date", "old news", "retracted", "duplicate", "other"}
ARTICLE = "SELECT id, title, published, posts, text FROM articles WHERE id = :id"


def reviewed_examples(
    db: "Database", weight: float = 1.0, *, reviewed: bool = True, teacher: bool = False
) -> Iterator[Example]:
    """The English articles with claims that are settled; `weight`: how much the rows of each count.

    `reviewed`: claims that reviewers decided on. `teacher`: claims of the second reader that reviewers decided on, or
    that the small reader found too.
    """
    decided: dict[int, list[dict[str, Any]]] = {}
    for row in db.query(DECIDED, {"reviewed": reviewed, "teacher": teacher}):
        if row["review"] != "rejected" or row["reason"] not in NOT_OF_THE_READING:
            decided.setdefault(row["article"], []).append(row)
    for number, rows in decided.items():
        article = next(db.query(ARTICLE, {"id": number}))
        right = [Gold.of(row) for row in rows if row["review"] != "rejected"]
        wrong = [Gold.of(_as_read(row)) for row in rows if row["review"] in ("rejected", "corrected")]
        published, posts = whole_day(article["published"]), posts_from_json(article["posts"])
        text = Text(article["text"], article["title"], published, posts)
        yield Example(
            f"article-{number}", text, right, group(article), weight, complete=False, wrong=_other(wrong, right)
        )


def _as_read(row: Mapping[str, Any]) -> dict[str, Any]:
    read = {
        name: row[f"read_{short}"] for name, short in (("sending_state", "sender"), ("receiving_state", "receiver"))
    }
    return {**row, **read, "status": row["read_status"], "modality": row["read_modality"]}


def _other(wrong: Iterable[Gold], right: Sequence[Gold]) -> list[Gold]:
    """Without those whose correction left States, status and modality as they were."""
    kept = {(g.sending_state, g.receiving_states, g.statuses, g.modalities) for g in right}
    return [g for g in wrong if (g.sending_state, g.receiving_states, g.statuses, g.modalities) not in kept]


def out_of_fold_readings(paths: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    """What encoders say of texts that they were not fitted on, by id of the text."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in paths:
        for row in json_rows(path):
            found.setdefault(str(row["id"]), []).append(row)
    return found


def all_examples(
    gold: Sequence[Path], weights: Sequence[str], made: Sequence[str], db: "Database | None", *, reviewed: bool = True,
    teacher: bool = False,
) -> list[Example]:  # fmt: skip
    """Those of all gold, and of the settled claims in `db` where it is given; see `reviewed_examples`.

    Raises UsageProblem for a wrong weight, GoldError for gold that cannot be read.
    """
    weight_of: dict[str, float] = {}
    for item in weights:
        name, _, value = item.rpartition("=")
        try:
            weight_of[name] = float(value)
        except ValueError:
            raise UsageProblem(f"--weight: {item!r} is no GOLD=WEIGHT; write it as {name or item}=0.5") from None
    if unknown := sorted({*weight_of, *made} - set(map(str, gold))):
        raise UsageProblem(f"--weight, --made: {unknown[0]} is not among the GOLD to train on; write it as it is there")
    found = [
        example
        for path in gold
        for example in gold_examples(path, weight_of.get(str(path), 1.0), tune=str(path) not in made)
    ]
    return [*found, *(reviewed_examples(db, reviewed=reviewed, teacher=teacher) if db is not None else ())]


def train(
    examples: Sequence[Example],
    readings: Mapping[str, Sequence[Mapping[str, Any]]],
    to: Path,
    model: str,
    say: Callable[[str], None],
    known_as: str = "decisions",
) -> Iterator[str]:
    """Fit on `examples`, write the weights to the folder `to`, and give the lines of the report.

    Where `examples` hold both gold and articles of the database, gold alone is fitted first, so that the report shows
    what the database changes on the same texts; `known_as`: what it holds, for that line.

    Raises UsageProblem where there is too little to learn from, or `to` holds the shipped weights.
    """
    from legation.models.load import load
    from legation.models.training import stages
    from legation.models.training.measure import score
    from legation.models.weights import SHIPPED

    if to.resolve() == SHIPPED.resolve():
        raise UsageProblem(f"--to: {to} holds the weights that are shipped; name another folder")
    wanted = sum(len(example.claims) for example in examples)
    if wanted < LEAST:
        raise UsageProblem(
            f"{wanted} known claims are too few to learn from; give at least {LEAST}, such as gold files"
        )
    nlp = load(model)
    prepared = stages.prepare(examples, reader_of(nlp), readings)
    gold = [one for one in prepared if one.example.complete]
    if gold and len(gold) < len(prepared):
        say(f"without the {known_as}")
        before = stages.train(gold, say)
        texts = [one.example for one in gold]
        known = len(prepared) - len(gold)
        yield f"without the {known_as} on {known} articles: {score(texts, before.found, before.threshold)}"
        trained = stages.train(prepared, say)
        yield f"with them, the same texts: {score(texts, trained.found, trained.threshold)}"
    else:
        trained = stages.train(prepared, say)
    stages.write(trained.weights, to)
    yield from trained.report


LEAST = 100  # known claims; below, folds lack labels


def reader_of(nlp: Any) -> Callable[[Text], Any]:
    """Reads a text up to where decisions begin."""
    last = nlp.get_pipe("legation_status_claims")
    steps = [component for name, component in nlp.pipeline if name != "legation_status_claims"]

    def read(text: Text) -> Any:
        doc = nlp.make_doc(text.text)
        doc._.title, doc._.published, doc._.posts = text.title, text.published, text.posts
        for component in steps:
            doc = component(doc)
        return last.described(doc)

    return read
