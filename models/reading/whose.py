"""Whose mission, and where: the words beside the mention, then the agent, then the sentence, then the article.

Each answer keeps `how` it was found; a nearer source is surer, and confidence is counted from it.
"""

from spacy.tokens import Span, Token

from legation.models.lexicon import words
from legation.models.reading.actors import (
    FIRST_PERSON,
    OTHERS,
    Senders,
    actor_states,
    acts,
    named,
    named_members,
    owners_of,
    state_before,
)
from legation.models.reading.agents import CONTROL, agent
from legation.models.reading.attribution import attribution
from legation.models.reading.discourse import Discourse
from legation.models.reading.mentions import Sides, is_plural, sides
from legation.models.reading.names import POLITY, groups
from legation.models.reading.refine import own_words
from legation.models.reading.syntax import Reading, governors, subject
from legation.models.reading.where import at_event

OWNED = words("sent_away")


def senders(reading: Reading, beside: Sides, discourse: Discourse) -> Senders:
    """Whose mission the theme is."""
    acting = agent(reading.trigger)
    stands = acting is not None and reading.theme.id_ == "stand-in" and acting == reading.theme.root
    if stands and (discourse.publisher or reading.voice in ("state", "passive")):
        acting = None  # "The embassy is open. It operates ...": the writer's own
    actors = _actors(acting, reading, discourse)
    hosts = {p.country for p in beside.places}
    pair = actors is not None and len(actors.codes) == 2 and hosts == set(actors.codes)  # each in the other's
    if actors is not None and not beside.pronoun and hosts & set(actors.codes) and not pair:
        actors = None  # who acts is the host
    if beside.owners and not (beside.pronoun is not None and actors and _is_host(beside, actors)):
        return named(beside.owners, "beside")
    if (both := _both(reading, discourse)) is not None:
        return both
    group = _unnamed_group(reading, acting if acting is not None and _mission_at(acting) is None else None)
    if beside.pronoun is not None:
        unnamed = group is not None and (actors is None or not actors.codes)
        return group if unnamed and group is not None else _by_pronoun(beside.pronoun, actors, reading, discourse)
    if actors and actors.how == "group":
        return actors
    if actors and actors.codes and not _orders_others(reading):
        return Senders(actors.codes, actors.text, actors.span, "agent")
    first = acting is not None and acting.lower_ in FIRST_PERSON
    if acting is not None and first and (speaker := _first_person(reading, discourse)):
        return Senders((speaker,), acting.text, acting.doc[acting.i : acting.i + 1], "publisher")
    return (
        group or _holy_see(reading) or _from_sentence(reading, beside, discourse) or _from_article(reading, discourse)
    )


def _actors(acting: Token | None, reading: Reading, discourse: Discourse) -> Senders | None:
    """The States that act; those of a mission or staff that acts; the members that the sentence names of a group."""
    if acting is not None and (mission := _mission_at(acting)) is not None:
        own = mission.start <= reading.theme.start < mission.end
        actors = owners_of(mission) if not own else _ordering(reading, discourse)
        acting = None if actors is None else acting
    else:
        actors = actor_states(acting, discourse) if acting is not None else None
    if actors is None and (members := named_members(acting if acting is not None else reading.theme.root)):
        return named(members, "list")
    return actors


def _ordering(reading: Reading, discourse: Discourse) -> Senders | None:
    """ "The United States orders government employees to leave": whose staff they are, where they name no State."""
    above = next((verb for verb in list(governors(reading.trigger))[:2] if verb.lower_.startswith(CONTROL)), None)
    if above is None or reading.theme.kb_id_ != "staff" or not own_words(reading.theme).isdisjoint(OWNED):
        return None
    return actor_states(subject(above), discourse)


def _holy_see(reading: Reading) -> Senders | None:
    """Only the Holy See sends nuncios."""
    if "nunci" not in reading.theme.text.lower():
        return None
    return Senders(("VA",), reading.theme.text, reading.theme, "beside")


def _from_sentence(reading: Reading, beside: Sides, discourse: Discourse) -> Senders | None:
    """ "Denmark's foreign minister said the embassy in Beirut was empty": whoever owns another mission or staff named
    before, or acts, in the sentence, as long as the mission is not in his own State."""
    theme = reading.theme
    hosts = {place.country for place in (*beside.places, *beside.near)} or {p.country for p in at_event(reading)}
    if not hosts and discourse.topic is not None and not is_plural(reading.theme):
        hosts = {discourse.topic.country}
    for mention in theme.doc.spans["missions"]:
        if theme.sent.start <= mention.start < theme.start and mention.kb_id_ in ("mission", "staff", "ambassador"):
            owners = sides(mention).owners
            if owners and not hosts & {ent.kb_id_ for ent in owners}:
                return named(owners, "sentence")
    if theme.id_ != "stand-in" and (speaker := _colon_speaker(theme.sent)) and speaker.kb_id_ not in hosts:
        return named([speaker], "sentence")
    if not hosts or theme.id_ == "stand-in":
        return None
    says = attribution(reading, None)
    speaker = next((e for e in says.ents if e.label_ in POLITY), None) if says is not None else None
    if speaker is not None and speaker.kb_id_ not in hosts and not is_plural(theme):
        return named([speaker], "sentence")
    for group in groups(theme.sent):
        if (
            group[0].label_ in POLITY
            and acts(group)
            and not hosts & {ent.kb_id_ for ent in group}
            and group[-1].end <= theme.start
        ):
            return named(group, "sentence")
    return None


