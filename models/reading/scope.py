"""What a word does to the event below it in the parse: rules of scope, tried in order; the first that fits decides."""

from collections.abc import Callable
from dataclasses import dataclass

from spacy.tokens import Token

from legation.models.lexicon import table, words
from legation.models.reading.negation import negation
from legation.models.reading.syntax import is_noun, is_verb, subject

CONDITIONALS = words("conditionals")
ORDINALS = words("ordinals")
HAVE_OR_BE = words("have_or_be")
HOPEFUL = words("hopeful")
SAYING = frozenset(table("speech.toml")["verbs"])
DONE = ("suspension", "resumption", "reopening")  # what a ministry announces as done
OBJECTS = frozenset(["xcomp", "dobj", "acl", "pcomp", "pobj", "prep"])
SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj", "csubjpass"])


@dataclass(frozen=True, slots=True)
class Verdict:
    """A modality and the token that decided it; None where the plain verb did."""

    modality: str
    cue: Token | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a governor says of the event (None: nothing), and whether the scope ends at it."""

    verdict: Verdict | None
    ends: bool


def governing(name: str) -> frozenset[str]:
    """The words of modality.toml that govern so: planned, possible, denied, transparent, actual."""
    return frozenset(table("modality.toml")["governor"][name])


def auxiliary(name: str) -> frozenset[str]:
    return frozenset(table("modality.toml")["auxiliary"][name])


def effect(token: Token, below: Token) -> Effect:
    """What `token` does to the event, which reaches it through its child `below`."""
    for rule in RULES:
        if (found := rule(token, below)) is not None:
            return found
    return Effect(None, False)


def has_subject(token: Token) -> bool:
    return any(c.dep_ in ("nsubj", "nsubjpass") for c in token.children)


def has_to(token: Token) -> bool:
    return any(c.lower_ == "to" and c.dep_ == "aux" for c in token.children)


def _first_to(token: Token, below: Token) -> Effect | None:
    """ "the first country to open an embassy", "the latest to shut": it has."""
    nouns = [token, *(c for c in token.children if c.dep_ == "attr")]  # "becomes the third country to move it"
    ranked = any(
        noun.lower_ in ORDINALS or (is_noun(noun) and any(c.lower_ in ORDINALS for c in noun.children))
        for noun in nouns
    )
    if below.tag_ == "VB" and has_to(below) and ranked:
        return Effect(Verdict("fact", None), True)
    return None


def _purpose(token: Token, below: Token) -> Effect | None:
    """ "sends troops to evacuate its staff": not done yet."""
    known = any(token.lower_ in governing(name) for name in ("denied", "possible", "planned"))
    if below.dep_ == "advcl" and has_to(below) and (denial := negation(token)) is not None:
        return Effect(Verdict("denied", denial), True)  # "no decision has been taken to reopen it"
    if below.dep_ == "advcl" and has_to(below) and not known:
        return Effect(Verdict("planned", below), True)
    return None


def _other_clause(token: Token, below: Token) -> Effect | None:
    """An adverbial or relative clause stands on its own, unless it is a condition or an infinitive."""
    if below.dep_ == "relcl" and any(c.lower_ == "no" and c.dep_ == "det" for c in token.children):
        return Effect(Verdict("denied", token), True)  # "no date at which it is to reopen"
    if (
        below.dep_ in ("advcl", "relcl")
        and not has_to(below)
        and not any(c.lower_ in CONDITIONALS for c in below.children)
    ):
        return Effect(None, True)
    return None


def _coordination(token: Token, below: Token) -> Effect | None:
    """A second verb shares the denial and the condition of the first, and what governs it if it has its form."""
    if below.dep_ != "conj" or not (is_verb(below) and is_verb(token)):
        return None
    if has_to(below) and not any(c.lower_ == "to" for c in token.children):
        return None  # "called for the envoy to go and the embassy to be closed": an infinitive hung on the wrong verb
    bare = not any(c.dep_ in ("aux", "auxpass", "nsubj", "nsubjpass") for c in below.children)
    if bare and (shared := negation(token)) is not None:
        return Effect(Verdict("denied", shared), True)
    conditions = [c for c in token.children if c.dep_ == "mark"]
    conditions += [m for c in token.children if c.dep_ == "advcl" for m in c.children if m.lower_ in ("if", "unless")]
    if any(c.lower_ in CONDITIONALS for c in conditions):
        return Effect(Verdict("possible", token), True)
    return Effect(None, (below.tag_ != token.tag_ or has_subject(below)) and not has_to(below))


def _predicate(token: Token, below: Token) -> Effect | None:
    """The event is the subject: "Reopening the consulate is off the table", "The closure will follow"."""
    if below.dep_ not in SUBJECTS or not is_verb(token):
        return None
    if token.tag_ == "VBN" or any(c.dep_ == "auxpass" for c in token.children):
        return None  # "a reopening is considered": the verb governs as if it were active
    after = token.doc[token.i : token.i + 8].text.lower()
    denies = any(phrase in after for phrase in table("modality.toml")["predicate"]["denied"])
    denial = negation(token) or (token if denies else None)
    return Effect(Verdict("denied", denial) if denial is not None else _tense(token), True)


def _tense(token: Token) -> Verdict | None:
    for c in token.children:
        if c.dep_ == "aux" and c.lower_ in auxiliary("planned") | auxiliary("would"):
            return Verdict("planned", c)
        if c.dep_ == "aux" and c.lower_ in auxiliary("possible"):
            return Verdict("possible", c)
    if any(c.lower_ in ("likely", "possible", "unlikely") for c in token.children):
        return Verdict("possible", token)
    return None


def _promise(token: Token, below: Token) -> Effect | None:
    """What a candidate or a lawmaker says would be done is a wish: it is not theirs to do."""
    speaker = subject(token) if token.lower_ in SAYING else None
    if speaker is None or not any(c.lower_ in auxiliary("would") | auxiliary("planned") for c in below.children):
        return None
    if any(t.lower_ in HOPEFUL for t in speaker.doc[speaker.left_edge.i : speaker.i + 1]):
        return Effect(Verdict("possible", speaker), True)
    return None


def _had_to(token: Token, below: Token) -> Effect | None:
    """ "had to close": it did, unless nobody had to."""
    if token.lower_ == "had" and below.dep_ == "xcomp" and has_to(below) and negation(token) is None:
        yet = any(c.lower_ in ("yet", "still") for c in token.children)
        return None if yet else Effect(Verdict("fact", None), True)
    return None


def _not_yet(token: Token, below: Token) -> Effect | None:
    """ "has yet to return", "is still to return"."""
    yet = any(c.lower_ in ("yet", "still") and c.dep_ == "advmod" for c in token.children)
    if below.dep_ == "xcomp" and yet and token.lower_ in HAVE_OR_BE:
        return Effect(Verdict("denied", token), True)
    return None


def _word(token: Token, below: Token) -> Effect | None:
    """A word of modality.toml governs; denied, it is a denial, and a denied denial is possible."""
    word, denied = token.lower_, negation(token) is not None
    if any(f"{word} {c.lower_}" in governing("denied") for c in token.children if c.dep_ == "prt"):
        return Effect(Verdict("denied", token), True)  # "gave up its plan to open", "called off the closure"
    noun = is_noun(below) and below.lower_ in DONE
    if noun and word.startswith("announc") and not denied:
        return Effect(Verdict("fact", None), True)  # "announced the suspension of its work"
    if not denied and word in governing("transparent"):
        return Effect(Verdict("fact", None), False)  # "began closing", "will begin closing": as sure as what governs it
    if not denied and word in governing("actual"):
        return Effect(Verdict("fact", None), True)
    for name in ("denied", "possible", "planned"):
        if word in governing(name) and _reaches(token, below, name):
            if denied:
                return Effect(Verdict("possible" if name == "denied" else "denied", token), True)
            return Effect(Verdict(name, token), False)
    return None


def _reaches(token: Token, below: Token, name: str) -> bool:
    """A plan governs what is to be done, not the report of what was: "announced that it had closed"."""
    if name == "planned" and below.dep_ == "ccomp" and is_verb(below):
        finished = any(c.lower_ in HAVE_OR_BE and c.dep_ in ("aux", "auxpass") for c in below.children)
        return not finished and below.tag_ in ("VB", "VBG")
    return not (is_noun(token) and below.dep_ == "conj")


def _denied(token: Token, below: Token) -> Effect | None:
    denial = negation(token)
    if denial is not None and below.dep_ in OBJECTS:
        return Effect(Verdict("denied", denial), True)
    return None


Rule = Callable[[Token, Token], Effect | None]
RULES: tuple[Rule, ...] = (
    _first_to,
    _purpose,
    _other_clause,
    _coordination,
    _predicate,
    _promise,
    _not_yet,
    _had_to,
    _word,
    _denied,
)
