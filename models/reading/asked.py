"""In a transcript a question opens a new topic: "QUESTION: Two on Haiti. Is the embassy about to close?"."""

from spacy.tokens import Span

from legation.models.reading.attribution import TURN
from legation.models.reading.discourse import Discourse
from legation.models.reading.memory import characters
from legation.models.reading.names import PLACE
from legation.models.reading.places import Place

ASKS = ("QUESTION", "Question", "Q", "REPORTER", "JOURNALIST")


def listen(sentence: Span, discourse: Discourse) -> None:
    """A State that a question names is where the missions of the answers are, until the next question names another."""
    turn = TURN.match(characters(sentence))
    if turn:
        discourse.asked = turn[1] in ASKS
    if not discourse.asked:
        return
    named = next((e for e in sentence.ents if e.label_ in PLACE and e.kb_id_ != discourse.publisher), None)
    if named is not None:
        discourse.asked = False  # the first that it names
        if discourse.local is not None and discourse.local.country == named.kb_id_:
            return
        city = (named.id_ or named.text) if named.label_ == "CITY" else None
        discourse.local = Place(named.kb_id_, city, 0, 0)
        discourse.missions = [seen for seen in discourse.missions if seen.country == named.kb_id_]
