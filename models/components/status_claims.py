"""Factory `legation_status_claims`: the claims of an article, in `doc._.claims`, and why, in `doc._.trace`."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

import legation.models.extensions  # noqa: F401  declares doc._.claims
from legation.models.components.focus_parser import focus
from legation.models.encoder import Encoder
from legation.models.errors import ModelError
from legation.models.reading.article import HEADLINE, Article, Words
from legation.models.reading.decide import Described, decide, describe
from legation.models.reading.encoder_features import EncoderScores, listen, worth_asking
from legation.models.reading.frames import frames
from legation.models.reading.judge import JUDGE_FEATURES
from legation.models.reading.pairs import NAMES
from legation.models.reading.read import best_chance, read
from legation.models.weights import Weights, folder_of, load_encoder

# Probability of the likeliest claim, without the encoder, from which on the encoder is asked at all. Out of fold on
# 1,249 real texts, no right claim was lost below .08, and 285 of 1,015 texts with a candidate need no encoder.
WORTH = 0.08


@Language.factory(
    "legation_status_claims",
    requires=["doc.sents", "doc.ents", "doc.spans", "token.dep", "token.tag"],
    assigns=["doc._.claims", "doc._.trace"],
    default_config={"weights": ""},
)
def make_status_claims(nlp: Language, name: str, weights: str) -> "StatusClaims":
    """`weights`: a folder that `legation train` wrote; "" for the weights that are shipped."""
    return StatusClaims(nlp, weights)


class StatusClaims:
    """Describes every frame of an article and decides by learned weights."""

    def __init__(self, nlp: Language, weights: str) -> None:
        self.nlp = nlp
        self.folder: Path = folder_of(weights)

    @cached_property
    def weights(self) -> Weights:
        """Read when they are first needed. Raises ModelError where they are missing or damaged, or were fitted to other
        columns than those of today: they would be taken for others without a word."""
        found = Weights.read(self.folder)
        if (found.pairs.features, found.judge.features) != (NAMES, JUDGE_FEATURES):
            raise ModelError(
                f"[model] weights: {self.folder} was fitted to other features; write it again with `legation train`"
            )
        return found

    @cached_property
    def encoder(self) -> Encoder | None:
        """None where its packages or its model are not installed; the reader then decides without it."""
        return load_encoder()

    def __getstate__(self) -> dict[str, object]:
        """Sent to another process without weights and encoder, which are read again there."""
        return {"nlp": self.nlp, "folder": self.folder}

    def __call__(self, doc: Doc) -> Doc:
        article, described = self.described(doc)
        kept = decide(described, self.weights)
        scores = self._ask(self.encoder, article, kept) if self.encoder is not None else None
        doc._.claims, doc._.trace = read(article, described, kept, self.weights, scores)
        return doc

    def _ask(self, encoder: Encoder, article: Article, kept: Sequence[Described]) -> EncoderScores:
        """What the encoder says of the likeliest sentences; nothing where no claim is likely."""
        if best_chance(kept, self.weights) < WORTH:
            return EncoderScores()
        return listen(encoder, article, worth_asking(kept))

    def described(self, doc: Doc) -> tuple[Article, list[Described]]:
        """The article and its frames with their features, before anything is decided; training begins here."""
        article = self.article(doc)
        parsed = {article.text.sentence_of(sentence.start) for sentence in focus(doc)}
        described = describe(article, frames(article, parsed))
        head = article.headline()
        if head is not None:
            described += describe(head, frames(head, {HEADLINE}))
        return article, described

    def article(self, doc: Doc) -> Article:
        """The article with its headline. It may be unparsed where nobody asks for frames."""
        title = self._title(doc)
        return Article(Words(doc), Words(title, is_headline=True) if title is not None else None, doc._.published)

    def _title(self, doc: Doc) -> Doc | None:
        """The headline with its names, missions and events; parsed where it may hold a claim."""
        if not doc._.title:
            return None
        title = self.nlp.make_doc(doc._.title)
        for name in ("country_entities", "news_sentences", "mission_mentions", "status_phrases"):
            title = self.nlp.get_pipe(f"legation_{name}")(title)
        if title.spans["missions"] and title.spans["events"]:
            title = self.nlp.get_pipe("legation_focus_parser")(title)
        return title
