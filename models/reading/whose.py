"""Whose mission, and where: the words beside the mention, then the agent, then the sentence, then the article.

Each answer keeps `how` it was found; a nearer source is surer, and confidence is counted from it.
"""

from dataclasses import dataclass

from spacy.tokens import Span, Token

from models.lexicon import words
from models.reading.agents import agent
from models.reading.discourse import Discourse, states_of
from models.reading.mentions import BODIES, Sides, sides
from models.reading.names import POLITY, groups
from models.reading.syntax import Reading, governors

FIRST_PERSON = words("first_person")
OTHERS = words("others")


@dataclass(frozen=True, slots=True)
class Senders:
    """Sending States as codes, the words that name them, and how they were found; empty codes: an unnamed group or unknown."""

    codes: tuple[str, ...]
    text: str | None
    span: Span | None
    how: str


def _named(ents: list[Span], how: str) -> Senders:
    codes = tuple(dict.fromkeys(ent.kb_id_ for ent in ents))
    span = ents[0].doc[ents[0].start : ents[-1].end]
    return Senders(codes, span.text, span, how)


def senders(reading: Reading, beside: Sides, discourse: Discourse) -> Senders:
    """Whose mission the theme is."""
    acting = agent(reading.trigger)
    if acting is not None and (mission := _mission_at(acting)) is not None:
        actors = _owners(mission) if not mission.start <= reading.theme.start < mission.end else None
        acting = None if actors is None else acting
    else:
        actors = actor_states(acting, discourse) if acting is not None else None
    if actors is None and (members := named_members(acting if acting is not None else reading.theme.root)):
        actors = _named(members, "list")
    if (
        actors is not None
        and beside.places
        and not beside.pronoun
        and {p.country for p in beside.places} & set(actors.codes)
    ):
        actors = None
    if beside.owners and not (beside.pronoun is not None and actors and _is_host(beside, actors)):
        return _named(beside.owners, "beside")
    if (
        (actors is None or not actors.codes)
        and (group := _unnamed_group(reading, acting)) is not None
        and beside.pronoun is not None
    ):
        return group
    if beside.pronoun is not None:
        return _by_pronoun(beside.pronoun, actors, reading, discourse)
    if actors and actors.how == "group":
        return actors
    if actors and actors.codes and not _orders_others(reading):
        return Senders(actors.codes, actors.text, actors.span, "agent")
    if (group := _unnamed_group(reading, acting)) is not None:
        return group
    return _from_sentence(reading, beside, discourse) or _from_article(reading, discourse)


def _from_sentence(reading: Reading, beside: Sides, discourse: Discourse) -> Senders | None:
    """ "Denmark's foreign minister said the embassy in Beirut was empty": whoever owns another mission or staff named
    before, or acts, in the sentence, as long as the mission is not in his own State."""
    theme = reading.theme
    hosts = {place.country for place in (*beside.places, *beside.near)}
    if not hosts and discourse.topic is not None and reading.theme.root.tag_ not in ("NNS", "NNPS"):
        hosts = {discourse.topic.country}
    for mention in theme.doc.spans["missions"]:
        if theme.sent.start <= mention.start < theme.start and mention.kb_id_ in ("mission", "staff", "ambassador"):
            owners = sides(mention).owners
            if owners and not hosts & {ent.kb_id_ for ent in owners}:
                return _named(owners, "sentence")
    if not hosts or theme.id_ == "stand-in":
        return None
    for group in groups(theme.sent):
        if (
            group[0].label_ in POLITY
            and _acts(group)
            and not hosts & {ent.kb_id_ for ent in group}
            and group[-1].end <= theme.start
        ):
            return _named(group, "sentence")
    return None


def _mission_at(noun: Token) -> Span | None:
    """The subject is itself a mission or its staff: its places are no actors."""
    return next((m for m in noun.doc.spans["missions"] if m.start <= noun.i < m.end), None)


def _owners(mission: Span) -> Senders | None:
    """Whose the acting mission or staff is: "French diplomats are reopening their embassy", "foreign diplomats"."""
    beside = sides(mission)
    if beside.owners:
        return _named(beside.owners, "agent")
    if beside.pronoun is not None and (before := _state_before(beside.pronoun)):
        return _named(before, "agent")
    left = mission.doc[max(mission.start - 4, mission.sent.start) : mission.end]
    return Senders((), left.text, left, "group") if any(token.lower_ in OTHERS for token in left) else None