def _colon_speaker(sentence: Span) -> Span | None:
    """ "Tehran: consulate will reopen", "'Embassy stays open': Beninese minister": who says so, in headlines."""
    for ent in sentence.ents:
        if ent.start == sentence.start and ent.end < sentence.end and ent.doc[ent.end].text == ":":
            return ent
        if ent.start - 1 > sentence.start and ent.doc[ent.start - 1].text == ":" and sentence.end - ent.end < 4:
            return ent
    return None


def _both(reading: Reading, discourse: Discourse) -> Senders | None:
    """ "both embassies stay open": those of the two States that the sentence names, or the article is between."""
    theme = reading.theme
    after = theme.doc[theme.end : theme.end + 3].text.lower()
    before = theme.doc[theme.start - 1].lower_ if theme.start > theme.sent.start else ""
    if not is_plural(theme) or not (before == "both" or after.startswith(("of both ", "of the two "))):
        return None
    named_here = tuple(dict.fromkeys(ent.kb_id_ for ent in theme.sent.ents if ent.label_ in POLITY))
    codes = named_here if len(named_here) == 2 else discourse.pair if not named_here else ()
    return Senders(codes, theme.text, theme, "pair") if codes else None


def _mission_at(noun: Token) -> Span | None:
    """The subject is itself a mission or its staff: its places are no actors."""
    return next((m for m in noun.doc.spans["missions"] if m.start <= noun.i < m.end), None)


def _is_host(beside: Sides, actors: Senders) -> bool:
    """ "Britain closed its Yemeni embassy": the adjective after "its" names the host."""
    return beside.owners[0].start > beside.pronoun.i if beside.pronoun is not None else False


def _by_pronoun(pronoun: Token, actors: Senders | None, reading: Reading, discourse: Discourse) -> Senders:
    if pronoun.lower_ in FIRST_PERSON and (speaker := _first_person(reading, discourse)):
        return Senders((speaker,), pronoun.text, pronoun.doc[pronoun.i : pronoun.i + 1], "publisher")
    if pronoun.lower_ in FIRST_PERSON and actors is not None and len(actors.codes) == 1:
        discourse.publisher = actors.codes[0]  # "the United States is resuming operations at our embassy"
    if pronoun.lower_ == "their" and (owned := _staff_before(pronoun)) is not None:
        return owned
    if actors is not None:
        return actors
    mission = _subject_mission(pronoun) if pronoun.lower_ == "its" else None
    if mission is not None and (owners := owners_of(mission)) is not None:
        return owners
    before = state_before(pronoun) if mission is None else None
    if before:
        return named(before, "sentence")
    if discourse.actors:
        return named(discourse.actors, "earlier")
    return Senders((), None, None, "unknown") if mission is None else _from_article(reading, discourse)


def _first_person(reading: Reading, discourse: Discourse) -> str | None:
    """The State that "we" and "our" stand for: who publishes, who is quoted, whose missions it has been about."""
    seen = discourse.last()
    return (
        discourse.publisher
        or _speaking(reading, discourse)
        or (seen.senders[0] if seen is not None and seen.senders else None)
        or discourse.government
        or discourse.owner
    )


def _speaking(reading: Reading, discourse: Discourse) -> str | None:
    """The State of whoever says "we" and "our": "we will keep our embassy open," the Chilean minister said."""
    says = attribution(reading, discourse.speaker)
    if says is None:
        return None
    polity = next((ent.kb_id_ for ent in says.ents if ent.label_ in POLITY), None)
    return polity or next((discourse.persons[t.text] for t in says if t.text in discourse.persons), None)


def _staff_before(pronoun: Token) -> Senders | None:
    """ "gave Emirati diplomats 72 hours to vacate their embassy"."""
    for mention in pronoun.doc.spans["missions"]:
        if (
            pronoun.sent.start <= mention.start < pronoun.i
            and mention.kb_id_ == "staff"
            and (owners := sides(mention).owners)
        ):
            return named(owners, "sentence")
    return None


def _subject_mission(pronoun: Token) -> Span | None:
    """ "The embassy was closed before Russian troops came, and its staff left": the subject."""
    missions: list[Span] = [m for m in pronoun.doc.spans["missions"] if m.kb_id_ == "mission" and m.root.tag_ == "NN"]
    return next(
        (m for m in missions if pronoun.sent.start <= m.start < pronoun.i and m.root.dep_ in ("nsubj", "nsubjpass")),
        None,
    )


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
    plural = is_plural(theme)
    if plural and any(token.lower_ in OTHERS for token in left):
        left = theme.doc[left.start : theme.end]
        return Senders((), left.text, left, "group")
    if acting is not None and acting.tag_ in ("NNS", "NNPS") and acting.lower_ in OTHERS:
        span = theme.doc[acting.left_edge.i : acting.i + 1]
        return Senders((), span.text, span, "group")
    return None


def _from_article(reading: Reading, discourse: Discourse) -> Senders:
    """The mission meant is the one spoken of before, the publisher's own, or the headline's."""
    plural = is_plural(reading.theme) and reading.theme.kb_id_ == "mission"
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
