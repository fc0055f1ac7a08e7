"""How sure: fact, planned, possible or denied, from the words that govern the event.

The scope of a cue is the parse: an auxiliary or negation beside the verb, and every word on the way from the verb up to
the clause that reports it. A verb of saying lets through what stands below it. The strongest wins: a denial of a plan is
denied, a wish for a plan is possible, an order or plan for an act is planned.
"""

from dataclasses import dataclass

from spacy.tokens import Token

from models.lexicon import table, words
from models.reading.syntax import Reading, governors, is_noun, is_verb

CONDITIONALS = words("conditionals")
NO = words("negations")
FUTURE_BE = words("future_be")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A modality and the token that decided it; None where the plain verb did."""

    modality: str
    cue: Token | None


def _words(section: str, name: str) -> frozenset[str]:
    return frozenset(table("modality.toml")[section].get(name, ()))


def modality(reading: Reading) -> Verdict:
    """The modality of one reading."""
    trigger = reading.trigger
    chain = [trigger, *governors(trigger)]
    denial = next((cue for token in chain[:1] if (cue := _negation(token)) is not None), None)
    cues = [Verdict("denied", denial)] if denial is not None else []
    if _when_it(trigger):
        cues.append(Verdict("planned", trigger.head))
    if reading.row.needs == "new":  # the verb is itself the plan or the wish
        cues.append(Verdict("possible" if trigger.lower_ in _words("governor", "possible") else "planned", trigger))
    below = trigger
    stopped = False
    under_noun = False
    for step, token in enumerate(chain):
        cues += _auxiliaries(token, below, step) if not under_noun else []
        under_noun |= step > 0 and is_noun(token) and is_verb(below)
        if step and not stopped:
            cue, stopped = _governs(token, below)
            if cue:
                cues.append(cue)
        if stopped:
            break
        below = token
    verdict = _strongest(cues, reading)
    last = trigger.sent.text.rstrip().rstrip("\"”’)'")[-1:]
    if last == "?" and verdict.modality in ("fact", "planned"):
        return Verdict("possible", None)
    return verdict


def _when_it(trigger: Token) -> bool:
    """ "When Kerry raises the flag on Friday, there will be music": a present under a future."""
    if trigger.tag_ not in ("VBZ", "VBP") or trigger.dep_ != "advcl":
        return False
    when = any(c.lower_ in ("when", "once", "before") for c in trigger.children)
    return when and any(c.lower_ in ("will", "'ll", "’ll") for c in trigger.head.children)


def _negation(token: Token) -> Token | None:
    for c in (
        *token.children,
        *(g for s in token.children if s.dep_ == "nsubj" for g in s.children if g.lower_ in ("neither", "nor")),
    ):
        if (
            c.lower_ in ("neither", "nor")
            or c.dep_ == "neg"
            or (c.lower_ in NO and c.dep_ in ("det", "advmod", "preconj"))
        ):
            return c
    for c in token.children:
        if c.dep_ in ("nsubj", "nsubjpass") and (
            c.lower_ in ("nobody", "none") or any(g.lower_ == "no" and g.dep_ == "det" for g in c.children)
        ):
            return c  # "no one has been withdrawn"
        if c.dep_ == "prep" and any(
            g.dep_ == "pobj" and g.lower_ in ("time", "point", "way") and any(d.lower_ == "no" for d in g.children)
            for g in c.children
        ):
            return c  # "at no time"
    if token.dep_ == "pcomp" and token.head.lower_ in ("without", "than"):
        return token.head
    return None


def _auxiliaries(token: Token, below: Token, step: int) -> list[Verdict]:
    """Modal verbs and "to be" futures beside a verb on the way up."""
    if not is_verb(token) or (step and not _same_clause(below, token)):
        return []
    if step and below.dep_ == "conj" and (_has_own_subject(below) or any(c.dep_ == "aux" for c in below.children)):
        return []
    found = []
    words = [c for c in token.children if c.dep_ in ("aux", "auxpass", "mark", "advmod")]
    for c in words:
        word = c.lower_
        if word in _words("auxiliary", "planned"):
            found.append(Verdict("planned", c))
        elif word in _words("auxiliary", "possible") and c.dep_ == "aux":
            found.append(Verdict("possible", c))
        elif word in _words("auxiliary", "would"):
            counterfactual = any(other.lower_ == "have" for other in words)
            found.append(Verdict("possible" if counterfactual else "planned", c))
        elif (
            word in CONDITIONALS
            and c.dep_ in ("mark", "advmod")
            and step < 2
            and not (word in ("until", "once") and token.tag_ == "VBD")
        ):
            found.append(Verdict("possible", c))
    if (
        any(c.dep_ == "advcl" and any(m.lower_ in ("if", "unless") for m in c.children) for c in token.children)
        and step < 2
    ):
        found.append(Verdict("possible", token))
    if (
        step == 0
        and token.dep_ in ("xcomp", "ccomp")
        and token.head.lower_ in FUTURE_BE
        and any(c.lower_ == "to" for c in words)
    ):
        found.append(Verdict("planned", token.head))
    return found


def _same_clause(below: Token, token: Token) -> bool:
    return below.dep_ in (
        "xcomp",
        "conj",
        "dobj",
        "acomp",
        "attr",
        "oprd",
        "prep",
        "pobj",
        "aux",
        "auxpass",
        "nsubj",
        "nsubjpass",
        "acl",
    )


def _governs(token: Token, below: Token) -> tuple[Verdict | None, bool]:
    """What `token` does to the event below it, and whether the scope ends there."""
    word = token.lower_
    if (
        below.dep_ in ("acl", "relcl")
        and below.tag_ == "VB"
        and any(c.lower_ in ("first", "last", "latest", "only", "second", "third") for c in token.children)
    ):
        return Verdict("fact", None), True  # "the first country to open an embassy"
    purpose = below.dep_ == "advcl" and any(c.lower_ == "to" and c.dep_ == "aux" for c in below.children)
    if purpose and not any(word in _words("governor", name) for name in ("denied", "possible", "planned")):
        return Verdict("planned", below), True
    if below.dep_ in ("advcl", "relcl") and not purpose and not any(c.lower_ in CONDITIONALS for c in below.children):
        return None, True
    to = any(c.lower_ == "to" and c.dep_ == "aux" for c in below.children)
    if (
        below.dep_ == "conj"
        and is_verb(below)
        and is_verb(token)
        and not (to and not any(c.lower_ == "to" for c in token.children))
    ):
        if (
            not any(c.dep_ in ("aux", "auxpass", "nsubj", "nsubjpass") for c in below.children)
            and (shared := _negation(token)) is not None
        ):
            return Verdict("denied", shared), True  # "did not recall its staff or shut its embassy"
        if any(c.dep_ == "mark" and c.lower_ in CONDITIONALS for c in token.children):
            return Verdict("possible", token), True
        return None, (below.tag_ != token.tag_ or _has_own_subject(below)) and not to
    if below.dep_ in ("nsubj", "nsubjpass", "csubj", "csubjpass") and is_verb(token) and not _passive_wish(token):
        negated = _negation(token) or _predicate_denies(token)
        return (
            (Verdict("denied", negated), True)
            if negated is not None and word not in ("affect",)
            else (_fact_of_subject(token), True)
        )
    negated = _negation(token)
    if (
        below.dep_ == "xcomp"
        and any(c.lower_ in ("yet", "still") and c.dep_ == "advmod" for c in token.children)
        and word in ("have", "has", "had", "is", "are", "was", "were", "remains")
    ):
        return Verdict("denied", token), True
    if word in _words("governor", "transparent") and negated is None:
        return Verdict("fact", None), False  # as sure as what governs it: "began closing", "will begin closing"
    if word in _words("governor", "actual") and negated is None:
        return Verdict("fact", None), True
    for name in ("denied", "possible", "planned"):
        if word in _words("governor", name) and _reaches(token, below, name):
            if negated is not None:
                return Verdict("possible" if name == "denied" else "denied", token), True
            return Verdict(name, token), False
    if negated is not None and below.dep_ in ("xcomp", "dobj", "acl", "pcomp", "pobj", "prep"):
        return Verdict("denied", negated), True
    return None, False


def _predicate_denies(token: Token) -> Token | None:
    """ "Reopening the consulate is off the table"."""
    after = token.doc[token.i : token.i + 8].text.lower()
    return token if any(words in after for words in table("modality.toml")["predicate"]["denied"]) else None


def _has_own_subject(token: Token) -> bool:
    return any(c.dep_ in ("nsubj", "nsubjpass") for c in token.children)


def _passive_wish(token: Token) -> bool:
    return token.tag_ == "VBN" or any(c.dep_ == "auxpass" for c in token.children)


def _fact_of_subject(token: Token) -> Verdict | None:
    """ "the reopening will follow": the verb's own tense speaks of the event."""
    for c in token.children:
        if c.dep_ == "aux" and c.lower_ in _words("auxiliary", "planned") | _words("auxiliary", "would"):
            return Verdict("planned", c)
        if c.dep_ == "aux" and c.lower_ in _words("auxiliary", "possible"):
            return Verdict("possible", c)
    if token.lower_ in ("remains", "is", "are", "was") and any(
        c.lower_ in ("likely", "possible", "unlikely") for c in token.children
    ):
        return Verdict("possible", token)
    return None