BOTH = words("both")
GROUPS = words("groups")


def named_members(noun: Token) -> list[Span]:
    """The members that a sentence names of a group: "countries, including A and B", "among the countries ... are: A, B"."""
    sentence = noun.sent
    opener = next(
        (t for t in sentence if t.lower_ in GROUPS and not t.ent_type_ and (t.i == noun.i or abs(t.i - noun.i) < 6)),
        None,
    )
    if opener is None:
        return []
    for token in sentence[opener.i + 1 - sentence.start :]:
        if token.lower_ in ("including", "namely", "like", "notably", "especially") or (
            token.lower_ in ("as", "them") and sentence.doc[token.i - 1].lower_ in ("such", "among")
        ):
            return _group_after(token, sentence)
        if token.lower_ in ("are", "were", ":") and any(
            t.lower_ == "among" for t in sentence[: opener.i - sentence.start]
        ):
            return _group_after(token, sentence)
    return []


def _group_after(token: Token, sentence: Span) -> list[Span]:
    for group in groups(sentence):
        if 0 < group[0].start - token.i < 6 and group[0].label_ in POLITY:
            return group
    return []


def _is_host(beside: Sides, actors: Senders) -> bool:
    """ "Britain closed its Yemeni embassy": the adjective after "its" names the host."""
    return beside.owners[0].start > beside.pronoun.i if beside.pronoun is not None else False


def actor_states(noun: Token | None, discourse: Discourse) -> Senders | None:
    """The States that an acting noun phrase stands for; None where it is not told."""
    if noun is None:
        return None
    if noun.lower_ in BOTH and discourse.pair and any(c.lower_ in ("two", "both") for c in noun.children):
        return Senders(discourse.pair, noun.text, noun.doc[noun.i : noun.i + 1], "pair")
    if noun.lower_ in GROUPS and not noun.ent_type_ and (members := named_members(noun)):
        return _named(members, "list")
    ents = states_of(noun, discourse)
    if ents:
        return _named(ents, "agent")
    if noun.text in discourse.persons:
        return Senders((discourse.persons[noun.text],), noun.text, noun.doc[noun.i : noun.i + 1], "person")
    if noun.lower_ in FIRST_PERSON and discourse.publisher:
        return Senders((discourse.publisher,), noun.text, noun.doc[noun.i : noun.i + 1], "publisher")
    if (
        noun.lower_ in ("they", "their")
        and discourse.pair
        and any(
            t.lower_ in BOTH and any(c.lower_ in ("two", "both") for c in t.children)
            for t in noun.sent[: noun.i - noun.sent.start]
        )
    ):
        return Senders(discourse.pair, noun.text, noun.doc[noun.i : noun.i + 1], "pair")
    if noun.tag_ in ("PRP", "PRP$") and (before := _state_before(noun)):
        return _named(before, "sentence")
    if noun.lower_ in BODIES and (before := _state_before(noun)):
        return _named(before, "sentence")
    if (noun.tag_ in ("PRP", "PRP$") or noun.lower_ in BODIES) and discourse.actors:
        named = _named(discourse.actors, "earlier")
        return Senders(named.codes, noun.text, noun.doc[noun.i : noun.i + 1], "earlier")
    return None


def _by_pronoun(pronoun: Token, actors: Senders | None, reading: Reading, discourse: Discourse) -> Senders:
    if pronoun.lower_ in FIRST_PERSON:
        seen = discourse.last()
        speaker = (
            discourse.publisher
            or (seen.senders[0] if seen is not None and seen.senders else None)
            or discourse.government
        )
        if speaker:
            return Senders((speaker,), pronoun.text, pronoun.doc[pronoun.i : pronoun.i + 1], "publisher")
    if pronoun.lower_ == "their" and (owned := _staff_before(pronoun)) is not None:
        return owned
    if actors is not None:
        return actors
    before = _state_before(pronoun)
    if before:
        return _named(before, "sentence")
    if discourse.actors:
        return _named(discourse.actors, "earlier")
    return Senders((), None, None, "unknown")


