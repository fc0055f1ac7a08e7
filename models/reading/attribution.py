"""Who says so: the subject of the verb of saying that governs the event."""

from spacy.tokens import Span, Token

from models.reading.discourse import Discourse
from models.reading.roles import Reading, governors, subject

SAYING = {"say", "says", "said", "saying", "announce", "announces", "announced", "state", "states", "stated", "tell", "tells", "told", "confirm", "confirms", "confirmed",
          "add", "adds", "added", "report", "reports", "reported", "declare", "declares", "declared", "note", "notes", "noted", "warn", "warned", "claim", "claims", "claimed",
          "write", "wrote", "tweeted", "explain", "explained", "insist", "insisted", "acknowledge", "acknowledged", "reveal", "revealed", "deny", "denied", "denies"}


def attribution(reading: Reading, discourse: Discourse) -> Span | None:
    """The words that name the speaker; None for the reporter's own voice."""
    for token in (reading.trigger, *governors(reading.trigger)):
        if token.lower_ in SAYING and token.i != reading.trigger.i:
            speaker = subject(token)
            if speaker is not None:
                return _phrase(speaker)
    return None


def _phrase(noun: Token) -> Span:
    return noun.doc[noun.left_edge.i : noun.right_edge.i + 1]
