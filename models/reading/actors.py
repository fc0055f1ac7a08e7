"""Which States an acting noun phrase stands for: by name, by leader, by pronoun, as members of a group."""

from dataclasses import dataclass

from spacy.tokens import Span, Token

from legation.models.lexicon import words
from legation.models.reading.discourse import Discourse, states_of
from legation.models.reading.mentions import BODIES, sides
from legation.models.reading.names import POLITY, groups
from legation.models.reading.syntax import after_states

FIRST_PERSON = words("first_person")
OTHERS = words("others")
BOTH = words("both")
TAKEN_FOR_NOUNS = words("taken_for_nouns")
GROUPS = words("groups")
MEMBERS_FOLLOW = words("members_follow")


@dataclass(frozen=True, slots=True)
class Senders:
    """Sending States as codes, the words that name them, how they were found; no codes: a group, or unknown."""

    codes: tuple[str, ...]
    text: str | None
    span: Span | None
    how: str


def named(ents: list[Span], how: str) -> Senders:
    codes = tuple(dict.fromkeys(ent.kb_id_ for ent in ents))
    span = ents[0].doc[ents[0].start : ents[-1].end]
    return Senders(codes, span.text, span, how)


def actor_states(noun: Token | None, discourse: Discourse) -> Senders | None:
    """The States that an acting noun phrase stands for; None where it is not told."""
    if noun is None:
        return None
    if discourse.pair and (_is_pair(noun) or (noun.lower_ in ("they", "their") and _pair_before(noun))):
        return _standing(noun, discourse.pair, "pair")
    if noun.lower_ in GROUPS and not noun.ent_type_ and (members := named_members(noun)):
        return named(members, "list")
    if ents := states_of(noun, discourse):
        return named(ents, "agent")
    if noun.text in discourse.persons:
        return _standing(noun, (discourse.persons[noun.text],), "person")
    if noun.lower_ in FIRST_PERSON and discourse.publisher:
        return _standing(noun, (discourse.publisher,), "publisher")
    return _referred(noun, discourse) if noun.lower_ not in FIRST_PERSON else None


def _referred(noun: Token, discourse: Discourse) -> Senders | None:
    """ "it", "the country": the State named before in the sentence, else the one that acted last."""
    if noun.tag_ not in ("PRP", "PRP$") and noun.lower_ not in BODIES:
        return None
    if noun.lower_ in ("he", "she", "his", "her") and (name := _person_before(noun, discourse)) is not None:
        return _standing(noun, (discourse.persons[name],), "person")
    if before := state_before(noun):
        return named(before, "sentence")
    if discourse.actors:
        return _standing(noun, named(discourse.actors, "earlier").codes, "earlier")
    return None


def _person_before(noun: Token, discourse: Discourse) -> str | None:
    """The name last read of a person whose State is known, in this sentence or the two before."""
    start = noun.sent.start
    for _ in range(2):
        start = noun.doc[start - 1].sent.start if start else 0
    return next((t.text for t in reversed(noun.doc[start : noun.i]) if t.text in discourse.persons), None)


def _standing(noun: Token, codes: tuple[str, ...], how: str) -> Senders:
    return Senders(codes, noun.text, noun.doc[noun.i : noun.i + 1], how)


def _is_pair(noun: Token) -> bool:
    """ "both sides", "the two countries"."""
    return noun.lower_ in BOTH and any(c.lower_ in ("two", "both") for c in noun.children)


def _pair_before(noun: Token) -> bool:
    return any(_is_pair(token) for token in noun.sent[: noun.i - noun.sent.start])


def owners_of(mission: Span) -> Senders | None:
    """Whose the acting mission or staff is: "French diplomats are reopening their embassy", "foreign diplomats"."""
    beside = sides(mission)
    if beside.owners:
        return named(beside.owners, "agent")
    if beside.pronoun is not None and (before := state_before(beside.pronoun)):
        return named(before, "agent")
    left = mission.doc[max(mission.start - 4, mission.sent.start) : mission.end]
    return Senders((), left.text, left, "group") if any(token.lower_ in OTHERS for token in left) else None


def state_before(token: Token) -> list[Span] | None:
    """The group of States named last before a pronoun in its sentence, as actors rather than places."""
    before = [
        group for group in groups(token.sent) if group[-1].end <= token.i and (group[0].label_ != "CITY" or acts(group))
    ]
    before = [
        group
        for group in before
        if token.doc[group[0].start - 1].lower_ not in ("in", "from", "near", "to", "at", "against", "with")
    ]
    if token.lower_ in ("they", "their", "them"):
        before = [group for group in before if len(group) > 1] or before
    acting = [group for group in before if acts(group)]
    return (acting or before)[-1] if before else None


def acts(group: list[Span]) -> bool:
    """The first of the group is, or belongs to, the subject of a verb."""
    token = group[0].root
    doc, end = token.doc, group[-1].end
    first = group[0].start - (group[0].start > token.sent.start and doc[group[0].start - 1].lower_ == "the")
    opens = first == token.sent.start or doc[first - 1].lower_ in ("and", "but", "while", ";", ":", "as")
    verb = end < token.sent.end and (
        doc[end].tag_ in ("VBZ", "VBD", "VBP", "MD") or after_states(doc[end]) or doc[end].lower_ in TAKEN_FOR_NOUNS
    )
    if opens and verb and group[0].label_ != "DEMONYM":
        return True  # "Nauru is to open an embassy", whatever the parse makes of the name
    for _ in range(5):
        if token.dep_ in ("nsubj", "nsubjpass"):
            return True
        if token.dep_ not in ("compound", "amod", "poss", "nmod", "conj", "appos", "pobj", "prep"):
            return False
        token = token.head
    return False


def named_members(noun: Token) -> list[Span]:
    """The members that a sentence names of a group: "countries, including A and B", "among the countries are A, B"."""
    sentence = noun.sent
    opener = next((t for t in sentence if _is_group(t) and abs(t.i - noun.i) < 6), None)
    if opener is None:
        return []
    among = any(t.lower_ == "among" for t in sentence[: opener.i - sentence.start])
    for token in sentence[opener.i + 1 - sentence.start :]:
        lists = token.lower_ in MEMBERS_FOLLOW or (
            token.lower_ in ("as", "them") and token.nbor(-1).lower_ in ("such", "among")
        )
        told = among or sentence.doc[opener.i + 1].lower_ in ("that", "which", "who")
        if lists or (told and token.lower_ in ("are", "were", ":")):
            return _group_after(token, sentence)
    return []


def _is_group(token: Token) -> bool:
    return token.lower_ in GROUPS and not token.ent_type_


def _group_after(token: Token, sentence: Span) -> list[Span]:
    for group in groups(sentence):
        if 0 < group[0].start - token.i < 6 and group[0].label_ in POLITY:
            return group
    return []