def _reaches(token: Token, below: Token, name: str) -> bool:
    """A plan governs an infinitive, a noun or a to-clause; a report of a finished act ("announced it had closed") does not."""
    if name == "planned" and below.dep_ == "ccomp" and is_verb(below):
        return _unfinished(below)
    if is_noun(token) and below.dep_ == "conj":
        return False
    return True


def _unfinished(verb: Token) -> bool:
    if any(
        c.lower_ in ("had", "has", "have", "was", "were", "'s", "is", "are") and c.dep_ in ("aux", "auxpass")
        for c in verb.children
    ):
        return False
    return verb.tag_ in ("VB", "VBG")


def _strongest(cues: list[Verdict], reading: Reading) -> Verdict:
    for name in ("denied", "possible", "planned"):
        for cue in cues:
            if cue.modality == name:
                return cue
    if any(cue.modality == "fact" for cue in cues):
        return Verdict("fact", None)
    if (
        reading.trigger.tag_ in ("VB", "VBN")
        and reading.trigger.dep_ in ("ROOT", "acl", "relcl", "xcomp")
        and any(c.lower_ == "to" and c.dep_ == "aux" for c in reading.trigger.children)
        and not any(c.lower_ == "have" for c in reading.trigger.children)
    ):
        return Verdict("planned", None)
    return Verdict("fact", None)