def _staff_before(pronoun: Token) -> Senders | None:
    """ "gave Emirati diplomats 72 hours to vacate their embassy"."""
    for mention in pronoun.doc.spans["missions"]:
        if (
            pronoun.sent.start <= mention.start < pronoun.i
            and mention.kb_id_ == "staff"
            and (owners := sides(mention).owners)
        ):
            return _named(owners, "sentence")
    return None


def _state_before(token: Token) -> list[Span] | None:
    """The group of States named last before a pronoun in its sentence, as actors rather than places."""
    before = [
        group
        for group in groups(token.sent)
        if group[-1].end <= token.i and (group[0].label_ != "CITY" or _acts(group))
    ]
    before = [
        group
        for group in before
        if token.doc[group[0].start - 1].lower_ not in ("in", "from", "near", "to", "at", "against", "with")
    ]
    if token.lower_ in ("they", "their", "them"):
        before = [group for group in before if len(group) > 1] or before
    acting = [group for group in before if _acts(group)]
    return (acting or before)[-1] if before else None


def _acts(group: list[Span]) -> bool:
    """The first of the group is, or belongs to, the subject of a verb."""
    token = group[0].root
    for _ in range(5):
        if token.dep_ in ("nsubj", "nsubjpass"):
            return True
        if token.dep_ not in ("compound", "amod", "poss", "nmod", "conj", "appos", "pobj", "prep"):
            return False
        token = token.head
    return False


def _orders_others(reading: Reading) -> bool:
    """ "Belarus orders the closure of the consulate": who orders is not always whose it is. Told by a bare "the"."""
    above = [token.lower_ for token in governors(reading.trigger)][:3]
    first = reading.theme[0]
    return (
        any(
            word.startswith(
                (
                    "order",
                    "demand",
                    "expel",
                    "forc",
                    "urg",
                    "call",
                    "ask",
                    "advocat",
                    "want",
                    "push",
                    "lobb",
                    "prod",
                    "press",
                    "oppos",
                    "welcom",
                    "condemn",
                    "critici",
                )
            )
            for word in above
        )
        and any(c.lower_ == "the" for c in reading.theme.root.children)
        and first.lower_ != "its"
    )


def _unnamed_group(reading: Reading, acting: Token | None) -> Senders | None:
    """ "many countries", "most foreign embassies": a group that is not named."""
    theme = reading.theme
    left = theme.doc[max(theme.start - 4, theme.sent.start) : theme.start]
    plural = theme.root.tag_ in ("NNS", "NNPS")
    if plural and any(token.lower_ in OTHERS for token in left):
        left = theme.doc[left.start : theme.end]
        return Senders((), left.text, left, "group")
    if acting is not None and acting.tag_ in ("NNS", "NNPS") and acting.lower_ in OTHERS:
        span = theme.doc[acting.left_edge.i : acting.i + 1]
        return Senders((), span.text, span, "group")
    return None


def _from_article(reading: Reading, discourse: Discourse) -> Senders:
    """The mission meant is the one spoken of before, the publisher's own, or the headline's."""
    plural = reading.theme.root.tag_ in ("NNS", "NNPS") and reading.theme.kb_id_ == "mission"
    seen = discourse.last_sender(reading.theme.label_)
    placed = (
        plural and seen is not None and discourse.sentence - seen.sentence <= 2 and bool(sides(reading.theme).places)
    )
    definite = placed or reading.theme.doc[max(reading.theme.start - 1, 0)].lower_ in ("the", "these", "those", "all")
    if seen is not None and (not plural or definite):
        return Senders(seen.senders, seen.sender_text, None, "earlier")
    if discourse.publisher:
        return Senders((discourse.publisher,), None, None, "publisher")
    if any(token.lower_ in ("our", "we") for token in reading.trigger.sent) and discourse.government:
        return Senders((discourse.government,), None, None, "publisher")
    if discourse.title_sender:
        return Senders(discourse.title_sender, None, None, "title")
    if discourse.owner and not plural:
        return Senders((discourse.owner,), None, None, "title")
    if (
        discourse.actors
        and reading.theme.kb_id_ == "mission"
        and (not plural or reading.theme.doc[reading.theme.start - 1].lower_ in ("the", "those"))
    ):
        return Senders(tuple(ent.kb_id_ for ent in discourse.actors), None, None, "context")
    return Senders((), None, None, "unknown")
