"""The words that a claim quotes: the sentence, without what is blank around it."""

from typing import TypedDict

from spacy.tokens import Span


class Quote(TypedDict):
    """`text[start:end] == quote`, in characters of the article."""

    quote: str
    start: int
    end: int


def quote_of(sentence: Span) -> Quote:
    """The sentence as a quote."""
    quote = sentence.text.strip()
    start = sentence.start_char + sentence.text.index(quote)
    return {"quote": quote, "start": start, "end": start + len(quote)}
