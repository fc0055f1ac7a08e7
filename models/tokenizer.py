"""spaCy's tokenizer, with each word cut once.

It keeps how it cut a word, but not behind an exception such as "don't" or "U.S.", which nearly every article has early
on: most words were cut anew in every article. A word given to it alone is kept.
"""

from typing import Any

from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

from legation.models.doc_cache import keep_text

KEPT = 100_000  # words


class WordsOnce(Tokenizer):  # type: ignore[misc]
    """Cuts a text as `Tokenizer` does."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, max_cache_size=KEPT, **named)
        self.met: set[str] = set()

    def __call__(self, string: str) -> Doc:
        cut = super().__call__
        if len(self.met) < KEPT:
            new = set(string.split()) - self.met
            self.met |= new
            for word in new:
                cut(word)
        doc: Doc = cut(string)
        keep_text(doc, string)
        return doc
