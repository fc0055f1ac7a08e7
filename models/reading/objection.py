"""Why a reading is no claim: it lacks what its row needs, or its words are about something else.

The reasons are shown to whoever asks why there is no claim, so each says what the words lack.
"""

import re
from dataclasses import dataclass

from spacy.tokens import Span

from legation.models.lexicon import words
from legation.models.reading.actors import Senders, actor_states
from legation.models.reading.agents import agent
from legation.models.reading.discourse import Discourse
from legation.models.reading.modality import modality
from legation.models.reading.refine import own_words
from legation.models.reading.syntax import Reading, governors, subject
from legation.models.reading.where import Hosts

OTHER_STAFF = words("other_staff")
DIPLOMATIC = {"embassy", "consular", "diplomatic", "visa", "consulate"}
TOLD = ("agent", "beside", "list", "person", "publisher")  # senders that the event's own clause names
BESIDE = ("beside", "near", "event")  # places that the event's own clause names
NEW = ("a", "an", "one", "new", "its")
CARRY_ON = {"carry on", "carries on", "carried on"}
ONE_SERVICE = words("one_service")
AWAY = re.compile(
    r"\b(?:(?:outside|out of) the country|abroad|to safety"
    r"|to (?:an? )?(?:safer|undisclosed|secure|different|safe) (?:places?|locations?|ground|country))\b"
)
FAKE = words("fake")
HOURS = re.compile(
    r"^\W*(?:on|at|during|for) (?:the )?(?:[\w,]+ ){0,5}?"
    r"(?:public holidays?|holidays|weekends?|lunch|noon|Saturdays|Sundays|Fridays)\b"
)
GOES_ON = {"normally", "again", "usual", "now", "still", "also"}
CONTINUES = {"continue", "continues", "continued", "continuing", "keep", "keeps", "kept"}
SHUT = {"closed", "shut", "shuttered", "empty", "suspended"}
HOW = SHUT | {"open"}


@dataclass(frozen=True, slots=True)
class Case:
    """A reading with what was found for it. `anchor` is the mission that the theme belongs to."""

    reading: Reading
    anchor: Span
    whose: Senders
    where: Hosts
    discourse: Discourse


def objection(case: Case) -> str | None:
    """What speaks against the reading; None: nothing does."""
    return _needs(case) or _about_another(case) or _merely_there(case) or _expelled(case) or _no_mission(case)


def _no_mission(case: Case) -> str | None:
    """A false embassy; opening hours; people who stay away or go home; a move within the city."""
    reading = case.reading
    before = {token.lower_ for token in case.anchor.doc[max(case.anchor.start - 3, 0) : case.anchor.start]}
    if not FAKE.isdisjoint(before):
        return "not a real mission"
    if reading.status in ("closed", "suspended") and HOURS.search(_after(reading)):
        return "opening hours"
    if reading.row.id == "operate" and modality(reading).modality == "denied":
        return "how it does not work"
    if reading.row.id == "keep-out" and reading.theme.id_ == "stand-in":
        return "people who stay away, not a mission"
    if reading.row.id == "return" and not _way_back(reading):
        return "not a way back to the host"
    moved = case.where.moved_to if reading.row.id == "operate-from" else None
    if moved is not None and any(place.city and place.city == moved.city for place in case.where.places):
        return "the same city"
    return None


def _way_back(reading: Reading) -> bool:
    """Not "will return home", nor "yielded no return", nor "the list of returning envoys"."""
    if (
        reading.trigger.tag_ == "VBG"
        and reading.trigger.dep_ == "pcomp"
        and reading.trigger.i + 1 == reading.theme.start
    ):
        return False
    if reading.voice == "noun":
        return any(c.lower_ in ("of", "to") for c in reading.trigger.children)
    return reading.trigger.doc[reading.event.end : reading.event.end + 1].text != "home"


def _needs(case: Case) -> str | None:
    """What the row needs, by the head of events.toml."""
    needs, reading, where = case.reading.row.needs, case.reading, case.where
    leaves = any(c.lower_ in ("from", "out", "outside") for c in reading.trigger.children)
    stays = needs == "move" and reading.voice == "active" and modality(reading).modality == "denied"
    leaves = leaves or AWAY.search(_after(reading)) is not None
    if (
        where.moved_to is None
        and not stays
        and (needs in ("destination", "elsewhere") or (needs == "move" and not leaves))
    ):
        return "no place it goes to"
    if needs in ("place", "return") and not where.places:
        return "no place it happens in"
    if needs == "future" and modality(reading).modality not in ("planned", "possible"):
        return "not said of the future"
    if needs == "new" and not _names_new(reading.theme):
        return "no new mission is named"
    after = reading.trigger.doc[reading.theme.end : reading.trigger.sent.end].text.lower()
    if needs == "embassy" and "embass" not in after and "high commission" not in after:
        return "not raised to an embassy"
    if (
        reading.event.text.lower() in CARRY_ON
        and reading.trigger.doc[reading.event.end : reading.event.end + 1].text == "with"
    ):
        return "something else is carried on with"
    if needs == "operation" and not (_runs(reading) or _goes_on(reading)):
        return "no word that it goes on working"
    return None


