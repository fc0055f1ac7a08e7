"""Why a reading is no claim: it lacks what its row needs, or its words are about something else.

The reasons are shown by `legation explain`, so each says what was missing in the article's terms.
"""

from spacy.tokens import Span

from models.lexicon import words
from models.reading.agents import subject_states
from models.reading.discourse import Discourse