def _after(reading: Reading) -> str:
    return reading.trigger.doc[reading.event.end : reading.trigger.sent.end].text


def _names_new(theme: Span) -> bool:
    """ "a consulate", "its first embassy", "a new embassy", "Nairobi embassy", as what is planned."""
    if theme.root.dep_ not in ("dobj", "pobj", "nsubjpass"):
        return False
    first = theme.root.left_edge
    if first.lower_ == "its":
        return not {"new", "first"}.isdisjoint(own_words(theme))
    return first.lower_ in NEW or first.ent_type_ == "CITY"


def _runs(reading: Reading) -> bool:
    """ "The embassies are working": nothing that they work on, with or for."""
    kinds = {c.dep_ for c in reading.trigger.children}
    told = any(
        c.dep_ == "prep" and c.lower_ in ("on", "with", "to", "for", "as", "towards", "from", "out")
        for c in reading.trigger.children
    )
    return (
        reading.trigger.tag_ == "VBG"
        and "aux" in kinds
        and not told
        and not kinds & {"xcomp", "dobj", "prt", "advcl"}
        and reading.theme.kb_id_ == "mission"
    )


def _goes_on(reading: Reading) -> bool:
    """ "works normally", "continues to operate"."""
    return any(c.lower_ in GOES_ON for c in reading.trigger.children) or reading.trigger.head.lower_ in CONTINUES


def _about_another(case: Case) -> str | None:
    theme = case.reading.theme
    if theme.id_ == "staff-bare" and not OTHER_STAFF.isdisjoint(own_words(theme)):
        return "staff of another body"
    if theme.kb_id_ == "operations" and not ONE_SERVICE.isdisjoint(own_words(theme)):
        return "one of its services, not its work"
    single = theme.text.lower() == "diplomat" and case.reading.status == "evacuated"
    if single and own_words(theme).isdisjoint(("last", "only", "remaining", "single")):
        return "one diplomat, not the mission's staff"
    if theme.kb_id_ == "flag" and any(c.lower_ == "a" for c in theme.root.children):
        return "any flag, not the mission's"
    own = theme.kb_id_ == "operations" and case.anchor is theme
    there = theme.doc[theme.end : theme.end + 1].text == "there" and case.discourse.recent() is not None
    if own and not there and case.whose.how not in TOLD and not any(token.lower_ in DIPLOMATIC for token in theme):
        return "no mission does this work"
    return None


def _merely_there(case: Case) -> str | None:
    """ "remains shut" tells another status; "kept its staff" tells none without a place."""
    reading = case.reading
    if (reading.row.id == "remain" and _says_how(reading)) or (reading.row.id == "maintain" and _kept_shut(reading)):
        return "the word after it tells the status"
    whole = reading.theme.kb_id_ == "mission" and reading.theme.id_ != "stand-in"
    if reading.row.id in ("remain", "maintain") and case.where.how not in BESIDE and not whole:
        return "no place beside it"
    return None


def _says_how(reading: Reading) -> bool:
    after = reading.trigger.doc[reading.trigger.i + 1 : reading.trigger.i + 4]
    described = any(c.dep_ in ("acomp", "oprd", "attr", "xcomp", "dobj") for c in reading.trigger.children)
    return described or any(token.lower_ in HOW for token in after)


def _kept_shut(reading: Reading) -> bool:
    """ "kept its embassy closed": not a word that it works."""
    return any(c.lower_ in SHUT and c.i > reading.theme.start for c in reading.trigger.children)


EXPULSION = re.compile(
    r"\b(?:told|ordered|orders|given|gave|gives|tells)\b.*\b(?:within|\d+|two|three|five) (?:\w+ )?(?:hours|days)\b"
)


def _expelled(case: Case) -> str | None:
    """One State orders another's diplomats out: an expulsion tells nothing of a mission's work."""
    if case.reading.theme.kb_id_ != "staff" or case.reading.status != "evacuated":
        return None
    if EXPULSION.search(case.reading.trigger.sent.text):
        return "an expulsion with a term"
    counted = any(
        token.tag_ == "CD" for token in case.reading.theme.doc[case.reading.theme.start - 2 : case.reading.theme.end]
    )
    if counted and any(verb.lower_ in ("have", "has", "had", "must") for verb in governors(case.reading.trigger)):
        return "some who have to leave"
    for verb in list(governors(case.reading.trigger))[:2]:
        if verb.lower_.startswith(("order", "expel", "told", "tell", "ask", "giv", "gave")):
            actors = actor_states(subject(verb) or agent(verb), case.discourse)
            foreign = actors is not None and actors.codes and not set(actors.codes) & set(case.whose.codes)
            return "an expulsion by another State" if foreign else None
    return None
